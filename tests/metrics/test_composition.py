"""Answers as a whole: the shares are those of the answers, sum to 100, and are ordered from the worst to the best."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError
from tests.conftest import move

NAN = float("nan")
ANSWERS = pd.DataFrame(
    {
        "overall": [5, 4, 4, 3, 1, 2, 5, 5, NAN, 4],
        "recommend": [10, 9, 8, 7, 6, 0, NAN, 10, 9, 3],
        "weight": [1, 2, 1, 3, 1, 2, 1, 1, 4, 2.5],
        "group": list("aabbaabbab"),
    }
)


def test_shares_are_those_of_the_answers_on_every_engine(engine: str) -> None:
    survey = cx.Survey(move(engine, ANSWERS), weight="weight")
    found = cx.measure(survey, cx.distribution("overall"), by="group")
    kept = ANSWERS.dropna(subset="overall")
    slow = kept.pivot_table(index="overall", columns="group", values="weight", aggfunc="sum", fill_value=0)
    np.testing.assert_allclose(found.values.reshape(5, 2), (100 * slow / slow.sum()).to_numpy(), atol=1e-12)
    assert found.n.reshape(5, 2).tolist() == [kept.groupby("group").size().tolist()] * 5


def test_the_parts_of_the_score_are_those_of_the_answers_on_every_engine(engine: str) -> None:
    survey = cx.Survey(move(engine, ANSWERS), weight="weight")
    score, high, middle, low = cx.measure(survey, cx.nps_composition("recommend")).values
    kept = ANSWERS.dropna(subset="recommend")

    def part(rows: pd.Series) -> float:
        return float(100 * kept["weight"][rows].sum() / kept["weight"].sum())

    expected = [part(kept["recommend"] >= 9), part(kept["recommend"].isin([7, 8])), part(kept["recommend"] <= 6)]
    np.testing.assert_allclose([high, middle, low], expected)
    np.testing.assert_allclose([score, high + middle + low], [high - low, 100])
    assert score == cx.measure(survey, cx.nps("recommend")).values[0]


@pytest.mark.parametrize(
    ("scale", "best", "names", "directions"),
    [
        ((1, 5), "high", "1 2 3 4 5", ["low", "low", None, "high", "high"]),
        ((1, 5), "low", "5 4 3 2 1", ["low", "low", None, "high", "high"]),
        ((1, 4), "high", "1 2 3 4", ["low", "low", "high", "high"]),
        ((1, 4), "low", "4 3 2 1", ["low", "low", "high", "high"]),
        ((0, 10), "high", "0 1 2 3 4 5 6 7 8 9 10", ["low"] * 5 + [None] + ["high"] * 5),
        ((-1, 1), "high", "-1 0 1", ["low", None, "high"]),
        ((0, 1), "high", "0 1", ["low", "high"]),
    ],
)
def test_answers_go_from_the_worst_to_the_best(
    scale: tuple[float, float], best: str, names: str, directions: list[str | None]
) -> None:
    scores = cx.distribution("x", scale=scale, best=best)
    assert [score.name for score in scores] == [f"x: {name}" for name in names.split()]
    assert [score.direction for score in scores] == directions


def test_labels_and_names_are_those_given() -> None:
    words = ["bad", "fair", "good"]
    forward = cx.distribution("x", scale=(1, 3), labels=words, name="Service")
    turned = cx.distribution("x", scale=(1, 3), labels=words, name="Service", best="low")
    assert [score.name for score in forward] == ["Service: bad", "Service: fair", "Service: good"]
    assert [score.name for score in turned] == ["Service: good", "Service: fair", "Service: bad"]
    parts = cx.nps_composition("x", name="Friends")
    assert [score.name for score in parts] == [
        "Friends",
        *(f"Friends: {p}" for p in ("promoters", "passives", "detractors")),
    ]


def test_two_questions_are_measured_in_one_call() -> None:
    rows = ANSWERS.assign(other=ANSWERS["recommend"])
    both = cx.measure(rows, cx.nps_composition("recommend") + cx.nps_composition("other"))
    assert both.labels["metric"].tolist()[3:6] == ["detractors (recommend)", "nps (other)", "promoters (other)"]
    assert len(cx.measure(rows, cx.distribution("overall") + cx.distribution("other", scale=(0, 10)))) == 16


def test_those_without_an_answer_are_counted_once() -> None:
    assert "Left out of 10 rows: 1 with no answer to distribution (overall)." in repr(
        cx.measure(ANSWERS, cx.distribution("overall"))
    )
    assert "Left out of 10 rows: 1 with no answer to Friends." in repr(
        cx.measure(ANSWERS, cx.nps_composition("recommend", name="Friends"))
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"scale": (5, 1)}, "not a lowest and a highest answer"),
        ({"scale": (1, 4.5)}, r"scale=\(1, 4.5\) is not a scale of at most 11 whole numbers"),
        ({"scale": (0, 100)}, r"declare bands, such as share\(col\('x'\) <= 30"),
        ({"labels": ["bad", "good"]}, "not a list of 5 texts, one for each answer from 1 to 5"),
        ({"labels": "abcde"}, "'abcde' is not a list"),
        ({"labels": ["a", "b", " ", "d", "e"]}, "not a list of 5 texts"),
        ({"labels": ["a", "b", "c", "c", "e"]}, "'c' stands for two answers"),
        ({"labels": ["a", "b", "c: d", "d", "e"]}, "'c: d' has a colon and a blank"),
        ({"best": "left"}, "'left' is not one of 'high', 'low'"),
        ({"name": ""}, "a text is needed"),
    ],
)
def test_bad_declarations_say_what_is_wrong(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        cx.distribution("x", **options)


NAMED = pd.DataFrame({"how": ["phone", "app", "phone", None, "web"], "code": [1, 2, 1, None, 3]})


@pytest.mark.parametrize(("column", "answers"), [("how", ["phone", "app", "web"]), ("code", [1, 2, 3])])
def test_answers_without_a_scale_are_named(engine: str, column: str, answers: list[Any]) -> None:
    found = cx.measure(move(engine, NAMED), cx.distribution(column, answers=answers))
    assert found.labels["metric"].tolist() == [f"{column}: {answer}" for answer in answers]
    assert found.values.tolist() == [50, 25, 25]
    assert found.n.tolist() == [4, 4, 4]


def test_an_answer_that_is_not_named_is_refused() -> None:
    with pytest.raises(DataError, match=r"answers that are none of 'phone', 'app' in column 'how' \('web': 1 time\)"):
        cx.measure(NAMED, cx.distribution("how", answers=["phone", "app"]))


@pytest.mark.parametrize("answers", [[], ["phone"], "phone", ["phone", "phone"], ["phone", ""]])
def test_answers_are_two_or_more_each_once(answers: Any) -> None:
    with pytest.raises(ArgumentError, match="are not two or more answers, each of them once"):
        cx.distribution("how", answers=answers)
    with pytest.raises(ArgumentError, match="labels= belong to the answers of a scale"):
        cx.distribution("how", answers=["a", "b"], labels=["A", "B"])


@pytest.mark.parametrize("answer", [0.0, 6.0, 2.5, 99.0])
def test_answers_off_the_scale_are_refused(answer: float) -> None:
    rows = pd.DataFrame({"overall": [1, 5, answer]})
    with pytest.raises(
        DataError, match=re.escape(f"not whole numbers from 1 to 5 in column 'overall' ({answer:g}: 1 time)")
    ):
        cx.measure(rows, cx.distribution("overall"))


def test_texts_are_refused() -> None:
    with pytest.raises(
        ColumnError, match=r"numbers held as texts: convert them with pd.to_numeric\(frame\['overall'\]\)"
    ):
        cx.measure(pd.DataFrame({"overall": ["1", "5"]}), cx.distribution("overall"))
    with pytest.raises(ColumnError, match="Convert it first"):
        cx.measure(pd.DataFrame({"overall": ["good", "bad"]}), cx.distribution("overall"))
