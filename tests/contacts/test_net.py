"""Net rates: what could not be resolved at a first contact is left out, counted, and never compared with gross unseen."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import ColumnError, DataError, NoColumnError, VariantError

LOG = {"customer": "customer", "time": "time", "issue": "issue", "channel": "channel", "resolved": "resolved"}
ENGINES = {
    "pandas": lambda frame: frame,
    "pyarrow": lambda frame: pl.from_pandas(frame).to_arrow(),
    "polars": pl.from_pandas,
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "duckdb": lambda frame: duckdb.from_arrow(pl.from_pandas(frame).to_arrow()),
}
WORDS = {"text": ["Yes", "no", None], "numbers": [1.0, 0.0, np.nan], "true or false": [True, False, None]}


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    """Return a year of contacts, of which some could not be resolved at a first contact, and some do not say."""
    some = cx.load_contacts().query("time < '2025-10-01'").reset_index(drop=True)
    said = np.random.default_rng(2).choice([0, 1, 2], len(some), p=[0.7, 0.25, 0.05])
    return some.assign(said=said)


def flagged(contacts: pd.DataFrame, words: str) -> pd.DataFrame:
    values = np.asarray(WORDS[words], dtype=object)[contacts["said"]]
    kinds = {"text": "str", "numbers": "float64", "true or false": "boolean"}
    return contacts.assign(could_be=pd.Series(values, dtype=kinds[words]))


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_net_rate_is_the_gross_rate_of_what_could_be_resolved(
    engine: str, words: str, contacts: pd.DataFrame
) -> None:
    log = cx.ContactLog(ENGINES[engine](flagged(contacts, words)), **LOG)
    net = cx.first_contact_resolution("resolved", yes="yes", resolvable="could_be")
    found = cx.measure(log.survey(), net, by="channel")
    gross = cx.first_contact_resolution("resolved", yes="yes")
    wanted = cx.measure(cx.ContactLog(contacts, **LOG).survey(), gross, by="channel", where=cx.col("said") == 0)
    assert found.values == pytest.approx(wanted.values, rel=1e-12)
    assert found.std_error == pytest.approx(wanted.std_error, rel=1e-9)
    assert found.n.tolist() == wanted.n.tolist()
    known = contacts[contacts["customer"].notna()]
    lost = len(known) - int(((known["said"] == 0) & known["resolved"].notna()).sum())
    assert f"{lost:,} with no answer to net_first_contact_resolution (resolved, where could_be)" in repr(found)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_net_curve_is_the_gross_curve_of_what_could_be_resolved(
    engine: str, words: str, contacts: pd.DataFrame
) -> None:
    log = cx.ContactLog(ENGINES[engine](flagged(contacts, words)), **LOG)
    net = cx.resolution_curve(log, (7, 30), by="channel", resolvable="could_be")
    whole = cx.ContactLog(contacts, **LOG)
    wanted = cx.resolution_curve(whole, (7, 30), by="channel", where=cx.col("said") == 0)
    assert set(net.labels["metric"]) == {"net_resolved"}
    assert net.values == pytest.approx(wanted.values, rel=1e-12)
    assert net.vcov == pytest.approx(wanted.vcov, rel=1e-9, abs=1e-12)
    said = {
        what: int(cx.resolution_curve(whole, 30, where=cx.col("said") == code).n[0])
        for code, what in ((2, "without could_be"), (1, "not resolvable by could_be"))
    }
    left = ", ".join(f"{n:,} {what}" for what, n in said.items())
    assert f", {left}. First contacts" in repr(net)
    assert sum(said.values()) + net.pick(days=30).n.sum() == cx.resolution_curve(whole, 30).n[0]


def test_first_contacts_without_a_group_are_counted_of_those_in_the_base(contacts: pd.DataFrame) -> None:
    frame = flagged(contacts, "text").assign(channel=lambda f: f["channel"].where(f.index % 9 > 0))
    found = cx.resolution_curve(cx.ContactLog(frame, **LOG), 30, by="channel", resolvable="could_be")
    one = cx.resolution_curve(cx.ContactLog(frame, **LOG), 30, resolvable="could_be")
    lost = int(one.n[0] - found.n.sum())
    assert lost > 500
    assert f"{lost:,} without channel" in repr(found)


def test_gross_and_net_are_different_measures(contacts: pd.DataFrame) -> None:
    log = cx.ContactLog(flagged(contacts, "text"), **LOG)
    names = ["first_contact_resolution", "net_first_contact_resolution"]
    scores = [cx.first_contact_resolution("resolved", yes="yes", resolvable=r) for r in (None, "could_be")]
    found = cx.measure(log.survey(), scores)
    assert found.labels["metric"].tolist() == names
    with pytest.raises(VariantError, match="net of what is not resolvable by could_be' in % are different measures"):
        found.contrast({"metric": names[0]}, {"metric": names[1]})
    gross, net = (cx.resolution_curve(log, 30, resolvable=r) for r in (None, "could_be"))
    assert gross._rows.variant.tolist() == ["resolved by the log"]
    assert net._rows.variant.tolist() == ["resolved by the log, net of what is not resolvable by could_be"]


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize(("column", "found"), [("maybe", "'maybe'"), (3, "3")])
def test_other_answers_than_yes_and_no_are_refused(
    engine: str, column: object, found: str, contacts: pd.DataFrame
) -> None:
    log = cx.ContactLog(ENGINES[engine](contacts.assign(could_be=column)), **LOG)
    net = cx.first_contact_resolution("resolved", yes="yes", resolvable="could_be")
    with pytest.raises(
        DataError, match=rf"neither yes/no, true/false nor 1/0 in column 'could_be' \({found}: \d+ times"
    ):
        cx.measure(log.survey(), net)
    with pytest.raises(DataError, match=rf"resolvable=\): column 'could_be' holds {found}"):
        cx.resolution_curve(log, 30, resolvable="could_be")


def test_columns_that_cannot_say_are_named(contacts: pd.DataFrame) -> None:
    log = cx.ContactLog(contacts, **LOG)
    with pytest.raises(NoColumnError, match=r"no column 'agent_'. Did you mean 'agent'"):
        cx.measure(log.survey(), cx.first_contact_resolution("resolved", yes="yes", resolvable="agent_"))
    with pytest.raises(NoColumnError, match=r"resolvable=\): no column 'agent_'. Did you mean 'agent'"):
        cx.resolution_curve(log, 30, resolvable="agent_")
    with pytest.raises(ColumnError, match="column 'time' holds time, where yes/no, true/false or 1/0 is needed"):
        cx.measure(log.survey(), cx.first_contact_resolution("resolved", yes="yes", resolvable="time"))
    with pytest.raises(ColumnError, match="column 'time' holds time"):
        cx.resolution_curve(log, 30, resolvable="time")
