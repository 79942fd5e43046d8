"""Pictures as files: the same picture is the same bytes, so a changed file means a changed picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxstats.errors import one_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save(figure: Figure, path: str | Path, *, dpi: int = 200) -> Path:
    """Write a figure to a PNG or SVG file that is the same, byte by byte, on every run.

    Dates and random identifiers are left out of the file, so a changed file means a changed picture.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; of an Axes, ``ax.figure``.
    path : str or Path
        Where to write; the ending, ``.png`` or ``.svg``, decides the kind.
    dpi : int
        Dots per inch of a PNG, by default 200.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    ArgumentError
        If the ending is another one.

    Notes
    -----
    The same bytes need the same versions of matplotlib and of the fonts.

    References
    ----------
    Sandve, G. K. et al. (2013). Ten simple rules for reproducible computational research. *PLoS Comput. Biol.* 9.

    Examples
    --------
    >>> import tempfile
    >>> from matplotlib.figure import Figure
    >>> from cxstats.charts import save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Figure(), f"{folder}/empty.svg").name
    'empty.svg'
    """
    import matplotlib as mpl

    path = Path(path)
    kind = path.suffix.lower()
    one_of("save(path=), ending", kind, (".png", ".svg"))
    nothing: dict[str, Any] = {"Date": None, "Creator": None} if kind == ".svg" else {"Software": None}
    with mpl.rc_context({"svg.hashsalt": "cxstats", "svg.fonttype": "path"}):
        figure.savefig(path, format=kind[1:], dpi=dpi, metadata=nothing)
    return path
