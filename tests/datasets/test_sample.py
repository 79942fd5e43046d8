"""The synthetic world: what ships is what the program draws, and every stated truth is found again in a large draw."""

import gzip
import hashlib
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import cxstats as cx
from cxstats.datasets.sample import SAMPLES, sample_file
from cxstats.datasets.simulate import SEED, SIZE, sample_truth
from cxstats.datasets.synthetic import TABLES, Truth
from cxstats.datasets.synthetic import truth as world
from cxstats.datasets.synthetic.contacts import no_repeat
from cxstats.datasets.synthetic.service import FAVOURITES, ITEMS
from cxstats.datasets.synthetic.touchpoints import expected_of
from cxstats.datasets.synthetic.write import write_sample
from cxstats.errors import ArgumentError

TRUTH = Truth()
LIMIT = 4.5  # standard errors
PLACES = ["survey", "contacts", "staff", "branches", "choices", "costs"]


@pytest.fixture(scope="module")
def large():
    return cx.simulate_world(n=80_000, seed=7, no_answer=0.0)


@pytest.fixture(scope="module")
def survey(large):
    s = large["survey"]
    return s.assign(
        met=(s["need_met"] == "yes") * 1.0, delighted=(s["delight"] == "yes") * 1.0,
        years=(s["quarter"].map({q: i for i, q in enumerate(world.QUARTERS)}) - 7.5) / 4,
    )  # fmt: skip


def near(values, truth, what=""):
    """The mean of the values is the truth, within LIMIT standard errors."""
    values = np.asarray(values, dtype=float)
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert error > 0, what
    assert abs(values.mean() - truth) < LIMIT * error, (what, values.mean(), truth, error)


def fitted(y, columns):
    """Ordinary least squares with an intercept: estimates and standard errors, by name."""
    x = np.column_stack([np.ones(len(y)), *(np.asarray(c, dtype=float) for c in columns.values())])
    y = np.asarray(y, dtype=float)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ (x.T @ y)
    residual = y - x @ beta
    middle = x.T @ (x * residual[:, None] ** 2)
    errors = np.sqrt(np.diag(inverse @ middle @ inverse))
    return {name: (b, e) for name, b, e in zip(["intercept", *columns], beta, errors, strict=True)}


def check(found, truths):
    off = {k: (found[k], t) for k, t in truths.items() if abs(found[k][0] - t) > LIMIT * found[k][1]}
    assert not off, off


# --- what ships -----------------------------------------------------------------------------------------------------------


def test_what_ships_is_what_is_drawn(tmp_path):
    write_sample(tmp_path)
    total = 0
    for sample in SAMPLES.values():
        fresh, kept = tmp_path / sample.file, sample_file(sample.file)
        unpacked = [
            gzip.decompress(p.read_bytes()) if sample.file.endswith(".gz") else p.read_bytes() for p in (fresh, kept)
        ]
        assert unpacked[0] == unpacked[1], sample.file
        total += kept.stat().st_size
    assert total < 4_000_000


@pytest.mark.parametrize("name", PLACES)
def test_registry(name):
    assert list(SAMPLES) == list(TABLES) == PLACES
    sample = SAMPLES[name]
    frame = getattr(cx, f"load_{name}")()
    assert len(frame) == sample.rows
    assert hashlib.sha256(sample_file(sample.file).read_bytes()).hexdigest() == sample.sha256
    assert frame.attrs["synthetic"] is True
    assert "no real customer" in frame.attrs["notes"][0]
    assert frame["synthetic"].all()
    drawn = cx.simulate_world(n=SIZE, seed=SEED, tables=(name,))[name]
    pd.testing.assert_frame_equal(frame, drawn, rtol=1e-12)


def test_size_and_kinds():
    s, c = cx.load_survey(), cx.load_contacts()
    assert len(s) >= 8_000
    assert s["quarter"].nunique() == 16
    assert len(c) >= 40_000
    assert (c["time"].max() - c["time"].min()).days >= 728
    waves = s.groupby("customer")["quarter"].agg(["size", "nunique"])
    assert (waves["size"] == waves["nunique"]).all()
    assert (waves["size"] > 1).sum() > 300
    assert (s.groupby("customer")["segment"].nunique() == 1).all()
    asked = c["respondent"].dropna()
    assert asked.is_unique
    both = s.set_index("respondent").loc[asked]
    rows = c[c["respondent"].notna()]
    assert (both["channel"].to_numpy() == rows["channel"].to_numpy()).all()
    assert (both["age"].to_numpy() == rows["age"].to_numpy()).all()
    quarter = rows["time"].dt.year.astype(str) + "Q" + rows["time"].dt.quarter.astype(str)
    assert (both["quarter"].to_numpy() == quarter.to_numpy()).mean() > 0.98  # quarters of a log are equally long here
    assert c["customer"].isna().mean() == pytest.approx(TRUTH.anonymous, abs=0.01)
    assert (c[c["follow_up_kept"].notna()]["follow_up_promised"] == "yes").all()


# --- the truth is found again ---------------------------------------------------------------------------------------------


def test_satisfaction(survey):
    s = survey
    dummies = {f"satisfaction_channel {c}": s["channel"] == c for c in ("app", "branch", "phone")}
    columns = {
        "need_effect": s["met"],
        "delight unmet": s["delighted"] * (1 - s["met"]),
        "delight met": s["delighted"] * s["met"],
        "tailored others": (s["tailored"] == "yes") & (s["target"] == "no"),
        "tailored target": (s["tailored"] == "yes") & (s["target"] == "yes"),
        "technology uncomfortable": (s["technology_met"] - 3) * (s["comfort"] == "uncomfortable"),
        "technology comfortable": (s["technology_met"] - 3) * (s["comfort"] == "comfortable"),
        "manner": s["manner"] - 3,
        "years": s["years"],
        **{item: s[item] - 3 for item in TRUTH.item_effect},
        **{f"favourite {k}": (s["segment"] == k) * (s[item] - 3) for k, item in FAVOURITES.items()},
        **dummies,
    }
    found = fitted(s["satisfaction"], columns)
    web = TRUTH.satisfaction_channel["web"]
    check(
        found,
        {
            "need_effect": TRUTH.need_effect,
            "delight unmet": TRUTH.delight_effect[0],
            "delight met": TRUTH.delight_effect[1],
            "tailored others": TRUTH.tailored_effect[0],
            "tailored target": TRUTH.tailored_effect[1],
            "technology uncomfortable": TRUTH.technology_effect[0],
            "technology comfortable": TRUTH.technology_effect[1],
            "manner": TRUTH.manner_effect,
            **TRUTH.item_effect,
            **{f"favourite {k}": TRUTH.favourite_effect for k in FAVOURITES},
            **{name: TRUTH.satisfaction_channel[name.split()[-1]] - web for name in dummies},
        },
    )


def test_programmes_clarity_innovation(large):
    changes = {"programme_effect": {"marketing": 0.1, "service": 0.3}, "innovation_effect": 0.02}
    other = cx.simulate_world(n=80_000, seed=8, no_answer=0.0, tables=("survey", "branches"), **changes)
    s = other["survey"].merge(
        other["branches"][["branch", "quarter", "clarity", "innovation"]], on=["branch", "quarter"]
    )
    columns = {
        "met": s["need_met"] == "yes", "marketing": s["programme"] == "marketing", "service": s["programme"] == "service",
        "clarity": s["clarity"] - 5, "innovation": s["innovation"] - 5, "delight": s["delight"] == "yes",
        **{item: s[item] for item in ITEMS},
    }  # fmt: skip
    found = fitted(s["satisfaction"], columns)
    check(found, {"marketing": 0.1, "service": 0.3, "clarity": TRUTH.clarity_effect, "innovation": 0.02})


def test_loyalty(survey, large):
    s = survey
    gaps = large["staff"].filter(like="delivered_").mean(axis=1).groupby(large["staff"]["branch"]).mean()
    gaps -= np.mean([TRUTH.touchpoint_delivered[t] + TRUTH.staff_over_customers for t in world.TOUCHPOINTS])
    columns = {
        "poor": s["service_level"] == "poor", "wow": s["service_level"] == "wow", "bot": s["served_by"] == "bot",
        "bad": s["first_impression"] == "bad", "low effort": s["effort"] >= 5, "new": s["tenure"] == "new",
        "long": s["tenure"] == "long", "perception": s["branch"].map(gaps),
        **{f"issue {i}": s["issue"] == i for i in ("advice", "billing", "order")},
        **{t: s[f"delivered_{t}"] - 3 for t in world.TOUCHPOINTS},
    }  # fmt: skip
    found = fitted(s["loyalty"], columns)
    technical = TRUTH.issue_effect["technical"]
    check(
        found,
        {
            "poor": TRUTH.level_effect["poor"], "wow": TRUTH.level_effect["wow"], "bot": TRUTH.bot_effect,
            "bad": TRUTH.bad_first_impression_effect, "low effort": TRUTH.low_effort_effect,
            "new": TRUTH.tenure_effect["new"], "long": TRUTH.tenure_effect["long"], **TRUTH.touchpoint_effect,
            **{f"issue {i}": TRUTH.issue_effect[i] - technical for i in ("advice", "billing", "order")},
        },
    )  # fmt: skip
    assert found["perception"][0] == pytest.approx(
        TRUTH.perception_effect, abs=0.1
    )  # the gap is measured by eight people


def test_service(survey):
    s = survey
    near(s["met"], TRUTH.chance_of_need_met())
    for level, segment in product(world.LEVELS, world.SEGMENTS):
        rows = s[(s["service_level"] == level) & (s["segment"] == segment)]
        near(rows["met"], TRUTH.need_met[level] + TRUTH.need_met_segment[segment], (level, segment))
    for level in world.LEVELS:
        rows = s[s["service_level"] == level]
        near(rows["delight"] == "yes", TRUTH.delight[level])
        near(rows["told_others"] == "yes", TRUTH.told_others[level])
        for tenure in world.TENURES:
            part = rows[rows["tenure"] == tenure]
            near(part["renewed"] == "yes", TRUTH.renewed[level] + TRUTH.renewed_tenure[tenure], (level, tenure))
            spent = part["spend"] - TRUTH.wow_spend_per_year * part["years"] * (level == "wow")
            near(spent, TRUTH.spend[level] + TRUTH.spend_tenure[tenure], (level, tenure))
    for tenure, shares in TRUTH.level_share.items():
        for level, share in zip(world.LEVELS, shares, strict=True):
            near(s[s["tenure"] == tenure]["service_level"] == level, share)
    for met, resolved in enumerate(TRUTH.resolved):
        near(s[s["met"] == met]["resolved"] == "yes", resolved)
    for item in ITEMS:
        near(s[s["met"] == 1][item], TRUTH.rating[item], item)
        near(s[s["met"] == 0][item], TRUTH.rating[item] + TRUTH.rating_if_unmet[item], item)
    near(s["spend"] == 0, TRUTH.spends_nothing)
    wow = s[s["service_level"] == "wow"]
    check(fitted(wow["spend"], {"years": wow["years"]}), {"years": TRUTH.wow_spend_per_year})


def test_who_is_asked(survey):
    s = survey.drop_duplicates("customer")
    for column, shares in (
        ("segment", TRUTH.segment_share), ("age", TRUTH.age_share), ("tenure", TRUTH.tenure_share)
    ):  # fmt: skip
        for value, share in shares.items():
            near(s[column] == value, share, (column, value))
    for age, share in TRUTH.comfortable.items():
        near(s[s["age"] == age]["comfort"] == "comfortable", share)
    near(s["target"] == "yes", TRUTH.target_customer)
    for channel, share in TRUTH.channel_share.items():
        near(survey["channel"] == channel, share)
    rows = survey[(survey["channel"] == "app") & (survey["issue"] == "order") & (survey["segment"] == "hurry")]
    near(rows["served_by"] == "bot", TRUTH.bot["app"] * TRUTH.bot_issue["order"] * TRUTH.bot_segment["hurry"])
    near(survey["first_impression"] == "good", TRUTH.good_first_impression)
    returning = survey["customer"].duplicated(keep=False).mean()
    assert returning == pytest.approx(TRUTH.returning, abs=0.02)


def test_expectations(survey, large):
    s = survey
    check(fitted(s["expected"], {"years": s["years"]}), {"intercept": TRUTH.expected, "years": TRUTH.expected_per_year})
    gap = (s["delivered"] - s["expected"])[s["met"] == 1]
    slope = TRUTH.delivered_per_year - TRUTH.expected_per_year
    check(
        fitted(gap, {"years": s.loc[gap.index, "years"]}),
        {"intercept": TRUTH.delivered[1] - TRUTH.expected, "years": slope},
    )
    perfect = (s.filter(regex="^expected_") == 5).all(axis=1)
    near(perfect, TRUTH.perfectionists)
    for t in world.TOUCHPOINTS:
        near(s[f"delivered_{t}"], TRUTH.touchpoint_delivered[t], t)
        near(s[f"points_{t}"], 100 * TRUTH.stated_importance[t], t)
        for industry, shift in TRUTH.expected_industry.items():
            rows = s[(s["industry"] == industry) & ~perfect]
            near(rows[f"expected_{t}"], TRUTH.touchpoint_expected[t] + shift, (t, industry))
        assert (s[f"adequate_{t}"] <= s[f"expected_{t}"]).all()
        assert (s[f"expected_{t}"] <= s[f"desired_{t}"]).all()
        near(large["staff"][f"expected_{t}"], expected_of(TRUTH, t) + TRUTH.guess_error[t], t)
    assert (s.filter(regex="^points_").sum(axis=1) == 100).all()
    staff = large["staff"].filter(like="delivered_").mean(axis=1).mean()
    customers = np.mean(list(TRUTH.touchpoint_delivered.values()))
    assert staff - customers == pytest.approx(
        TRUTH.staff_over_customers, abs=3 * TRUTH.perception_spread / np.sqrt(3 * 40)
    )


def test_branches(large):
    b = large["branches"]
    two_way = ["technology", "basics_delivered"]
    inner = (
        b[two_way] - b.groupby("branch")[two_way].transform("mean") - b.groupby("quarter")[two_way].transform("mean")
    )
    check(fitted(inner["basics_delivered"], {"slope": inner["technology"]}), {"slope": TRUTH.basics_per_technology})
    low = b["investment"] < b["investment"].median()
    near(b[low]["improvement"], TRUTH.improvement[0])
    near(b[~low]["improvement"], TRUTH.improvement[1])
    leads = b.drop_duplicates("branch")["programme"].value_counts().to_dict()
    assert leads == {"none": 20, "marketing": 10, "service": 10}


def test_prices(survey, large):
    s = survey
    near(s["matters_more"] == "yes", TRUTH.matters_more)
    for said, share in zip(("no", "yes"), TRUTH.would_pay_more, strict=True):
        near(s[s["matters_more"] == said]["would_pay_more"] == "yes", share)
    for level, price in product(world.LEVELS, world.PRICES):
        rows = s[s["service_level"] == level]
        share = 1 / (1 + np.exp((price - TRUTH.worth[level]) / TRUTH.worth_spread))
        near(rows[f"buy_at_{price}"] == "yes", share, (level, price))
        near(rows[rows["bid"] == price]["bid_accepted"] == "yes", share, (level, price))
    yes = s["bid_accepted"] == "yes"
    assert (s["second_bid"] - s["bid"])[yes].eq(10).all()
    assert (s["second_bid"] - s["bid"])[~yes].eq(-10).all()
    ordered = (s["cheap"] <= s["expensive"]) & (s["too_cheap"] <= s["cheap"]) & (s["expensive"] <= s["too_expensive"])
    near(~ordered, TRUTH.inconsistent_prices)
    for feature, kinds in TRUTH.kano.items():
        pairs = ((1, 3), (1, 5), (2, 5), (3, 3))
        for (functional, dysfunctional), share in zip(pairs, kinds, strict=True):
            near((s[f"{feature}_with"] == functional) & (s[f"{feature}_without"] == dysfunctional), share, feature)


def test_choices(large):
    c = large["choices"]
    x = np.column_stack(
        [c["price"], c["wait"], c["channel"] == "app", c["channel"] == "phone", c["expertise"] == "expert"]
    ).astype(float).reshape(-1, 3, 5)  # fmt: skip
    chosen = c["chosen"].to_numpy().reshape(-1, 3)
    assert (chosen.sum(axis=1) == 1).all()
    best = x[chosen]

    def minus_log_likelihood(beta):
        value = x @ beta
        return -(best @ beta).sum() + np.log(np.exp(value).sum(axis=1)).sum()

    fit = minimize(minus_log_likelihood, np.zeros(5), method="BFGS")
    truths = [TRUTH.utility[k] for k in ("price", "wait", "app", "phone", "expert")]
    errors = np.sqrt(np.diag(fit.hess_inv))
    assert (np.abs(fit.x - truths) < LIMIT * errors).all(), (fit.x, truths, errors)


def test_contacts(large):
    c = large["contacts"].sort_values(["customer", "time"])
    c = c[c["customer"].notna()]
    before = c.groupby("customer")["time"].diff().dt.total_seconds() / 86_400
    after = -c.groupby("customer")["time"].diff(-1).dt.total_seconds() / 86_400
    start, end = c["time"].min(), c["time"].max()
    base = (
        (before.isna() | (before > 30))
        & (c["time"] - start > pd.Timedelta("30D"))
        & (end - c["time"] > pd.Timedelta("30D"))
    )
    base &= c["respondent"].isna()  # respondents' repeats depend on what they said
    base &= ~c["customer"].isin(c[c["respondent"].notna()]["customer"])
    for days in (1, 3, 7, 14, 30):
        near(~(after[base] <= days), no_repeat(TRUTH, days), days)
    new = c[base]
    quarters = (new["time"] - pd.Timestamp("2024-10-01")).dt.total_seconds() / 86_400 / 730 * 8 - 4
    check(
        fitted((new["channel"] == "phone") - new["age"].map(TRUTH.phone_share).astype(float), {"quarters": quarters}),
        {"intercept": 0.0, "quarters": TRUTH.phone_per_quarter},
    )
    for channel in world.CHANNELS:
        rows = c[c["channel"] == channel]
        near(rows["transferred"] == "yes", TRUTH.transferred[channel], channel)
        near(rows["self_service_tried"] == "yes", TRUTH.self_service_tried[channel], channel)
    near(c[c["transferred"] == "yes"]["repeated_information"] == "yes", TRUTH.repeated_information[1])
    near(c["follow_up_promised"] == "yes", TRUTH.follow_up_promised)
    near(c[c["follow_up_promised"] == "yes"]["follow_up_kept"] == "yes", TRUTH.follow_up_kept)
    near(c[(c["channel"] == "phone") & (c["served_by"] == "person")]["wait"], TRUTH.wait["phone"])
    asked = c[c["respondent"].notna()].merge(
        large["survey"][["respondent", "resolved"]], on="respondent", suffixes=("", "_said")
    )
    soon = asked["contact"].isin(c[after <= 30]["contact"])
    assert soon[asked["resolved_said"] == "no"].mean() > soon[asked["resolved_said"] == "yes"].mean() + 0.2


@pytest.mark.parametrize("metric", ["csat", "nps", "effort", "first_contact_resolution", "gap"])
@pytest.mark.parametrize("channel", [None, "app", "phone"])
def test_headlines_among_those_who_answer(metric, channel):
    scores = {
        "csat": cx.csat("overall"), "nps": cx.nps("recommend"), "effort": cx.effort("effort", easy="high"),
        "first_contact_resolution": cx.first_contact_resolution("resolved", yes="yes"),
        "gap": cx.gap(delivered="delivered", expected="expected"),
    }  # fmt: skip
    frame = cx.simulate(n=64_000, seed=11)
    survey = cx.Survey(frame, weight="weight", strata="region", psu="branch")
    where = None if channel is None else cx.col("channel") == channel
    found = cx.measure(survey, scores[metric], where=where)
    truth = sample_truth(metric, channel=channel)
    assert abs(found.values[0] - truth) < LIMIT * found.std_error[0]
    assert abs(sample_truth(metric, channel=channel, no_answer=0.0) - truth) < 6


def test_gaps_depend_on_channel_and_dissatisfaction():
    frame = cx.simulate(n=64_000, seed=12)
    gone = frame["recommend"].isna()
    assert gone[frame["channel"] == "branch"].mean() > 2 * gone[frame["channel"] == "app"].mean()
    assert gone[frame["overall"] <= 3].mean() > 1.3 * gone[frame["overall"] >= 4].mean()
    price = frame[["cheap", "buy_at_30", "bid_accepted"]].isna()
    assert (price.all(axis=1) == price.any(axis=1)).all()
    assert not frame[["bid", "service_level", "segment"]].isna().any().any()


# --- other worlds ---------------------------------------------------------------------------------------------------------


def test_one_truth_changes_nothing_else():
    usual, other = (cx.simulate(n=640, seed=3, **changes) for changes in ({}, {"bot_effect": 0.5}))
    changed = [c for c in usual.columns if not usual[c].equals(other[c])]
    assert changed == ["loyalty"]


def test_a_table_is_the_same_alone():
    every = cx.simulate_world(n=640, seed=3)
    for name in PLACES:
        pd.testing.assert_frame_equal(every[name], cx.simulate_world(n=640, seed=3, tables=(name,))[name])


def test_a_larger_survey_asks_more_staff():
    sizes = {
        n: cx.simulate_world(n=n, seed=3, tables=("staff",))["staff"]["branch"].value_counts()
        for n in (640, 8320, 20_800)
    }
    assert {n: set(each) for n, each in sizes.items()} == {640: {8}, 8320: {8}, 20_800: {20}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"need_efect": 1.0}, "simulate: there is no truth 'need_efect'. Did you mean 'need_effect'?"),
        ({"worth": {"wov": 1.0}}, "simulate(worth=): there is no entry 'wov'. Did you mean 'wow'?"),
        ({"worth": 3.0}, "simulate(worth=): a table such as"),
        ({"need_effect": "big"}, "simulate(need_effect=): a number such as 1.8 is needed, not 'big'."),
        ({"resolved": 0.5}, "simulate(resolved=): 2 numbers such as (0.35, 0.88) are needed, not 0.5."),
        ({"need_effect": 9.0}, "simulate: the truths stated take satisfaction to"),
        ({"matters_more": 1.2}, "the truths stated take matters_more to 1.2, but as a chance it lies between 0 and 1."),
        ({"segment_share": {"hurry": 0.5}}, "simulate: the shares of segment_share add up to 1.15, not to 1."),
        ({"n": 639}, "simulate(n=): a whole number of at least 640 is needed, not 639."),
        ({"n": 700.5}, "simulate(n=)"),
        ({"seed": -1}, "simulate(seed=)"),
    ],
)  # fmt: skip
def test_bad_worlds(changes, message):
    with pytest.raises(ArgumentError) as error:
        cx.simulate(**{"n": 640, "seed": 1, **changes})
    assert message in str(error.value)


def test_bad_table():
    with pytest.raises(ArgumentError, match="simulate_world"):
        cx.simulate_world(n=640, seed=1, tables=("surveys",))
