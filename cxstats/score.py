"""A score says what a row is worth and who counts; a metric is a score averaged over its base.

NPS scores a row +100, 0 or -100; CSAT 100 or 0; a gap `delivered - expected`; effort its value. A score is a
declaration: it holds two expressions and the facts a reader needs (unit, range, direction, variant), and no data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxstats.expression import Expression

RECODE = (  # the remedy for codes among answers; who complains puts in which codes of which column
    "Recode {codes} as missing if they mean 'no answer': read_frame(path, missing={codes}), or in pandas "
    "frame[{column!r}].mask(frame[{column!r}].isin({codes}))"
)
RIGHT_SCALE = "state the right scale=."
CODE = re.compile(r"-\d+|[789]{2,}")  # -1, 77, 98, 999: what survey programs write for "no answer"
FAMILIES = ("mean", "share", "balance", "ratio", "total", "quantile")


@dataclass(frozen=True)
class Check:
    """A condition that no row of the domain may fulfil, and what to say of those that do.

    `numeric` is what to say if the column holds no numbers, where the condition needs them. With a `scale`, `remedy` is what
    to do if that is the wrong one; what looks like a code for "no answer" is told apart from what may be an answer.
    """

    column: str
    invalid: Expression
    complaint: str
    remedy: str
    numeric: str = ""
    scale: tuple[float, float] | None = None

    def mend(self, answers: Sequence[Any]) -> str:
        """Return the remedy for the answers found: a code far off the scale is recoded, others ask for another scale."""
        if self.scale is None:
            return self.remedy
        codes = [a for a in answers if CODE.fullmatch(f"{a:.15g}") and not self.scale[0] <= a <= 2 * self.scale[1]]
        others = [a for a in answers if a not in codes]
        recode = RECODE.format(codes=f"[{', '.join(f'{code:.15g}' for code in codes)}]", column=self.column)
        if not others:
            return f"{recode}; else {self.remedy}"
        low, high = min(self.scale[0], *others), max(self.scale[1], *others)
        wider = (
            f"The answers go from {low:g} to {high:g}: if that is the scale, write scale=({low:g}, {high:g}); if not, "
        )
        wider = wider if self.remedy == RIGHT_SCALE else f"{self.remedy[:1].upper()}{self.remedy[1:-1]}, or "
        return f"{wider}correct or empty these cells." + (f" {recode}." if codes else "")


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
