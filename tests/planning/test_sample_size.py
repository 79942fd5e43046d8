"""Sample sizes: against R, against tables in print, and against what `measure` and `contrast` then show."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import cxstats as cx
from cxstats.cli import main
from tests.conftest import REFERENCE

CASES = json.loads((REFERENCE / "11_sample_size.json").read_text())

# --- R and printed tables ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES.values(), ids=[str(case["arguments"]) for case in CASES.values()])
def test_r(case):
    found = cx.sample_size(**case["arguments"])
    assert found.n == case["n"]
    if "power" in case:
        assert found.reached == pytest.approx(case["power"], abs=1e-9)


@pytest.mark.parametrize(
    ("population", "printed"), [(100, 80), (500, 217), (1000, 278), (3000, 341), (10000, 370), (100000, 384)]
)
def test_krejcie_and_morgan_1970(population, printed):
    """Their table rests on Wald's interval; Wilson's needs up to z^2 = 3.8 answers fewer, t for a finite one some more."""
    assert cx.sample_size(share=50, half_width=5, population=population).n == pytest.approx(printed, abs=4)


def test_a_design_effect_multiplies_the_answers():
    plain = cx.sample_size(share=70, difference=5).n
    assert cx.sample_size(share=70, difference=5, design_effect=1.5).n == pytest.approx(1.5 * plain, rel=0.002)
    many = cx.sample_size(sd=30, half_width=1, icc=0.05, cluster_size=11)
    assert many.n == pytest.approx(1.5 * cx.sample_size(sd=30, half_width=1).n, rel=0.02)
    assert many.n == 11 * many.clusters


def test_a_panel_needs_what_kish_says():
    """Var(difference) = 2 s^2 / n (1 - overlap r)."""
    apart = cx.sample_size(sd=30, difference=1).n
    for overlap, r in ((1, 0.7), (0.5, 0.7), (0.3, -0.5)):
        n = cx.sample_size(sd=30, difference=1, overlap=overlap, correlation=r).n
        assert n == pytest.approx(apart * (1 - overlap * r), rel=0.001)


# --- what is planned is what is seen ----------------------------------------------------------------------------------


def half_width(survey, score, method=None) -> float:
    row = cx.measure(survey, score).frame(method=method).iloc[0]
    return float(row["conf_high"] - row["conf_low"]) / 2


def yes_and_no(n: int) -> pd.DataFrame:
    return pd.DataFrame({"answer": np.arange(n) % 2})


@pytest.mark.parametrize("method", ["wilson", "korn-graubard"])
@pytest.mark.parametrize("population", [None, 1000])
def test_the_interval_of_a_share_is_as_planned(method, population):
    plan = cx.sample_size(share=50, half_width=5, method=method, population=population)
    score = cx.share(cx.col("answer") == 1)
    found = []
    for n in (plan.n + plan.n % 2, plan.n + plan.n % 2 - 2):  # even numbers have a share of just 50 %
        frame = yes_and_no(n).assign(size=population or 0)
        found.append(half_width(cx.Survey(frame, fpc="size" if population else None), score, method))
    assert found[0] <= 5 < found[1]
    exactly = cx.sample_size(share=50, half_width=found[0], method=method, population=population)
    assert exactly.n == plan.n + plan.n % 2
    assert exactly.reached == pytest.approx(found[0], rel=1e-12)


def test_the_interval_of_a_mean_and_of_an_nps_is_as_planned():
    frame = yes_and_no(140)
    n = cx.sample_size(sd=frame["answer"].std(), half_width=half_width(frame, cx.mean("answer"))).n
    assert n == 140
    frame = pd.DataFrame({"answer": [10] * 45 + [8] * 35 + [3] * 20})
    assert cx.sample_size(promoters=45, detractors=20, half_width=half_width(frame, cx.nps("answer"))).n == 100


def branches(random, clusters: int, size: int, p: float, icc: float) -> np.ndarray:
    """Return answers of clusters whose shares have the intraclass correlation wanted (beta-binomial)."""
    spread = (1 - icc) / icc
    return (
        (random.random((clusters, size)) < random.beta(p * spread, (1 - p) * spread, (clusters, 1))).astype(int).ravel()
    )


def test_the_interval_of_clusters_is_as_planned_on_average():
    random = np.random.default_rng(4)
    plan = cx.sample_size(share=70, half_width=4, icc=0.05, cluster_size=15)
    widths = []
    for _ in range(150):
        frame = pd.DataFrame({"answer": branches(random, plan.clusters, 15, 0.7, 0.05)})
        frame["branch"] = np.arange(plan.n) // 15
        widths.append(half_width(cx.Survey(frame, psu="branch"), cx.share(cx.col("answer") == 1)))
    assert np.mean(widths) == pytest.approx(4, rel=0.03)


RUNS = 200


def has_the_power_planned(times: int) -> bool:
    return abs(times / RUNS - 0.8) < 3.3 * (0.8 * 0.2 / RUNS) ** 0.5  # chance alone goes as far once in a thousand


def found(survey, score) -> bool:
    low, high = cx.measure(survey, score, by="wave").contrast("b", "a").interval()
    return bool(low[0] > 0 or high[0] < 0)


def two_waves(first, second) -> pd.DataFrame:
    return pd.DataFrame(
        {"answer": np.concatenate([first, second]), "wave": np.repeat(["a", "b"], [len(first), len(second)])}
    )


def test_two_waves_of_shares_have_the_power_planned():
    random = np.random.default_rng(5)
    n = cx.sample_size(share=60, difference=15).n
    score = cx.share(cx.col("answer") == 1)
    times = sum(found(two_waves(random.random(n) < 0.6, random.random(n) < 0.75), score) for _ in range(RUNS))
    assert has_the_power_planned(times)


def test_two_waves_of_branches_have_the_power_planned():
    random = np.random.default_rng(6)
    plan = cx.sample_size(share=60, difference=12, icc=0.05, cluster_size=12)
    score, times = cx.share(cx.col("answer") == 1), 0
    for _ in range(RUNS):
        frame = two_waves(*(branches(random, plan.clusters, 12, p, 0.05) for p in (0.6, 0.72)))
        times += found(cx.Survey(frame.assign(branch=np.arange(len(frame)) // 12), psu="branch"), score)
    assert has_the_power_planned(times)


@pytest.mark.parametrize("overlap", [1.0, 0.5])
def test_a_panel_has_the_power_planned(overlap):
    random = np.random.default_rng(7)
    n = cx.sample_size(sd=2, difference=0.8, overlap=overlap, correlation=0.6).n
    stay, times = round(overlap * n), 0
    for _ in range(RUNS):
        first = random.normal(0, 2, n)
        second = np.where(np.arange(n) < stay, 0.6 * first + 0.8 * random.normal(0, 2, n), random.normal(0, 2, n)) + 0.8
        frame = two_waves(first, second)
        frame["person"] = np.concatenate([np.arange(n), np.where(np.arange(n) < stay, np.arange(n), n + np.arange(n))])
        times += found(cx.Survey(frame, psu="person"), cx.mean("answer"))
    assert has_the_power_planned(times)


def test_an_nps_against_a_value_has_the_power_planned():
    random = np.random.default_rng(8)
    n = cx.sample_size(promoters=45, detractors=25, difference=12, against="value").n
    times = 0
    for _ in range(RUNS):
        frame = pd.DataFrame({"answer": random.choice([10, 8, 0], n, p=[0.45, 0.3, 0.25])})
        low, high = cx.measure(frame, cx.nps("answer")).interval()
        times += low[0] > 8 or high[0] < 8
    assert has_the_power_planned(times)


def test_the_exact_test_decides_as_planned():
    """The smallest share that the planned n lets `test` call more than 70 %, and its chance if 80 % is true."""
    from scipy import stats

    plan = cx.sample_size(share=70, difference=10, against="value", method="korn-graubard")
    smallest = next(
        x
        for x in range(round(0.7 * plan.n), plan.n)
        if cx.measure(pd.DataFrame({"answer": np.arange(plan.n) < x}), cx.share(cx.col("answer") == True)).test(  # noqa: E712
            cx.above(70)
        )["verdict"][0]
        == "supported"
    )
    assert stats.binom.sf(smallest - 1, plan.n, 0.8) == pytest.approx(plan.reached, rel=1e-9)
    assert plan.reached >= 0.8


# --- the object, the sentence, the command ----------------------------------------------------------------------------


def test_invitations_groups_and_waves_add_up():
    plan = cx.sample_size(share=70, difference=5, groups=3, response_rate=0.2, population=10**6)
    assert plan.interviews == plan.n * 2 * 3
    assert plan.invitations == 5 * plan.n * 2 * 3
    assert f"{plan.n:,} respondents in each of 3 groups and each of two waves ({plan.interviews:,} in all)" in str(plan)
    assert f"With 20 % answering, send {plan.invitations:,} invitations." in str(plan)
    assert "a population of 1,000,000 in each group" in str(plan)


def test_too_few_people_to_invite_is_said():
    plan = cx.sample_size(share=50, half_width=5, population=1000, response_rate=0.2)
    assert not plan.attainable
    assert "only 1,000 people to invite" in str(plan)
    assert cx.sample_size(share=50, half_width=5, population=1000, response_rate=0.3).attainable


def test_a_width_that_only_a_census_has_takes_everyone():
    plan = cx.sample_size(share=50, half_width=1e-6, population=1000)
    assert (plan.n, plan.reached) == (1000, 0.0)


def test_the_frame_is_one_row_of_numbers_and_assumptions():
    plans = pd.concat([cx.sample_size(share=p, half_width=3).frame() for p in (50, 70, 90)])
    assert plans["share"].tolist() == [50, 70, 90]
    assert plans["n"].is_monotonic_decreasing
    assert (plans["reached"] <= 3).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"half_width": 3}, ("one metric is needed, not none", "share=")),
        ({"share": 50, "sd": 1, "half_width": 3}, ("not share and sd",)),
        ({"promoters": 50, "half_width": 3}, ("both promoters= and detractors=",)),
        ({"detractors": 50, "half_width": 3}, ("both promoters= and detractors=",)),
        ({"promoters": 60, "detractors": 50, "half_width": 3}, ("more than 100 %",)),
        ({"share": 50}, ("either half_width= (an interval) or difference= (a test)",)),
        ({"share": 50, "half_width": 3, "difference": 3}, ("not both",)),
        ({"share": 150, "half_width": 3}, ("share=150", "from 0 to 100")),
        ({"share": "70", "half_width": 3}, ("share='70'",)),
        ({"share": 50, "half_width": 0}, ("half_width=0", "above 0")),
        ({"share": 50, "half_width": float("nan")}, ("half_width=nan",)),
        ({"share": 50, "difference": 0}, ("difference=0", "other than 0")),
        ({"share": 98, "difference": 5}, ("leads to 103 %",)),
        ({"share": 50, "half_width": 3, "power": 0.9}, ("power=", "belongs to difference=")),
        ({"share": 50, "half_width": 3, "alternative": "one-sided"}, ("alternative=", "belongs to difference=")),
        ({"share": 50, "half_width": 3, "level": 95}, ("level=95", "0.95")),
        ({"share": 50, "half_width": 3, "response_rate": 25}, ("response_rate=25", "0.25 for 25 %")),
        ({"share": 50, "half_width": 3, "icc": 0.1}, ("both icc= and cluster_size=",)),
        ({"share": 50, "half_width": 3, "population": 10.5}, ("population=10.5", "whole number")),
        ({"share": 50, "half_width": 3, "groups": True}, ("groups=True",)),
        ({"share": 50, "half_width": 3, "method": "wald"}, ("method", "'wald'", "'wilson'")),
        ({"sd": 50, "half_width": 3, "method": "korn-graubard"}, ("method='korn-graubard'", "one share")),
        ({"share": 50, "difference": 3, "correlation": 0.5}, ("correlation=", "overlap=")),
        ({"share": 50, "difference": 3, "overlap": 0.5, "against": "value"}, ("overlap=", "against='value'")),
        ({"sd": 1, "difference": 1e-9}, ("1,000,000,000 respondents", "larger difference")),
    ],
)
def test_what_cannot_be_is_refused(arguments, words):
    with pytest.raises(cx.CxError) as caught:
        cx.sample_size(**arguments)
    for word in ("sample_size", *words):
        assert word in str(caught.value)


def test_the_command_says_what_the_function_says():
    words = ["--share", "70", "--difference", "5", "--icc", "0.02", "--cluster-size", "20", "--groups", "2"]
    result = CliRunner().invoke(main, ["sample-size", *words])
    assert result.exit_code == 0
    assert result.stdout == f"{cx.sample_size(share=70, difference=5, icc=0.02, cluster_size=20, groups=2)}\n"


def test_the_command_has_every_argument():
    import inspect

    assert {p.name for p in main.commands["sample-size"].params} == set(inspect.signature(cx.sample_size).parameters)


@pytest.mark.parametrize(
    "words", ["--share 170 --half-width 3", "--half-width 3", "--share 50 --half-width 3 --method t"]
)
def test_the_command_refuses_what_cannot_be(words):
    result = CliRunner().invoke(main, ["sample-size", *words.split()])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


# --- slips of the unit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"share": 0.7, "half_width": 3}, "this reads share 0.7 as 0.7 %; if 70 % is meant, write 70."),
        (
            {"share": 0.7, "half_width": 0.03},
            "share 0.7 as 0.7 % and half width 0.03 as 0.03 points; if 70 % and 3 points are meant, write 70 and 3.",
        ),
        ({"share": 70, "difference": -0.05}, "difference -0.05 as -0.05 points; if -5 points is meant, write -5."),
        ({"promoters": 0.5, "detractors": 0.2, "half_width": 5}, "promoters 0.5 as 0.5 % and detractors 0.2 as 0.2 %;"),
    ],
)
def test_percentages_below_one_are_remarked_and_taken_as_they_are(arguments, said):
    found = cx.sample_size(**arguments)
    (remark,) = found.remarks
    assert said in remark
    assert str(found).endswith(remark)


@pytest.mark.parametrize(
    "arguments",
    [
        {"share": 70, "half_width": 3},
        {"share": 0, "half_width": 1},
        {"share": 1, "half_width": 0.5},
        {"sd": 0.9, "half_width": 0.1},
        {"promoters": 50, "detractors": 0.5, "half_width": 3},
    ],
)
def test_sound_units_are_not_remarked(arguments):
    assert cx.sample_size(**arguments).remarks == ()


@pytest.mark.parametrize(
    ("name", "value", "part"), [("level", 95, "0.95"), ("power", 80, "0.8"), ("response_rate", 25, "0.25")]
)
def test_a_percentage_for_a_part_of_one_is_told_as_that_part(name, value, part):
    aim = {"difference": 5} if name == "power" else {"half_width": 3}
    with pytest.raises(ValueError, match=f"For {value} % write {part}"):
        cx.sample_size(share=70, **aim, **{name: value})
