"""Claims on a contact log: customers are the sampling units, however the log is handed over."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.claims.verdict import SUPPORTED

IDS = ["effort-is-forced", "self-service-fails", "follow-ups-not-kept", "young-avoid-phone", "phone-is-dying"]
SHOWN = ["claim", "estimate", "conf_low", "conf_high", "verdict"]


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    return cx.load_contacts()


def claims() -> list[cx.Claim]:
    return [claim for claim in cx.catalogue() if claim.id in IDS]


def log_of(frame: object) -> cx.ContactLog:
    return cx.ContactLog(frame, customer="customer", time="time")


def test_a_log_is_taken_with_customers_as_psus(contacts: pd.DataFrame) -> None:
    log = log_of(contacts)
    found = cx.check(claims(), {"contacts": log}).frame()
    assert found["claim"].tolist() == IDS
    assert found["verdict"].tolist() == ["contradicted", *[SUPPORTED] * 4]
    pd.testing.assert_frame_equal(cx.check(claims(), {"contacts": log.survey()}).frame(), found)
    pd.testing.assert_frame_equal(cx.check(claims(), log).frame(), found)
    named = cx.Survey(contacts[contacts["customer"].notna()], psu="customer")
    pd.testing.assert_frame_equal(cx.check(claims(), {"contacts": named}).frame()[SHOWN], found[SHOWN])


@pytest.mark.parametrize("engine", [pl.from_pandas, duckdb.from_df])
def test_verdicts_are_the_same_on_every_engine(engine: object, contacts: pd.DataFrame) -> None:
    some = contacts.head(8_000)
    here, there = (cx.check(claims(), log_of(frame)).frame() for frame in (some, engine(some)))
    pd.testing.assert_frame_equal(there[SHOWN], here[SHOWN], rtol=1e-9)


def test_a_bare_frame_comes_to_a_verdict_too_early() -> None:
    """Each of 60 customers is either always transferred or never: 600 contacts tell no more than 60 do."""
    often = np.repeat([1, 0], [36, 24])
    frame = pd.DataFrame({"who": np.repeat(np.arange(1, 61), 10), "moved": np.repeat(often, 10)})
    frame["at"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame.index, unit="h")
    moved = cx.Claim(
        "most", data="contacts", region=cx.above(50), measure=lambda s: cx.measure(s, cx.share(cx.col("moved") == 1))
    )
    log = cx.ContactLog(frame, customer="who", time="at")
    (right,), (bare,) = (cx.check(moved, {"contacts": data}) for data in (log, frame))
    assert right.estimate == bare.estimate == 60
    assert right.verdict == "inconclusive"
    assert bare.verdict == SUPPORTED


def test_a_log_without_quarters_is_given_them(contacts: pd.DataFrame) -> None:
    log = log_of(contacts.drop(columns="quarter"))
    (dying,) = [claim for claim in cx.catalogue() if claim.id == "phone-is-dying"]
    (without,) = cx.check(dying, log)
    assert without.verdict == "untestable"
    assert without.reason == (
        "data set 'contacts' has no column 'quarter' (role 'contact_quarter'). A log makes it of its times: "
        "log.survey(period='quarter')."
    )
    (found,) = cx.check(dying, {"contacts": log.survey(period="quarter")})
    (told,) = cx.check(dying, log_of(contacts))
    assert (found.verdict, found.estimate, found.conf_low) == (SUPPORTED, told.estimate, told.conf_low)
    by_month = cx.catalogue(columns={"contact_quarter": "month"})
    (monthly,) = cx.check([c for c in by_month if c.id == "phone-is-dying"], {"contacts": log.survey(period="month")})
    assert monthly.verdict == SUPPORTED
    assert monthly.estimate == pytest.approx(found.estimate / 3, rel=0.05)


def test_one_that_a_log_made_is_known_as_contacts(contacts: pd.DataFrame) -> None:
    log = log_of(contacts)
    found = cx.check(claims(), log.survey(period="month")).frame()
    pd.testing.assert_frame_equal(found, cx.check(claims(), log).frame())
    (own,) = cx.check(cx.Claim("x", measure=lambda s: cx.measure(s, cx.mean("wait")), region=cx.above(1)), log)
    assert own.reason == (
        "no data set 'survey' was given, only 'contacts'. For a claim about it, say Claim(data='contacts')."
    )
    (bare,) = cx.check(claims()[0], contacts)
    assert bare.reason.endswith("only 'survey'. If it is one of contacts, hand it over as {'contacts': ...}.")


def test_the_columns_that_a_log_has_named_are_proposed(contacts: pd.DataFrame) -> None:
    log = cx.ContactLog(contacts.rename(columns={"wait": "warten"}), customer="customer", time="time", wait="warten")
    (found,) = cx.check(claims()[0], log)
    assert (
        found.reason
        == "data set 'contacts' has no column 'wait'. The log's is 'warten': catalogue(columns={'wait': 'warten'})."
    )


@pytest.mark.parametrize(("yes", "shown"), [(True, "True"), (1, "1"), ("Ja", "'Ja'")], ids=str)
def test_the_answer_proposed_as_the_one_that_counts_is_the_affirmative(
    contacts: pd.DataFrame, yes: object, shown: str
) -> None:
    """Whichever is the more frequent: obeyed, the remedy must not turn the claim round."""
    no = "Nein" if yes == "Ja" else type(yes)(0)
    coded = contacts.assign(transferred=contacts["transferred"].map({"yes": yes, "no": no}))
    with pytest.raises(cx.CxError, match=rf"cx\.col\('transferred'\) == {shown}\}}\)"):
        cx.check(claims()[0], log_of(coded))
    (effort,) = [c for c in cx.catalogue(columns={"transferred": cx.col("transferred") == yes}) if c.id == IDS[0]]
    (found,), (whole,) = cx.check(effort, log_of(coded)), cx.check(claims()[0], log_of(contacts))
    assert found.estimate == whole.estimate
