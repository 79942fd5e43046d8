"""Amounts that customers state, read as intervals: exact, "more than this", nothing, or between two limits.

Lower < amount <= upper; both equal for an exact amount. An answer of 0 says that nothing more is paid: the amount is 0 or less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, ColumnError, DataError
from cxstats.pricing.bids import Answers
from cxstats.survey import Survey

PLACE = "experience_premium"
MEANS = {True: 1.0, False: 0.0, "yes": 1.0, "no": 0.0}  # 1 and 0 are True and False


@dataclass(frozen=True)
class Stated:
    """The columns that hold the answers, and from which amount on they mean "more"."""

    outcome: str | None
    lower: str | None
    upper: str | None
    more_than: str | None
    open_above: float | None

    def columns(self) -> dict[str, str]:
        """Return the columns given, by argument; raise `ArgumentError` unless they make a format."""
        texts = {k: v for k, v in vars(self).items() if k != "open_above" and v is not None}
        limits = {"lower", "upper"} & set(texts)
        if (self.outcome is None) == (not limits) or len(limits) == 1:
            raise ArgumentError(f"{PLACE}: give outcome=, a column of amounts, or lower= and upper=, their limits.")
        if self.more_than is not None and self.open_above is not None:
            raise ArgumentError(f"{PLACE}: more_than= and open_above= both say which amounts are open. Give one.")
        if limits and (self.more_than is not None or self.open_above is not None):
            said = "more_than" if self.more_than is not None else "open_above"
            raise ArgumentError(f"{PLACE}({said}=): limits say it themselves: an infinite upper= has no end.")
        if self.open_above is not None and not (
            isinstance(self.open_above, int | float | np.number)
            and not isinstance(self.open_above, bool)
            and 0 < self.open_above < np.inf
        ):
            raise ArgumentError(f"{PLACE}(open_above=): a finite amount above 0 is needed, not {self.open_above!r}.")
        return {f"{k}=": v for k, v in texts.items()}

    def read(self, survey: Survey, inside: np.ndarray) -> Answers:
        """Return the intervals of the rows inside the domain."""
        return self._amounts(survey, inside) if self.outcome is not None else self._limits(survey, inside)

    def _amounts(self, survey: Survey, inside: np.ndarray) -> Answers:
        assert self.outcome is not None
        amount = _numbers(survey, "outcome", self.outcome, inside, infinite=False)
        out = np.where(np.isnan(amount), f"with no answer to {self.outcome}", "").astype(object)
        more = np.zeros(len(amount), dtype=bool)
        if self.more_than is not None:
            told = _truth(survey, self.more_than, inside)
            bare = np.flatnonzero(inside & (told == 1) & np.isnan(amount))
            if len(bare):
                rows = f"row {bare[0] + 1} ({len(bare):,} such rows)"
                raise DataError(
                    f"{PLACE}(more_than=): {rows} says more by {self.more_than!r}, but has no amount in {self.outcome!r}. "
                    "Fill in the amount that it is more than: left out, the highest answers would be missing."
                )
            out[(out == "") & np.isnan(told)] = f"with no answer to {self.more_than}"
            more = told == 1
        elif self.open_above is not None:
            more = amount >= self.open_above
            amount = np.minimum(amount, self.open_above)
        lower = np.where(~more & (amount == 0), -np.inf, amount)
        return Answers(lower, np.where(more, np.inf, amount), None, None, None, out)

    def _limits(self, survey: Survey, inside: np.ndarray) -> Answers:
        assert self.lower is not None
        assert self.upper is not None
        lower = _numbers(survey, "lower", self.lower, inside, infinite=True)
        upper = _numbers(survey, "upper", self.upper, inside, infinite=True)
        wrong = np.flatnonzero(inside & ((lower > upper) | np.isposinf(lower)))
        if len(wrong):
            i = wrong[0]
            raise DataError(
                f"{PLACE}(lower=, upper=): row {i + 1} ({len(wrong):,} such rows) lies from {lower[i]:g} to {upper[i]:g}. The "
                "lower limit is finite and never above the upper: are the columns exchanged?"
            )
        lower = np.where(lower <= 0, -np.inf, lower)
        out = np.full(len(lower), "", dtype=object)
        out[np.isneginf(lower) & np.isposinf(upper)] = "with no limit on either side"
        for name, limit in ((self.upper, upper), (self.lower, lower)):
            out[np.isnan(limit)] = f"with no answer to {name}"
        return Answers(lower, upper, None, None, None, out)


def _numbers(survey: Survey, argument: str, name: str, inside: np.ndarray, *, infinite: bool) -> np.ndarray:
    if survey.frame.kinds([name])[name] != "number":
        found, remedy = survey.frame.why_no_number(name)
        raise ColumnError(f"{PLACE}({argument}=): column {name!r} holds {found}, where amounts are needed. {remedy}")
    values = frames.in_memory(survey.frame, [name])[name].to_numpy(dtype=np.float64, na_value=np.nan)
    impossible = (values < 0) & ~(infinite & np.isneginf(values)) | (np.isposinf(values) & (not infinite))
    bad = np.flatnonzero(inside & impossible)
    if len(bad):
        remedy = "Say by more_than= or open_above= which answers mean more" if values[bad[0]] > 0 else "Recode it"
        raise DataError(
            f"{PLACE}({argument}=): column {name!r} holds {values[bad[0]]:g} in row {bad[0] + 1} ({len(bad):,} such rows). An "
            f"amount is finite and 0 or more. {remedy}, or make it missing where none was named."
        )
    return np.asarray(values)


def _truth(survey: Survey, name: str, inside: np.ndarray) -> np.ndarray:
    """Return 1 for true, 0 for false, NaN for no answer."""
    import pandas as pd

    series = frames.in_memory(survey.frame, [name])[name].astype(object)
    told = pd.to_numeric(series.map(MEANS)).to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(inside & series.notna().to_numpy() & np.isnan(told))
    if len(bad):
        raise DataError(
            f"{PLACE}(more_than=): column {name!r} holds {series.iloc[bad[0]]!r} in row {bad[0] + 1} ({len(bad):,} such rows). "
            "True or false (1 or 0, yes or no) is needed: whether the amount is more than the one given."
        )
    return np.asarray(told)
