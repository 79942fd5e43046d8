"""What an attack on the pass found, kept from coming back: each case on pandas, polars and DuckDB."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxstats as cx
from cxstats import col
from cxstats.errors import ArgumentError, ColumnError, DataError, DesignError

INF = float("inf")


def on_duckdb(frame):
    return duckdb.from_arrow(pl.from_pandas(frame).to_arrow())


ENGINES = {"pandas": lambda d: d, "polars": pl.from_pandas, "duckdb": on_duckdb}


@pytest.fixture(params=list(ENGINES))
def engine(request):
    return ENGINES[request.param]


def test_labels_that_no_double_tells_apart(engine):
    third = np.arange(60) % 3
    x = (third + 1) * 1e9 + np.random.default_rng(0).normal(size=60)
    data = pd.DataFrame({"x": x, "store": (2**53 + third).astype("int64")})
    found = cx.measure(engine(data), cx.mean("x"), by="store")
    assert found.values.tolist() == pytest.approx([x[third == k].mean() for k in range(3)], rel=1e-14)
    errors = [x[third == k].std(ddof=1) / np.sqrt(20) for k in range(3)]
    by_hand = [e * np.sqrt(60 / 59 * 19 / 20) for e in errors]  # a domain of a sample of 60
    assert found.std_error.tolist() == pytest.approx(by_hand, rel=1e-6)
    low = pd.DataFrame({"x": np.r_[np.arange(30.0), 100 + np.arange(30.0)], "store": np.repeat([2**53, 2**53 + 1], 30)})
    one, two = cx.measure(engine(low), cx.quantile("x", 0.5), by="store").std_error
    assert one == pytest.approx(two)


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9])
def test_totals_far_from_zero(engine, offset):
    x = offset + np.random.default_rng(0).normal(size=100)
    data = pd.DataFrame({"x": x, "p": np.arange(100)})
    found = cx.measure(engine(data), cx.total("x"))
    assert found.std_error[0] == pytest.approx(10 * x.std(ddof=1), rel=1e-6)
    assert found.vcov[0, 0] == pytest.approx(found.std_error[0] ** 2, rel=1e-9)
    clustered = cx.measure(cx.Survey(engine(data), psu="p"), cx.total("x"))
    assert found.std_error[0] == pytest.approx(clustered.std_error[0], rel=1e-6)


def test_a_share_of_points_between(engine):
    data = pd.DataFrame({"f": np.linspace(0, 100, 11)})
    score = cx.Score(col("f"), col("f").is_answered(), "f", unit="%", family="share", range=(0.0, 100.0))
    assert cx.measure(engine(data), score).std_error == pytest.approx(cx.measure(data, cx.mean("f")).std_error)


def test_dates_against_times_of_day():
    rows = {"x": [1.0, 2.0, 4.0], "d": [dt.date(2025, 3, 30), dt.date(2025, 3, 31), dt.date(2025, 4, 1)]}
    frames = [pd.DataFrame(rows), pl.DataFrame(rows), duckdb.from_arrow(pl.DataFrame(rows).to_arrow())]
    wanted = [
        (col("d") < dt.datetime(2025, 3, 31, 12), 3), (col("d") >= "2025-03-31 12:00", 4), (col("d") >= "2025-03-31", 6),
        (col("d") == dt.date(2025, 3, 31), 2), (col("d").is_in([dt.datetime(2025, 3, 31), dt.date(2025, 4, 1)]), 6),
        (col("d").is_in([dt.datetime(2025, 3, 31, 12), dt.date(2025, 4, 1)]), 4),
    ]  # fmt: skip
    for frame in frames:
        for where, total in wanted:
            assert cx.measure(frame, cx.total("x"), where=where).values.tolist() == [total], where


def test_times_with_and_without_a_zone():
    when = pd.to_datetime(["2025-03-31 22:30", "2025-04-01 00:30"])
    naive = pd.DataFrame({"x": [1.0, 2.0], "t": when})
    aware = pd.DataFrame({"x": [1.0, 2.0], "t": when.tz_localize("UTC").tz_convert("Europe/Berlin")})
    for wrap in (lambda d: d, pl.from_pandas):
        assert cx.measure(wrap(aware), cx.total("x"), where=col("t") >= "2025-04-01").values.tolist() == [3.0]
        with pytest.raises(ColumnError, match="time zone"):
            cx.measure(wrap(naive), cx.total("x"), where=col("t") >= dt.datetime(2025, 4, 1, tzinfo=dt.UTC))


def test_infinite_quantiles(engine):
    data = pd.DataFrame({"x": [1.0, INF, INF, 2, 3, 4], "g": list("aaabbb")})
    with pytest.raises(DataError, match="infinite"):
        cx.measure(engine(data), cx.quantile("x", 0.5), by="g")


def test_an_infinite_answer_without_weight(engine):
    data = pd.DataFrame({"x": [1.0, 2.0, INF], "w": [1.0, 1.0, 0.0]})
    assert cx.measure(cx.Survey(engine(data), weight="w"), cx.mean("x")).values.tolist() == [1.5]


@pytest.mark.parametrize("constant", [2**53 + 1, float("nan")])
def test_constants_that_mean_nothing(constant):
    with pytest.raises(ArgumentError):
        _ = col("x") == constant


def test_texts_compare_by_their_letters():
    x, g, c = [1.0, 2, 4, 8], ["low", "high", "mid", "low"], ["low", "mid", "high"]
    frames = [
        pd.DataFrame({"x": x, "g": pd.Categorical(g, c, ordered=True)}),
        pl.DataFrame({"x": x, "g": g}, schema={"x": pl.Float64, "g": pl.Enum(c)}),
    ]
    for frame in frames:
        assert cx.measure(frame, cx.total("x"), where=col("g") >= "mid").values.tolist() == [4.0]
        assert cx.measure(frame, cx.total("x"), where=col("g") < "m").values.tolist() == [11.0]
        assert cx.measure(frame, cx.total("x"), by="g").labels["g"].tolist() == c


def test_boolean_categories():
    data = pd.DataFrame({"x": [1.0, 2.0, 4.0], "f": pd.Categorical([True, False, True])})
    assert cx.measure(data, cx.total("x"), where=~col("f")).values.tolist() == [2.0]
    assert cx.measure(data, cx.share(col("f"))).values.tolist() == pytest.approx([200 / 3])


def test_nan_inside_a_nullable_column_is_no_label():
    held = pd.arrays.FloatingArray(np.array([1.0, 2.0, np.nan]), np.zeros(3, dtype=bool))
    data = pd.DataFrame({"x": [1.0, 2.0, 4.0], "g": held})
    assert cx.measure(data, cx.total("x"), by="g").labels["g"].tolist() == [1.0, 2.0]
    with pytest.raises(DesignError, match="missing values"):
        cx.measure(cx.Survey(data, strata="g"), cx.total("x"))


def test_a_comparison_of_nobody():
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "g": list("aab")})
    with pytest.raises(ArgumentError, match="there is no group; nothing can be compared"):
        cx.measure(data, cx.mean("x"), by="g", where=col("x") > 9).compare()


def test_a_ratio_to_nothing():
    data = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.0, 0.0, 0.0]})
    row = cx.measure(data, cx.ratio("a", "b")).frame().iloc[0]
    assert row["note"] == "the denominators add up to zero, so there is no ratio"


def test_population_sizes(engine):
    data = pd.DataFrame({"x": np.arange(4000.0), "N": np.full(4000, 100_000.0)})
    data.loc[7, "N"] = 100_500.0
    with pytest.raises(DesignError, match="different population sizes"):
        cx.measure(cx.Survey(engine(data), fpc="N"), cx.mean("x"))
    data.loc[7, "N"] = np.nan
    with pytest.raises(DesignError, match="missing in 1 rows"):
        cx.measure(cx.Survey(engine(data), fpc="N"), cx.mean("x"))


def test_arrow_times_finer_than_a_microsecond():
    import pyarrow as pa

    table = pa.table({"x": [1.0, 2.0], "t": pa.array([1_000_000_001, 2_000_000_000], pa.timestamp("ns"))})
    assert cx.measure(table, cx.total("x"), where=col("t") > "1970-01-01 00:00:01.5").values.tolist() == [2.0]


def test_polars_samples_with_other_number_types_go_together():
    whole, broken = (
        pl.DataFrame({"x": [1, 0, 1], "b": [1, 1, 2]}),
        pl.DataFrame({"x": [1.0, 0.0, 1.0], "b": [1, 1, 2]}),
    )
    both = cx.measure(cx.concat({"a": whole, "c": broken}), cx.share(cx.col("x") == 1), by="source")
    np.testing.assert_allclose(both.values, [200 / 3, 200 / 3])


def test_a_balance_without_a_range_does_not_depend_on_the_order_of_rows():
    rows = pd.DataFrame({"r": [10] * 30 + [8] * 20 + [3] * 10})
    own = cx.Score(cx.nps("r").points, cx.col("r").is_answered(), "bal", family="balance")
    np.testing.assert_allclose(cx.measure(rows, own).interval(), cx.measure(rows[::-1], own).interval())
    np.testing.assert_allclose(cx.measure(rows, own).interval(), cx.measure(rows, cx.nps("r")).interval())


def test_the_same_question_is_told_once():
    rows = pd.DataFrame({"a": [1, 2, 3, 4, 5, None]})
    shown = repr(cx.measure(rows, [cx.share(cx.col("a") > 3), cx.share(cx.col("a") > 4)]))
    assert shown.count("with no answer to") == 1
