"""Sample data says that it is synthetic wherever it is shown; a user's own data never does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import cxstats as cx
from cxstats.datasets.synthetic import TABLES
from cxstats.survey import SYNTHETIC
from tests.conftest import move

SCORE = cx.csat("overall")
OWN = pd.DataFrame(
    {"overall": [5, 4, 2, 1, 5, 3, 4, 2], "channel": list("aabb") * 2, "quarter": ["2025Q1"] * 4 + ["2025Q2"] * 4}
)


@pytest.fixture(scope="module")
def sample() -> cx.Estimate:
    return cx.measure(cx.sample_survey(), SCORE, by="quarter")


@pytest.fixture(scope="module")
def own() -> cx.Estimate:
    return cx.measure(OWN, SCORE, by="quarter")


# --- what carries the mark ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_marked(name: str) -> None:
    assert cx.Survey(getattr(cx, f"load_{name}")()).synthetic == SYNTHETIC
    assert cx.Survey(cx.simulate_world(n=640, seed=1, tables=(name,))[name]).synthetic == SYNTHETIC


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame[["overall", "quarter"]],
        lambda frame: frame[frame["channel"] == "app"],
        lambda frame: frame.drop(columns="synthetic").assign(month="2025-01").sort_values("weight"),
        lambda frame: frame.merge(pd.DataFrame({"channel": ["app"], "cost": [3]}), on="channel"),
        lambda frame: pd.concat([frame, frame]),
        lambda frame: pd.DataFrame(frame.to_dict("list")),
    ],
    ids=["columns", "rows", "assigned", "merged", "doubled", "by the column alone"],
)
def test_pandas_keeps_it(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    assert cx.Survey(change(cx.load_survey().head(500))).synthetic == SYNTHETIC


def test_the_column_carries_it_to_every_engine(engine: str) -> None:
    rows = cx.load_survey().head(300)[["overall", "channel", "synthetic"]]
    rows.attrs.clear()
    survey = cx.Survey(move(engine, rows))
    assert survey.synthetic == SYNTHETIC
    assert cx.measure(survey, SCORE, by="channel").synthetic == SYNTHETIC


@pytest.mark.parametrize(
    "column", [[True] * 7 + [False], [True] * 7 + [None], [False] * 8, [1] * 8, ["yes"] * 8, [None] * 8]
)
def test_a_column_that_is_not_true_in_every_row_marks_nothing(engine: str, column: list[Any]) -> None:
    assert cx.Survey(move(engine, OWN.assign(synthetic=column))).synthetic == ""


@pytest.mark.parametrize("said", [False, "yes", 1, None])
def test_other_attrs_mark_nothing(said: Any) -> None:
    frame = OWN.copy()
    frame.attrs["synthetic"] = said
    assert cx.Survey(frame).synthetic == ""


def test_a_table_without_rows_says_nothing() -> None:
    assert cx.Survey(OWN.assign(synthetic=True).head(0)).synthetic == ""


# --- estimates carry it on ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "derived",
    [
        lambda est: est,
        lambda est: est.contrast(est.labels["quarter"].iloc[-1], est.labels["quarter"].iloc[0]),
        lambda est: est.trend(over="quarter"),
        lambda est: est.transform(lambda v: v[:1] / v[1:2], labels="ratio"),
        lambda est: est.pick(quarter=est.labels["quarter"].iloc[0]),
        lambda est: cx.stack({"a": est, "b": _other(est)}).contrast({"source": "a"}, {"source": "b"}),
    ],
    ids=["measured", "contrast", "trend", "transform", "pick", "stack"],
)
def test_what_is_made_of_an_estimate_is_marked_as_it_is(
    sample: cx.Estimate, own: cx.Estimate, derived: Callable[[cx.Estimate], cx.Estimate]
) -> None:
    assert derived(sample).synthetic == SYNTHETIC
    assert SYNTHETIC.capitalize() in repr(derived(sample))
    assert SYNTHETIC.capitalize() in derived(sample)._repr_html_()
    assert derived(own).synthetic == ""
    assert "ynthetic" not in repr(derived(own)) + derived(own)._repr_html_()


def _other(est: cx.Estimate) -> cx.Estimate:
    """Return the same measure of another sample, which is as synthetic as this one."""
    return cx.measure(cx.simulate(n=640, seed=3) if est.synthetic else OWN.copy(), SCORE, by="quarter")


def test_stacked_samples_that_differ_say_which_is_synthetic(own: cx.Estimate) -> None:
    made = cx.measure(OWN.assign(synthetic=True), SCORE, by="quarter")
    both = cx.stack({"ours": own, "peers": made})
    assert both.synthetic == both.contrast({"source": "ours"}, {"source": "peers"}).synthetic == f"{SYNTHETIC}: peers"
    assert both.pick(source="peers").synthetic == f"{SYNTHETIC}: peers"
    assert both.pick(source="ours").synthetic == ""


def test_surveys_put_together_say_which_is_synthetic(engine: str) -> None:
    made, mine = (move(engine, frame) for frame in (OWN.assign(synthetic=True), OWN))
    assert cx.concat({"a": made, "b": made}).synthetic == SYNTHETIC
    assert cx.concat({"ours": mine, "peers": made}).synthetic == f"{SYNTHETIC}: peers"
    assert cx.concat({"a": mine, "b": mine}).synthetic == ""


# --- where it is shown ----------------------------------------------------------------------------------------------------


def test_survey_and_banner_say_so(tmp_path: Any) -> None:
    from python_calamine import CalamineWorkbook

    for survey, marked in ((cx.sample_survey(), True), (cx.Survey(OWN), False)):
        banner = cx.banner(survey, SCORE, by="channel")
        rows = CalamineWorkbook.from_path(banner.to_excel(tmp_path / "b.xlsx")).get_sheet_by_index(0).to_python()
        shown = [repr(survey), repr(banner), banner.to_html(), banner.to_html(tmp_path / "b.html"), repr(rows)]
        assert [SYNTHETIC in text.lower() for text in shown] == [marked] * len(shown)
        assert ["ynthetic" in text for text in shown] == [marked] * len(shown)
