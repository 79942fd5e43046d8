"""Answers to bids, read as intervals: yes to a bid says that the amount lies above it, no that it lies below.

A second bid, higher after a yes and lower after a no, halves the interval; where it was not asked (or not answered) the first
answer stands alone. Limits stated outright need no bids. Whatever cannot be read is counted, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats import frames
from cxstats.errors import ArgumentError, ColumnError, DataError, listing, need_columns
from cxstats.score import CODE
from cxstats.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

PLACE = "contingent_valuation"
PLAIN = {"yes": True, "no": False, "y": True, "n": False}
BOTH = ("bid_up", "bid_down", "answer2")


@dataclass(frozen=True)
class Columns:
    """The columns that hold the answers: bids and what was said to them, or limits."""

    bid: str | None
    answer: str | None
    bid_up: str | None
    bid_down: str | None
    answer2: str | None
    lower: str | None
    upper: str | None

    def named(self) -> dict[str, str]:
        """Return the columns given, by argument; raise `ArgumentError` unless they make a format."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        limits, bids = {"lower", "upper"} & set(given), set(given) - {"lower", "upper"}
        if limits and bids:
            raise ArgumentError(
                f"{PLACE}: {listing(sorted(limits))} and {listing(sorted(bids))} are two formats. Give bids, or limits."
            )
        need = ("lower", "upper") if limits else ("bid", "answer", *(["answer2"] if bids & set(BOTH) else []))
        lacking = [name for name in need if name not in given]
        if lacking:
            wanted = "bid= and answer=, with bid_up=, bid_down= and answer2= for a second bid, or lower= and upper="
            raise ArgumentError(f"{PLACE}: {listing(lacking)} is not given. Give {wanted}.")
        if "answer2" in given and not {"bid_up", "bid_down"} & set(given):
            raise ArgumentError(
                f"{PLACE}: answer2= needs the second bids: bid_up= (asked after a yes) and bid_down= (asked after a no); one "
                "column that holds both is given twice."
            )
        return given

    def amounts(self) -> list[str]:
        """Return the columns that hold bids."""
        return list(dict.fromkeys(name for name in (self.bid, self.bid_up, self.bid_down) if name is not None))


@dataclass(frozen=True)
class Answers:
    """Limits of the amounts (-inf, inf: none), the first bid and its answer, and why rows are left out ("": they are not)."""

    lower: np.ndarray
    upper: np.ndarray
    bid: np.ndarray | None
    first: np.ndarray | None
    second: np.ndarray | None
    out: np.ndarray

    def told(self, kept: np.ndarray) -> list[str]:
        """Say of how many rows a second answer is known, where seconds were asked."""
        if self.second is None or not np.isnan(self.second[kept]).any():
            return []
        known = int((~np.isnan(self.second[kept])).sum())
        return [f"second answers from {known:,} of {len(kept):,}; the others count by the first alone"]

    def take(self, rows: np.ndarray) -> Answers:
        """Return the answers of some rows."""
        return Answers(*(None if v is None else v[rows] for v in vars(self).values()))  # type: ignore[arg-type]

    def first_only(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the limits that the first answer alone gives."""
        assert self.bid is not None
        assert self.first is not None
        return np.where(self.first == 1, self.bid, -np.inf), np.where(self.first == 1, np.inf, self.bid)


def read(survey: Survey, columns: Columns, inside: np.ndarray, yes: Any, open_above: Any) -> Answers:
    """Return the intervals of the rows inside the domain."""
    named = columns.named()
    for argument, name in named.items():
        need_columns(f"{PLACE}({argument}=)", [name], survey.frame.columns)
    if columns.lower is not None:
        return _stated(survey, columns, inside, open_above)
    if open_above is not None:
        raise ArgumentError(f"{PLACE}(open_above=): codes for no upper limit belong to upper=, not to bids.")
    told = _answered(survey, {k: v for k, v in named.items() if k in ("answer", "answer2")}, inside, yes)
    bid, first = _bids(survey, "bid", columns.bid, inside), told["answer"]
    out = np.where(
        np.isnan(bid), f"without {columns.bid}", np.where(np.isnan(first), f"with no answer to {columns.answer}", "")
    )
    lower, upper = np.where(first == 1, bid, -np.inf), np.where(first == 1, np.inf, bid)
    if columns.answer2 is None:
        return Answers(lower, upper, bid, first, None, out.astype(object))
    second = told["answer2"]
    kept = inside & (out == "")
    for argument, price_column, after, sign in (
        ("bid_up", columns.bid_up, 1, 1),
        ("bid_down", columns.bid_down, 0, -1),
    ):
        asked = kept & (first == after) & ~np.isnan(second)
        if price_column is None:
            price = np.full(len(bid), np.nan)
        else:
            shared = columns.bid_up == columns.bid_down
            price = _bids(survey, argument, price_column, asked if shared else inside)
            wrong = (asked if shared else kept) & (sign * (price - bid) <= 0)
            _need_order(argument, price_column, columns.bid, price, bid, wrong, "above" if sign > 0 else "below")
        bare = np.flatnonzero(asked & np.isnan(price))
        if len(bare):
            said = "yes" if after else "no"
            raise DataError(
                f"{PLACE}({argument}=): row {bare[0] + 1} ({len(bare):,} such rows) has an answer in {columns.answer2!r} "
                f"after a {said}, but no second bid. Name the column of the bids asked after a {said}, or make that answer "
                "missing."
            )
        lower = np.where(asked & (second == 1), price if after else np.maximum(lower, price), lower)
        upper = np.where(asked & (second == 0), np.minimum(upper, price), upper)
    return Answers(lower, upper, bid, first, second, out.astype(object))


def _stated(survey: Survey, columns: Columns, inside: np.ndarray, open_above: Any) -> Answers:
    assert columns.lower is not None
    assert columns.upper is not None
    lower, upper = (_numbers(survey, k, n) for k, n in (("lower", columns.lower), ("upper", columns.upper)))
    codes = [] if open_above is None else [open_above] if isinstance(open_above, int | float) else list(open_above)
    upper = np.where(np.isin(upper, codes), np.inf, upper)
    for argument, name, limit in (("lower", columns.lower, lower), ("upper", columns.upper, upper)):
        bad = np.flatnonzero(inside & (limit < 0) & ~np.isneginf(limit))
        if len(bad):
            raise _negative(argument, name, limit, bad)
    out = np.where(
        np.isnan(lower), f"without {columns.lower}", np.where(np.isnan(upper), f"without {columns.upper}", "")
    )
    wrong = np.flatnonzero(inside & (lower > upper))
    if len(wrong):
        i = wrong[0]
        raise DataError(
            f"{PLACE}(lower=, upper=): row {i + 1} ({len(wrong):,} such rows) lies from {lower[i]:g} to {upper[i]:g}. The "
            "upper limit is never below the lower; a code for 'no upper limit' is stated by open_above=."
        )
    open_ended = (out == "") & np.isneginf(lower) & np.isposinf(upper)
    out = np.where(open_ended, "with no limit on either side", out)
    return Answers(lower, upper, None, None, None, out.astype(object))


def _numbers(survey: Survey, argument: str, name: str) -> np.ndarray:
    if survey.frame.kinds([name])[name] != "number":
        found, remedy = survey.frame.why_no_number(name)
        raise ColumnError(f"{PLACE}({argument}=): column {name!r} holds {found}, where amounts are needed. {remedy}")
    return np.asarray(_series(survey, name).to_numpy(dtype=np.float64, na_value=np.nan))


def _bids(survey: Survey, argument: str, name: str | None, inside: np.ndarray) -> np.ndarray:
    assert name is not None
    bid = _numbers(survey, argument, name)
    bad = np.flatnonzero(inside & ((bid <= 0) | np.isinf(bid)))
    if len(bad):
        raise _negative(argument, name, bid, bad)
    return bid


def _negative(argument: str, name: str, values: np.ndarray, bad: np.ndarray) -> DataError:
    return DataError(
        f"{PLACE}({argument}=): column {name!r} holds {values[bad[0]]:g} in row {bad[0] + 1} ({len(bad):,} such rows). A "
        f"price is a finite amount {'of 0 or more' if argument in ('lower', 'upper') else 'above 0'}. Make it missing where "
        "none was named."
    )


def _need_order(
    argument: str, name: str, first: str | None, price: np.ndarray, bid: np.ndarray, wrong: np.ndarray, side: str
) -> None:
    bad = np.flatnonzero(wrong)
    if len(bad):
        i = bad[0]
        code = CODE.fullmatch(f"{price[i]:.15g}") is not None
        remedy = "is it a code for no answer? Then make it missing." if code else "are the columns exchanged?"
        raise DataError(
            f"{PLACE}({argument}=): in row {i + 1} ({len(bad):,} such rows) {name!r} is {price[i]:g}, not {side} the first "
            f"bid {bid[i]:g} ({first!r}). The bid after a yes is higher, the one after a no lower: {remedy}"
        )


def _answered(survey: Survey, columns: Mapping[str, str], inside: np.ndarray, yes: Any) -> dict[str, np.ndarray]:
    """Return 1 for yes, 0 for no and NaN for no answer, by argument."""
    import pandas as pd

    series = {argument: _series(survey, name).astype(object) for argument, name in columns.items()}
    found = {argument: s[inside & s.notna().to_numpy()].value_counts() for argument, s in series.items()}
    meaning = _meaning({answer for counts in found.values() for answer in counts.index}, yes)
    every = list(dict.fromkeys(answer for counts in found.values() for answer in counts.index))
    for argument, counts in found.items():
        for answer, count in counts.items():
            if answer not in meaning:
                guess = {a: meaning.get(a, None if len(every) > 6 else False) for a in every[:6]}
                several = (
                    ""
                    if yes is None or isinstance(yes, Mapping)
                    else " One other answer would mean no; there are more."
                )
                raise DataError(
                    f"{PLACE}({argument}=): column {columns[argument]!r} holds {answer!r} ({count:,} rows), which is not "
                    f"said to mean yes or no.{several} Say what each answer means, such as yes={guess!r}: True for yes, False "
                    "for no, None for no answer."
                )
    told = {answer: np.nan if means is None else float(means) for answer, means in meaning.items()}
    return {k: pd.to_numeric(s.map(told)).to_numpy(dtype=np.float64, na_value=np.nan) for k, s in series.items()}


def _meaning(answers: set[Any], yes: Any) -> dict[Any, bool | None]:
    if isinstance(yes, Mapping):
        odd = next((v for v in yes.values() if v is not None and not isinstance(v, bool | np.bool_)), None)
        if odd is not None:
            raise ArgumentError(f"{PLACE}(yes=): an answer means True, False or None (no answer), not {odd!r}.")
        return dict(yes)
    if yes is None:
        plain: dict[Any, bool | None] = {
            a: PLAIN[a.strip().casefold()] for a in answers if isinstance(a, str) and a.strip().casefold() in PLAIN
        }
        return plain | {a: bool(a) for a in answers if not isinstance(a, str) and a in (0, 1)}
    stated: Sequence[Any] = [yes] if isinstance(yes, str) or not isinstance(yes, list | tuple | set) else list(yes)
    others = answers - set(stated)
    meaning: dict[Any, bool | None] = dict.fromkeys(stated, True)
    return meaning | (dict.fromkeys(others, False) if len(others) <= 1 else {})


def _series(survey: Survey, name: str) -> pd.Series[Any]:
    return frames.in_memory(survey.frame, [name])[name]
