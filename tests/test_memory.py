"""Frames in memory: reading columns as codes, and multiplying cells as matrices, must not change a number."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import cxstats as cx
from cxstats.memory import columns, frame
from cxstats.memory.keys import Cells, factorised, ordered

ANSWER = st.one_of(
    st.none(), st.integers(-3, 11), st.just(0.5), st.just(254.0), st.just(-500.0), st.just(1e300), st.just(2.0**53)
)
CHANNEL = st.one_of(st.none(), st.sampled_from(["app", "web", "Web", ""]))
ROW = st.tuples(ANSWER, st.one_of(st.none(), st.integers(0, 9)), CHANNEL, st.integers(0, 4))
LEVEL = pd.CategoricalDtype([5, 3, 1, 2])


def answers(rows):
    return pd.DataFrame(
        {
            "x": pd.array([r[0] for r in rows], dtype="Float64").to_numpy(dtype=float, na_value=np.nan),
            "scale": pd.array([r[1] for r in rows], dtype="Int64"),
            "channel": pd.Series([r[2] for r in rows], dtype="str"),
            "level": pd.Series([r[1] for r in rows]).where(lambda s: s.isin(LEVEL.categories)).astype(LEVEL),
            "weight": [r[3] for r in rows],
        }
    )


def measured(data, psu=None):
    x, scale, channel, level = (cx.col(name) for name in ("x", "scale", "channel", "level"))
    scores = [
        cx.mean("scale"), cx.share((scale > 2) | (x < 1), name="either"), cx.share(channel == "app", name="app"),
        cx.share(~channel.is_in(["web", "app"]), name="not"), cx.share(level >= 3, name="level"),
        cx.share((scale + level > x) & (channel != "web"), name="both"), cx.share(x.between(0, 300), name="between"),
        cx.ratio("scale", "weight"),
    ]  # fmt: skip
    survey = cx.Survey(data, weight="weight", psu=psu)
    estimate = cx.measure(survey, scores, by="channel", where=scale.is_missing() | (scale < 9))
    return np.concatenate([estimate.values, estimate.vcov.ravel(), estimate.n])


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(ROW, min_size=4, max_size=40))
def test_codes_change_nothing(rows):
    data = answers([(1, 5, "app", 1), *rows])
    with pytest.MonkeyPatch.context() as patch:
        coded = measured(data)
        patch.setattr(columns, "CHUNK", 7)
        patch.setattr(frame, "CHUNK", 7)
        chunked = measured(data)
        patch.setattr(columns.Columns, "_code", lambda self, name: None)
        plain = measured(data)
    np.testing.assert_allclose(coded, plain, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(chunked, plain, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("values", "few"),
    [
        ([1, 2, np.nan, 5], True),
        ([np.nan] * 10 + [3, 4], True),  # a first chunk without an answer
        ([1, 2.5], False),
        ([1] * 9 + [2.5], False),  # found in a later chunk
        ([1] * 9 + [1000], False),
        ([1] * 9 + [-1000], False),
        ([0, 254], True),
        ([0, 255], False),
        ([0] * 9 + [127], True),
        ([0] * 9 + [128], False),  # beyond the window about the first chunk, where the code of the missing begins
        ([np.inf, 1], False),
        ([1] * 9 + [np.inf], False),
        ([np.nan, np.nan], False),
    ],
)
def test_which_numbers_are_few(monkeypatch, values, few):
    monkeypatch.setattr(columns, "CHUNK", 4)
    found = columns._few_numbers(np.asarray(values, dtype=float))
    assert (found is not None) == few
    if found is not None:
        codes, table = found
        np.testing.assert_array_equal(table[codes], np.asarray(values, dtype=float))


def test_answers_that_do_not_occur_decide_nothing():
    data = pd.DataFrame({"x": [1.0, 2.0, 1.0]})
    rows = columns.Columns(cx.Survey(data).frame, data)
    (chunk,) = rows.chunks()
    assert (cx.col("x") > 2).evaluate(chunk).constant  # no answer is above 2, though the table has room for such
    assert not (cx.col("x") > 1).evaluate(chunk).constant
    assert set(rows.coded("x")[1].values.tolist()) == {1.0, 2.0}


def test_products_as_matrices():
    rng = np.random.default_rng(8)
    n = 5_000
    data = pd.DataFrame(
        {k: rng.normal(size=n) for k in "abcd"} | {"g": rng.integers(3, size=n), "w": rng.uniform(1, 2, n)}
    )
    data.loc[rng.random(n) < 0.1, "a"] = np.nan
    scores = [cx.mean(k) for k in "abcd"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "MANY", 10**9)
        one_by_one = cx.measure(cx.Survey(data, weight="w"), scores, by="g").vcov
        patch.setattr(frame, "MANY", 1)
        called = []
        usual = frame._squared
        patch.setattr(frame, "_squared", lambda *given: called.append(1) or usual(*given))
        at_once = cx.measure(cx.Survey(data, weight="w"), scores, by="g").vcov
    assert called
    np.testing.assert_allclose(at_once, one_by_one, rtol=1e-10, atol=1e-18)


@pytest.mark.parametrize("dtype", ["int64", "int8", "uint8", "uint64", "Int64", "float64", "str", "object"])
def test_keys_keep_values_and_order(dtype):
    values = pd.Series([3, 1, 2, 1, 3], dtype="int64").astype(dtype)
    key = ordered(*factorised(values))
    assert key.levels.tolist() == sorted(values.unique().tolist())
    assert key.levels.iloc[key.codes].tolist() == values.tolist()


def test_whole_numbers_far_apart_are_keys_too():
    values = pd.Series([2**63 - 1, -(2**63), 0, 2**63 - 1])
    key = ordered(*factorised(values))
    assert key.levels.iloc[key.codes].tolist() == values.tolist()


@given(st.lists(st.tuples(*[st.integers(-1, 2)] * 3), max_size=30), st.sampled_from([3, 2**24, 2**31]))
def test_cells_remember_their_codes(rows, size):
    columns_ = [np.array([r[i] for r in rows], dtype=np.int64) for i in range(3)]
    cells = Cells(columns_, [size] * 3, len(rows))
    for own, found in zip(columns_, cells.codes(), strict=True):
        assert found[cells.number].tolist() == own.tolist()
    assert len(cells) == len({tuple(r) for r in rows})
