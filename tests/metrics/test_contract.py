"""What every metric promises, whichever it is: one test of each promise over the whole registry, on every engine.

A new metric needs an entry in `EXAMPLES`: how to build it on the columns of `frame()`, and its value by a slow formula.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.metrics import REGISTRY
from tests.conftest import ENGINES, move

HERE = "tests/metrics/test_contract.py"
DESIGN = {"weight": "weight", "strata": "region", "psu": "branch"}
DESIGNS = {"clusters": DESIGN, "rows": {"weight": "weight"}, "simple": {}}
ANSWERS = ["overall", "easy", "recommend", "resolved", "got", "wanted", "wait", "visits"]


@dataclass(frozen=True)
class Example:
    """A metric on the columns of `frame()`, with its numerator and denominator row by row, for a slow formula."""

    build: Callable[..., cx.Score]
    points: Callable[[pd.DataFrame], pd.Series]
    per: Callable[[pd.DataFrame], pd.Series] = lambda d: pd.Series(1.0, index=d.index)

    def parts(self, rows: pd.DataFrame) -> tuple[float, float]:
        """Return the weighted sums of numerator and denominator over the rows that have both."""
        points, per = self.points(rows).astype(float), self.per(rows).astype(float)
        base = points.notna() & per.notna()
        return float((rows["weight"] * points)[base].sum()), float((rows["weight"] * per)[base].sum())

    def value(self, rows: pd.DataFrame) -> float:
        """Return the estimate by the formula of the metric's documentation."""
        numerator, denominator = self.parts(rows)
        family = self.build().family
        if family == "quantile":
            known = rows[self.points(rows).notna()].sort_values("wait")
            reached = known["weight"].cumsum() / known["weight"].sum()
            return float(known["wait"][reached >= 0.5 - 1e-12].iloc[0])
        return numerator if family == "total" else numerator / denominator


def percent(condition: pd.Series, column: pd.Series) -> pd.Series:
    return (100.0 * condition).where(column.notna())


EXAMPLES: dict[str, list[Example]] = {
    "csat": [
        Example(lambda **k: cx.csat("overall", **k), lambda d: percent(d["overall"] >= 4, d["overall"])),
        Example(lambda **k: cx.csat("easy", scale=(1, 7), top=3, **k), lambda d: percent(d["easy"] >= 5, d["easy"])),
    ],
    "effort": [
        Example(lambda **k: cx.effort("easy", **k), lambda d: d["easy"]),
        Example(lambda **k: cx.effort("easy", kind="easy", **k), lambda d: percent(d["easy"] >= 5, d["easy"])),
        Example(
            lambda **k: cx.effort("easy", kind="net", easy="low", **k),
            lambda d: percent(d["easy"] <= 2, d["easy"]) - percent(d["easy"] >= 5, d["easy"]),
        ),
    ],
    "first_contact_resolution": [
        Example(lambda **k: cx.first_contact_resolution("resolved", **k), lambda d: 100.0 * d["resolved"]),
        Example(
            lambda **k: cx.first_contact_resolution("word", yes=["yes", "partly"], **k),
            lambda d: percent(d["word"].isin(["yes", "partly"]), d["word"]),
        ),
        Example(
            lambda **k: cx.first_contact_resolution("word", yes="yes", resolvable="could_be", **k),
            lambda d: percent(d["word"] == "yes", d["word"]).where(d["could_be"] == 1),
        ),
    ],
    "gap": [
        Example(lambda **k: cx.gap(delivered="got", expected="wanted", **k), lambda d: d["got"] - d["wanted"]),
        Example(
            lambda **k: cx.gap(delivered="got", expected="wanted", scale=(1, 7), **k), lambda d: d["got"] - d["wanted"]
        ),
    ],
    "mean": [Example(lambda **k: cx.mean("wait", **k), lambda d: d["wait"])],
    "nps": [
        Example(
            lambda **k: cx.nps("recommend", **k),
            lambda d: percent(d["recommend"] >= 9, d["recommend"]) - percent(d["recommend"] <= 6, d["recommend"]),
        )
    ],
    "quantile": [Example(lambda **k: cx.quantile("wait", 0.5, **k), lambda d: d["wait"])],
    "ratio": [
        Example(
            lambda **k: cx.ratio("wait", "visits", **k),
            lambda d: d["wait"].where(d["visits"].notna()),
            lambda d: d["visits"].where(d["wait"].notna()),
        )
    ],
    "share": [Example(lambda **k: cx.share(cx.col("wait") > 20, **k), lambda d: percent(d["wait"] > 20, d["wait"]))],
    "total": [Example(lambda **k: cx.total("wait", **k), lambda d: d["wait"])],
}


def frame(rows: int = 90, seed: int = 7) -> pd.DataFrame:
    """Return answers with holes; branches straddle channels, and one channel is rare."""
    draw = np.random.default_rng(seed)
    branch = draw.integers(0, 12, rows)
    data = pd.DataFrame(
        {
            "branch": branch,
            "region": np.where(branch % 3 == 0, "north", "south"),
            "channel": draw.choice(["app", "call", "chat"], rows, p=[0.5, 0.4, 0.1]),
            "weight": draw.integers(1, 40, rows) / 8,
            "overall": draw.integers(1, 6, rows).astype(float),
            "easy": draw.integers(1, 8, rows).astype(float),
            "recommend": draw.integers(0, 11, rows).astype(float),
            "resolved": draw.integers(0, 2, rows).astype(float),
            "got": draw.integers(1, 8, rows).astype(float),
            "wanted": draw.integers(1, 8, rows).astype(float),
            "wait": draw.integers(0, 12, rows) * 5.0,
            "visits": draw.integers(1, 6, rows).astype(float),
        }
    )
    for column in ANSWERS:
        data.loc[draw.random(rows) < 0.15, column] = np.nan
    data["word"] = data["resolved"].map({1.0: "yes", 0.0: "no"})
    data.loc[data["overall"] == 3, "word"] = "partly"
    data["could_be"] = (data["wait"] > 10).astype(float).where(data["wait"].notna())
    return data


def survey(rows: pd.DataFrame, design: str, engine: str = "pandas") -> cx.Survey:
    return cx.Survey(move(engine, rows), **DESIGNS[design])


def agree(ours: cx.Estimate, theirs: cx.Estimate, *, times: float = 1.0) -> None:
    """Demand one estimate to be the other (times a factor), with its matrix, intervals, bases and labels."""
    pd.testing.assert_frame_equal(ours.labels, theirs.labels, check_dtype=False, check_categorical=False)
    np.testing.assert_array_equal(ours.n, theirs.n)
    np.testing.assert_array_equal(ours.df, theirs.df)
    np.testing.assert_allclose(ours.values, times * theirs.values, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.std_error, times * theirs.std_error, rtol=1e-9)
    size = np.nanmax(np.diagonal(theirs.vcov))
    np.testing.assert_allclose(ours.vcov, times**2 * theirs.vcov, rtol=1e-9, atol=1e-9 * times**2 * size)
    for one, two in zip(ours.interval(), theirs.interval(), strict=True):
        np.testing.assert_allclose(one, times * two, rtol=1e-9, atol=1e-9)


def named(metric: str) -> list[cx.Score]:
    """Return the example scores of a metric, under names of their own."""
    return [example.build(name=f"example {i}") for i, example in enumerate(EXAMPLES[metric])]


@functools.cache
def by_channel(metric: str, design: str, engine: str = "pandas") -> cx.Estimate:
    """Return the estimate that the others are compared with."""
    return cx.measure(survey(frame(), design, engine), named(metric), by="channel")


@pytest.fixture(params=list(REGISTRY))
def metric(request: pytest.FixtureRequest) -> str:
    """Return the name of each metric of the registry in turn."""
    name = str(request.param)
    assert EXAMPLES.get(name), f"the metric {name!r} has no example: add one to EXAMPLES in {HERE}"
    return name


@pytest.fixture
def examples(metric: str) -> list[Example]:
    """Return the examples of each metric."""
    return EXAMPLES[metric]


@pytest.fixture
def scores(metric: str) -> list[cx.Score]:
    """Return the example scores of each metric."""
    return named(metric)


ROADS = {"clusters": ["pandas", "polars-lazy"], "rows": ["pandas", "duckdb"]}


@pytest.fixture(params=[(design, engine) for design, engines in ROADS.items() for engine in engines], ids="-".join)
def road(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return a design and an engine: totals by cluster or moments of rows, summed by numpy or by the engine itself."""
    return request.param


def test_every_example_is_of_a_metric_in_the_registry():
    assert set(EXAMPLES) <= set(REGISTRY), f"EXAMPLES in {HERE} names metrics that the registry does not have"


# --- the number ----------------------------------------------------------------------------------------------------------


def test_the_value_is_that_of_the_formula(metric, examples):
    found = by_channel(metric, "clusters")
    expected = [example.value(rows) for example in examples for _, rows in frame().groupby("channel")]
    np.testing.assert_allclose(found.values, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sampled", DESIGNS)
def test_every_engine_gives_the_same_estimate(metric, sampled, engine):
    agree(by_channel(metric, sampled, engine), by_channel(metric, sampled))


def test_row_order_is_irrelevant(metric, scores, road):
    shuffled = frame().sample(frac=1, random_state=3).reset_index(drop=True)
    ours = cx.measure(survey(shuffled, *road), scores, by="channel")
    agree(ours, by_channel(metric, *road))


@pytest.mark.parametrize("factor", [1000.0, 1e-6])
def test_weight_scale_is_irrelevant(metric, scores, unlike_engine, factor):
    heavy = frame().assign(weight=lambda d: d["weight"] * factor)
    ours = cx.measure(survey(heavy, "clusters", unlike_engine), scores, by="channel")
    agree(ours, by_channel(metric, "clusters", unlike_engine), times=factor if metric == "total" else 1.0)


def test_groups_recombine_to_the_whole(metric, examples, scores, unlike_engine):
    whole = cx.measure(survey(frame(), "clusters", unlike_engine), scores)
    parts = by_channel(metric, "clusters", unlike_engine)
    for i, example in enumerate(examples):
        values = parts.values[parts.labels["metric"] == f"example {i}"]
        sizes = np.asarray([example.parts(rows)[1] for _, rows in frame().groupby("channel")])
        family = example.build().family
        if family == "quantile":  # the quantile of a mixture lies among those of its parts
            assert values.min() <= whole.values[i] <= values.max()
        elif family == "total":
            np.testing.assert_allclose(values.sum(), whole.values[i], rtol=1e-12)
        else:
            np.testing.assert_allclose(values @ sizes / sizes.sum(), whole.values[i], rtol=1e-12, atol=1e-12)


def test_two_halves_of_a_table_measure_as_the_whole(metric, scores, road):
    halves = {"first": frame().iloc[:37], "second": frame().iloc[37:].reset_index(drop=True)}
    samples = {name: survey(rows, *road) for name, rows in halves.items()}
    agree(cx.measure(cx.concat(samples), scores, by="channel"), by_channel(metric, *road))


def test_a_group_is_the_same_domain_whether_by_or_where(metric, scores, road):
    where = cx.measure(survey(frame(), *road), scores, where=cx.col("channel") == "call")
    by = by_channel(metric, *road)
    rows = np.flatnonzero(by.labels["channel"] == "call")
    np.testing.assert_allclose(where.values, by.values[rows], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(where.vcov, by.vcov[np.ix_(rows, rows)], rtol=1e-9, atol=1e-9 * where.vcov.max())
    np.testing.assert_array_equal(where.df, by.df[rows])


# --- who counts ----------------------------------------------------------------------------------------------------------


def pandas_with(missing: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def holes(rows: pd.DataFrame) -> pd.DataFrame:
        made = {c: [missing if pd.isna(v) else v for v in rows[c]] for c in [*ANSWERS, "word"]}
        return rows.assign(**{c: pd.Series(v, dtype=object, index=rows.index) for c, v in made.items()})

    return holes


def nan_in(engine: str) -> Callable[[pd.DataFrame], object]:
    """Return a function that keeps NaN as NaN on an engine that also knows null."""

    def holes(rows: pd.DataFrame) -> object:
        import duckdb
        import polars as pl
        import pyarrow as pa

        columns = {
            c: rows[c].to_numpy() if rows[c].dtype.kind in "fi" else rows[c].tolist() for c in rows if c != "word"
        }
        words = [None if pd.isna(v) else v for v in rows["word"]]
        if engine == "polars":
            return pl.DataFrame({**columns, "word": words})
        table = pa.table({**{c: pa.array(v, from_pandas=False) for c, v in columns.items()}, "word": pa.array(words)})
        return table if engine == "pyarrow" else duckdb.from_arrow(table)

    return holes


HOLES = {
    "None in pandas": pandas_with(None),
    "NaN in pandas": pandas_with(float("nan")),
    "NA in pandas": pandas_with(pd.NA),
    **{
        f"null in {engine}": (lambda rows, engine=engine: move(engine, rows))
        for engine in ENGINES
        if engine != "pandas"
    },
    **{f"NaN in {engine}": nan_in(engine) for engine in ("polars", "pyarrow", "duckdb")},
}


@pytest.mark.parametrize("kind", HOLES)
def test_a_missing_answer_is_out_of_the_base(examples, scores, kind):
    rows = frame().drop(columns=["branch", "region"])
    found = cx.measure(cx.Survey(HOLES[kind](rows), weight="weight"), scores)
    answered = [(e.points(rows).notna() & e.per(rows).notna()).sum() for e in examples]
    assert found.n.tolist() == answered
    assert max(answered) < len(rows)
    np.testing.assert_allclose(found.values, [e.value(rows) for e in examples], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        found.std_error, cx.measure(cx.Survey(rows, weight="weight"), scores).std_error, rtol=1e-9
    )


def test_missing_answers_are_counted_where_the_estimate_is_shown(scores):
    rows = frame()
    estimate = cx.measure(rows, scores[0])
    silent = len(rows) - int(estimate.n[0])
    assert f"{silent} with no answer to example 0" in repr(estimate)


# --- what it says of itself ----------------------------------------------------------------------------------------------


def extreme_frames() -> dict[str, pd.DataFrame]:
    """Return samples whose answers are all at one end, and one of a single answer."""
    rows = frame(24).assign(resolved=1.0, word="yes")
    top = rows.assign(overall=5.0, easy=7.0, recommend=10.0, got=7.0, wanted=1.0, wait=55.0, visits=1.0)
    low = rows.assign(
        overall=1.0, easy=1.0, recommend=0.0, got=1.0, wanted=7.0, wait=0.0, visits=1.0, resolved=0.0, word="no"
    )
    nearly = top.copy()
    nearly.loc[0] = low.loc[0]
    return {
        "mixed": frame(24),
        "all high": top,
        "all low": low,
        "all but one high": nearly,
        "one answer": frame(24).head(1),
    }


@pytest.mark.parametrize("kind", extreme_frames())
def test_estimates_and_intervals_stay_in_the_documented_range(scores, kind):
    rows = extreme_frames()[kind]
    ranged = [score for score in scores if score.range is not None]
    if not ranged:
        assert scores[0].family in ("mean", "ratio", "total", "quantile"), "a share or balance has a range"
        return
    for sample in (
        rows,
        cx.Survey(rows, weight="weight"),
        cx.Survey(rows, weight="weight", psu="branch", lone_psu="skip"),
    ):
        estimate = cx.measure(sample, ranged)
        low, high = np.asarray([score.range for score in ranged], dtype=float).T
        for level in (0.5, 0.95, 0.9999):
            for method in (None, "wilson", "korn-graubard", "beta", "logit", "wald", "guarded"):
                left, right = estimate.interval(level, method)
                for limit in (estimate.values, left, right):
                    known = ~np.isnan(limit)
                    assert ((low <= limit) & (limit <= high))[known].all(), (level, method)
                known = ~np.isnan(left)
                assert (known == ~np.isnan(right)).all(), f"half an interval: {left} to {right}"
                assert ((left <= estimate.values) & (estimate.values <= right))[known].all(), (level, method)


def test_the_default_name_is_the_name_of_the_function(metric, examples):
    for example in examples:
        score = example.build()
        assert score.name.removeprefix("net_") == metric
        assert score.name.startswith("net_") == (", net of what is not" in score.variant)
        assert cx.measure(frame(), score).labels["metric"].tolist() == [score.name]


def test_a_given_name_is_the_label_in_results(examples):
    for example in examples:
        table = cx.measure(frame(), example.build(name="of our own"), by="channel").frame()
        assert set(table["metric"]) == {"of our own"}


def test_two_scores_of_one_metric_are_told_apart_by_their_columns(examples):
    score = examples[0].build()
    assert all(column in score.default_name for column in score.columns())
    second = replace(score, default_name=score.default_name + " of the second")
    both = cx.measure(frame(), [score, second]).labels["metric"].tolist()
    assert both == [score.default_name, second.default_name]


@pytest.mark.parametrize("bad", ["", 3, ["csat"]], ids=repr)
def test_a_name_that_is_no_text_is_refused(examples, bad):
    with pytest.raises(cx.CxError, match=r"\(name=\): a text is needed"):
        examples[0].build(name=bad)


def test_the_printed_score_says_what_it_is(examples):
    for example in examples:
        score = example.build()
        assert score.variant
        assert score.name in repr(score)
        assert score.variant in repr(score)
        assert score.unit in repr(score)


def test_a_direction_is_high_or_low(scores):
    assert {score.direction for score in scores} <= {"high", "low", None}


def test_measuring_leaves_the_frame_as_it_was(scores):
    rows = frame()
    cx.measure(survey(rows, "clusters"), scores, by="channel", where=cx.col("visits") >= 2).frame()
    pd.testing.assert_frame_equal(rows, frame())
