"""The catalogue: whole, in words of its own, for anybody's columns; and each claim is judged rightly where its truth is known.

The worlds are those of `benchmarks/worlds.py`, whose stored counts must hold the promise; a few are drawn anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import cxstats as cx
from benchmarks.worlds import SIZES, STORED, quick, survey_of, worlds
from cxstats.claims.catalogue.roles import ROLES, TOUCHPOINTS
from cxstats.claims.claim import AllOf
from cxstats.datasets.synthetic.worlds import FALSE, TRUE
from cxstats.errors import ArgumentError, ColumnError, CxError, DataError

ROOT = Path(__file__).parents[2]
HERE = (
    "needs-before-delight", "needs-are-necessary", "enjoyed-but-unmet", "averages-hide-people", "good-service-is-rare",
    "gap-widens", "not-getting-better", "epic-is-rare", "effort-is-forced", "self-service-fails", "follow-ups-not-kept",
    "price-or-experience", "young-avoid-phone", "phone-is-dying", "channels-consistent", "provider-customer-gap",
    "manner-beats-words", "target-trade-off", "word-of-mouth", "experience-has-two-signs", "no-perfection-expected",
    "norms-mislead", "firms-misjudge-expectations", "cheap-can-be-good", "bots-cost-loyalty", "service-creates-loyalty",
    "service-may-not-repair", "prize-grows", "poor-service-leaves", "wow-not-worth-it", "frictionless-is-enough",
    "adequate-pays", "roi-less-than-thought", "technology-wrong-customer",
)  # fmt: skip
MISSING = (
    "service-beats-amenities", "customers-differ", "service-top-three", "technology-away-from-basics", "programmes-fail",
    "marketing-led-fails", "fast-easy-fair", "closing-the-gap-is-key", "before-the-sale", "manner-matters",
    "back-office-counts", "few-touchpoints-matter", "innovation-not-needed",
)  # fmt: skip
RATE_OVERALL = ["needs-are-necessary", "enjoyed-but-unmet", "averages-hide-people", "experience-has-two-signs"]
SETS = ("survey", "contacts", "staff", "branches", "costs")
PAID = ("wow-not-worth-it", "adequate-pays", "roi-less-than-thought")


def single(claims: list[Any]) -> Iterator[cx.Claim]:
    """Yield each claim of one measure: parts and premises, too."""
    for claim in claims:
        if claim.given is not None:
            yield from single([claim.given])
        yield from single(list(claim.parts)) if isinstance(claim, AllOf) else (claim,)


@pytest.fixture(scope="module")
def world() -> dict[str, pd.DataFrame]:
    """Return the tables of a small synthetic world."""
    return cx.simulate_world(n=2560, seed=4, tables=SETS)


def data(world: dict[str, pd.DataFrame]) -> dict[str, cx.Survey]:
    return {name: survey_of(name, frame) for name, frame in world.items()}


@pytest.fixture(scope="module")
def usual(world: dict[str, pd.DataFrame]) -> cx.Verdicts:
    """Return the verdicts on the small world."""
    return cx.check(cx.catalogue(), data(world))


# --- the claims ----------------------------------------------------------------------------------------------------------


def test_the_ids_are_those_of_the_articles() -> None:
    ids = [claim.id for claim in cx.catalogue()]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(HERE)
    assert set(TRUE) == set(FALSE) == {*HERE, *MISSING}
    assert len(HERE) + len(MISSING) == 47


def test_the_page_lists_the_claims_still_missing() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## What is still to come")[2]
    listed = page.partition("claims of the catalogue")[2]
    assert listed.startswith(f" {len(MISSING)} of {len(TRUE)} are missing")
    assert sorted(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", listed)) == sorted(MISSING)


@pytest.mark.parametrize("claim", list(single(cx.catalogue())), ids=lambda claim: claim.id)
def test_every_claim_says_what_it_is(claim: cx.Claim, world: dict[str, pd.DataFrame]) -> None:
    for words in (claim.id, claim.says, claim.source, claim.what, claim.why):
        assert words == words.strip()
        assert words
        assert words[-1] not in ".;"
    assert claim.region_for({}) is not None
    assert set(claim.columns) == set(claim.sets)
    for name, columns in claim.columns.items():
        assert columns
        assert set(columns) <= set(world[name].columns)


def test_needs_are_what_is_read(usual: cx.Verdicts) -> None:
    """A column read but not needed is a mistake, which `check` would have raised; here nothing is out of reach."""
    assert [v.claim for v in usual if v.verdict == "untestable"] == []


@pytest.mark.parametrize("claim", cx.catalogue(), ids=lambda claim: claim.id)
def test_each_needed_column_is_missed_by_name(claim: Any, world: dict[str, pd.DataFrame]) -> None:
    for part in single([claim]):
        for name, columns in part.columns.items():
            bare = {k: frame.drop(columns=columns[-1]) if k == name else frame for k, frame in world.items()}
            (found,) = cx.check(part, bare)
            assert found.verdict == "untestable"
            assert f"data set '{name}' has no column '{columns[-1]}'" in found.reason


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("provider-customer-gap", "no data set 'staff' was given, only 'survey', 'branch'."),
        ("firms-misjudge-expectations", "no data set 'staff' was given"),
        ("cheap-can-be-good", "no data set 'branches' was given, only 'survey', 'branch'. Did you mean 'branch'?"),
        ("phone-is-dying", "no data set 'contacts' was given"),
        *((claim, "no data set 'costs' was given, only 'survey', 'branch'.") for claim in PAID),
    ],
)
def test_a_missing_data_set_is_named(world: dict[str, pd.DataFrame], claim: str, reason: str) -> None:
    (asked,) = (c for c in cx.catalogue() if c.id == claim)
    (found,) = cx.check(asked, {"survey": world["survey"], "branch": world["branches"]})
    assert found.verdict == "untestable"
    assert reason in found.reason


# --- other people's columns ----------------------------------------------------------------------------------------------

CODED = {  # by data set and column: what it is called elsewhere, and which answers are given there
    ("survey", "need_met"): ("q2", {"yes": 1, "no": 2}),
    ("survey", "delight"): ("q3", {"yes": True, "no": False}),
    ("survey", "resolved"): ("fcr", {"yes": "ja", "no": "nein"}),
    ("survey", "told_others"): ("told", {"yes": 1, "no": 0}),
    ("survey", "service_level"): ("level", {"poor": 1, "adequate": 2, "wow": 3}),
    ("survey", "would_pay_more"): ("pays", {"yes": "yes", "no": "no"}),
    ("survey", "renewed"): ("stays", {"yes": 1, "no": 0}),
    ("survey", "served_by"): ("helper", {"bot": "machine", "person": "human"}),
    ("survey", "comfort"): ("at_ease", {"comfortable": True, "uncomfortable": False}),
    ("survey", "first_impression"): ("start", {"good": 5, "bad": 1}),
    ("contacts", "channel"): ("via", {"phone": "call", "app": "app", "web": "web", "branch": "visit"}),
    ("contacts", "age"): ("years", {"18-24": 21, "25-34": 30, "35-49": 42, "50-64": 57, "65+": 70}),
    ("contacts", "follow_up_kept"): ("kept", {"yes": 1.0, "no": 0.0}),
    ("costs", "service_level"): ("grade", {"poor": "C", "adequate": "B", "wow": "A"}),
}
CONDITIONS = {
    "need_met": cx.col("q2") == 1,
    "delighted": cx.col("q3"),
    "resolved": cx.col("fcr") == "ja",
    "told_others": cx.col("told") == 1,
    "poor_service": cx.col("level") == 1,
    "adequate_service": cx.col("level") == 2,
    "wow_service": cx.col("level") == 3,
    "renewed": cx.col("stays") == 1,
    "by_bot": cx.col("helper") == "machine",
    "comfortable": cx.col("at_ease"),
    "good_first_impression": cx.col("start") > 3,
    "costs_of_poor": cx.col("grade") == "C",
    "costs_of_adequate": cx.col("grade") == "B",
    "costs_of_wow": cx.col("grade") == "A",
    "would_pay_more": "pays",
    "by_phone": cx.col("via") == "call",
    "young": cx.col("years") < 25,
    "follow_up_kept": cx.col("kept") > 0.5,
}
PLAIN = {role: f"my_{role}" for role, r in ROLES.items() if isinstance(r.default, str)}
RATED = {role: r.scale for role, r in ROLES.items() if r.scale is not None}
LISTED = {
    "touchpoints_expected": [f"want_{t}" for t in TOUCHPOINTS],
    "touchpoints_delivered": [f"got_{t}" for t in TOUCHPOINTS],
    "staff_expected": [f"want_{t}" for t in TOUCHPOINTS],
    "staff_delivered": [f"got_{t}" for t in TOUCHPOINTS],
}


def foreign(world: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the same answers under other names and codings."""
    names = {(ROLES[role].data, ROLES[role].default): name for role, name in PLAIN.items()}
    for role, columns in LISTED.items():
        names |= {(ROLES[role].data, old): new for old, new in zip(ROLES[role].default, columns, strict=True)}
    found = {}
    for name, frame in world.items():
        old = [column for data, column in CODED if data == name]
        coded = {CODED[name, column][0]: frame[column].map(CODED[name, column][1]) for column in old}
        renamed = {column: new for (data, column), new in names.items() if data == name}
        found[name] = frame.drop(columns=old).rename(columns=renamed).assign(**coded)
    return found


def test_renamed_columns_and_other_codings_change_no_verdict(
    world: dict[str, pd.DataFrame], usual: cx.Verdicts
) -> None:
    claims = cx.catalogue(columns=PLAIN | LISTED | CONDITIONS, scales=RATED)
    found = cx.check(claims, data(foreign(world)))
    same = ["claim", "verdict", "estimate", "conf_low", "conf_high", "region", "p_value", "n", "n_to_settle"]
    pd.testing.assert_frame_equal(found.frame(parts=True)[same], usual.frame(parts=True)[same])
    read = {(data, name) for claim in single(claims) for data, names in claim.columns.items() for name in names}
    assert not read & {*CODED, ("survey", "overall"), ("survey", "expected_support")}


def test_a_renamed_rating_without_its_scale_is_untestable(world: dict[str, pd.DataFrame], usual: cx.Verdicts) -> None:
    def verdicts(**scales: Any) -> list[cx.Verdict]:
        claims = [c for c in cx.catalogue({"overall": "q1"}, scales) if any("q1" in read(part) for part in single([c]))]
        return list(
            cx.check(claims, {"survey": survey_of("survey", world["survey"].rename(columns={"overall": "q1"}))})
        )

    def read(claim: cx.Claim) -> list[str]:
        return [name for names in claim.columns.values() for name in names]

    lost = verdicts()
    remedy = "the scale of 'q1' (role 'overall') is not declared. Say catalogue(scales={'overall': (lowest, highest)})."
    assert [v.claim for v in lost] == RATE_OVERALL
    assert {v.verdict for v in lost} == {"untestable"}
    assert all(remedy in v.reason for v in lost)
    assert [v.conf_low for v in verdicts(overall=(1, 5))] == [usual[claim].conf_low for claim in RATE_OVERALL]


def test_a_scale_moves_the_difference_that_matters() -> None:
    def region(**options: Any) -> str:
        return str(next(c for c in cx.catalogue(**options) if c.id == "channels-consistent").region_for({}))

    assert region() == "below(0.2)"
    assert region(scales={"satisfaction": (1, 5)}) == "below(0.1)"
    assert region(columns={"satisfaction": "s"}, scales={"satisfaction": (0, 100)}) == "below(2.5)"


def test_answers_beyond_the_scale_are_somebodys_mistake(world: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(CxError, match=r"claim 'not-getting-better': .*outside the scale 1 to 5 in column 'satis"):
        cx.check(
            [c for c in cx.catalogue(scales={"satisfaction": (1, 5)}) if c.id == "not-getting-better"], data(world)
        )


def test_touchpoints_of_staff_and_customers_must_be_alike(world: dict[str, pd.DataFrame]) -> None:
    columns, scales = {"touchpoints_expected": LISTED["touchpoints_expected"]}, {"touchpoints_expected": (1, 5)}
    renamed = world | {"survey": foreign(world)["survey"]}
    claim = next(c for c in cx.catalogue(columns, scales) if c.id == "firms-misjudge-expectations")
    with pytest.raises(
        ArgumentError, match="the roles 'touchpoints_expected' and 'staff_expected' must name the same columns"
    ):
        cx.check(claim, renamed)
    (bare,) = cx.check(claim, {"survey": renamed["survey"]})
    assert bare.verdict == "untestable"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"columns": {"overal": "q1"}},
            "catalogue(columns=): no role 'overal'. Did you mean 'overall'?",
        ),
        ({"scales": {"efort": (1, 5)}}, "catalogue(scales=): no role 'efort'. Did you mean 'effort'?"),
        ({"columns": {"overall": 5}}, "catalogue(columns={'overall': ...}): the name of a column, not 5."),
        (
            {"columns": {"need_met": 1}},
            "a column answered 'yes' or 'no', or a condition such as col('q7') == 1, not 1.",
        ),
        ({"columns": {"staff_expected": "q1"}}, "a list of columns, one a touchpoint, not 'q1'."),
        ({"columns": {"staff_expected": []}}, "a list of columns, one a touchpoint, not []."),
        ({"scales": {"segment": (1, 5)}}, "catalogue(scales=): the role 'segment' is no rating and has no scale."),
        ({"scales": {"overall": (5, 1)}}, "catalogue(scales=): 'overall' needs (lowest, highest), not (5, 1)."),
    ],
)
def test_bad_roles(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as error:
        cx.catalogue(**options)
    assert message in str(error.value)


def test_a_missing_column_is_named_with_the_role_it_plays(world: dict[str, pd.DataFrame]) -> None:
    bare = {"survey": world["survey"].drop(columns="service_level")}
    claims = cx.catalogue()
    reasons = [cx.check(claims[c], bare)[c].reason for c in ("word-of-mouth", "service-creates-loyalty")]
    for reason, role in zip(reasons, ("wow_service", "poor_service"), strict=True):
        assert f"data set 'survey' has no column 'service_level' (role '{role}')." in reason


def test_the_docstring_names_every_role() -> None:
    text = str(cx.catalogue.__doc__).partition("The roles, by data set:")[2].partition("Regions are")[0]
    assert [role for role in ROLES if not re.search(rf"\b{role}\b", text)] == []


# --- like for like, and what it costs --------------------------------------------------------------------------------------


def test_who_has_no_like_is_left_out_and_counted(world: dict[str, pd.DataFrame]) -> None:
    survey = world["survey"]
    (found,) = cx.check(cx.catalogue()["bots-cost-loyalty"], data(world))
    alone = int(((survey["channel"] == "branch") & survey["loyalty"].notna()).sum())
    assert f"{alone:,} like whom no one is at some level" in found.left_out
    assert found.n == survey["loyalty"].notna().sum() - alone
    assert "associated with" in found.sentence


def test_like_for_like_takes_away_what_customers_differ_by() -> None:
    """Long-time customers get wow service more often, and spend more: the plain difference is theirs, too."""
    drawn = cx.simulate_world(n=10_240, seed=2, tables=("survey", "costs"), spend_tenure={"new": -30.0, "long": 45.0})
    survey, costs = drawn["survey"], drawn["costs"]
    (found,) = cx.check(cx.catalogue()["wow-not-worth-it"], {"survey": survey_of("survey", survey), "costs": costs})
    spend = survey.groupby("service_level")["spend"].mean()
    naive = 0.6 * (spend["wow"] - spend["adequate"]) - 10
    assert found.conf_low < 0.6 * 6 - 10 < found.conf_high < naive


def test_costs_come_as_any_frame(world: dict[str, pd.DataFrame], usual: cx.Verdicts, on: Any, engine: str) -> None:
    given = {"survey": survey_of("survey", world["survey"]), "costs": on(engine, world["costs"].iloc[::-1])}
    for claim in PAID:
        (found,) = cx.check(cx.catalogue()[claim], given)
        assert (found.estimate, found.conf_low) == (usual[claim].estimate, usual[claim].conf_low)


@pytest.mark.parametrize(
    ("changes", "claim", "reason"),
    [
        (
            {"service_level": ["low", "adequate", "wow"]},
            "adequate-pays",
            "data set 'costs': no row is of poor service (col('service_level') == 'poor'). Name its condition: "
            "catalogue(columns={'costs_of_poor': col(...) == ...}).",
        ),
        (
            {"cost": [5.0, 12.0, None]},
            "wow-not-worth-it",
            "data set 'costs': column 'cost', row 3 (wow service): there is no number. It is what one customer served costs",
        ),
        (
            {"planned_return": [0.0, 1.0, None]},
            "roi-less-than-thought",
            "column 'planned_return', row 3 (wow service): there is no number.",
        ),
        ({"cost": [5.0, 12.0, 12.0]}, "roi-less-than-thought", "wow service costs no more than adequate service"),
    ],
)
def test_what_the_costs_lack_is_untestable(
    world: dict[str, pd.DataFrame], changes: dict[str, Any], claim: str, reason: str
) -> None:
    costs = world["costs"].assign(**changes)
    (found,) = cx.check(cx.catalogue()[claim], {"survey": survey_of("survey", world["survey"]), "costs": costs})
    assert found.verdict == "untestable"
    assert reason in found.reason


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        (
            {"service_level": ["wow", "adequate", "wow"]},
            DataError,
            "data set 'costs': rows 1 and 3 are both of wow service (col('service_level') == 'wow'). Leave one in: a level "
            "has one row.",
        ),
        (
            {"margin": [0.6, 0.6, 0.5]},
            DataError,
            "data set 'costs': column 'margin' differs by level: 0.6 (adequate), 0.5 (wow).",
        ),
        ({"margin": 60.0}, DataError, "column 'margin', row 2 (adequate service): 60 cannot be. It is a part of spend"),
        ({"cost": [5.0, 12.0, -22.0]}, DataError, "column 'cost', row 3 (wow service): -22 cannot be. It is what one"),
        ({"cost": [5.0, 12.0, float("inf")]}, DataError, "column 'cost', row 3 (wow service): inf cannot be."),
        ({"margin": True}, ColumnError, "column 'margin', row 2 (adequate service): 'True' is no number."),
        (
            {"cost": ["5", "12", "22"]},
            ColumnError,
            "column 'cost', row 2 (adequate service): '12' is no number. Convert",
        ),
    ],
)
def test_costs_that_cannot_be_are_somebodys_mistake(
    world: dict[str, pd.DataFrame], changes: dict[str, Any], kind: type[CxError], message: str
) -> None:
    costs = world["costs"].assign(**changes)
    with pytest.raises(kind) as error:
        cx.check(cx.catalogue()["wow-not-worth-it"], {"survey": world["survey"], "costs": costs})
    assert str(error.value).startswith("claim 'wow-not-worth-it': ")
    assert message in str(error.value)


def test_costs_may_be_decimals_but_not_without_rows(world: dict[str, pd.DataFrame], usual: cx.Verdicts) -> None:
    costs, survey = world["costs"], survey_of("survey", world["survey"])
    exact = costs.assign(cost=[Decimal("5.0"), Decimal("12.0"), Decimal("22.0")])
    claim = cx.catalogue()["wow-not-worth-it"]
    (found,) = cx.check(claim, {"survey": survey, "costs": pa.Table.from_pandas(exact)})
    assert found.estimate == usual["wow-not-worth-it"].estimate
    (none,) = cx.check(claim, {"survey": survey, "costs": costs.iloc[:0]})
    assert (none.verdict, none.reason) == ("untestable", "data set 'costs': the frame has no rows.")


def test_levels_that_a_claim_does_not_take_may_cost_anything(
    world: dict[str, pd.DataFrame], usual: cx.Verdicts
) -> None:
    given = {"survey": survey_of("survey", world["survey"]), "costs": world["costs"].assign(cost=[-1.0, 12.0, 22.0])}
    (found,) = cx.check(cx.catalogue()["wow-not-worth-it"], given)
    assert found.estimate == usual["wow-not-worth-it"].estimate


def test_one_year_shows_no_growth(world: dict[str, pd.DataFrame]) -> None:
    survey = world["survey"]
    (found,) = cx.check(cx.catalogue()["prize-grows"], {"survey": survey[survey["year"] == 2]})
    assert found.verdict == "untestable"
    assert "there is one period only (2)" in found.reason


# --- worlds in which each claim is true, and false ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stored() -> pd.DataFrame:
    """Return the counts of `benchmarks/worlds.py`."""
    return pd.read_csv(STORED, dtype={"world": str}).set_index(["claim", "world"])


def test_verdicts_are_right_in_both_worlds(stored: pd.DataFrame) -> None:
    assert {claim for claim, _ in stored.index} == set(HERE) == set(SIZES)
    assert len(stored) == 2 * len(HERE)
    assert (stored["seeds"] >= 50).all()
    assert (stored["right"] >= 0.95 * stored["seeds"]).all()
    assert (stored["power"] >= 0.99).all()
    assert (stored[["right", "wrong", "inconclusive", "untestable"]].sum(axis=1) == stored["seeds"]).all()
    for claim, sizes in SIZES.items():
        assert tuple(stored.loc[[(claim, "true"), (claim, "false")], "n"]) == sizes


@pytest.mark.parametrize("world", worlds(quick()), ids=lambda world: f"{world.n}: {', '.join(world.claims)}")
def test_a_few_worlds_drawn_anew(world: Any) -> None:
    for seed in (1, 2):  # two of those stored
        rows = world.check(seed)
        assert {row["claim"] for row in rows} == set(world.claims)
        assert [row for row in rows if row["verdict"] != "right"] == []
