"""A score says what a row is worth and who counts; a metric is a score averaged over its base.

NPS scores a row +100, 0 or -100; CSAT 100 or 0; a gap `delivered - expected`; effort its value. A score is a
declaration: it holds two expressions and the facts a reader needs (unit, range, direction, variant), and no data.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxstats.expression import Expression

RECODE = (  # the remedy for codes among answers; who complains puts in which codes of which column
    "Recode {codes} as missing if they mean 'no answer': read_frame(path, missing={codes}), or in pandas "
    "frame[{column!r}].mask(frame[{column!r}].isin({codes}))"
)
FAMILIES = ("mean", "share", "balance", "ratio", "total", "quantile")


@dataclass(frozen=True)
class Check:
    """A condition that no row of the domain may fulfil, and what to say of those that do.

    `remedy` may have ``{codes}`` and ``{column}``, for the answers
    found and their column. `numeric` is what to say if the column holds no numbers, where the condition needs them.
    """

    column: str
    invalid: Expression
    complaint: str
    remedy: str
    numeric: str = ""


@dataclass(frozen=True, repr=False)
class Score:
    """What a row is worth (`points`) and who counts (`base`); the estimate is the weighted mean over the base.

    Attributes
    ----------
    points : Expression
        The row's contribution, in the score's unit. Read only where `base` holds.
    base : Expression
        A condition: the row counts. A missing condition counts as "no".
    name : str
        The label in results.
    default_name : str
        The longer label taken where two scores of one call would share a name; empty if `name` was chosen by the caller.
    unit : str
        "%", "points", or the unit of the column.
    family : str
        What the estimate is: "mean", "share" (0 or 100), "balance" (-100, 0 or 100), "ratio", "total" or "quantile".
        It decides the interval.
    range : tuple of float, optional
        The lowest and the highest value the estimate can take.
    direction : str, optional
        "high" or "low": which is better for the customer.
    variant : str
        The definition in words, with the scale. Estimates of different variants are not compared.
    per : Expression, optional
        The denominator of a ratio.
    probability : float, optional
        The probability of a quantile.
    checks : tuple of Check
        What the answers must fulfil.
    """

    points: Expression
    base: Expression
    name: str
    default_name: str = ""
    unit: str = ""
    family: str = "mean"
    range: tuple[float, float] | None = None
    direction: str | None = None
    variant: str = ""
    per: Expression | None = None
    probability: float | None = None
    checks: tuple[Check, ...] = ()

    def columns(self) -> list[str]:
        """Return the names of the columns that the score reads."""
        parts = [self.points, self.base, *([self.per] if self.per is not None else [])]
        return list(dict.fromkeys(name for part in parts for name in part.columns()))

    def __repr__(self) -> str:
        return f"<Score {self.name}: {self.variant}{f', in {self.unit}' if self.unit else ''}>"
