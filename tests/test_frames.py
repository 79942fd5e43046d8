"""Frames as they come: any engine, any index, any column names, any size; rows are never changed or reordered."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from tests.conftest import move

ODD_NAMES = [
    "two words",
    "with.dots",
    'with "quotes"',
    "with 'apostrophes'",
    "größe ✓",
    "select",
    "inside",
    "key0",
    "by0",
    "sum0",
    "c0",
    "c1",
    "wc0",
    "weight",
    "value",
    "chosen",
    "rows",
    "row",
    "source_weight",
    "Sum",
]


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "wait": [3.0, 5.0, None, 10.0, 7.0, 2.0, 4.0, 8.0],
            "channel": ["app", "app", "call", "call", "app", "app", "call", "call"],
            "heavy": [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0],
            "region": ["n", "n", "s", "s", "n", "n", "s", "s"],
            "branch": ["a", "b", "c", "d", "a", "b", "c", "d"],
        }
    )


def numbers(frame: object, **names: str) -> np.ndarray:
    """Return value, standard error and df of each channel, with some columns under other names."""
    n = {c: names.get(c, c) for c in table()}
    survey = cx.Survey(frame, weight=n["heavy"], strata=n["region"], psu=n["branch"])
    estimate = cx.measure(
        survey, [cx.mean(n["wait"]), cx.quantile(n["wait"], 0.5)], by=n["channel"], where=cx.col(n["wait"]) < 9
    )
    return np.concatenate([estimate.values, estimate.std_error, estimate.df])


@pytest.mark.parametrize("first", range(len(ODD_NAMES)))
def test_columns_may_have_any_name(unlike_engine, first):
    """Each name takes each role once."""
    roles = ["wait", "channel", "heavy", "region", "branch"]
    names = {role: ODD_NAMES[(first + i) % len(ODD_NAMES)] for i, role in enumerate(roles)}
    renamed = move(unlike_engine, table().rename(columns=names))
    np.testing.assert_allclose(numbers(renamed, **names), numbers(table()), rtol=1e-9)


def test_columns_may_have_names_that_the_engine_uses_all_at_once(engine):
    names = {"wait": "c0", "channel": "by0", "heavy": "sum0", "region": "key0", "branch": "inside"}
    np.testing.assert_allclose(
        numbers(move(engine, table().rename(columns=names)), **names), numbers(table()), rtol=1e-9
    )


@pytest.mark.parametrize("name", ["n", "estimate", "std_error", "conf_low", "conf_high", "metric"])
def test_a_group_column_under_the_name_of_a_result_column_is_refused_or_kept_apart(name):
    renamed = table().rename(columns={"channel": name})
    with pytest.raises(cx.CxError, match=rf"(?s){name}.*Rename"):
        cx.measure(renamed, cx.mean("wait"), by=name)


INDEXES = {
    "repeated": [0] * 8,
    "text": list("hgfedcba"),
    "backwards": range(8, 0, -1),
    "dates": pd.date_range("2025-01-01", periods=8),
    "two levels": pd.MultiIndex.from_product([["x", "y"], range(4)]),
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=list(INDEXES))
def test_the_index_of_a_pandas_frame_does_not_matter(index):
    frame = table()
    frame.index = pd.Index(index) if not isinstance(index, pd.MultiIndex) else index
    np.testing.assert_array_equal(numbers(frame), numbers(table()))


def test_a_slice_of_a_frame_is_a_frame():
    long = pd.concat([table().assign(wait=1e9), table(), table().assign(wait=-1e9)], ignore_index=True)
    np.testing.assert_array_equal(numbers(long.iloc[8:16]), numbers(table()))
    np.testing.assert_array_equal(
        numbers(long[(long["wait"].abs() < 1e8) | long["wait"].isna()].iloc[:8]), numbers(table())
    )


def test_the_callers_frame_is_never_changed(engine):
    frame = move(engine, table())
    numbers(frame)
    again = move(engine, table())
    if engine.startswith("pandas"):
        pd.testing.assert_frame_equal(frame, again)
    elif engine == "polars-lazy":
        assert frame.collect().equals(again.collect())
    elif engine == "duckdb":
        assert frame.fetchall() == again.fetchall()
    else:
        assert frame.equals(again)


def test_a_lazy_frame_may_hold_a_query():
    import polars as pl

    doubled = table().assign(wait=lambda d: d["wait"] * 2)
    expected = cx.measure(doubled, cx.mean("wait"), by="channel").values
    queries = [
        move("polars-lazy", table()).with_columns(pl.col("wait") * 2),
        move("duckdb", table()).project("wait * 2 AS wait, channel"),
    ]
    for query in queries:
        np.testing.assert_allclose(cx.measure(query, cx.mean("wait"), by="channel").values, expected, rtol=1e-12)


def test_one_survey_may_be_measured_again_and_again(engine):
    survey = cx.Survey(move(engine, table()), psu="branch")
    first = cx.measure(survey, cx.mean("wait"), by="channel")
    cx.measure(survey, cx.quantile("wait", 0.5), where=cx.col("channel") == "app")
    np.testing.assert_array_equal(cx.measure(survey, cx.mean("wait"), by="channel").values, first.values)


@pytest.mark.parametrize("psu", [None, "branch"])
def test_frames_of_many_rows_are_summed_whole(psu):
    draw = np.random.default_rng(2)
    rows = 200_003  # more than one chunk of rows in memory, and not a round number of them
    frame = pd.DataFrame(
        {
            "x": draw.normal(1e6, 1.0, rows),
            "channel": draw.choice(["app", "call", None], rows),
            "branch": np.arange(rows) % 501,
            "visits": draw.integers(0, 10, rows),
        }
    )
    estimate = cx.measure(cx.Survey(frame, psu=psu), cx.mean("x"), by="channel", where=cx.col("visits") >= 2)
    for i, channel in enumerate(["app", "call"]):
        x = frame["x"][(frame["channel"] == channel) & (frame["visits"] >= 2)]
        assert estimate.values[i] == pytest.approx(x.mean(), rel=1e-12)
        assert estimate.n[i] == len(x)
        if psu is None:  # the spread is a millionth of the level: centred moments keep their digits
            assert estimate.std_error[i] == pytest.approx(x.std() / np.sqrt(len(x)), rel=1e-4)


@pytest.mark.parametrize("level", [0.0, 1e6, 1e9])
def test_a_small_spread_on_a_high_level_keeps_its_digits(unlike_engine, level):
    x = np.asarray([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    one = cx.measure(move(unlike_engine, pd.DataFrame({"x": x + level})), cx.mean("x"))
    assert one.std_error[0] == pytest.approx(x.std(ddof=1) / np.sqrt(6), rel=1e-9)


def test_names_of_strata_in_two_columns_are_not_run_together():
    frame = pd.DataFrame({"x": [1.0, 2.0, 4.0, 8.0], "one": ["a", "a", "ab", "ab"], "two": ["bc", "bc", "c", "c"]})
    assert cx.measure(cx.Survey(frame, strata=["one", "two"]), cx.mean("x")).df.tolist() == [2]


def test_psus_may_be_named_by_two_columns(unlike_engine):
    frame = table().assign(desk=[1, 1, 2, 2, 2, 2, 1, 1])
    joined = frame.assign(place=lambda d: d["branch"] + d["desk"].astype(str))
    one = cx.measure(cx.Survey(move(unlike_engine, frame), psu=["branch", "desk"]), cx.mean("wait"), by="channel")
    two = cx.measure(cx.Survey(joined, psu="place"), cx.mean("wait"), by="channel")
    np.testing.assert_allclose(one.vcov, two.vcov, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(one.df, two.df)


def test_an_empty_text_is_a_group_and_a_missing_one_is_none(engine):
    frame = move(engine, table().assign(channel=["", None, "", "x", "x", "", None, "x"]))
    estimate = cx.measure(frame, cx.mean("wait"), by="channel")
    assert estimate.labels["channel"].tolist() == ["", "x"]
    assert "2 without channel" in repr(estimate)


def test_a_row_with_one_of_two_groups_missing_is_left_out_of_both(engine):
    frame = move(engine, table().assign(region=["n", None, "n", "s", "s", "n", "s", None]))
    estimate = cx.measure(frame, cx.mean("wait"), by=["channel", "region"])
    assert estimate.n.sum() == 5
    assert "2 without region" in repr(estimate)


@pytest.mark.parametrize("engine", ["polars", "polars-lazy", "pyarrow", "duckdb"])
def test_a_group_of_nan_is_a_missing_group(engine):
    import duckdb
    import polars as pl
    import pyarrow as pa

    columns = {"x": [1.0, 2.0, 3.0, 4.0], "group": [0.5, float("nan"), 0.5, 1.5]}
    native = pl.DataFrame(columns) if engine.startswith("polars") else pa.table(columns)
    native = native.lazy() if engine == "polars-lazy" else duckdb.from_arrow(native) if engine == "duckdb" else native
    estimate = cx.measure(native, cx.mean("x"), by="group")
    assert estimate.labels["group"].tolist() == [0.5, 1.5]
    assert "1 without group" in repr(estimate)


def test_groups_of_mixed_types_are_told_apart():
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "group": pd.Series([1, "1", 1, "b"], dtype=object)})
    estimate = cx.measure(frame, cx.mean("x"), by="group")
    assert sorted(map(repr, estimate.labels["group"])) == ["'1'", "'b'", "1"]
    assert estimate.contrast(1, "1").values.tolist() == [0]


def test_a_survey_says_what_it_is(engine):
    text = repr(cx.Survey(move(engine, table()), weight="heavy", strata="region", psu="branch"))
    assert "5 columns" in text
    assert engine.split("-")[0] in text
    for part in ("strata region", "clusters branch", "weight heavy"):
        assert part in text
    assert "simple random sample" in repr(cx.Survey(table()))


def test_a_survey_of_a_survey_is_refused():
    with pytest.raises(cx.CxError, match="a frame is needed, not Survey"):
        cx.Survey(cx.Survey(table()))
