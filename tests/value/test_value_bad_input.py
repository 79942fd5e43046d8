"""What is wrong with a value of service is said with the place, the value and the remedy, before anything is computed."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import (
    ArgumentError,
    ColumnError,
    CxError,
    DataError,
    NoGroupError,
    NoRowsError,
    NotIdentifiedError,
    Unanswerable,
)

GOOD = {"outcome": "pays", "level": "met", "order": ["no", "some", "yes"]}
MET = np.asarray(["no", "some", "yes"] * 40)


def rows(**changes):
    draw = np.random.default_rng(1)
    made = {
        "pays": draw.normal(30, 10, 120).round(1), "again": draw.permutation(["yes", "no"] * 60), "met": MET,
        "age": draw.integers(18, 80, 120).astype(float), "kind": np.repeat(["a", "b"], 60), "grade": draw.integers(1, 6, 120),
        "when": pd.date_range("2025-01-01", periods=120), "weight": draw.uniform(1, 2, 120), "shop": np.arange(120) % 20,
    }  # fmt: skip
    return pd.DataFrame(made | changes)


def test_these_rows_are_good():
    found = cx.service_value(rows(), **GOOD | {"outcome": ["pays", "again"]}, adjust=["age", "kind"], method="both")
    assert np.isfinite(found.steps.std_error).all()
    assert np.isfinite(found.losses_to_gains().values).all()


IS = {name: cx.col("met") == name for name in GOOD["order"]}


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"method": "weights"}, ArgumentError, r"method=\): 'weights' is not one of .*Did you mean 'weight'"),
        ({"overlap": "drop"}, ArgumentError, r"overlap=\): 'drop' is not one of 'error', 'restrict'"),
        ({"randomised": "yes"}, ArgumentError, r"randomised=\): True or False is needed, not 'yes'"),
        ({"link": "logit"}, ArgumentError, r"link=\): None, 'identity' or 'log' is needed, not 'logit'"),
        ({"unit": 3}, ArgumentError, r"unit=\): a text such as 'EUR' is needed, not 3"),
        ({"outcome": "price"}, ColumnError, r"outcome=\): no column 'price'"),
        ({"outcome": "kind"}, CxError, "kind"),
        ({"outcome": "when"}, CxError, "when"),
        ({"outcome": []}, ArgumentError, r"outcome=\): a column, a score .* not \[\]"),
        ({"outcome": 3}, ArgumentError, r"outcome=\): a column, a score .* not 3"),
        ({"outcome": ["pays", "pays"]}, ArgumentError, "two outcomes are called 'pays'. Give one another name="),
        ({"outcome": cx.total("pays")}, ArgumentError, r"is a total; what one customer is worth is a mean, a share"),
        ({"outcome": cx.csat("grade", scale=(1, 4))}, DataError, "grade"),
        ({"level": "mett"}, ColumnError, r"level=\): no column 'mett'. Did you mean 'met'"),
        ({"level": None}, ArgumentError, r"level=\): a column, or a mapping of two levels or more"),
        (
            {"level": {"no": IS["no"]}, "order": None},
            ArgumentError,
            r"level=\): a column, or a mapping of two levels or more",
        ),
        (
            {"level": {"no": IS["no"], "yes": "yes"}, "order": None},
            ArgumentError,
            "mapping of two levels or more to conditions",
        ),
        (
            {"level": IS, "order": ["no", "yes"]},
            ArgumentError,
            r"order=\): \['no', 'yes'\] are not the levels .*Leave order= out",
        ),
        ({"level": IS, "order": ["no", "some", "wow"]}, ArgumentError, r"order=\): .* are not the levels of level="),
        ({"level": IS | {"some": cx.col("mett") == "some"}, "order": None}, ColumnError, "no column 'mett'"),
        (
            {"level": IS | {"some": cx.col("grade") > 0}, "order": None},
            DataError,
            r"row 1 is of levels 'no', 'some' at once .*exclude",
        ),
        (
            {"order": ["no", "yes"]},
            DataError,
            r"column 'met' holds 'some' in row 2 \(40 rows .*Add it to order=, or leave",
        ),
        ({"order": ["no", "Some", "yes"]}, DataError, "Did you mean 'Some'"),
        (
            {"order": ["no", "some", "yes", "wow"]},
            NoGroupError,
            r"no row with an answer to 'pays' is of level 'wow' .*Leave it out",
        ),
        ({"order": ["no"]}, ArgumentError, "two levels or more, the worst first"),
        ({"order": None}, ArgumentError, "column 'met' holds 'no', 'some', 'yes'. Name them in order, the worst first"),
        ({"order": ["no", "some", "yes", "no"]}, ArgumentError, "level 'no' is named twice"),
        ({"adjust": 3}, ArgumentError, r"adjust=\): a column or a list of columns"),
        ({"adjust": "agee"}, ColumnError, r"adjust=\): no column 'agee'. Did you mean 'age'"),
        ({"adjust": ["age", "age"]}, ArgumentError, r"adjust=\): column 'age' is named twice"),
        ({"adjust": "met"}, ArgumentError, "'met' makes the levels and stands in adjust=, too. Name another"),
        ({"adjust": "pays"}, ArgumentError, "'pays' stands in adjust= and in outcome=. Name another"),
        ({"outcome": "met"}, ArgumentError, "'met' makes the levels and stands in outcome="),
        ({"adjust": "kind", "by": "kind"}, ArgumentError, "'kind' stands in by= and in adjust="),
        ({"adjust": "when"}, DataError, r"adjust=\): column 'when' holds dates"),
        ({"by": "met"}, ArgumentError, "'met' makes the levels and stands in by="),
        ({"by": "kindd"}, ColumnError, r"by=\): no column 'kindd'"),
        ({"by": 3}, CxError, r"by=\): a column is named by a text, not by 3"),
        ({"where": "age > 3"}, ArgumentError, "where="),
        ({"where": cx.col("agee") > 3}, ColumnError, "no column 'agee'"),
        ({"where": cx.col("age") > 300}, NoRowsError, "no row is left of 120"),
        ({"among": "poor"}, ArgumentError, r"among=\): 'poor' is no level of 'no', 'some', 'yes'.*None is everybody"),
    ],
)
def test_what_is_asked(change, error, said):
    with pytest.raises(error, match=said):
        cx.service_value(rows(), **GOOD | change)


def alone(**kinds):
    """Return labels by level: "rare" where the level is one of those, "a" or "b" elsewhere."""
    usual = np.tile(["a", "a", "a", "b", "b", "b"], 20)
    return {
        name: np.where(np.isin(MET, levels) & (np.arange(120) % 5 == 0), "rare", usual)
        for name, levels in kinds.items()
    }


@pytest.mark.parametrize(
    ("data", "change", "error", "said"),
    [
        ({"pays": 7.0}, {}, DataError, "'pays' is 7 in all 120 rows with a level, so nothing can differ .*that varies"),
        ({"again": "yes"}, {"outcome": "again"}, DataError, "'again' is 100 in all 120 rows"),
        ({"pays": np.nan}, {}, CxError, "pays"),
        (
            {"pays": np.where(MET == "yes", 5.0, np.arange(120))},
            {},
            NotIdentifiedError,
            r"level 'yes' has 40 answers to 'pays', all 5, .*Merge it",
        ),
        (
            {
                "pays": np.where(
                    (MET == "yes") & (np.arange(120) > 5), np.nan, np.where(MET == "yes", 5.0, np.arange(120))
                )
            },
            {},
            NotIdentifiedError,
            "level 'yes' has 2 answers to 'pays', all 5",
        ),
        (
            {"pays": np.where(MET == "some", np.nan, np.arange(120))},
            {},
            NoGroupError,
            "no row with an answer to 'pays' is of level 'some'",
        ),
        ({"pays": np.arange(120) - 3.0}, {"link": "log"}, DataError, r"link='log'\): 'pays' holds -3; .*0 or more"),
        (
            alone(kind=["no"]),
            {"adjust": "kind"},
            NotIdentifiedError,
            r"no overlap: none of the 8 rows with kind = 'rare' is of level 'some', 'yes'\. Leave them out by overlap=",
        ),
        (
            alone(kind=["no"], other=["some", "yes"]),
            {"adjust": ["kind", "other"]},
            NotIdentifiedError,
            r"kind = 'rare' is of level 'some', 'yes' \(and 1 more such\)",
        ),
        (
            {"age": np.where(MET == "no", 20.0, 50.0) + np.arange(120) % 10},
            {"adjust": "age"},
            NotIdentifiedError,
            r"no overlap: levels have no age in common \(it goes up to 29 at one, and begins at 50",
        ),
        (
            {"age": np.where(MET == "no", 20.0, 50.0) + np.arange(120) % 10},
            {"adjust": "age", "overlap": "restrict"},
            NoRowsError,
            "no overlap: of 120 rows none has counterparts at every level",
        ),
        (
            {"copy": np.arange(120) % 7, "age": 2.0 * (np.arange(120) % 7)},
            {"adjust": ["copy", "age"]},
            NotIdentifiedError,
            "level 'no'.*'age' follows from 'copy'",
        ),
        (
            {"age": np.where(np.arange(120) == 4, np.inf, np.arange(120.0))},
            {"adjust": "age"},
            DataError,
            r"adjust=\): column 'age' holds inf in row 5 .*Make it missing",
        ),
        (
            {"age": np.nan},
            {"adjust": "age"},
            NoRowsError,
            "no row is left of 120 that has a level and all columns of adjust=",
        ),
        ({"n": MET}, {"level": "n"}, ArgumentError, "results have a column 'n' of their own. Rename yours"),
        ({"note": "a"}, {"by": "note"}, ArgumentError, "results have a column 'note' of their own. Rename yours"),
        (
            {"kind": np.where(np.arange(120) == 4, "rare", np.tile(["a", "a", "a", "b", "b", "b"], 20))},
            {"adjust": "kind"},
            NotIdentifiedError,
            r"no overlap: none of the 1 row with kind = 'rare' is of level 'no', 'yes'\. Leave them out",
        ),
        (
            {"kind": [f"k{i}" for i in range(120)]},
            {"adjust": "kind", "overlap": "restrict"},
            ArgumentError,
            r"adjust=\): column 'kind' holds 120 labels; up to 100 can be compared. Group them, or leave",
        ),
        (
            alone(kind=["no"]),
            {"adjust": ["kind", "when"]},
            DataError,
            r"adjust=\): column 'when' holds dates. Make them",
        ),
        (
            alone(kind=["no"]) | {"grade": pd.Categorical([f"k{i}" for i in range(120)])},
            {"adjust": ["kind", "grade"]},
            ArgumentError,
            "column 'grade' holds 120 labels",
        ),
        (
            {"kind": np.where(MET == "some", "a", np.tile(["a", "a", "a", "b", "b", "b"], 20))},
            {"by": "kind"},
            NoGroupError,
            r"service_value, kind 'b': no row .* is of level 'some'",
        ),
    ],
)
def test_what_is_found(data, change, error, said):
    with pytest.raises(error, match=said):
        cx.service_value(rows(**data), **GOOD | change)


def test_columns_that_decide_the_level_together():
    draw = np.random.default_rng(5)
    one, two = draw.normal(size=(2, 300))
    level = np.where(one + two > 0, "yes", "no")
    made = pd.DataFrame({"one": one, "two": two, "met": level, "pays": draw.normal(size=300)})
    said = (
        r"service_value: the columns of adjust= decide the level: .* of 300 rows have next to no chance of level 'yes'"
    )
    for method in ("standardise", "weight", "both"):
        with pytest.raises(NotIdentifiedError, match=said):
            cx.service_value(
                made, outcome="pays", level="met", order=["no", "yes"], adjust=["one", "two"], method=method
            )


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (-1.0, r"Survey\(weight=\): column 'weight' holds -1 in row 1"),
        (np.nan, r"column 'weight' holds nan in row 1"),
        (0.0, "all zero"),
    ],
)
def test_weights_that_cannot_be(weight, said):
    with pytest.raises(DataError, match=said):
        cx.service_value(cx.Survey(rows(weight=weight), weight="weight"), **GOOD)


def test_weights_of_zero_are_no_rows():
    made = rows(weight=np.where(np.arange(120) < 30, 0.0, 1.0))
    found = cx.service_value(cx.Survey(made, weight="weight"), **GOOD, adjust="age", method="both")
    known = cx.service_value(made.iloc[30:], **GOOD, adjust="age", method="both")
    assert found.values == pytest.approx(known.values)
    assert "30 with weight 0" in repr(found)


def test_a_level_of_one_psu_has_no_errors_and_says_why():
    made = rows(shop=np.where(MET == "yes", 0, 1 + np.arange(120) % 20))
    found = cx.service_value(cx.Survey(made, psu="shop"), **GOOD)
    shown = found.frame().set_index("met")
    assert np.isfinite(shown["estimate"]).all()
    assert np.isnan(shown.loc["yes", ["std_error", "conf_low", "conf_high"]].astype(float)).all()
    assert "PSU" in shown.loc["yes", "note"]
    assert np.isfinite(shown.loc[["no", "some"], "std_error"]).all()
    assert np.isnan(found.steps.std_error[1])
    assert np.isnan(found.losses_to_gains().interval(0.95)[0][0])
    assert np.isnan(found.e_values()["e_value_limit"].iloc[1])


def test_two_levels_have_one_step():
    made = cx.service_value(rows(), outcome="pays", level="met", order=["no", "yes"], where=cx.col("met") != "some")
    for ask, place in ((made.flattens, "flattens"), (made.losses_to_gains, "losses_to_gains")):
        with pytest.raises(NotIdentifiedError, match=rf"{place}: there is one step only \(yes - no\); two are needed"):
            ask()
    with pytest.raises(Unanswerable):
        made.flattens()


@pytest.mark.parametrize("reference", ["no", "yes", "wow", 1])
def test_losses_and_gains_need_a_level_between(reference):
    with pytest.raises(
        ArgumentError, match=r"losses_to_gains\(reference=\): a level between two others .*'some', not "
    ):
        cx.service_value(rows(), **GOOD).losses_to_gains(reference)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_e_values_need_a_level_between_0_and_1(level):
    with pytest.raises(ArgumentError, match="level"):
        cx.service_value(rows(), **GOOD).e_values(level)
