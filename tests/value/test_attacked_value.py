"""What two attackers found wrong in service_value stays mended: each test is one finding."""

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, ColumnError, DataError, NoRowsError, NotIdentifiedError
from cxstats.inference.asked import holds

AB = {"level": "met", "order": ["a", "b"]}
ALONE = "like whom no one is at some level"


def drawn(**columns):
    """Return 600 customers at two levels, with an amount, a yes or no, a number and a label, and columns more."""
    draw = np.random.default_rng(8)
    made = {
        "met": ["a", "b"] * 300, "pays": draw.normal(30, 5, 600), "again": draw.permutation(["yes", "no"] * 300),
        "age": draw.uniform(20, 70, 600), "seg": draw.choice(["x", "y"], 600),
    }  # fmt: skip
    return pd.DataFrame(made | columns)


# --- who has counterparts ----------------------------------------------------------------------------------------------------


def in_common(rows, names):
    """Return which rows have numbers that lie within those of every level."""
    ends = rows.groupby("met")[names].agg(["min", "max"])
    within = [rows[name].between(ends[name]["min"].max(), ends[name]["max"].min()) for name in names]
    return np.logical_and.reduce(within)


def test_numbers_are_trimmed_once_to_what_every_level_met():
    draw = np.random.default_rng(3)
    rows = drawn(age=draw.normal(45, 8, 600), bill=draw.gamma(2, 20, 600))
    rows.loc[rows["met"] == "b", ["age", "bill"]] *= 1.2
    inside = rows[in_common(rows, ["age", "bill"])]
    assert in_common(inside, ["age", "bill"]).sum() < len(inside) < 600  # a second time would leave out more
    asked = {"outcome": "pays", **AB, "adjust": ["age", "bill"]}
    found, known = cx.service_value(rows, **asked, overlap="restrict"), cx.service_value(inside, **asked)
    assert found.n.tolist() == inside["met"].value_counts()[["a", "b"]].tolist()
    assert f"{600 - len(inside)} {ALONE}" in repr(found)
    assert found.values == pytest.approx(known.values)


def test_labels_that_trimming_empties_go_too_and_their_numbers_stay():
    rows = drawn(seg=np.where(np.arange(600) < 8, "rare", "usual"))
    rows.loc[rows["seg"] == "rare", "age"] = [
        19.0,
        40,
        80,
        40,
        19,
        40,
        80,
        40,
    ]  # rare rows of level a lie beyond b's ages
    kept = rows[in_common(rows, ["age"]) & (rows["seg"] == "usual")]
    found = cx.service_value(rows, outcome="pays", **AB, adjust=["age", "seg"], overlap="restrict")
    assert found.n.tolist() == kept["met"].value_counts()[["a", "b"]].tolist()
    beyond = ~in_common(kept, ["age"])
    assert beyond.any()  # of the ages that only the rare rows of level a had: said, not trimmed again
    assert f"{beyond.sum()} rows have 'age' beyond what is met at some level: there regressions are carried on" in repr(
        found
    )
    assert "'seg' is the same in every row" in repr(found)


@pytest.mark.parametrize(
    ("ages", "said"),
    [((0.0, 100.0), "no row of level 'b' has"), ((0.0, 1.0), "of 600 rows none has")],
    ids=["around", "below"],
)
def test_a_level_emptied_by_trimming_is_said_to_be(ages, said):
    rows = drawn()
    rows.loc[rows["met"] == "b", "age"] = np.resize(ages, 300)
    with pytest.raises(NoRowsError, match=f"no overlap: {said} counterparts at every level"):
        cx.service_value(rows, outcome="pays", **AB, adjust="age", overlap="restrict")


def test_the_head_says_for_whom_just_when_rows_were_left_out():
    rows, said = (
        drawn(seg=np.where(np.arange(600) % 100 == 0, "only a", "both")),
        "who have counterparts at every level",
    )
    asked = {"outcome": "pays", **AB, "overlap": "restrict"}
    assert said in repr(cx.service_value(rows, **asked, adjust="seg"))
    assert said not in repr(cx.service_value(rows, **asked))
    assert said not in repr(cx.service_value(rows[rows["seg"] == "both"].assign(seg="x"), **asked, adjust="seg"))


def test_with_several_outcomes_what_is_left_out_and_remarked_names_its_own():
    rows = drawn(seg=np.where(np.arange(600) < 9, "rare", "usual"))
    rows.loc[[1, 3, 5, 7], "pays"] = np.nan  # the rare rows of level b: for pays nobody at b is like the other five
    rows.loc[rows.index[500:520], "again"] = None
    rows.loc[590, "pays"] = 1e6
    asked = {**AB, "adjust": ["seg"], "overlap": "restrict"}
    rows.loc[[30, 31, 32], "seg"] = None
    found = cx.service_value(rows, outcome=["pays", "again"], **asked)
    both = repr(found)
    said = both.split("Left out of 600 rows: ")[1].split(". ")[0].split(", ")
    assert sorted(said) == ["20 without again", "3 without seg", "4 without pays", f"5 {ALONE} (pays)"]
    assert [found.n[:2].sum(), found.n[2:].sum()] == [600 - 3 - 4 - 5, 600 - 3 - 20]
    assert "'seg' is the same in every row, so there is nothing to adjust for (pays)" in both
    assert "look at them; they decide its means, and intervals of means so skewed may be too short (pays)" in both
    alone = repr(cx.service_value(rows, outcome="pays", **asked))
    assert f"5 {ALONE}, 4 without pays" in alone
    assert "(pays)" not in alone


# --- what the answers cannot tell --------------------------------------------------------------------------------------------


def cells(**counts):
    """Return rows by level and segment, as many as said ("b_y"), of whom the second number say yes."""
    lines = [(*name.split("_"), i < yes) for name, (size, yes) in counts.items() for i in range(size)]
    return pd.DataFrame(lines, columns=["met", "seg", "again"])


SEPARATED = cells(a_x=(36, 18), a_y=(280, 140), b_x=(280, 130), b_y=(4, 4))
SAID = "4 answers of this level, all alike, stand for 47 % of the customers: how they vary is not known"


@pytest.mark.parametrize("method", ["standardise", "both"])
@pytest.mark.parametrize("link", [None, "identity"])
def test_what_answers_all_alike_stand_for_is_not_known_to_vary(method, link):
    found = cx.service_value(SEPARATED, outcome="again", **AB, adjust="seg", method=method, link=link)
    assert found.values == pytest.approx([50, 100 * (284 * 1 + 316 * 130 / 280) / 600])
    assert np.isnan(found.std_error).tolist() == [False, True]
    assert found.frame()["note"].tolist() == ["", SAID]
    assert np.isnan(found.steps.std_error).all()
    assert found.steps.test(cx.above(0))["verdict"].tolist() == ["untestable"]
    assert found.steps.test(cx.below(50))["verdict"].tolist() == ["untestable"]


def test_weights_know_no_more_of_them():
    found = cx.service_value(SEPARATED, outcome="again", **AB, adjust="seg", method="weight")
    assert np.isnan(found.std_error).tolist() == [False, True]
    assert SAID in repr(found)
    assert found.steps.test(cx.above(0))["verdict"].tolist() == ["untestable"]


@pytest.mark.parametrize("answer", [0, 3], ids=["none", "all"])
def test_answers_all_alike_that_stand_for_hardly_anyone_change_nothing(answer):
    counts = {"a_x": (300, 150), "a_z": (3, 2), "b_x": (294, 130), "b_z": (3, answer)}
    found = cx.service_value(cells(**counts), outcome="again", **AB, adjust="seg")
    part, share = np.asarray([594, 6]) / 600, np.asarray([130 / 294, answer / 3])
    value = part @ share
    moved = [(share - value) / 600, (share - value) / 600]  # of level a and of level b, in segments x and z
    z = [np.repeat(moved[0], [300, 3])]
    for s, (size, yes) in enumerate((counts["b_x"], counts["b_z"])):
        z.append(moved[1][s] + part[s] * (np.repeat([1.0, 0.0], [yes, size - yes]) - share[s]) / size)
    z = np.concatenate(z)
    assert found.values[1] == pytest.approx(100 * value)
    assert found.std_error[1] == pytest.approx(100 * np.sqrt(600 / 599 * (z**2).sum()), rel=1e-4)
    assert found.frame()["note"].tolist() == ["", ""]
    assert found.steps.test(cx.below(50))["verdict"].tolist() == ["supported"]


@pytest.mark.parametrize(("noise", "told"), [(1e-7, False), (1e-3, True)])
def test_numbers_that_say_the_same_but_for_rounding_are_refused(noise, told):
    rows = drawn()
    rows["late"] = rows["age"] + noise * np.random.default_rng(2).normal(size=600)
    asked = {"outcome": "pays", **AB, "adjust": ["age", "late"]}
    if told:
        assert np.isfinite(cx.service_value(rows, **asked).std_error).all()
        return
    with pytest.raises(NotIdentifiedError, match="level 'a': 'late' follows from 'age', so its part cannot be told"):
        cx.service_value(rows, **asked)


@pytest.mark.parametrize("top", [20.0, 40.0])
def test_a_step_up_that_is_no_gain_makes_no_ratio_of_losses_to_gains(top):
    rows = drawn(met=np.repeat(["a", "b", "c"], 200))
    rows["pays"] += rows["met"].map({"a": -10.0, "b": 0.0, "c": top - 30})
    found = cx.service_value(rows, outcome="pays", level="met", order=["a", "b", "c"]).losses_to_gains()
    said = "the step up is no gain, so this is no ratio of a loss to a gain"
    assert np.isfinite(found.interval(0.95)).all()
    assert (found.values[0] < 0) == (top < 30)
    assert found.frame()["note"].tolist() == [said if top < 30 else ""]


def test_the_base_of_the_chances_does_not_hang_on_the_order_of_the_rows():
    draw = np.random.default_rng(5)
    rows, levels = (
        drawn(met=np.repeat(["a", "b", "c"], 200), w=np.tile(draw.choice([0.1, 0.2, 0.3, 0.7], 200), 3)),
        "abc",
    )
    values, heaviest = [], set()
    for seed in range(6):
        mixed = rows.sample(frac=1, random_state=seed)
        totals = np.bincount([levels.index(met) for met in mixed["met"]], mixed["w"])
        heaviest.add(int(totals.argmax()))
        found = cx.service_value(
            cx.Survey(mixed, "w"),
            outcome="pays",
            level="met",
            order=list(levels),
            adjust=["age", "seg"],
            method="weight",
        )
        values.append(found.values)
    assert len(heaviest) > 1  # by rounding alone
    assert np.ptp(values, axis=0).max() < 1e-9


# --- what is asked and answered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "error", "said"),
    [
        (lambda x: f"{x:.2f}".replace(".", ","), ColumnError, r"outcome=\): column 'odd' .*decimal comma.*decimal=','"),
        (lambda x: f"{x:.2f}", ColumnError, r"outcome=\): column 'odd' .*numbers held as texts: convert .*to_numeric"),
        (lambda x: pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(x)), ColumnError, r"column 'odd' holds time \(such as"),
        (lambda x: "ja" if x > 30 else "nein", DataError, r"say which answer counts: share\(col\('odd'\) == ..., name='odd'\)"),
    ],
    ids=["comma", "text", "dates", "ja"],
)  # fmt: skip
def test_an_outcome_that_is_no_number_gets_its_remedy(column, error, said):
    with pytest.raises(error, match=said):
        cx.service_value(drawn().assign(odd=lambda rows: rows["pays"].map(column)), outcome="odd", **AB)


def test_the_remedy_for_ja_works_as_it_stands():
    rows = drawn(odd=np.where(np.arange(600) % 3 == 0, "ja", "nein"))
    found = cx.service_value(rows, outcome=cx.share(cx.col("odd") == "ja", name="odd"), **AB)
    assert found.labels["metric"].tolist() == ["odd", "odd"]


def test_an_ordered_categorical_has_its_own_order():
    rows = drawn(met=pd.Categorical(["low", "high"] * 300, ["low", "never", "high"], ordered=True))
    assert cx.service_value(rows, outcome="pays", level="met").order == ("low", "high")
    with pytest.raises(
        ArgumentError, match=r"order=\): column 'met' holds 'high', 'low'\. Name them in order, the worst"
    ):
        cx.service_value(rows.assign(met=rows["met"].astype(str)), outcome="pays", level="met")


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ([9e3], "1 row (9,000) holds 33 % of all 'pays': look at them"),
        ([1e4, 8e3], "1 row (10,000) holds 28 % of all 'pays': look at them"),
        ([], ""),
    ],
)
def test_a_few_rows_that_hold_much_of_an_amount_are_said(amounts, said):
    rows = drawn()
    rows["pays"] *= 18e3 / rows["pays"][len(amounts) :].sum()
    rows.loc[: len(amounts) - 1, "pays"] = amounts
    found = repr(cx.service_value(rows, outcome="pays", **AB))
    assert said in found
    assert ("they decide its means" in found) == bool(said)


def test_ordinary_spend_is_not_remarked_on():
    order = ["poor", "adequate", "wow"]
    found = repr(cx.service_value(cx.sample_survey(), outcome="spend", level="service_level", order=order))
    assert "they decide its means" not in found


@pytest.mark.parametrize(("form", "told"), [("{:d}", True), ("{:d},5", True), ("store {:d}", False)])
def test_numbers_held_as_texts_are_said_to_be_labels(form, told):
    rows = drawn(shop=[form.format(i) for i in np.random.default_rng(4).integers(1, 16, 600)])
    found = repr(cx.service_value(rows, outcome="pays", **AB, adjust="shop"))
    assert ("'shop' holds numbers as texts (" in found) == told
    few = rows.assign(shop=np.random.default_rng(4).integers(1, 4, 600).astype(str))  # codes of a few labels are labels
    assert "numbers as texts" not in repr(cx.service_value(few, outcome="pays", **AB, adjust="shop"))


def test_a_frame_without_rows_holds_nothing():
    empty = drawn().iloc[:0]
    assert holds(cx.col("age") > 30, cx.Survey(empty)).tolist() == []
    with pytest.raises(NoRowsError, match="the frame has no rows"):
        cx.service_value(empty, outcome=["pays"], level={k: cx.col("met") == k for k in "ab"}, where=cx.col("age") > 30)
