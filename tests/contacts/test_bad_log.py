"""Logs as they come: customers who are nobody, names that are taken, rows in any order: refused in words, or counted."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, LonePsuError, NoColumnError, NoRowsError
from tests.contacts.logs import DAY, ENGINES, HOUR, NAMED, START, UNLIKE, WHO, as_rows, frame_of, log_of

# --- customers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "missing", "nobody"),
    [
        (["a", "", "a", "0", "unknown", "anonymous", None, "d"], 1, 4),
        ([1, 2, 1, 0, 0, 1, 3, 4], 0, 2),
        ([1.0, 2, 1, 0, np.nan, 1, 3, 4], 1, 1),
    ],
)
@pytest.mark.parametrize("engine", UNLIKE)
def test_nobody_is_no_customer(engine: str, who: list, missing: int, nobody: int) -> None:
    log = log_of(engine, {"who": who})
    assert log.counts["without a customer"] == missing
    assert log.counts["of nobody"] == nobody
    assert log.counts["contacts"] == 8 - missing - nobody
    assert f"{nobody} of nobody" in repr(log)


def test_nobody_may_be_one_name() -> None:
    assert (
        log_of(change={"who": ["guest", "g", "u", "e", "s", "t", "guest", ""]}, nobody="guest").counts["of nobody"] == 2
    )


@pytest.mark.parametrize("engine", UNLIKE)
def test_a_log_without_anybody_is_refused(engine: str) -> None:
    with pytest.raises(NoRowsError, match=r"no contact is left of 8 rows \(8 of nobody\)"):
        log_of(engine, {"who": "unknown"})


@pytest.mark.parametrize("engine", UNLIKE)
def test_one_customer_shows_no_difference_between_customers(engine: str) -> None:
    log = log_of(engine, {"who": "a"})
    assert len(as_rows(log.episodes(2), ["who"])) == 1  # what happened can still be told
    for measured in (
        lambda: cx.measure(log.survey(), cx.mean("days_after")),
        lambda: cx.resolution_curve(log, days=(1, 2), washout=1),
        lambda: cx.channel_switches(log, 2),
    ):
        with pytest.raises(LonePsuError, match=r"single PSU: column .* has one value"):
            measured()


# --- rows and columns -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", UNLIKE)
def test_rows_twice_there_count_once(engine: str) -> None:
    twice = pd.concat([frame_of(), frame_of(), frame_of().iloc[:3]], ignore_index=True)
    log, once = cx.ContactLog(ENGINES[engine](twice), **NAMED), log_of()
    assert log.counts["twice there"] == 11
    assert "11 twice there" in repr(log)
    found, wanted = (cx.measure(one.survey(), [cx.mean("days_after"), cx.mean("days_in")]) for one in (log, once))
    assert found.values == pytest.approx(wanted.values, rel=1e-12)
    assert found.std_error == pytest.approx(wanted.std_error, rel=1e-9)


@pytest.mark.parametrize("engine", [*UNLIKE, "pyarrow", "polars"])
def test_a_frame_without_rows_is_refused(engine: str) -> None:
    empty = pl.from_pandas(frame_of()).head(0)
    native = {
        "pandas": lambda: frame_of().head(0), "pyarrow": empty.to_arrow, "polars": lambda: empty,
        "polars lazy": empty.lazy, "duckdb": lambda: duckdb.from_arrow(empty.to_arrow()),
    }[engine]()  # fmt: skip
    with pytest.raises(NoRowsError, match="ContactLog: the frame has no rows"):
        cx.ContactLog(native, **NAMED)


@pytest.mark.parametrize("engine", UNLIKE)
def test_a_column_that_is_not_there_has_a_neighbour(engine: str) -> None:
    with pytest.raises(NoColumnError, match=r"ContactLog\(time=\): no column 'att'. Did you mean 'at'\?"):
        log_of(engine, time="att")
    with pytest.raises(NoColumnError, match=r"ContactLog\(wait=\): no column 'How'. Did you mean 'how'\?"):
        log_of(engine, wait="How")
    with pytest.raises(ColumnError, match=r"customer=\): a column is named by a text, not by \['who'\]"):
        log_of(engine, customer=["who"])


@pytest.mark.parametrize("name", ["days_after", "Days_After", "DAYS_IN"])
@pytest.mark.parametrize("engine", UNLIKE)
def test_names_that_a_log_gives_are_taken_capitals_apart(engine: str, name: str) -> None:
    with pytest.raises(ArgumentError, match=rf"a log has a column '{name.lower()}' of its own.*Rename yours"):
        log_of(engine, {name: 1.0})


@pytest.mark.parametrize("name", ["contacts", "Contacts", "REPEAT", "cx_Transfers"])
@pytest.mark.parametrize("engine", UNLIKE)
def test_names_that_episodes_give_are_taken_there_alone(engine: str, name: str) -> None:
    log = log_of(engine, {name: 1.0})
    assert cx.measure(log.survey(), cx.mean(name)).values.tolist() == [1.0]
    with pytest.raises(ArgumentError, match=rf"episodes: a log has a column '{name.lower()}' of its own.*Rename yours"):
        log.episodes(2)


@pytest.mark.parametrize("engine", UNLIKE)
def test_names_that_switches_and_answers_give_are_taken_there_alone(engine: str) -> None:
    log = log_of(engine, {"Next_HOW": "x", "CX_said": 1.0})
    assert len(as_rows(log.episodes(2), ["who", "Next_HOW", "CX_said"])) == len(as_rows(log_of().episodes(2), ["who"]))
    with pytest.raises(
        ArgumentError, match="a log has a column 'next_how' of its own, and capitals do not tell 'Next_HOW'"
    ):
        cx.channel_switches(log, 2)
    with pytest.raises(ArgumentError, match="reconcile: a log has a column 'cx_said' of its own"):
        cx.reconcile(log, "CX_said", 2)


@pytest.mark.parametrize("engine", UNLIKE)
def test_other_names_are_the_callers_own(engine: str) -> None:
    mine = ["cx_at", "CX_AT2", "cx_1", "cx_run", "cx_first", "cx_one", "at ", "cx xxx0", "order", "select"]
    log, plain = log_of(engine, dict.fromkeys(mine, 1.0)), log_of()
    columns = ["who", "repeat", "contacts", "channels", "days"]
    rows, wanted = as_rows(log.episodes("3D"), [*columns, *mine]), as_rows(plain.episodes("3D"), columns)
    key = lambda found: sorted(str([row[name] for name in columns]) for row in found)  # noqa: E731
    assert key(rows) == key(wanted)
    assert {row[name] for row in rows for name in mine} == {1.0}
    found = cx.measure(log.survey(), [cx.mean(name) for name in mine])
    assert found.values.tolist() == [1.0] * len(mine)


# --- windows and order --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", UNLIKE)
def test_a_window_longer_than_the_log_says_so(engine: str) -> None:
    log = log_of(engine, {"said": "yes"})
    for asked, said in (
        (lambda: log.episodes("11D"), r"episodes\(within='11D'\): the log lasts 10.5 days, less than the window"),
        (
            lambda: cx.resolution_curve(log, days=6),
            "lasts 10.5 days, which is less than a washout of 6 and a window of 6",
        ),
        (lambda: cx.channel_switches(log, "2W"), r"channel_switches\(within='2W'\): the log lasts 10.5 days"),
        (lambda: cx.reconcile(log, "said", "6D"), "the log lasts 10.5 days, less than a window before and one after"),
    ):
        with pytest.raises(NoRowsError, match=said):
            asked()


@pytest.mark.parametrize("engine", UNLIKE)
def test_a_claim_with_a_window_longer_than_the_log_is_untestable_with_the_reason(engine: str) -> None:
    many = pd.concat([frame_of(who=[f"{who}{k}" for who in WHO]) for k in range(60)], ignore_index=True)
    log = cx.ContactLog(ENGINES[engine](many), **NAMED)
    claims = [
        cx.Claim(
            f"within-{days}", says="Most do not come again.", source="none", data="contacts", region=cx.above(20),
            measure=lambda _, days=days: cx.resolution_curve(log, days=days),
        )
        for days in (2, 30)
    ]  # fmt: skip
    found = cx.check(claims, {"contacts": log}).frame().set_index("claim")
    assert found.loc["within-2", "verdict"] == "supported"
    assert found.loc["within-30", "verdict"] == "untestable"
    assert "the log lasts 10.5 days, which is less than a washout of 30" in found.loc["within-30", "reason"]


def test_any_order_of_rows_gives_the_same_answers_ties_in_time_included() -> None:
    rng = np.random.default_rng(11)
    rows = pd.DataFrame(
        {
            "who": rng.choice([f"c{k}" for k in range(30)], 500), "at": START + rng.integers(0, 80, 500) * 12 * HOUR,
            "how": rng.choice(["phone", "web", None], 500), "said": rng.choice(["yes", "no"], 500),
            "moved": rng.choice(["yes", "no"], 500),
        }
    )  # fmt: skip
    assert rows.duplicated(["who", "at"]).sum() > 20
    orders = {
        "as it came": rows, "by time": rows.sort_values("at"), "backwards": rows.iloc[::-1],
        "by customer": rows.sort_values(["who", "at"], ascending=[True, False]),
        "shuffled": rows.sample(frac=1, random_state=3),
    }  # fmt: skip
    found = []
    for engine in UNLIKE:
        for frame in orders.values():
            log = cx.ContactLog(ENGINES[engine](frame), **NAMED, transferred="moved", resolved="said")
            both = cx.reconcile(log, "said", 3)
            parts = (
                cx.resolution_curve(log, days=(1, 3), by="how"), cx.channel_switches(log, 4), cx.forced_effort(log),
                both.rates, both.kappa, cx.measure(log.survey(), cx.mean("days_before"), by="how"),
            )  # fmt: skip
            rows_of = as_rows(log.episodes("3D"), ["who", "how", "contacts", "channels", "at"])
            episodes = {(*list(row.values())[:-1], str(row["at"])) for row in rows_of}
            found.append((log.counts, [part.n.tolist() for part in parts], episodes, both.left_out, parts))
    first = found[0]
    for one in found[1:]:
        assert one[:4] == first[:4]
        for ours, theirs in zip(one[4], first[4], strict=True):
            assert ours.values == pytest.approx(theirs.values, rel=1e-9)
            assert ours.std_error == pytest.approx(theirs.std_error, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_episodes_come_as_the_kind_of_frame_that_was_given(engine: str) -> None:
    given = ENGINES[engine](frame_of())
    found = cx.ContactLog(given, **NAMED).episodes("3D")
    assert type(found) is type(given)
    made = found.collect() if isinstance(found, pl.LazyFrame) else found
    assert made.shape == (7, 14)


def test_a_log_of_one_contact_says_what_it_cannot() -> None:
    log = cx.ContactLog(frame_of().head(1), **NAMED)
    assert log.days == 0
    with pytest.raises(NoRowsError, match=r"the log lasts 0\.0 days"):
        log.episodes()
    with pytest.raises(NoRowsError, match=r"no first contact is left"):
        cx.resolution_curve(cx.ContactLog(frame_of().head(1), **NAMED, end=START + 90 * DAY))
