"""Many PSUs stay on their engine: moments of their totals give the same answers as the totals themselves."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats.errors import DataError, DesignError

SCORES = [
    cx.mean("x"), cx.first_contact_resolution("r"), cx.nps("nps"), cx.ratio("x", "nps"), cx.total("x", name="sum"),
    cx.share(cx.col("x") > 101),
]  # fmt: skip
DESIGNS: list[dict[str, Any]] = [
    {"psu": "customer"},
    {"psu": "customer", "strata": "region"},
    {"psu": "customer", "strata": "region", "weight": "w", "fpc": "size"},
    {"psu": "customer", "strata": "half", "nest": True},
    {"psu": ["customer", "region"], "strata": ["region"]},
]
ENGINES = {
    "polars": lambda f: pl.from_pandas(f).lazy(),
    "DuckDB": lambda f: duckdb.from_arrow(pl.from_pandas(f).to_arrow()),
}


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 2000
    frame = pd.DataFrame({
        "customer": rng.integers(0, 500, n), "channel": np.array(["app", "web", "phone"])[rng.integers(0, 3, n)],
        "half": np.array(["a", "b"])[rng.integers(0, 2, n)], "x": rng.lognormal(0, 1, n) + 100,
        "r": rng.integers(0, 2, n).astype(float), "nps": rng.integers(0, 11, n).astype(float), "w": rng.uniform(0.5, 2, n),
    })  # fmt: skip
    frame["region"] = np.array(["n", "s", "w"])[frame["customer"] % 3]
    frame["size"] = np.array([300.0, 260, 250])[frame["customer"] % 3]
    frame.loc[rng.random(n) < 0.1, "r"] = np.nan
    frame.loc[rng.random(n) < 0.05, "channel"] = None
    frame.loc[rng.random(n) < 0.02, "w"] = 0.0
    return frame


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five PSUs are many."""
    monkeypatch.setattr("cxstats.inference.totals.FEW_PSUS", 5)


def same(one: Any, two: Any, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(one, dtype=float), np.asarray(two, dtype=float), rtol=rtol, atol=1e-12)


def alike(a: cx.Estimate, b: cx.Estimate) -> None:
    """Compare all that an estimate tells, and the limits that decide verdicts."""
    table, other = a.frame(), b.frame()
    assert table["note"].tolist() == other["note"].tolist()
    for column in ("n", "estimate", "std_error", "conf_low", "conf_high", "n_effective"):
        same(other[column], table[column])
    same(b.df, a.df)
    scale = np.sqrt(np.outer(np.diag(a.vcov), np.diag(a.vcov)))
    same(b.vcov / scale, a.vcov / scale)
    if len(a) <= len(SCORES):  # p-values by inverting guarded limits take their time
        tested, others = a.test(cx.above(1)), b.test(cx.above(1))
        for column in ("conf_low", "conf_high", "p_value"):
            same(others[column], tested[column])
    assert b._origin.left_out == a._origin.left_out


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("by", [None, ["channel", "half"]])
@pytest.mark.parametrize("where", [None, cx.col("x") > 100.5], ids=["all", "where"])
@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_moments_give_what_the_totals_of_each_psu_give(
    few: None, contacts: pd.DataFrame, design: dict[str, Any], where: Any, by: Any, engine: str
) -> None:
    whole = cx.measure(cx.Survey(contacts, **design), SCORES, by=by, where=where)
    found = cx.measure(cx.Survey(ENGINES[engine](contacts), **design), SCORES, by=by, where=where)
    assert found._origin.small.passes[0].psus is not None
    assert whole._origin.small.passes[0].psus is None
    alike(whole, found)


@pytest.mark.parametrize("engine", ENGINES)
def test_groups_that_share_customers_are_compared_with_their_covariance(
    few: None, contacts: pd.DataFrame, engine: str
) -> None:
    whole = cx.measure(cx.Survey(contacts, psu="customer"), SCORES, by="channel").contrast("app", "web")
    found = cx.measure(cx.Survey(ENGINES[engine](contacts), psu="customer"), SCORES, by="channel").contrast(
        "app", "web"
    )
    same(found.std_error, whole.std_error)
    same(found.df, whole.df)  # a customer of both counts once
    tested, others = whole.test(cx.above(0)), found.test(cx.above(0))
    for column in ("conf_low", "conf_high", "p_value"):
        same(others[column], tested[column])


def test_of_several_groups_the_degrees_of_freedom_are_never_too_many(few: None, contacts: pd.DataFrame) -> None:
    def summed(survey: cx.Survey) -> cx.Estimate:
        found = cx.measure(survey, cx.mean("x"), by=["channel", "half"])
        return found.transform(lambda v: np.array([v[:3].sum(), v[2:5].sum(), v.sum()]))

    whole = summed(cx.Survey(contacts, psu="customer"))
    found = summed(cx.Survey(ENGINES["DuckDB"](contacts), psu="customer"))
    same(found.std_error, whole.std_error)
    assert (found.df <= whole.df).all()
    assert (found.df > 0.5 * whole.df).all()


def test_stacked_samples_keep_what_their_groups_share(few: None, contacts: pd.DataFrame) -> None:
    others = contacts.assign(customer=contacts["customer"] + 1000)

    def contrast(make: Any) -> cx.Estimate:
        two = [
            cx.measure(cx.Survey(make(frame), psu="customer"), cx.mean("x"), by="channel")
            for frame in (contacts, others)
        ]
        stacked = cx.stack({"a": two[0], "b": two[1]})
        return stacked.contrast({"source": "b", "channel": "app"}, {"source": "b", "channel": "web"})

    whole, found = contrast(lambda frame: frame), contrast(ENGINES["polars"])
    same([found.std_error[0], found.df[0]], [whole.std_error[0], whole.df[0]])
    assert "the PSUs of a and b are too many to compare, and taken to be in one sample only" in repr(
        found
    ).lower().replace("psus", "PSUs")


def test_a_share_that_is_100_borrows_the_design_effect_of_the_whole(few: None, contacts: pd.DataFrame) -> None:
    one = contacts.assign(r=np.where(contacts["channel"] == "app", 1.0, contacts["r"].fillna(0)))
    score = cx.first_contact_resolution("r")
    whole = cx.measure(cx.Survey(one, psu="customer", weight="w"), score, by="channel").frame()
    found = cx.measure(cx.Survey(ENGINES["polars"](one), psu="customer", weight="w"), score, by="channel").frame()
    assert whole["note"].str.contains("borrows").any()
    assert found["note"].tolist() == whole["note"].tolist()
    same(found["conf_low"], whole["conf_low"])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_design_that_cannot_be_is_refused_here_too(few: None, contacts: pd.DataFrame, engine: str) -> None:
    make = ENGINES[engine]
    with pytest.raises(DesignError, match=r"PSUs lie in more than one stratum"):
        cx.measure(cx.Survey(make(contacts), psu="customer", strata="half"), cx.mean("x"))
    with pytest.raises(DesignError, match=r"PSUs lie in more than one stratum"):
        cx.measure(cx.Survey(make(contacts), psu="customer", strata="half"), cx.mean("x"), by="channel")
    gaps = contacts.assign(customer=contacts["customer"].where(contacts["customer"] > 3))
    with pytest.raises(DesignError, match=r"'customer' of the design have missing values"):
        cx.measure(cx.Survey(make(gaps), psu="customer"), cx.mean("x"))


def test_few_psus_leave_the_engine_as_they_are(contacts: pd.DataFrame) -> None:
    found = cx.measure(cx.Survey(ENGINES["DuckDB"](contacts), psu="customer"), cx.mean("x"))
    assert found._origin.psus  # known by name, so that stack can tell samples that share them


def test_a_table_that_has_grown_is_not_asked_again(few: None, contacts: pd.DataFrame) -> None:
    """The covariance of groups comes later than their values: of another table it would belong to other values."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE log AS SELECT * FROM contacts")
    found = cx.measure(cx.Survey(connection.table("log"), psu="customer"), cx.mean("x"), by="channel")
    connection.execute("INSERT INTO log SELECT * FROM contacts LIMIT 50")
    with pytest.raises(DataError, match=r"not the one that was measured any more"):
        found.contrast("app", "web")
    gone = cx.measure(cx.Survey(connection.table("log"), psu="customer"), cx.mean("x"), by="channel")
    connection.execute("DROP TABLE log")
    with pytest.raises(duckdb.CatalogException, match=r"Table with name log does not exist"):  # the engine's own word
        gone.contrast("app", "web")


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_a_total_that_has_lost_its_digits_says_so(few: None, engine: str) -> None:
    """Weights that are no binary fraction, amounts a million times farther from 0 than they vary."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"customer": np.arange(3000) // 3, "w": 0.3, "z": rng.normal(0, 1, 3000)})
    make, design = (lambda f: f, {}) if engine == "pandas" else (ENGINES["polars"], {"psu": "customer"})
    for far, known in ((0, True), (1e3, True), (1e7, False)):
        found = cx.measure(
            cx.Survey(make(frame.assign(y=frame["z"] + far)), weight="w", **design), cx.total("y")
        ).frame()
        right = cx.measure(cx.Survey(frame, weight="w", **design), cx.total("z")).std_error[0]
        if known:
            assert found["std_error"][0] == pytest.approx(right, rel=1e-3)
        else:
            assert np.isnan(found["std_error"][0])
            assert "subtract a constant first" in found["note"][0]


@pytest.mark.parametrize("design", [{}, {"psu": "customer"}], ids=str)
def test_an_estimate_does_not_keep_a_frame_in_memory_alive(contacts: pd.DataFrame, design: dict[str, Any]) -> None:
    frame = contacts.copy()
    left, found = weakref.ref(frame), cx.measure(cx.Survey(frame, **design), SCORES, by="channel")
    del frame
    gc.collect()
    assert left() is None
    assert len(found) == 18
