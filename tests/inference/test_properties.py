"""Random small frames with holes, whose PSUs straddle groups, against the formula written out slowly.

The formula is that of `measure`: PSU c of stratum h contributes z_hc = (Y_hc - theta X_hc) / X to a mean or a ratio and
Y_hc to a total; V = sum_h (1 - f_h) n_h / (n_h - 1) sum_c (z_hc - zbar_h)(z_hc - zbar_h)'.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import cxstats as cx
from tests.conftest import move

CLOSE = 1e-9
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
MANY = settings(max_examples=30, deadline=None, derandomize=True, print_blob=False, phases=PHASES)
FEW = settings(MANY, max_examples=15)
FEWER = settings(MANY, max_examples=6)
SCORES = [
    cx.mean("x"),
    cx.share(cx.col("x") > 3),
    cx.total("x"),
    cx.ratio("x", "y"),
    cx.gap(delivered="x", expected="y"),
]

# --- the slow formula ----------------------------------------------------------------------------------------------------


def parts(rows: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray, bool]]:
    """Return numerator, denominator and "is a total" of each of SCORES; NaN where a row does not count."""
    x, y = rows["x"].to_numpy(float), rows["y"].to_numpy(float)
    one, above = np.ones(len(x)), np.where(np.isnan(x), np.nan, 100.0 * (x > 3))
    return [(x, one, False), (above, one, False), (x, one, True), (x, y, False), (x - y, one, False)]


def slowly(
    rows: pd.DataFrame, groups: list, where: np.ndarray, psu: np.ndarray, lone: str, population: dict | None
) -> tuple[np.ndarray, ...]:
    """Return values, covariance, degrees of freedom, answers and what is certain, by scores and groups, from the formula.

    An estimate is certain if all strata that it touches were sampled in full.
    """
    w, stratum, psus = rows["weight"].to_numpy(float), rows["stratum"].to_numpy(), np.unique(psu)
    home = np.asarray([stratum[psu == c][0] for c in psus])
    fraction = {h: (home == h).sum() / population[h] if population else 0.0 for h in np.unique(stratum)}
    values, z, df, n, certain = [], [], [], [], []
    for numerator, denominator, is_total in parts(rows):
        for g in groups:
            inside = where & ~np.isnan(numerator) & ~np.isnan(denominator) & (w > 0)
            inside &= np.ones(len(rows), bool) if g is None else (rows["group"] == g).to_numpy()
            y, x = (np.where(inside, w * np.nan_to_num(part), 0.0) for part in (numerator, denominator))
            theta = y.sum() / x.sum() if inside.any() else np.nan
            influence = y if is_total else (y - theta * x) / x.sum() if inside.any() else 0 * y
            values.append(np.nan if not inside.any() else y.sum() if is_total else theta)
            z.append([influence[psu == c].sum() for c in psus])
            df.append(len(np.unique(psu[inside])) - len(np.unique(stratum[inside])))
            n.append(inside.sum())
            certain.append(inside.any() and all(fraction[h] >= 1 for h in stratum[inside]))
    z_of_psu, v = np.asarray(z).T, np.zeros((len(z), len(z)))
    for h in np.unique(stratum):
        part = z_of_psu[home == h]
        size = len(part)
        f = fraction[h]
        if size > 1:
            deviation = part - part.mean(axis=0)
            v += (1 - f) * size / (size - 1) * deviation.T @ deviation
        elif lone == "center":
            v += (1 - f) * part.T @ part
    return np.asarray(values), v, np.asarray(df), np.asarray(n), np.asarray(certain)


def agrees(estimate: cx.Estimate, expected: tuple[np.ndarray, ...], size: float) -> None:
    """Demand the slow formula's numbers; without degrees of freedom, or with answers all alike, the error is unknown."""
    values, v, df, n, certain = expected
    np.testing.assert_array_equal(estimate.n, n)
    np.testing.assert_allclose(estimate.values, values, rtol=CLOSE, atol=CLOSE * size)
    np.testing.assert_array_equal(estimate.df, np.where(df > 0, df, np.nan))
    variance = np.diagonal(v)
    tiny = 1e-13 * size**2
    known = (n > 0) & (df > 0) & (variance > tiny)
    assert np.isfinite(estimate.std_error[known]).all()
    assert (estimate.std_error[certain] == 0).all()
    unknown = ((n == 0) | (df <= 0) | (variance == 0)) & ~certain
    assert np.isnan(estimate.std_error[unknown]).all()
    np.testing.assert_allclose(estimate.std_error[known], np.sqrt(variance[known]), rtol=CLOSE, atol=CLOSE * size)
    both = np.ix_(known, known)
    np.testing.assert_allclose(estimate.vcov[both], v[both], rtol=CLOSE, atol=CLOSE * size**2)


# --- random frames -------------------------------------------------------------------------------------------------------

answer = st.one_of(st.none(), st.just(float("nan")), st.integers(0, 6), st.floats(0, 10, width=16))
ROW = st.fixed_dictionaries(
    {
        "x": answer,
        "y": st.one_of(st.none(), st.integers(1, 5)),
        "group": st.sampled_from(["a", "b", "c", None]),
        "stratum": st.sampled_from(["north", "south", "west"]),
        "branch": st.integers(0, 3),
        "weight": st.sampled_from([0.0, 0.5, 1.0, 1.0, 3.25]),
        "visits": st.integers(0, 9),
    }
)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Return 2 to 30 rows; PSUs straddle groups, not strata; some strata may hold one PSU; some groups have no answer."""
    rows = pd.DataFrame(draw(st.lists(ROW, min_size=2, max_size=30)))
    assume(rows["weight"].sum() > 0)
    rows["x"], rows["y"] = rows["x"].astype(float), rows["y"].astype(float)
    rows["group"] = rows["group"].astype("str")
    rows["psu"] = rows["stratum"] + rows["branch"].astype(str)
    extra = {h: draw(st.integers(0, 4)) for h in ["north", "south", "west"]}
    rows["population"] = rows.groupby("stratum")["psu"].transform("nunique") + rows["stratum"].map(extra)
    return rows


def groups_of(rows: pd.DataFrame, where: np.ndarray) -> list[str]:
    return sorted(rows["group"][where & (rows["weight"] > 0)].dropna().unique())


def size_of(rows: pd.DataFrame) -> float:
    return 100.0 + 10.0 * float(rows["weight"].sum())


def cell(values: np.ndarray) -> np.ndarray:
    """Return a matrix with NaN as 0, to be compared whole."""
    return np.nan_to_num(values)


def same(one: cx.Estimate, two: cx.Estimate, size: float) -> None:
    """Demand two estimates to be one."""
    pd.testing.assert_frame_equal(one.labels, two.labels, check_dtype=False)
    np.testing.assert_array_equal(one.n, two.n)
    np.testing.assert_array_equal(one.df, two.df)
    np.testing.assert_allclose(one.values, two.values, rtol=CLOSE, atol=CLOSE * size)
    np.testing.assert_allclose(one.std_error, two.std_error, rtol=1e-6, atol=1e-7 * size)
    np.testing.assert_allclose(cell(one.vcov), cell(two.vcov), rtol=CLOSE, atol=CLOSE * size**2)


CLUSTERS = {"weight": "weight", "strata": "stratum", "psu": "psu"}
STRATA = {"weight": "weight", "strata": "stratum"}


# --- against the formula -------------------------------------------------------------------------------------------------


def check_clusters(engine: str, rows: pd.DataFrame, lone: str, fpc: bool, least: int) -> None:
    where = rows["visits"].to_numpy() >= least
    survey = cx.Survey(move(engine, rows), **CLUSTERS, lone_psu=lone, fpc="population" if fpc else None)
    groups = groups_of(rows, where)
    assume(groups)
    population = rows.groupby("stratum")["population"].first().to_dict() if fpc else None
    condition = cx.col("visits") >= least
    by = cx.measure(survey, SCORES, by="group", where=condition)
    assert by.labels["group"].tolist() == groups * len(SCORES)
    agrees(by, slowly(rows, groups, where, rows["psu"].to_numpy(), lone, population), size_of(rows))
    whole = cx.measure(survey, SCORES, where=condition)
    agrees(whole, slowly(rows, [None], where, rows["psu"].to_numpy(), lone, population), size_of(rows))


@MANY
@given(rows=frames(), lone=st.sampled_from(["center", "skip"]), fpc=st.booleans(), least=st.sampled_from([0, 0, 3]))
def test_clusters_follow_the_formula(rows, lone, fpc, least):
    check_clusters("pandas", rows, lone, fpc, least)


@FEWER
@given(rows=frames(), lone=st.sampled_from(["center", "skip"]), fpc=st.booleans(), least=st.sampled_from([0, 3]))
@pytest.mark.parametrize("engine", ["polars-lazy", "duckdb"])
def test_clusters_follow_the_formula_on_engines_that_sum_themselves(engine, rows, lone, fpc, least):
    check_clusters(engine, rows, lone, fpc, least)


def check_rows(engine: str, rows: pd.DataFrame, lone: str, least: int) -> None:
    where = rows["visits"].to_numpy() >= least
    groups = groups_of(rows, where)
    assume(groups)
    survey = cx.Survey(move(engine, rows), **STRATA, lone_psu=lone)
    by = cx.measure(survey, SCORES, by="group", where=cx.col("visits") >= least)
    agrees(by, slowly(rows, groups, where, np.arange(len(rows)), lone, None), size_of(rows))


@MANY
@given(rows=frames(), lone=st.sampled_from(["center", "skip"]), least=st.sampled_from([0, 0, 3]))
def test_rows_without_psus_follow_the_formula(rows, lone, least):
    check_rows("pandas", rows, lone, least)


@FEWER
@given(rows=frames(), lone=st.sampled_from(["center", "skip"]), least=st.sampled_from([0, 3]))
@pytest.mark.parametrize("engine", ["polars-lazy", "duckdb"])
def test_rows_without_psus_follow_the_formula_on_engines_that_sum_themselves(engine, rows, lone, least):
    check_rows(engine, rows, lone, least)


@FEW
@given(rows=frames())
def test_a_simple_random_sample_follows_the_formula(rows):
    where = np.ones(len(rows), bool)
    flat = rows.assign(weight=1.0, stratum="all")
    groups = groups_of(flat, where)
    assume(groups)
    by = cx.measure(rows, SCORES, by="group")
    agrees(by, slowly(flat, groups, where, np.arange(len(rows)), "skip", None), size_of(flat))


# --- what must not matter ------------------------------------------------------------------------------------------------


@FEW
@given(rows=frames(), data=st.data())
def test_row_order_does_not_matter(rows, data):
    order = data.draw(st.permutations(range(len(rows))))
    one, two = (cx.Survey(r, **CLUSTERS, lone_psu="center") for r in (rows, rows.iloc[order]))
    same(cx.measure(one, SCORES, by="group"), cx.measure(two, SCORES, by="group"), size_of(rows))


@FEW
@given(rows=frames(), factor=st.sampled_from([1000.0, 1e-3, 7.0]))
def test_the_scale_of_weights_does_not_matter(rows, factor):
    scores = [score for score in SCORES if score.family != "total"]
    heavy = rows.assign(weight=rows["weight"] * factor)
    one, two = (cx.Survey(r, **CLUSTERS, lone_psu="center") for r in (rows, heavy))
    same(cx.measure(one, scores, by="group"), cx.measure(two, scores, by="group"), size_of(rows))


@MANY
@given(rows=frames(), data=st.data())
def test_a_table_split_in_two_measures_as_one(rows, data):
    first = np.asarray(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    assume(0 < first.sum() < len(rows))
    samples = {n: cx.Survey(rows[m], **CLUSTERS, lone_psu="skip") for n, m in (("one", first), ("two", ~first))}
    whole = cx.Survey(rows, **CLUSTERS, lone_psu="skip")
    same(cx.measure(cx.concat(samples), SCORES, by="group"), cx.measure(whole, SCORES, by="group"), size_of(rows))


@FEW
@given(rows=frames(), data=st.data())
def test_rows_that_say_nothing_of_branches_that_are_there_change_nothing(rows, data):
    silent = rows.iloc[data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=5))]
    more = pd.concat([rows, silent.assign(x=np.nan)], ignore_index=True)
    one, two = (cx.Survey(r, **CLUSTERS, lone_psu="center") for r in (rows, more))
    same(cx.measure(one, SCORES, by="group"), cx.measure(two, SCORES, by="group"), size_of(rows))


@FEW
@given(rows=frames())
def test_a_row_of_weight_two_is_two_rows_of_weight_one_within_a_cluster(rows):
    whole = rows.assign(weight=np.ceil(rows["weight"]))
    repeated = rows.loc[rows.index.repeat(whole["weight"].astype(int).clip(lower=1))].assign(
        weight=lambda d: (whole["weight"].loc[d.index] > 0).astype(float)
    )
    one, two = (cx.Survey(r.reset_index(drop=True), **CLUSTERS, lone_psu="center") for r in (whole, repeated))
    a, b = (cx.measure(survey, SCORES, by="group") for survey in (one, two))
    np.testing.assert_allclose(a.values, b.values, rtol=CLOSE, atol=CLOSE * size_of(rows))
    np.testing.assert_allclose(cell(a.vcov), cell(b.vcov), rtol=CLOSE, atol=CLOSE * size_of(whole) ** 2)
    np.testing.assert_array_equal(a.df, b.df)


# --- what must hold ------------------------------------------------------------------------------------------------------

RANGED = [cx.csat("x", scale=(0, 10), top=4), cx.effort("x", scale=(0, 10)), cx.nps("x")]


@FEW
@given(rows=frames(), level=st.sampled_from([0.5, 0.95, 0.999]), clustered=st.booleans())
def test_intervals_hold_their_estimate_and_stay_in_range(rows, level, clustered):
    design = CLUSTERS if clustered else {"weight": "weight"}
    estimate = cx.measure(cx.Survey(rows, **design, lone_psu="skip"), RANGED, by="group")
    for method in (None, "korn-graubard", "beta", "logit", "wald", "guarded"):
        low, high = estimate.interval(level, method)
        assert (np.isnan(low) == np.isnan(high)).all()
        known = ~np.isnan(low)
        assert ((low <= estimate.values) & (estimate.values <= high))[known].all()
        for score, first, last in ((RANGED[0], 0, 100), (RANGED[1], 0, 10), (RANGED[2], -100, 100)):
            chosen = known & (estimate.labels["metric"] == score.name).to_numpy()
            assert ((first <= low) & (high <= last))[chosen].all()


@FEW
@given(rows=frames())
def test_the_covariance_is_symmetric_and_never_negative(rows):
    estimate = cx.measure(cx.Survey(rows, **CLUSTERS, lone_psu="center"), SCORES, by="group")
    known = ~np.isnan(estimate.std_error)
    v = estimate.vcov[np.ix_(known, known)]
    np.testing.assert_array_equal(v, v.T)
    if len(v):
        assert np.linalg.eigvalsh(v).min() >= -1e-9 * max(np.trace(v), 1e-300)


@FEW
@given(rows=frames(), p=st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_a_quantile_is_the_smallest_value_that_reaches_its_probability(rows, p):
    estimate = cx.measure(cx.Survey(rows, **CLUSTERS, lone_psu="skip"), cx.quantile("x", p), by="group")
    for value, group in zip(estimate.values, estimate.labels["group"], strict=True):
        part = rows[(rows["group"] == group) & rows["x"].notna() & (rows["weight"] > 0)]
        if part.empty:
            assert np.isnan(value)
            continue
        weight = part["weight"] / part["weight"].sum()
        assert value in part["x"].to_numpy()
        assert weight[part["x"] <= value].sum() >= p - 1e-9
        assert weight[part["x"] < value].sum() < p + 1e-9
