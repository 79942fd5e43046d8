"""An estimate from the influence of rows is what the kernel measures, on any engine and design."""

import importlib

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxstats as cx
from cxstats.errors import DataError
from cxstats.inference.influence import from_influence, gathered, weights, with_covariance

DESIGNS = {
    "simple": {},
    "weights": {"weight": "weight"},
    "clusters": {"weight": "weight", "psu": "branch"},
    "strata": {"weight": "weight", "strata": "region", "psu": "branch"},
}


def by_hand(survey, column, groups):
    """Return the weighted means by group as a model would: values, and what each row does to them."""
    g = gathered(survey, [column, "channel"])
    y, w = g.frame.data[column].to_numpy(dtype=float, na_value=np.nan), weights(g)
    values, influence = [], []
    for name in groups:
        inside = (g.frame.data["channel"] == name).to_numpy() & ~np.isnan(y)
        mean = (w * y)[inside].sum() / w[inside].sum()
        values.append(mean)
        influence.append(np.where(inside, (y - mean) / w[inside].sum(), np.nan))
    return g, np.asarray(values), np.stack(influence, axis=1)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "pyarrow"])
def test_means_by_influence_are_those_of_the_kernel(design, engine):
    rows = cx.load_survey().head(900)
    native = rows
    if engine == "polars":
        native = importlib.import_module("polars").from_pandas(rows)
    if engine == "duckdb":
        native = importlib.import_module("duckdb").from_df(rows)
    if engine == "pyarrow":
        native = importlib.import_module("pyarrow").Table.from_pandas(rows)
    survey = cx.Survey(native, **design)
    known = cx.measure(survey, cx.mean("overall"), by="channel")
    groups = known.labels["channel"].tolist()
    g, values, influence = by_hand(survey, "overall", groups)
    labels = pd.DataFrame({"metric": "mean", "channel": groups})
    made = from_influence(g, values, influence, labels, unit="points", left_out=["3 bad"])
    assert made.values == pytest.approx(known.values)
    assert made.vcov == pytest.approx(known.vcov, rel=1e-9, abs=1e-15)
    assert made.df.tolist() == known.df.tolist()
    assert made.n.tolist() == known.n.tolist()
    low, high = made.interval(
        0.95, "guarded"
    )  # as that of the mean, unequal PSUs allowed for, without its skewness or its scale
    bias, kept = known._origin.small.of([np.asarray([i]) for i in range(len(known))])
    assert (high - low) / 2 == pytest.approx(
        made.std_error * np.sqrt(bias) * stats.t.ppf(0.975, np.maximum(known.df * kept, 1)), rel=1e-6
    )
    assert made.synthetic == known.synthetic == "synthetic sample data"
    assert "Left out of 900 rows: 3 bad" in repr(made)


def test_a_model_may_bring_its_own_covariance():
    rows = pd.DataFrame({"x": [1.0, 2.0, 4.0]})
    made = from_influence(cx.Survey(rows), np.asarray([2.0]), np.zeros((3, 1)), pd.DataFrame({"metric": ["b"]}))
    own = with_covariance(made, np.asarray([[4.0]]), "by the model")
    assert own.std_error.tolist() == [2.0]
    assert own.interval(0.95)[1] == pytest.approx([2 + 2 * 1.959964], rel=1e-6)
    assert own.frame()["note"].tolist() == ["by the model"]


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
def test_weights_that_cannot_be_are_refused(bad):
    survey = cx.Survey(pd.DataFrame({"x": [1.0, 2.0], "w": [1.0, bad]}), weight="w")
    with pytest.raises(DataError, match="in row 2"):
        weights(gathered(survey, ["x"]))
    with pytest.raises(DataError, match="all zero"):
        weights(gathered(cx.Survey(pd.DataFrame({"x": [1.0], "w": [0.0]}), weight="w"), ["x"]))
