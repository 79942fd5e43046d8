"""Episodes against a loop over each customer's contacts in plain Python: on every engine, in any order of rows."""

import datetime
import itertools
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, DataError, NoRowsError
from tests.contacts.logs import ENGINES, HOUR, START, as_rows

NAMED = {
    "customer": "who", "time": "at", "issue": "about", "channel": "how", "wait": "wait", "transferred": "moved",
}  # fmt: skip


def random_log(seed: int, size: int = 400) -> pd.DataFrame:
    """Return contacts with ties in time, rows twice there, missing channels, waits and transfers, and gaps of whole windows."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "who": rng.choice([f"c{k}" for k in range(40)], size),
            "at": START + rng.integers(0, 60 * 4, size) * (6 * HOUR),
            "about": rng.choice(["bill", "order", "advice"], size),
            "how": pd.Series(rng.choice(["phone", "web", "app", None], size), dtype="str"),
            "wait": rng.choice([0.0, 1.5, 7.0, np.nan], size),
            "moved": rng.choice(["yes", "no", None], size),
        }
    )
    return pd.concat([frame, frame.iloc[:25]], ignore_index=True)


def looped(frame: pd.DataFrame, window: pd.Timedelta, by: list[str], *, drop: bool = True) -> list[dict]:
    """Return the episodes, found by going through each customer's contacts one after the other."""
    ties = [name for name in ("about", "how", "wait", "moved") if name not in by]
    contacts = as_rows(frame, list(frame.columns))
    if drop:
        contacts = list({tuple(one.values()): one for one in contacts}.values())
    start, end = min(one["at"] for one in contacts), max(one["at"] for one in contacts)
    lives: dict[tuple, list[dict]] = {}
    for one in contacts:
        lives.setdefault(tuple(one[name] for name in by), []).append(one)
    found = []
    for life in lives.values():
        life.sort(key=lambda one: (one["at"], [(one[n] is not None, one[n]) for n in ties]))
        episodes = [[life[0]]]
        for before, one in itertools.pairwise(life):
            if one["at"] - before["at"] > window:
                episodes.append([])
            episodes[-1].append(one)
        for run in episodes:
            channels = [one["how"] or "?" for one in run]
            shown = " > ".join(channels[:5]) + (f" > {len(run) - 5} more" if len(run) > 5 else "")
            found.append(
                {
                    **{name: run[0][name] for name in frame.columns},
                    "repeat": len(run) > 1, "contacts": len(run),
                    "days": (run[-1]["at"] - run[0]["at"]) / pd.Timedelta(days=1),
                    "channels": shown, "transfers": sum(one["moved"] == "yes" for one in run),
                    "censored": len(run) == 1 and end - run[0]["at"] < window,
                    "open": end - run[-1]["at"] < window, "early": run[0]["at"] - start < window,
                }
            )  # fmt: skip
    return found


def in_order(rows: list[dict]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table["at"] = pd.to_datetime(table["at"])
    return table.sort_values(["who", "at", "about"]).reset_index(drop=True)


def agree(found: object, wanted: list[dict]) -> None:
    ours, theirs = in_order(as_rows(found, list(wanted[0]))), in_order(wanted)
    assert len(ours) == len(theirs)
    for name in theirs:
        if name == "days":
            assert ours[name].to_numpy(float) == pytest.approx(theirs[name].to_numpy(float), abs=1e-9)
        else:
            same = [a == b or (pd.isna(a) and pd.isna(b)) for a, b in zip(ours[name], theirs[name], strict=True)]
            assert all(same), (name, ours[~np.asarray(same)].head(), theirs[~np.asarray(same)].head())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("same_issue", [True, False])
def test_they_are_those_of_a_loop(engine: str, same_issue: bool) -> None:
    frame = random_log(1)
    log = cx.ContactLog(ENGINES[engine](frame), **NAMED)
    by = ["who", "about"] if same_issue else ["who"]
    for within, window in (("7D", 168), ("36h", 36), (2, 48), (0.25, 6), ("1W", 168), ("720 min", 12)):
        agree(log.episodes(within, same_issue=same_issue), looped(frame, window * HOUR, by))


@pytest.mark.parametrize("seed", range(2, 6))
@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_contacts_that_are_twice_there_may_be_kept(engine: str, seed: int) -> None:
    frame = random_log(seed)
    frame = pd.concat([frame, frame.iloc[10:20], frame.iloc[10:20]], ignore_index=True).sample(
        frac=1, random_state=seed
    )
    kept = cx.ContactLog(ENGINES[engine](frame), **NAMED, duplicates="keep")
    agree(kept.episodes("2D", same_issue=False), looped(frame, 48 * HOUR, ["who"], drop=False))
    dropped = cx.ContactLog(ENGINES[engine](frame), **NAMED)
    agree(dropped.episodes("2D"), looped(frame, 48 * HOUR, ["who", "about"]))


def test_each_contact_belongs_to_one_episode() -> None:
    log = cx.ContactLog(random_log(7), **NAMED)
    for within in ("6h", "3D", "14D"):
        assert log.episodes(within)["contacts"].sum() == log.counts["contacts"]


@pytest.mark.parametrize(
    ("within", "gap"),
    [
        ("5h", datetime.timedelta(hours=5)),
        ("7 min", datetime.timedelta(minutes=7)),
        ("1.1h", datetime.timedelta(minutes=66)),
        ("7D", datetime.timedelta(days=7)),
        (datetime.timedelta(seconds=1, microseconds=300_000), datetime.timedelta(seconds=1, microseconds=300_000)),
        (pd.Timedelta("11h"), datetime.timedelta(hours=11)),
    ],
)
@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_a_gap_of_exactly_the_window_is_within_it(engine: str, within: object, gap: datetime.timedelta) -> None:
    tick = datetime.timedelta(microseconds=1)
    start = datetime.datetime(2026, 1, 1, 3, 17, 5)
    end = start + datetime.timedelta(days=60)
    times = {"exact": gap, "more": gap + tick, "less": gap - tick}
    rows = [(who, start + k * tick) for who in times for k in (0,)]
    rows += [(who, start + after) for who, after in times.items()]
    rows += [("at the edge", end - gap), ("not watched", end - gap + tick), ("end", end)]
    log = cx.ContactLog(ENGINES[engine](pd.DataFrame(rows, columns=["who", "at"])), customer="who", time="at")
    first = {row["who"]: row for row in reversed(as_rows(log.episodes(within), ["who", "repeat", "censored", "open"]))}
    every = as_rows(log.episodes(within), ["who", "repeat"])
    assert {who for who in times if any(r["repeat"] for r in every if r["who"] == who)} == {"exact", "less"}
    assert not first["at the edge"]["censored"]
    assert not first["at the edge"]["open"]
    assert first["not watched"]["censored"]
    assert first["not watched"]["open"]


def test_texts_dates_and_zones_give_the_same_episodes() -> None:
    frame = random_log(8)
    frame["at"] = frame["at"].dt.normalize()
    wanted = looped(frame, 72 * HOUR, ["who", "about"])
    columns = ["who", "about", "contacts", "channels", "repeat", "censored"]
    key = lambda rows: sorted(str([row[name] for name in columns]) for row in rows)  # noqa: E731
    texts = frame.assign(at=frame["at"].dt.strftime("%Y-%m-%d"))
    dates = pl.from_pandas(frame).with_columns(pl.col("at").cast(pl.Date))
    zoned = pl.from_pandas(frame).with_columns(pl.col("at").dt.replace_time_zone("Asia/Tokyo"))
    for native in (texts, dates, zoned, dates.lazy()):
        found = cx.ContactLog(native, **NAMED).episodes("3D")
        assert key(as_rows(found, columns)) == key(wanted)


def test_without_channels_and_transfers_there_are_no_such_columns() -> None:
    frame = random_log(9)[["who", "at"]]
    found = cx.ContactLog(frame, customer="who", time="at").episodes()
    assert not {"channels", "transfers"} & set(found.columns)
    contacts = [life["at"].drop_duplicates().sort_values() for _, life in frame.groupby("who")]
    starts = sum(1 + int((at.diff() > 168 * HOUR).sum()) for at in contacts)
    assert len(found) == starts


@pytest.mark.parametrize("moved", [[True, None, True, False], [1, None, 1, 0], ["Yes", None, "y", "No"]])
@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_transfers_may_be_true_or_one_or_yes(engine: str, moved: list) -> None:
    frame = pd.DataFrame({"who": ["a"] * 3 + ["b"], "at": START + np.arange(4) * 6 * HOUR, "moved": moved})
    log = cx.ContactLog(ENGINES[engine](frame), customer="who", time="at", transferred="moved")
    found = {row["who"]: row["transfers"] for row in as_rows(log.episodes("12h"), ["who", "transfers"])}
    assert found == {"a": 2, "b": 0}


@pytest.mark.parametrize(
    ("within", "error", "said"),
    [
        ("7 apples", ArgumentError, r"episodes\(within=\): a span above 0 such as '7D', '36h', .* not '7 apples'"),
        (-1, ArgumentError, "not -1"),
        (0, ArgumentError, "not 0"),
        (True, ArgumentError, "not True"),
        (math.nan, ArgumentError, "not nan"),
        (math.inf, ArgumentError, "not inf"),
        ("0D", ArgumentError, "not '0D'"),
        (None, ArgumentError, "not None"),
        (datetime.timedelta(0), ArgumentError, "not datetime.timedelta"),
        ("61D", NoRowsError, "the log lasts 59.8 days, less than the window"),
    ],
)
def test_bad_windows_are_named(within: object, error: type[Exception], said: str) -> None:
    frame = random_log(1)
    with pytest.raises(error, match=said):
        cx.ContactLog(frame, **NAMED).episodes(within)


def test_a_log_without_issues_has_no_same_issue() -> None:
    log = cx.ContactLog(random_log(1), customer="who", time="at")
    with pytest.raises(ArgumentError, match="same_issue=True needs issue="):
        log.episodes(same_issue=True)


@pytest.mark.parametrize(("moved", "said"), [(2, "holds 2.*where 1 for yes or 0 for no"), ("often", "holds 'often'")])
@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_transfers_that_are_neither_yes_nor_no_are_named(engine: str, moved: object, said: str) -> None:
    frame = random_log(1).assign(moved=moved)
    log = cx.ContactLog(ENGINES[engine](frame), **NAMED)
    with pytest.raises(DataError, match=said):
        log.episodes()
