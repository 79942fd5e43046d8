"""What cannot be a choice is refused before anything is computed, with the place, the value and the remedy."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError, LonePsuError, NoRowsError

ASKED = {"task": "task", "chosen": "chosen", "attributes": ["wait", "kind"], "price": "price", "respondent": "who"}


@pytest.fixture
def rows():
    """Twenty people, four tasks each, three alternatives."""
    rng = np.random.default_rng(5)
    n = 240
    frame = pd.DataFrame(
        {
            "who": np.repeat([f"p{i:02d}" for i in range(20)], 12),
            "task": np.repeat(np.arange(1, 81), 3),
            "price": rng.choice([10.0, 20.0, 30.0], n),
            "wait": rng.choice([1.0, 5.0, 15.0], n),
            "kind": rng.choice(["basic", "expert"], n),
        }
    )
    utility = -0.05 * frame["price"] - 0.05 * frame["wait"] + 0.8 * (frame["kind"] == "expert") + rng.gumbel(size=n)
    best = utility.to_numpy().reshape(-1, 3)
    return frame.assign(chosen=(best == best.max(axis=1, keepdims=True)).ravel())


def with_cell(column, row, value):
    def change(frame):
        frame = frame.copy()
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame if column in ("who", "kind") else frame.assign(**{column: frame[column].infer_objects()})

    return change


def refused(rows, error, said, **asked):
    with pytest.raises(error, match=said):
        cx.choice_model(rows, **{**ASKED, **asked})


def test_none_two_or_no_alternative_to_choose_from(rows):
    second = rows["task"] == 2
    refused(
        rows.assign(chosen=rows["chosen"] & ~second),
        DataError,
        r"task 2 of who 'p00' has no alternative chosen \(1 such",
    )
    refused(
        rows.assign(chosen=rows["chosen"] | second),
        DataError,
        r"task 2 of who 'p00' has 3 alternatives chosen \(1 such",
    )
    alone = rows[~second | rows["chosen"]]
    refused(alone, DataError, r"task 2 of who 'p00' has one alternative only \(1 such choice sets\)")


def test_tasks_numbered_anew_need_the_respondent(rows):
    anew = rows.assign(task=(rows["task"] - 1) % 4 + 1)
    assert cx.choice_model(anew, **ASKED).choices == 80
    said = "task 1 has 20 alternatives chosen .* numbered anew for each respondent, name respondent="
    refused(anew, DataError, said, respondent=None)
    survey = cx.Survey(anew, psu="who")
    refused(survey, DataError, "has 'p00' and 'p01' in column 'who'.* name respondent=", respondent=None)


def test_a_task_belongs_to_one_respondent(rows):
    mixed = rows.copy()
    mixed.loc[4, "who"] = "p19"
    refused(mixed, DataError, "task 2 belongs to two respondents, 'p00', 'p19'")


def test_a_set_has_one_weight_stratum_and_group(rows):
    for column in ("weight", "stratum", "group"):
        frame = rows.assign(weight=1.0, stratum=1.0, group=1.0)
        frame.loc[4, column] = 2.0
        asked = {"weight": {"weight": "weight"}, "stratum": {}, "group": {"by": "group"}}[column]
        data = cx.Survey(frame, strata="stratum") if column == "stratum" else frame
        refused(data, DataError, f"task 2 of who 'p00' has .* and .* in column '{column}'", **asked)


def test_an_attribute_that_never_varies_within_a_set_is_refused(rows):
    refused(rows.assign(wait=rows["task"]), DataError, r"'wait' never varies within a choice set \(80 sets\)")
    refused(rows.assign(kind="basic"), DataError, "column 'kind' holds 'basic' only")
    refused(rows.assign(price=rows["task"]), DataError, "'price' never varies within a choice set")


def test_attributes_that_follow_from_others_are_refused(rows):
    tied = rows.assign(double=2 * rows["wait"] + rows["task"])
    refused(tied, DataError, "'wait', 'double' move together", attributes=["wait", "kind", "double"])
    both = rows.assign(sum=rows["price"] + 3 * rows["wait"])
    refused(both, DataError, "'price', 'wait', 'sum' move together", attributes=["wait", "kind", "sum"])


def test_an_attribute_that_always_decides_is_refused(rows):
    always = rows.assign(kind=np.where(rows["chosen"], "expert", "basic"))
    refused(always, DataError, r"'kind: expert' always decides \(separation\)")
    cheapest = rows.assign(price=np.where(rows["chosen"], 5.0, rows["price"]))
    refused(cheapest, DataError, "'price' always decides")
    never = rows.assign(kind=rows["kind"].mask(~rows["chosen"] & (rows["task"] % 3 == 0), "fax"))
    refused(never, DataError, "'kind: fax' always decides")
    total = rows["price"] + 2 * rows["wait"] + np.arange(len(rows)) * 1e-6
    least = total == total.groupby(rows["task"]).transform("min")
    refused(rows.assign(chosen=least), DataError, "'price', 'wait' together always decide", attributes=["wait"])


def test_a_strong_attribute_is_not_separation(rows):
    strong = rows["price"] + 2 * rows["wait"] + np.arange(len(rows)) * 1e-6
    least = strong == strong.groupby(rows["task"]).transform("min")
    flipped = least.copy()
    flipped[rows["task"] == 1] = rows["chosen"][rows["task"] == 1] & False
    worst = strong[rows["task"] == 1].idxmax()
    flipped[worst] = True
    model = cx.choice_model(rows.assign(chosen=flipped), **{**ASKED, "attributes": ["wait"]})
    assert np.isfinite(model.params.values).all()
    assert (model.params.values < 0).all()


def test_separation_within_one_group_names_it(rows):
    split = rows.assign(group=np.where(rows["task"] <= 40, "old", "new"))
    always = np.where(split["chosen"], "expert", "basic")
    split["kind"] = split["kind"].where(split["group"] == "old", always)
    refused(split, DataError, "choice_model, group 'new': 'kind: expert' always decides", by="group")


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda d: d.assign(price=d["price"].astype(str) + " EUR"), ColumnError, r"\(price=\): column 'price' holds text"),
        (with_cell("price", 7, -99.0), DataError, r"column 'price' holds -99 in row 8 \(1 such rows\); a price is 0 or more"),
        (with_cell("price", 7, np.inf), DataError, "column 'price' is infinite in row 8"),
        (with_cell("wait", 7, np.inf), DataError, "column 'wait' is infinite in row 8"),
        (lambda d: d.assign(chosen=np.where(d["chosen"], "yes", "no")), ColumnError, "true/false .or 1/0. is needed.*== 'yes'"),
        (lambda d: d.assign(chosen=d["chosen"] + 1), DataError, r"column 'chosen' holds 2 in row .* 1 means chosen"),
        (lambda d: d.assign(wait=pd.Timestamp("2025-01-01")), ColumnError, "column 'wait' holds time"),
        (with_cell("who", 5, None), DataError, r"choice_model\(respondent=\): column 'who' is missing in row 6"),
        (lambda d: d.assign(task=d["task"].where(d["task"] > 3)), DataError, r"column 'task' is missing in row 1 \(9"),
        (lambda d: d.assign(wait=d["wait"].astype(str)), ColumnError, "column 'wait' holds numbers as texts .such as '1.0'."),
        (lambda d: d.iloc[:0], NoRowsError, "the frame has no rows"),
        (lambda d: d.assign(wait=np.nan), NoRowsError, "no choice set is left: 80 with a missing value .wait 80., of 80"),
        (lambda d: d.drop(columns="price"), ColumnError, r"choice_model\(price=\): no column 'price'"),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_are_refused(rows, change, error, said):
    refused(change(rows), error, said)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"task": "tusk"}, ColumnError, r"choice_model\(task=\): no column 'tusk'. Did you mean 'task'"),
        ({"chosen": "choosen"}, ColumnError, r"choice_model\(chosen=\): no column 'choosen'"),
        ({"attributes": ["wiat"]}, ColumnError, r"choice_model\(attributes=\): no column 'wiat'. Did you mean 'wait'"),
        ({"attributes": "wait"}, ArgumentError, "a list of column names is needed, not 'wait'"),
        ({"attributes": ["wait", "wait"]}, ArgumentError, "'wait' is named twice"),
        ({"attributes": []}, ArgumentError, "at least one attribute besides the price"),
        ({"attributes": ["price"]}, ArgumentError, "at least one attribute besides the price"),
        ({"price": None}, ColumnError, r"choice_model\(price=\): a column is named by a text, not by None"),
        ({"covariance": "robust"}, ArgumentError, "'robust' is not one of 'design', 'model'"),
        ({"respondent": "whom"}, ColumnError, r"choice_model\(respondent=\): no column 'whom'"),
        ({"weight": "w"}, ColumnError, r"choice_model\(weight=\): no column 'w'"),
        ({"by": "segment"}, ColumnError, r"choice_model\(by=\): no column 'segment'"),
        ({"by": "metric"}, ArgumentError, "results have a column 'metric' of their own"),
    ],
)
def test_arguments_that_cannot_be_are_refused(rows, asked, error, said):
    refused(rows, error, said, **asked)


def test_one_respondent_has_no_standard_error(rows):
    refused(rows.assign(who="p00"), LonePsuError, "a single PSU")
    first = rows["task"] <= 40
    few = rows.assign(who=rows["who"].mask(first, "p00"), group=np.where(first, "one", "ten"))
    model = cx.choice_model(few, by="group", **ASKED)
    unknown = (model.params.labels["group"] == "one").to_numpy()
    assert np.isnan(model.params.std_error).tolist() == unknown.tolist()
    assert np.isfinite(model.params.values).all()
    for method in ("delta", "krinsky-robb", "fieller"):
        limits = model.wtp_intervals(method=method).set_index("group")[["conf_low", "conf_high"]]
        assert limits.loc["one"].isna().all(axis=None)
        assert limits.loc["ten"].notna().all(axis=None)


def test_weights_are_checked_and_named_once(rows):
    heavy = rows.assign(w=1.0, v=2.0)
    refused(cx.Survey(heavy, weight="w"), ArgumentError, "weighted by 'w' already", weight="v")
    refused(heavy.assign(w=-1.0), DataError, "column 'w' holds -1", weight="w")
    same = cx.choice_model(cx.Survey(heavy, weight="w"), weight="w", **ASKED)
    assert same.params.values == pytest.approx(cx.choice_model(rows, **ASKED).params.values)
