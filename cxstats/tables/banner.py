"""The banner: metrics by several groups side by side, with letters for significant differences.

One `measure` call for the Total and one for each grouping column; the letters come from `Estimate.compare`, so groups
that share PSUs are compared with their joint covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.errors import ArgumentError, need_columns, one_of
from cxstats.expression import Expression
from cxstats.inference import measure
from cxstats.inference.multiplicity import METHODS
from cxstats.inference.show import sentence
from cxstats.score import Score
from cxstats.survey import Survey
from cxstats.tables.cells import Rule, by_metric, group_cells, remarks, total_cells

if TYPE_CHECKING:
    import pandas as pd


class Banner:
    """Metrics by several groups side by side; made by `banner`.

    It prints in a terminal, shows in a notebook, and writes itself as text, HTML or a workbook: `frame` has all numbers
    (one row a metric and column), `table` the texts as they are shown.

    Attributes
    ----------
    notes : tuple of str
        Whether a program made the data, what the letters mean, what was suppressed and left out, the design: the lines
        below the table.
    """

    def __init__(self, cells: pd.DataFrame, notes: Sequence[str]) -> None:
        self._cells, self.notes = cells, tuple(notes)

    def frame(self) -> pd.DataFrame:
        """Return all numbers: one row a metric and column.

        Returns
        -------
        pandas.DataFrame
            Columns ``metric``, ``group`` (the grouping column; empty for the Total), ``column`` (its value), ``letter``,
            ``n``, ``n_effective``, ``estimate``, ``std_error``, ``conf_low``, ``conf_high``, ``higher_than`` (letters of the
            columns of the same group that the cell lies significantly above), ``unit``, ``note``. Suppressed cells have no
            numbers; the note says why.
        """
        return self._cells.copy()

    def table(self) -> pd.DataFrame:
        """Return the table as it is shown, in texts.

        Returns
        -------
        pandas.DataFrame
            Three rows a metric (the estimate with its letters, n, effective n), indexed by ``metric`` and ``row``; the
            columns are indexed by ``group``, ``column`` and ``letter``.
        """
        import pandas as pd

        from cxstats.tables.text import header, lines

        columns = pd.MultiIndex.from_tuples([c[:3] for c in header(self)], names=["group", "column", "letter"])
        found = lines(self)
        index = pd.MultiIndex.from_tuples([(line.metric, line.row) for line in found], names=["metric", "row"])
        return pd.DataFrame([[cell.text for cell in line.cells] for line in found], index=index, columns=columns)

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the table as HTML, all text from the data escaped; with a path, a whole page that is also written there.

        Parameters
        ----------
        path : str or Path, optional
            File to write. Without it the result is a part of a page, to be put into one of your own.

        Returns
        -------
        str
            The markup. It needs no script and no file beside it, and follows a light or dark page.
        """
        from cxstats.tables.html import page, part

        if path is None:
            return part(self)
        Path(path).write_bytes(page(self).encode("utf-8"))
        return page(self)

    def to_excel(self, path: str | Path) -> Path:
        """Write the table as a workbook of one sheet; equal banners give equal bytes.

        Parameters
        ----------
        path : str or Path
            File to write (.xlsx).

        Returns
        -------
        Path
            The file. Estimates are numbers with all digits, their letters stand in a row below; texts are never formulas.
        """
        from cxstats.tables.excel import workbook

        Path(path).write_bytes(workbook(self))
        return Path(path)

    def __repr__(self) -> str:
        from cxstats.tables.text import printed

        return printed(self)

    def _repr_html_(self) -> str:
        return self.to_html()


def banner(
    survey: Any,
    scores: Score | Sequence[Score],
    by: str | Sequence[str],
    *,
    where: Expression | None = None,
    level: float = 0.95,
    second_level: float | None = None,
    adjust: str | None = "holm",
    min_n: int = 0,
) -> Banner:
    """Measure scores by several groups side by side, with letters for significant differences.

    Columns are the Total and the values of each grouping column, lettered A, B, C... within their group. A cell bears the
    letter of each column of its group that it lies significantly above: the difference ``a - b`` has the variance
    ``V_aa + V_bb - 2 V_ab`` of the joint covariance matrix, its p-value inverts the interval that `Estimate.compare` shows,
    and the p-values of all pairs of one metric and group are adjusted together.

    Parameters
    ----------
    survey : Survey or frame
        Answers with their design, or a frame, taken as a simple random sample.
    scores : Score or list of Score
        The rows of the table.
    by : str or list of str
        The grouping columns, side by side. Rows with a missing value count in the Total only.
    where : Expression, optional
        A condition on rows: the domain, as in `measure`.
    level : float
        Confidence level: capitals mark a difference with adjusted p below ``1 - level``.
    second_level : float, optional
        A lower level, such as .80 or .90, whose differences are marked by small letters.
    adjust : {"holm", "bonferroni", "benjamini-hochberg", "none"}
        How p-values are adjusted for the number of pairs within a metric and group.
    min_n : int
        Cells with fewer answers are suppressed: shown as such, in no comparison, and with a second cell of the group where
        the Total would give them away. By default nothing is suppressed.

    Returns
    -------
    Banner
        With `frame`, `table`, `to_html`, `to_excel`.

    Raises
    ------
    ArgumentError
        If a level is not between 0 and 1, the second one not below the first, `adjust` unknown, `min_n` no whole number, or a
        grouping column has more than 200 values.
    ColumnError, DataError, DesignError
        As in `measure`.

    Notes
    -----
    No letter does not mean no difference: with few answers even large differences bear none. The Total is compared with
    nothing, since each column is a part of it. Pairs are adjusted within a metric and group, not over the whole table: in a
    table of many metrics some letters are chance.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scand. J. Statist.* 6.
    Lumley, T. (2010). *Complex Surveys: A Guide to Analysis Using R*. Wiley.

    Examples
    --------
    >>> import pandas as pd, cxstats as cx
    >>> counts = {("app", 5): 90, ("app", 2): 30, ("post", 5): 20, ("post", 1): 20, ("web", 4): 40, ("web", 1): 30}
    >>> answers = pd.DataFrame([answer for answer, n in counts.items() for _ in range(n)], columns=["channel", "overall"])
    >>> cx.banner(answers, [cx.csat("overall"), cx.mean("overall")], by="channel")
                          channel
                   Total   app      post   web
                             A         B     C
    csat, %         65.2  75.0 B C  50.0  57.1
      n              230   120        40    70
      effective n    230   120        40    70
    mean            3.57  4.25 B C  3.00  2.71
      n              230   120        40    70
      effective n    230   120        40    70
    <BLANKLINE>
    A letter names a column of the same group that the cell lies significantly above, at 95 %; joint covariance, p-values by
    Holm within metric and group.
    Design: simple random sample.
    """
    survey = survey if isinstance(survey, Survey) else Survey(survey)
    groups = _need_groups(by, survey)
    _need_options(level, second_level, adjust, min_n)
    total = measure(survey, scores, where=where)
    rule = Rule(level, second_level, adjust, min_n)
    parts = [total_cells(total, rule)]
    for group in groups:
        estimate = measure(survey, scores, by=group, where=where)
        parts.append(group_cells(group, estimate, total, rule))
    cells = by_metric(parts)
    domain = "" if where is None else f" Only rows with {where!r}."
    design = f"Design: {survey.design.describe()}.{domain}"
    return Banner(cells, list(filter(None, [sentence(total.synthetic), *remarks(cells, groups, rule), design])))


def _need_groups(by: Any, survey: Survey) -> list[str]:
    groups = [by] if isinstance(by, str) else list(by) if isinstance(by, list | tuple) else []
    if not groups:
        raise ArgumentError(f"banner(by=): a grouping column or a list of them is needed, not {by!r}.")
    need_columns("banner(by=)", groups, survey.frame.columns)
    twice = next((name for name in groups if groups.count(name) > 1), None)
    if twice is not None:
        raise ArgumentError(f"banner(by=): column {twice!r} is named twice.")
    return groups


def _need_options(level: float, second: float | None, adjust: str | None, min_n: int) -> None:
    for place, value in (("level", level), ("second_level", second)):
        if value is not None or place == "level":
            bad = isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1
            if bad:
                raise ArgumentError(f"banner({place}=): a confidence level lies between 0 and 1, it is not {value!r}.")
    if second is not None and not second < level:
        raise ArgumentError(
            f"banner(second_level=): {second!r} is not below level={level!r}; small letters mark the weaker findings."
        )
    one_of("banner(adjust=)", adjust or "none", METHODS)
    if isinstance(min_n, bool) or not isinstance(min_n, int | np.integer) or min_n < 0:
        raise ArgumentError(f"banner(min_n=): a whole number of answers is needed, not {min_n!r}.")
