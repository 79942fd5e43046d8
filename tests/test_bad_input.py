"""What a user can get wrong, and what is said: each message names the place, the value found there, and the remedy."""

from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from tests.conftest import move


@contextmanager
def refused(kind: type[Exception], *words: str):
    """Demand a `CxError` that is also the built-in error, and whose message holds all the words."""
    with pytest.raises(cx.CxError) as caught:
        yield
    assert isinstance(caught.value, kind), f"{type(caught.value).__mro__} is no {kind.__name__}"
    message = str(caught.value)
    for word in words:
        assert word in message, f"{word!r} is not in the message: {message}"


def answers(**columns) -> pd.DataFrame:
    """Return eight answers in two channels and four branches, some columns replaced."""
    rows = {
        "overall": [5, 4, 3, 5, 2, 4, 5, 1],
        "recommend": [10, 9, 8, 3, 0, 7, 10, 6],
        "wait": [3.0, 5.0, 1.0, 10.0, 7.0, 2.0, 2.0, 8.0],
        "channel": ["app", "app", "call", "call", "app", "app", "call", "call"],
        "quarter": ["2025Q1", "2025Q1", "2025Q1", "2025Q1", "2025Q2", "2025Q2", "2025Q2", "2025Q2"],
        "weight": [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0],
        "branch": ["a", "b", "c", "d", "a", "b", "c", "d"],
        "region": ["north", "north", "south", "south", "north", "north", "south", "south"],
        "population": [20, 20, 30, 30, 20, 20, 30, 30],
    }
    return pd.DataFrame(rows | columns)


@pytest.fixture
def estimate() -> cx.Estimate:
    return cx.measure(answers(), cx.csat("overall"), by="channel")


# --- frames and columns --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "thing", [[1, 2, 3], {"overall": [1]}, "answers.csv", None, np.ones((3, 2))], ids=lambda t: type(t).__name__
)
def test_what_is_not_a_frame_is_refused(thing):
    with refused(ValueError, type(thing).__name__, "a frame is needed", "pandas"):
        cx.measure(thing, cx.csat("overall"))


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda d: cx.measure(d, cx.mean("wait"), by="chanel"), "measure(by=)"),
        (lambda d: cx.measure(d, cx.mean("wait"), by=["channel", "chanel"]), "measure(by=)"),
        (lambda d: cx.measure(d, cx.mean("wait"), where=cx.col("chanel") == "app"), "measure(where=)"),
        (lambda d: cx.measure(d, cx.mean("chanel")), "mean"),
        (lambda d: cx.measure(d, cx.share(cx.col("chanel") == "app")), "share"),
        (lambda d: cx.measure(d, cx.csat("chanel")), "csat"),
        (lambda d: cx.measure(d, cx.quantile("chanel", 0.5)), "quantile"),
        (lambda d: cx.measure(d, cx.ratio("wait", "chanel")), "ratio"),
        (lambda d: cx.Survey(d, weight="chanel"), "Survey(weight=)"),
        (lambda d: cx.Survey(d, strata="chanel"), "Survey(strata=)"),
        (lambda d: cx.Survey(d, psu=["branch", "chanel"]), "Survey(psu=)"),
        (lambda d: cx.Survey(d, fpc="chanel"), "Survey(fpc=)"),
    ],
)
def test_an_unknown_column_is_named_with_a_suggestion(call, place, unlike_engine):
    with refused(KeyError, place, "no column 'chanel'", "Did you mean 'channel'?"):
        call(move(unlike_engine, answers()))


def test_an_unknown_column_like_no_other_is_answered_with_those_there_are():
    with refused(KeyError, "no column 'zzz'", "The columns are 'overall', 'recommend'"):
        cx.measure(answers(), cx.mean("zzz"))


@pytest.mark.parametrize(
    "call",
    [
        lambda d: cx.measure(d, cx.mean("wait"), by=3),
        lambda d: cx.measure(d, cx.mean("wait"), by=["channel", None]),
        lambda d: cx.Survey(d, psu=[1]),
        lambda d: cx.Survey(d, weight=["weight"]),
        lambda d: cx.col(3),
    ],
)
def test_a_column_that_is_not_named_by_a_text_is_refused(call):
    with pytest.raises(cx.CxError):
        call(answers())


def test_a_by_column_named_twice_is_refused():
    with refused(KeyError, "measure(by=)", "'channel' is named twice"):
        cx.measure(answers(), cx.mean("wait"), by=["channel", "channel"])


def test_duplicate_column_names_are_refused():
    twice = pd.concat([answers(), answers()[["wait"]]], axis=1)
    with refused(KeyError, "2 columns are named 'wait'", "Rename them"):
        cx.measure(twice, cx.mean("wait"))


def test_duplicate_column_names_in_a_table_of_arrow_are_refused():
    import pyarrow as pa

    twice = pa.table([pa.array([1.0, 2.0]), pa.array([3.0, 4.0])], names=["wait", "wait"])
    with refused(KeyError, "2 columns are named 'wait'", "Rename them"):
        cx.measure(twice, cx.mean("wait"))


def test_a_group_column_that_results_also_have_is_refused():
    with refused(ValueError, "measure(by='metric')", "Rename"):
        cx.measure(answers(metric="x"), cx.mean("wait"), by="metric")


# --- kinds of values -----------------------------------------------------------------------------------------------------

TEXT_FOR_NUMBERS = [
    cx.mean("channel"),
    cx.total("channel"),
    cx.quantile("channel", 0.5),
    cx.ratio("channel", "wait"),
    cx.ratio("wait", "channel"),
    cx.csat("channel"),
    cx.nps("channel"),
    cx.effort("channel"),
    cx.gap(delivered="channel", expected="wait"),
    cx.gap(delivered="wait", expected="channel"),
]


@pytest.mark.parametrize("score", TEXT_FOR_NUMBERS, ids=lambda s: s.default_name)
def test_text_where_numbers_belong_is_refused(score, unlike_engine):
    with refused(KeyError, score.default_name, "channel", "text"):
        cx.measure(move(unlike_engine, answers()), score)


def test_text_where_numbers_belong_comes_with_a_remedy(unlike_engine):
    with refused(KeyError, "column 'channel' holds text", "number", "pd.to_numeric"):
        cx.measure(move(unlike_engine, answers()), cx.mean("channel"))


def test_dates_where_numbers_belong_are_refused(unlike_engine):
    dates = answers(wait=pd.date_range("2025-01-01", periods=8))
    with refused(KeyError, "column 'wait' holds time", "number"):
        cx.measure(move(unlike_engine, dates), cx.mean("wait"))


def test_numbers_mixed_with_text_are_refused():
    mixed = answers(wait=[3, "none", 1, 10, 7, 2, 2, 8])
    with refused(KeyError, "column 'wait'", "pd.to_numeric"):
        cx.measure(mixed, cx.mean("wait"))


@pytest.mark.parametrize("place", ["weight", "fpc"])
def test_a_design_column_of_text_is_refused(place, unlike_engine):
    with refused(KeyError, f"Survey({place}=)", "'channel' holds text", "numbers are needed"):
        cx.Survey(move(unlike_engine, answers()), **{place: "channel"})


def test_resolution_in_words_asks_which_words_mean_resolved(unlike_engine):
    frame = move(unlike_engine, answers(resolved=["yes", "no"] * 4))
    with refused(KeyError, "first_contact_resolution", "'resolved'", "text"):
        cx.measure(frame, cx.first_contact_resolution("resolved"))
    with refused(KeyError, "first_contact_resolution", "yes="):
        cx.measure(frame, cx.first_contact_resolution("resolved"))


def test_resolution_in_other_numbers_says_how_many(unlike_engine):
    frame = move(unlike_engine, answers(resolved=[0, 1, 2, 2, 9, 1, 1, 0]))
    with refused(ValueError, "3 answers that are neither 0/1", "2: 2 times", "9: 1 time)", "yes="):
        cx.measure(frame, cx.first_contact_resolution("resolved"))


# --- answers outside the scale -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "scale"),
    [
        (cx.csat("answer"), "1 to 5"),
        (cx.effort("answer", scale=(1, 5)), "1 to 5"),
        (cx.nps("answer"), "0 to 10"),
        (cx.gap(delivered="answer", expected="overall", scale=(1, 5)), "1 to 5"),
        (cx.gap(delivered="overall", expected="answer", scale=(1, 5)), "1 to 5"),
    ],
    ids=lambda value: getattr(value, "default_name", value),
)
def test_answers_outside_the_scale_are_counted_and_shown(score, scale, engine):
    frame = move(engine, answers(answer=[5, 99, 3, 99, 2, -1, 5, None]))
    with refused(
        ValueError, score.default_name, f"3 answers outside the scale {scale}", "99: 2 times", "-1: 1 time)", "Recode"
    ):
        cx.measure(frame, score)


def test_many_answers_outside_the_scale_are_taken_for_another_scale(unlike_engine):
    frame = move(unlike_engine, answers(overall=[10, 9, 8, 7, 6, 0, 3, 4]))
    with refused(ValueError, "6 answers outside the scale 1 to 5", "if that is the scale, write scale=(0, 10)"):
        cx.measure(frame, cx.csat("overall"))


@pytest.mark.parametrize(
    "where", [cx.col("overall") <= 5, (cx.col("overall") > 0) & (cx.col("overall") < 6)], ids=["<=", "between"]
)
def test_answers_outside_the_scale_do_not_matter_outside_the_domain(where, unlike_engine):
    frame = move(unlike_engine, answers(overall=[5, 4, 3, 99, 2, 4, 5, 1]))
    assert cx.measure(frame, cx.csat("overall"), where=where).n.tolist() == [7]


def test_answers_between_the_points_of_a_scale_are_the_users_business():
    assert cx.measure(answers(overall=[4.5] * 7 + [1.5]), cx.csat("overall")).values.tolist() == [87.5]


@pytest.mark.parametrize(
    "scale", [(5, 1), (3, 3), (1,), (1, 2, 3), "15", 5, None, (1, "5"), (True, 5), (1, float("nan"))], ids=repr
)
@pytest.mark.parametrize("metric", [cx.csat, cx.effort])
def test_a_scale_that_is_none_is_refused(metric, scale):
    with refused(ValueError, f"{metric.__name__}('overall')", repr(scale), "such as (1, 5)"):
        metric("overall", scale=scale)


@pytest.mark.parametrize("scale", [(float("-inf"), float("inf")), (1, float("inf"))], ids=repr)
def test_a_scale_without_end_is_refused(scale):
    with refused(ValueError, "csat('overall')", repr(scale), "such as (1, 5)"):
        cx.csat("overall", scale=scale)


@pytest.mark.parametrize("top", [0, -1, 5, 6, 1.5, "2", True, None], ids=repr)
def test_a_number_of_top_boxes_that_the_scale_does_not_have_is_refused(top):
    with refused(ValueError, "csat('overall')", f"top={top!r}", "from 1 to 4"):
        cx.csat("overall", top=top)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "nett"}, ("kind=", "'nett'", "'mean', 'easy', 'net'", "Did you mean 'net'?")),
        ({"easy": "left"}, ("easy=", "'left'", "'high', 'low'")),
        ({"kind": "net", "scale": (1, 5)}, ("kind='net'", "from 1 to 5", "kind='mean'")),
        ({"kind": "easy", "scale": (1, 5)}, ("kind='easy'", "from 1 to 5", "share()")),
    ],
)
def test_a_kind_of_effort_that_there_is_not_is_refused(options, words):
    with refused(ValueError, "effort('easy')", *words):
        cx.effort("easy", **options)


@pytest.mark.parametrize("probability", [0, 1, -0.1, 50, "half", None, True, float("nan")], ids=repr)
def test_a_probability_outside_0_to_1_is_refused(probability):
    with refused(ValueError, "quantile('wait')", repr(probability), "between 0 and 1"):
        cx.quantile("wait", probability)


def test_a_probability_in_percent_comes_with_the_part_of_one():
    with refused(ValueError, "quantile('wait')", "it is not 90", "Write 0.9."):
        cx.quantile("wait", 90)
    with refused(ValueError, "it is not 'median'", "Write 0.5 for the median"):
        cx.quantile("wait", "median")


@pytest.mark.parametrize("capitals", ["CHANNEL", " channel ", "Chanel"])
def test_capitals_and_blanks_do_not_hide_the_column_meant(capitals):
    with refused(KeyError, f"no column {capitals!r}", "Did you mean 'channel'?"):
        cx.measure(answers(), cx.mean("wait"), by=capitals)


@pytest.mark.parametrize(
    "condition", ["wait > 3", True, None, 3, lambda d: d], ids=["text", "True", "None", "3", "function"]
)
def test_a_share_of_something_that_is_no_condition_is_refused(condition):
    with refused(ValueError, "share", "col('x') > 3"):
        cx.share(condition)


def test_a_share_of_a_column_of_numbers_is_refused(unlike_engine):
    with refused(KeyError, "share", "wait"):
        cx.measure(move(unlike_engine, answers()), cx.share(cx.col("wait")))


# --- weights -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, -2, 1, -0.5, 1, 1, 1, 1], ("2 weights", "negative")),
        ([1, None, 1, None, 1, None, 1, 1], ("3 weights", "missing")),
        ([0.0] * 8, ("all zero",)),
        ([1, np.inf, 1, 1, 1, 1, 1, 1], ("infinite",)),
    ],
    ids=["negative", "missing", "all zero", "infinite"],
)
def test_weights_that_cannot_be_are_refused(weights, words, engine):
    frame = move(engine, answers(weight=weights))
    with refused(ValueError, "Survey(weight=)", "'weight'", *words):
        cx.measure(cx.Survey(frame, weight="weight"), cx.mean("wait"))


def test_a_weight_of_zero_is_left_out_and_counted(unlike_engine):
    frame = move(unlike_engine, answers(weight=[0, 0, 1, 1, 1, 1, 1, 1], wait=[99.0, 99.0, 1, 2, 3, 4, 5, 6]))
    estimate = cx.measure(cx.Survey(frame, weight="weight"), cx.mean("wait"))
    assert estimate.values.tolist() == [3.5]
    assert estimate.n.tolist() == [6]
    assert "2 with weight 0" in repr(estimate)


# --- infinite values -----------------------------------------------------------------------------------------------------

INFINITE = {
    "mean": cx.mean("wait"),
    "total": cx.total("wait"),
    "ratio": cx.ratio("wait", "overall"),
    "ratio below": cx.ratio("overall", "wait"),
    "gap": cx.gap(delivered="wait", expected="overall"),
    "quantile": cx.quantile("wait", 0.25),
}


@pytest.mark.parametrize("score", INFINITE.values(), ids=list(INFINITE))
@pytest.mark.parametrize("value", [np.inf, -np.inf], ids=["inf", "-inf"])
def test_infinite_values_are_refused(score, value, unlike_engine):
    frame = move(unlike_engine, answers(wait=[3.0, value, 1, 10, 7, 2, 2, 8]))
    with refused(ValueError, score.default_name, "infinite", "'wait'", "Recode them as missing"):
        cx.measure(frame, score)


def test_infinite_values_do_not_matter_outside_the_domain(unlike_engine):
    frame = move(unlike_engine, answers(wait=[3.0, np.inf, 1, 10, 7, 2, 2, 8]))
    calls = cx.measure(frame, cx.mean("wait"), where=cx.col("channel") == "call")
    assert calls.values.tolist() == [5.25]
    assert calls.std_error[0] > 0


# --- the design ----------------------------------------------------------------------------------------------------------


def test_a_psu_in_two_strata_is_named_and_nest_explained(unlike_engine):
    frame = move(unlike_engine, answers(branch=["a", "b", "a", "c", "a", "b", "a", "c"]))
    with refused(ValueError, "Survey(psu=)", "1 PSUs lie in more than one stratum", "'a'", "nest=True"):
        cx.measure(cx.Survey(frame, strata="region", psu="branch"), cx.mean("wait"))


def test_nest_without_strata_or_psus_is_refused():
    for design in ({}, {"strata": "region"}, {"psu": "branch"}):
        with refused(ValueError, "nest=True", "strata=", "psu="):
            cx.Survey(answers(), nest=True, **design)


@pytest.mark.parametrize(("columns", "what"), [({"psu": "branch"}, "PSU"), ({}, "row")], ids=["psus", "rows"])
def test_a_single_psu_in_a_stratum_is_named_and_both_ways_out_are_given(columns, what, unlike_engine):
    only = answers(region=["north"] * 2 + ["south"] + ["north"] * 5, branch=["a", "b", "c", "d", "a", "b", "a", "d"])
    with refused(ValueError, "Survey(strata=)", f"a single {what}", "'south'", 'lone_psu="center"', '"skip"'):
        cx.measure(cx.Survey(move(unlike_engine, only), strata="region", **columns), cx.mean("wait"))


def test_a_single_psu_without_strata_is_refused(unlike_engine):
    with refused(ValueError, "a single PSU"):
        cx.measure(cx.Survey(move(unlike_engine, answers(branch="a")), psu="branch"), cx.mean("wait"))


def test_a_rule_for_lone_psus_that_there_is_not_is_refused():
    with refused(ValueError, "Survey(lone_psu=)", "'centre'", "Did you mean 'center'?"):
        cx.Survey(answers(), lone_psu="centre")


@pytest.mark.parametrize("column", ["region", "branch"])
def test_a_row_without_stratum_or_psu_is_refused(column, unlike_engine):
    holes = answers(**{column: [None, *answers()[column].iloc[1:]]})
    with refused(ValueError, "Survey", f"{column!r}", "missing"):
        cx.measure(cx.Survey(move(unlike_engine, holes), strata="region", psu="branch"), cx.mean("wait"))


@pytest.mark.parametrize(
    ("population", "words"),
    [
        ([20, 20, 1, 1, 20, 20, 1, 1], ("'south'", "1 PSUs in the population", "2 were sampled")),
        ([0.1] * 8, ("0.1 PSUs in the population", "not a fraction")),
        ([20, 20, 30, 31, 20, 20, 30, 30], ("different population sizes", "'south'")),
        ([20, 20, None, 30, 20, 20, 30, 30], ("'population'",)),
    ],
    ids=["too small", "a fraction", "differs", "missing"],
)
def test_population_sizes_that_cannot_be_are_refused(population, words, unlike_engine):
    frame = move(unlike_engine, answers(population=population))
    survey = cx.Survey(frame, strata="region", psu="branch", fpc="population")
    with refused(ValueError, "Survey(fpc=)", *words):
        cx.measure(survey, cx.mean("wait"))


# --- empty ---------------------------------------------------------------------------------------------------------------


def test_an_empty_frame_is_refused(engine):
    with refused(ValueError, "no rows"):
        cx.measure(move(engine, answers().head(0)), cx.csat("overall"))


SCORES = [
    cx.csat("overall"),
    cx.nps("recommend"),
    cx.mean("wait"),
    cx.total("wait"),
    cx.ratio("wait", "overall"),
    cx.quantile("wait", 0.5),
]


@pytest.mark.parametrize("score", SCORES, ids=lambda s: s.name)
def test_an_empty_domain_is_unknown_and_says_so(score, engine):
    survey = cx.Survey(move(engine, answers()), weight="weight", strata="region", psu="branch")
    row = cx.measure(survey, score, where=cx.col("channel") == "fax").frame().iloc[0]
    assert row["n"] == 0
    assert row[["estimate", "std_error", "conf_low", "conf_high"]].isna().all()
    assert row["note"] == "no answers"


def test_an_empty_domain_has_no_groups(unlike_engine):
    estimate = cx.measure(move(unlike_engine, answers()), cx.csat("overall"), by="channel", where=cx.col("wait") > 99)
    assert len(estimate) == 0
    assert list(estimate.frame()["channel"]) == []
    assert "8 outside where=" in repr(estimate)


@pytest.mark.parametrize("score", SCORES, ids=lambda s: s.name)
def test_a_column_without_any_answer_is_unknown_and_says_so(score, engine):
    silent = answers(overall=np.nan, recommend=np.nan, wait=np.nan)
    row = cx.measure(move(engine, silent), score).frame().iloc[0]
    assert row[["estimate", "std_error", "conf_low", "conf_high"]].isna().all()
    assert row["note"] == "no answers"


def test_a_group_without_answers_is_unknown_beside_those_that_have_some(unlike_engine):
    frame = move(unlike_engine, answers(wait=[3.0, 5.0, None, None, 7.0, 2.0, None, None]))
    table = cx.measure(frame, cx.mean("wait"), by="channel").frame()
    assert table["n"].tolist() == [4, 0]
    assert table["estimate"].isna().tolist() == [False, True]
    assert table["note"].tolist() == ["", "no answers"]


# --- groups --------------------------------------------------------------------------------------------------------------


def test_ten_thousand_groups_work(unlike_engine):
    rows = np.arange(30_000)
    many = pd.DataFrame({"wait": rows % 7 + rows % 11, "customer": rows % 10_000})
    estimate = cx.measure(move(unlike_engine, many), cx.mean("wait"), by="customer")
    expected = many.groupby("customer")["wait"].mean()
    np.testing.assert_allclose(estimate.values, expected, rtol=1e-12)
    assert estimate.labels["customer"].tolist() == expected.index.tolist()
    assert len(estimate.frame()) == 10_000


def test_a_column_may_be_group_and_score_at_once(unlike_engine):
    frame = move(unlike_engine, answers())
    estimate = cx.measure(frame, [cx.mean("overall"), cx.quantile("overall", 0.5)], by="overall")
    assert estimate.values.tolist() == [1, 2, 3, 4, 5] * 2
    assert estimate.labels["overall"].tolist() == [1, 2, 3, 4, 5] * 2


def test_a_column_may_be_group_and_design_at_once(unlike_engine):
    survey = cx.Survey(move(unlike_engine, answers()), strata="region", psu="branch")
    by_region = cx.measure(survey, cx.mean("wait"), by="region")
    assert by_region.labels["region"].tolist() == ["north", "south"]
    np.testing.assert_allclose(by_region.values, [4.25, 5.25])
    assert by_region.vcov[0, 1] == pytest.approx(0, abs=1e-15)


def test_rows_without_a_group_are_left_out_and_counted(engine):
    frame = move(engine, answers(channel=["app", None, "call", None, "app", "app", "call", None]))
    estimate = cx.measure(frame, cx.mean("wait"), by="channel")
    assert estimate.labels["channel"].tolist() == ["app", "call"]
    assert estimate.n.tolist() == [3, 2]
    assert "3 without channel" in repr(estimate)
    assert "left out of 8 rows" in repr(estimate).lower()


def test_rows_left_out_by_the_domain_are_counted(unlike_engine):
    frame = move(unlike_engine, answers(channel=["app", None, "call", None, "app", "app", "call", None]))
    printed = repr(cx.measure(frame, cx.mean("wait"), by="channel", where=cx.col("wait") >= 3))
    assert "3 outside where=" in printed
    assert "3 without channel" in printed


def test_nothing_left_out_is_said_as_well():
    assert "left out of 8 rows: none" in repr(cx.measure(answers(), cx.mean("wait"))).lower()


# --- scores --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scores",
    ["overall", None, 3, cx.csat, ["overall"], [cx.csat("overall"), "wait"]],
    ids=["text", "None", "3", "function", "texts", "score and text"],
)
def test_what_is_not_a_score_is_refused(scores):
    with refused(ValueError, "measure", "a score such as csat('overall') is needed"):
        cx.measure(answers(), scores)


def test_no_score_at_all_is_refused():
    with refused(ValueError, "no score"):
        cx.measure(answers(), [])


def test_two_scores_of_one_name_are_refused():
    with refused(ValueError, "two scores are named 'satisfaction'", "name="):
        cx.measure(answers(), [cx.csat("overall", name="satisfaction"), cx.mean("wait", name="satisfaction")])


# --- where= --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where", ["wait > 3", True, lambda d: d["wait"] > 3, [True] * 8], ids=["text", "True", "function", "mask"]
)
def test_a_domain_that_is_no_condition_on_columns_is_refused(where):
    with refused(ValueError, "measure(where=)", "col('x') > 3"):
        cx.measure(answers(), cx.mean("wait"), where=where)


def test_a_mask_of_pandas_is_refused():
    with refused(ValueError, "measure(where=)", "col('x') > 3"):
        cx.measure(answers(), cx.mean("wait"), where=answers()["wait"] > 3)


@pytest.mark.parametrize("where", [cx.col("wait"), cx.col("wait") + 1, cx.col("channel")], ids=repr)
def test_a_domain_that_is_a_column_is_refused(where, unlike_engine):
    with refused(KeyError, "measure(where=)", "Write a comparison"):
        cx.measure(move(unlike_engine, answers()), cx.mean("wait"), where=where)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (cx.col("channel") == 3, ("col('channel') (text)", "3 (number)")),
        (cx.col("channel") > 3, ("text", "number")),
        (cx.col("wait") == "3", ("col('wait') (number)", "'3' (text)")),
        (cx.col("wait") > "3", ("number", "text")),
        (cx.col("wait") == cx.col("channel"), ("number", "text")),
        (cx.col("wait").between("1", "3"), ("number", "text")),
        (cx.col("channel").is_in([1, 2]), ("number", "text")),
        (cx.col("wait").is_in(["1", "2"]), ("number", "text")),
        (cx.col("wait").is_in([1, "2"]), ("number", "text")),
    ],
    ids=repr,
)
def test_numbers_are_not_compared_with_text(where, words, engine):
    with refused(KeyError, "measure(where=)", *words):
        cx.measure(move(engine, answers()), cx.mean("wait"), where=where)


@pytest.mark.parametrize(
    "join",
    [
        lambda a, b: a and b,
        lambda a, b: a or b,
        lambda a, b: not a,
        lambda a, b: 1 < a < 3,
        lambda a, b: "yes" if a else "no",
    ],
    ids=["and", "or", "not", "chained comparison", "if"],
)
def test_the_words_of_python_that_ask_for_a_truth_value_are_refused(join):
    with refused(ValueError, "truth value", "&", "|", "~", "parentheses"):
        join(cx.col("wait") > 3, cx.col("channel") == "app")


@pytest.mark.parametrize("options", ["app", 3, None], ids=repr)
def test_options_that_are_no_list_are_refused(options):
    with refused(ValueError, "is_in", repr(options), f"is_in([{options!r}])"):
        cx.col("channel").is_in(options)


def test_no_options_at_all_are_refused():
    with refused(ValueError, "is_in", "no options", "channel"):
        cx.col("channel").is_in([])


@pytest.mark.parametrize("constant", [None, [1], {"a": 1}, object()], ids=["None", "list", "dict", "object"])
def test_a_constant_that_no_column_holds_is_refused(constant):
    with refused(ValueError, "cannot be compared with a column"):
        _ = cx.col("wait") == constant


def test_a_date_that_is_none_is_refused_by_name(unlike_engine):
    dated = answers(day=pd.date_range("2025-01-01", periods=8))
    with refused(ValueError, "'soon'"):
        cx.measure(move(unlike_engine, dated), cx.mean("wait"), where=cx.col("day") > "soon")


# --- functions of an estimate --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, "95%", None, True, float("nan")], ids=repr)
def test_a_level_outside_0_to_1_is_refused(estimate, level):
    for call in (estimate.frame, estimate.interval):
        with refused(ValueError, f"level={level!r}", "such as 0.95"):
            call(level=level)
    with refused(ValueError, f"level={level!r}", "such as 0.95"):
        estimate.compare(level=level)
    with refused(ValueError, f"level={level!r}", "such as 0.95"):
        estimate.test(cx.above(50), level=level)


def test_a_method_that_there_is_not_is_refused(estimate):
    for call in (estimate.frame, estimate.interval, lambda method: estimate.test(cx.above(50), method=method)):
        with refused(ValueError, "method=", "'wilsen'", "Did you mean 'wilson'?"):
            call(method="wilsen")


def test_an_adjustment_that_there_is_not_is_refused(estimate):
    with refused(ValueError, "compare(adjust=)", "'holmes'", "Did you mean 'holm'?"):
        estimate.compare(adjust="holmes")


def test_comparing_a_single_group_is_refused():
    with refused(ValueError, "compare", "by="):
        cx.measure(answers(), cx.csat("overall")).compare()


@pytest.mark.parametrize("call", ["contrast", "compare"])
def test_a_group_that_there_is_not_comes_with_a_suggestion(estimate, call):
    with refused(ValueError, call, "channel has no 'cal'", "'app', 'call'", "Did you mean 'call'?"):
        estimate.contrast("app", "cal") if call == "contrast" else estimate.compare(to="cal")


def test_a_label_that_there_is_not_comes_with_a_suggestion(estimate):
    with refused(ValueError, "contrast", "'chanel'", "Did you mean 'channel'?"):
        estimate.contrast({"chanel": "app"}, {"chanel": "call"})


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"chanel": "app"}, ("'chanel'", "Did you mean 'channel'?")),
        ({"channel": "cal"}, ("channel has no 'cal'", "Did you mean 'call'?")),
        ({"channel": ["app", "fax"]}, ("channel has no 'fax'", "'app', 'call'")),
    ],
)
def test_rows_that_are_not_there_are_not_picked(estimate, labels, words):
    with refused(ValueError, "pick", *words):
        estimate.pick(**labels)


@pytest.fixture
def two_ways() -> cx.Estimate:
    return cx.measure(answers(), cx.mean("wait"), by=["channel", "quarter"])


def test_a_value_that_could_be_of_any_label_is_refused(two_ways):
    both = cx.measure(answers().assign(before=answers()["channel"]), cx.mean("wait"), by=["channel", "before"])
    with refused(ValueError, "contrast", "'app' stands in 'channel', 'before'", "{column: value}"):
        both.contrast("app", "call")
    with refused(ValueError, "contrast", "'fax' is a value of none of 'channel', 'quarter'", "{column: value}"):
        two_ways.contrast("fax", "call")
    assert two_ways.contrast("app", "call").labels["quarter"].tolist() == ["2025Q1", "2025Q2"]


def test_sides_that_pick_by_different_labels_are_refused(two_ways):
    with refused(ValueError, "contrast", "different labels"):
        two_ways.contrast({"channel": "app"}, {"quarter": "2025Q1"})


def test_rows_without_a_partner_are_refused():
    unpaired = answers(channel=["app", "app", "call", "call", "app", "app", "app", "app"])
    estimate = cx.measure(unpaired, cx.mean("wait"), by=["channel", "quarter"])
    with refused(ValueError, "contrast", "1 rows have no partner", "quarter", "2025Q2"):
        estimate.contrast({"channel": "app"}, {"channel": "call"})


KINKS = {
    "the largest of two that are equal": lambda v: max(v[0], v[1]),
    "a distance from the value itself": lambda v: abs(v[0] - 4),
    "a distance from a value close by": lambda v: abs(v[0] - 4.001),
    "a value cut off": lambda v: np.minimum(v, 4),
    "a rounded value": lambda v: np.round(v + 0.5),
    "a rank": lambda v: np.argsort(v)[0] * 1.0,
    "a step": lambda v: 1.0 if v[0] > 4 else 0.0,
}


@pytest.mark.parametrize("function", KINKS.values(), ids=list(KINKS))
def test_a_transform_with_a_kink_is_refused(function):
    level = cx.measure(
        answers(wait=[2.0, 6.0, 4.0, 4.0] * 2, other=[3.0, 5.0] * 4), [cx.mean("wait"), cx.mean("other")]
    )
    assert level.values.tolist() == [4, 4]
    with refused(ValueError, "transform", "not a smooth function", "kinks"):
        level.transform(function)


@pytest.mark.parametrize("result", ["high", [[1.0, 2.0]], None], ids=["text", "matrix", "nothing"])
def test_a_transform_that_gives_no_numbers_is_refused(estimate, result):
    with refused(ValueError, "transform", "a number or a one-dimensional array of numbers is needed"):
        estimate.transform(lambda v: result)


def test_labels_that_do_not_fit_the_results_are_refused(estimate):
    with refused(ValueError, "transform(labels=)", "3 labels for 2 results"):
        estimate.transform(lambda v: v, labels=["a", "b", "c"])


def test_a_trend_over_one_period_is_refused():
    one = cx.measure(answers(quarter="2025Q1"), cx.mean("wait"), by="quarter")
    with refused(ValueError, "trend(over='quarter')", "one period only", "'2025Q1'"):
        one.trend(over="quarter")


def test_a_trend_over_a_label_that_there_is_not_is_refused(two_ways):
    with refused(ValueError, "trend(over=)", "'quartr'", "Did you mean 'quarter'?"):
        two_ways.trend(over="quartr")
    with refused(ValueError, "trend(over=)", "'channel', 'quarter'"):
        two_ways.trend()


@pytest.mark.parametrize("over", [None, "metric", "quarter"])
def test_a_trend_without_groups_is_refused(over):
    with refused(ValueError, "trend(over=)", "by="):
        cx.measure(answers(), cx.mean("wait")).trend(over=over)


def test_a_year_of_steps_of_unknown_length_is_refused():
    named = pd.Categorical(["first", "first", "later", "later"] * 2)
    waves = cx.measure(answers(wave=named), cx.mean("wait"), by="wave")
    with refused(ValueError, "trend(per='year')", "'first'", "Leave per= out"):
        waves.trend(over="wave", per="year")


def test_a_unit_of_time_that_there_is_not_is_refused(two_ways):
    with refused(ValueError, "trend(per=)", "'month'", "'year'"):
        two_ways.trend(over="quarter", per="month")


@pytest.mark.parametrize("region", [0, (0, 1), "above", None], ids=repr)
def test_a_region_that_is_none_is_refused(estimate, region):
    with refused(ValueError, "test", repr(region), "above(0)"):
        estimate.test(region)


def test_a_region_upside_down_is_turned_in_the_message():
    with refused(ValueError, "between(3, -3)", "upside down", "Write between(-3, 3)"):
        cx.between(3, -3)


def test_a_region_of_one_point_is_refused():
    with refused(ValueError, "between(3, 3)"):
        cx.between(3, 3)


@pytest.mark.parametrize("edge", [float("nan"), float("inf"), "0", None, True], ids=repr)
@pytest.mark.parametrize(
    "build", [cx.above, cx.below, lambda edge: cx.between(edge, 9), lambda edge: cx.between(-9, edge)]
)
def test_an_edge_that_is_no_finite_number_is_refused(build, edge):
    with refused(ValueError, "an edge is a finite number", repr(edge)):
        build(edge)


# --- unlike measures -----------------------------------------------------------------------------------------------------

UNLIKE = {
    "top boxes": (
        cx.csat("overall", name="one"),
        cx.csat("overall", top=1, name="two"),
        ("top 2 of 1-5", "top 1 of 1-5"),
    ),
    "scales": (cx.csat("overall", name="one"), cx.csat("overall", scale=(1, 7), name="two"), ("1-5", "1-7")),
    "kinds of effort": (
        cx.effort("overall", name="one"),
        cx.effort("overall", kind="net", name="two"),
        ("mean of 1-7", "net of 1-7"),
    ),
    "ends of effort": (
        cx.effort("overall", name="one"),
        cx.effort("overall", easy="low", name="two"),
        ("high is easy", "low is easy"),
    ),
    "metrics": (cx.csat("overall", name="one"), cx.nps("recommend", name="two"), ("csat", "nps")),
    "units": (cx.csat("overall", name="one"), cx.mean("wait", name="two"), ("csat", "mean")),
}


@pytest.mark.parametrize(("one", "two", "words"), UNLIKE.values(), ids=list(UNLIKE))
def test_unlike_measures_are_not_compared(one, two, words):
    both = cx.measure(answers(), [one, two])
    with refused(ValueError, "contrast", "different measures", *words):
        both.contrast({"metric": "one"}, {"metric": "two"})


@pytest.mark.parametrize(("one", "two", "words"), UNLIKE.values(), ids=list(UNLIKE))
def test_unlike_measures_of_one_name_are_not_stacked(one, two, words):
    from dataclasses import replace

    ours, theirs = cx.measure(answers(), one), cx.measure(answers(), replace(two, name="one"))
    with refused(ValueError, "stack", "'one'", "'ours'", "'theirs'", "different measures", *words):
        cx.stack({"ours": ours, "theirs": theirs})


# --- samples -------------------------------------------------------------------------------------------------------------


def test_estimates_of_one_frame_are_not_stacked(engine):
    frame = move(engine, answers())
    apps = cx.measure(frame, cx.mean("wait"), where=cx.col("channel") == "app")
    calls = cx.measure(frame, cx.mean("wait"), where=cx.col("channel") == "call")
    with refused(ValueError, "stack", "'apps'", "'calls'", "same frame", "by=", "concat"):
        cx.stack({"apps": apps, "calls": calls})


def test_estimates_that_share_psus_are_not_stacked(unlike_engine):
    one, two = (cx.Survey(move(unlike_engine, answers()), psu="branch") for _ in range(2))
    with refused(ValueError, "stack", "share 4 PSUs", "'a', 'b', 'c'", "concat", "names of their own"):
        cx.stack({"one": cx.measure(one, cx.mean("wait")), "two": cx.measure(two, cx.mean("wait"))})


def test_a_stack_keeps_what_its_parts_came_from():
    first, second, third = (cx.measure(answers(), cx.mean("wait")) for _ in range(3))
    inner = cx.stack({"first": first, "second": second}).contrast("first", "second")
    assert len(inner) == 1
    with refused(ValueError, "stack"):
        cx.stack({"inner": inner, "third": third, "again": inner})


@pytest.mark.parametrize("count", [0, 1])
def test_a_stack_of_less_than_two_is_refused(count, estimate):
    with refused(ValueError, "stack", "at least two", f"not {count}"):
        cx.stack({"only": estimate} if count else {})


def test_a_stack_of_something_else_is_refused(estimate):
    with refused(ValueError, "stack", "'theirs'", "DataFrame", "measure()"):
        cx.stack({"ours": estimate, "theirs": answers()})


def test_a_stack_of_different_labels_is_refused(estimate):
    other = cx.measure(answers(), cx.csat("overall"), by="quarter")
    with refused(ValueError, "stack", "'metric', 'channel'", "'metric', 'quarter'", "same columns"):
        cx.stack({"ours": estimate, "theirs": other})


MISMATCHED = {
    "psu": ({"psu": "branch"}, {"psu": "region"}),
    "strata": ({"strata": "region"}, {}),
    "lone_psu": ({"lone_psu": "skip"}, {"lone_psu": "center"}),
    "fpc": ({"psu": "branch", "strata": "region", "fpc": "population"}, {"psu": "branch", "strata": "region"}),
    "nest": ({"psu": "branch", "strata": "region", "nest": True}, {"psu": "branch", "strata": "region"}),
}


@pytest.mark.parametrize(("one", "two"), MISMATCHED.values(), ids=list(MISMATCHED))
def test_samples_of_different_designs_are_not_put_together(one, two):
    with refused(ValueError, "concat", "'customers'", "'staff'", "stack()"):
        cx.concat({"customers": cx.Survey(answers(), **one), "staff": cx.Survey(answers(), **two)})


def test_samples_with_population_sizes_of_rows_are_not_put_together():
    with refused(ValueError, "concat", "population", "no psu", "stack()"):
        samples = {name: cx.Survey(answers(), strata="region", fpc="population") for name in ("customers", "staff")}
        cx.concat(samples)


def test_samples_on_different_engines_are_not_put_together():
    with refused(ValueError, "concat", "'customers' on pandas", "'staff' on polars", "one first"):
        cx.concat({"customers": answers(), "staff": move("polars", answers())})


def test_less_than_two_samples_are_not_put_together():
    with refused(ValueError, "concat", "at least two", "not 1"):
        cx.concat({"only": answers()})


def test_a_sample_with_a_column_source_is_not_put_together():
    with refused(ValueError, "concat", "'staff'", "'source'", "Rename"):
        cx.concat({"customers": answers(), "staff": answers(source="x")})


def test_every_error_is_a_cxerror_and_prints_its_message_as_it_is():
    with pytest.raises(cx.CxError) as caught:
        cx.measure(answers(), cx.mean("wai"))
    assert str(caught.value) == "mean (wai): no column 'wai'. Did you mean 'wait'?"
