"""What each claim of the catalogue is about, computed the plain way from a large synthetic world: no weights, no intervals.

Independent of the library: only used to see that a world is one in which a claim is true, or false.
"""

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from cxstats.datasets.synthetic.truth import AGES, LEVELS, QUARTERS, SEGMENTS, TOUCHPOINTS

SERVICE = ("expertise", "timeliness")
AMENITIES = ("decor", "drinks", "hold_music")
TREATED = ("fast", "fair", "easy", "personalised", "intuitive", "contextual")
ITEMS = (*TREATED, "expertise", "timeliness", "manner", *AMENITIES)
D5, D10, POINTS = 0.1, 0.2, 3.0


def years(s):
    return (s["quarter"].map({q: i for i, q in enumerate(QUARTERS)}) - 7.5) / 4


def slope(y, *x):
    """The coefficient of the first of several columns, by least squares."""
    columns = np.column_stack([*(np.asarray(c, dtype=float) for c in x), np.ones(len(y))])
    return np.linalg.lstsq(columns, np.asarray(y, dtype=float), rcond=None)[0][0]


def alike(s, outcome, by, one, other, strata):
    """The mean difference of two groups within strata, strata weighted as in the whole."""
    means = s.groupby([*strata, by])[outcome].mean().unstack(by)
    share = s.groupby(list(strata)).size() / len(s)
    both = means[[one, other]].dropna().index
    return float(((means[one] - means[other]) * share).loc[both].sum() / share.loc[both].sum())


def importance(s, outcome, items):
    """Each item's part of R squared, averaged over all orders (Lindeman, Merenda and Gold), as a share of the whole."""
    v = s[[outcome, *items]].astype(float).cov().to_numpy()
    k = len(items)

    def explained(rows):
        rows = [r + 1 for r in rows]
        return v[0, rows] @ np.linalg.solve(v[np.ix_(rows, rows)], v[rows, 0]) if rows else 0.0

    known = {rows: explained(rows) for size in range(k + 1) for rows in combinations(range(k), size)}
    parts = np.zeros(k)
    for rows, value in known.items():
        for i in set(range(k)) - set(rows):
            parts[i] += (known[tuple(sorted((*rows, i)))] - value) / (k * comb(k - 1, len(rows)))
    return pd.Series(parts / parts.sum(), index=list(items))


def r_squared(y, x):
    x = np.column_stack([np.ones(len(y)), *x]).astype(float)
    y = np.asarray(y, dtype=float)
    return 1 - np.var(y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) / np.var(y)


def survey_of(world):
    s = world["survey"].copy()
    s["met"] = s["need_met"] == "yes"
    s["happy"] = s["overall"] >= 4
    s["good"] = np.where(s["service_level"] == "poor", "no", "yes")
    s["years"] = years(s)
    return s


def measures(world):
    """The number (or numbers) that each claim is about, as (value, low, high): true if all values lie in their regions."""
    if "contacts" in world:
        yield from contacts(world["contacts"])
    s = survey_of(world)
    sat = s["satisfaction"]
    delighted = s["delight"] == "yes"
    inf = np.inf

    def lift(met):
        return sat[(s["met"] == met) & delighted].mean() - sat[(s["met"] == met) & ~delighted].mean()

    yield (
        "needs-before-delight",
        [
            (lift(True) - lift(False), 0, inf),
            (sat[~s["met"] & delighted].mean() - sat[s["met"] & ~delighted].mean(), -inf, 0),
        ],
    )
    yield "needs-are-necessary", [(100 * s["happy"][~s["met"]].mean(), -inf, 10)]
    yield "enjoyed-but-unmet", [(100 * (~s["met"])[s["happy"]].mean(), 10, inf)]
    share = importance(s, "satisfaction", ITEMS)
    yield "service-beats-amenities", [(share[list(SERVICE)].mean() - share[list(AMENITIES)].mean(), 0, inf)]
    by_segment = s.groupby("segment")["met"].mean()
    yield "averages-hide-people", [(100 * np.ptp(by_segment), 10, inf), (100 * s["happy"].mean(), 60, inf)]
    parts = pd.DataFrame({k: importance(s[s["segment"] == k], "satisfaction", ITEMS) for k in SEGMENTS})
    yield "customers-differ", [(100 * (parts.max(axis=1) - parts.min(axis=1)).max(), 5, inf)]
    yield (
        "bots-cost-loyalty",
        [(alike(s, "loyalty", "served_by", "bot", "person", ["issue", "segment", "channel"]), -inf, 0)],
    )
    yield "service-creates-loyalty", [(alike(s, "loyalty", "good", "yes", "no", ["tenure"]), D10, inf)]
    good = s["met"] & (s["resolved"] == "yes") & (s["effort"] >= 5)
    yield "good-service-is-rare", [(100 * good.mean(), -inf, 50)]
    gap = s["delivered"] - s["expected"]
    steps = gap.groupby(s["year"]).mean().diff().dropna()
    yield "gap-widens", [(slope(gap, s["years"]), -inf, 0), *((step, -inf, 0) for step in steps)]
    yield "not-getting-better", [(slope(sat, s["years"]), -inf, D10 / 10)]
    touch = importance(s, "loyalty", [f"delivered_{t}" for t in TOUCHPOINTS])
    touch.index = list(TOUCHPOINTS)
    yield "service-top-three", [(touch.rank(ascending=False)["support"], -inf, 3)]
    wow = s["service_level"] == "wow"
    yield "prize-grows", [(slope(s["spend"][wow], s["years"][wow]) - slope(s["spend"][~wow], s["years"][~wow]), 0, inf)]
    gone = s.assign(gone=s["renewed"] == "no")
    poor = gone["service_level"] == "poor"
    yield (
        "poor-service-leaves",
        [
            (100 * gone["gone"][poor].mean(), 50, inf),
            (alike(gone, "gone", "service_level", "poor", "adequate", ["tenure"]), 0, inf),
        ],
    )
    b = world["branches"]
    pair = b[["technology", "basics_delivered"]]
    inner = (
        pair - pair.groupby(b["branch"]).transform("mean") - pair.groupby(b["quarter"]).transform("mean") + pair.mean()
    )
    yield "technology-away-from-basics", [(slope(inner["basics_delivered"], inner["technology"]), -inf, 0)]
    effects = programmes(s)
    yield "programmes-fail", [(effects["marketing"] / 2 + effects["service"] / 2, -inf, D10)]
    yield "marketing-led-fails", [(effects["marketing"] - effects["service"], -inf, 0)]
    epic = (s[["easy", "personalised", "intuitive", "contextual"]] >= 4).all(axis=1)
    yield "epic-is-rare", [(100 * epic.mean(), -inf, 10)]
    yield "fast-easy-fair", [(share[["fast", "fair", "easy"]].sum() - 3 / len(share), 0, inf)]
    more, pay = (100 * (s[c] == "yes").mean() for c in ("matters_more", "would_pay_more"))
    yield "price-or-experience", [(more - pay, 0, inf)]
    cost = world["costs"].set_index("service_level")
    worth = {
        k: alike(s, "spend", "service_level", k, "adequate", ["tenure"]) * cost["margin"].iloc[0]
        for k in ("poor", "wow")
    }
    extra = {k: cost["cost"][k] - cost["cost"]["adequate"] for k in ("poor", "wow")}
    yield "wow-not-worth-it", [(worth["wow"] - extra["wow"], -inf, 0)]
    easy = (s["service_level"] == "adequate") & (s["effort"] >= 5)
    part = s.assign(kind=np.where(wow, "wow", np.where(easy, "easy", "else")))
    yield "frictionless-is-enough", [(alike(part, "loyalty", "kind", "wow", "easy", ["tenure"]), -inf, D10)]
    yield "adequate-pays", [(-worth["poor"] + extra["poor"], 0, inf)]
    yield "roi-less-than-thought", [(worth["wow"] / extra["wow"] - cost["planned_return"]["wow"], -inf, 0)]
    yield "channels-consistent", [(np.ptp(s.groupby("channel")["satisfaction"].mean()), -inf, D10)]
    staff = world["staff"]
    seen = staff[[f"delivered_{t}" for t in TOUCHPOINTS]].mean(axis=1).groupby(staff["branch"]).mean()
    felt = s[[f"delivered_{t}" for t in TOUCHPOINTS]].mean(axis=1).groupby(s["branch"]).mean()
    yield "provider-customer-gap", [((seen - felt).mean(), 0, inf)]
    yield "closing-the-gap-is-key", [(slope(s.groupby("branch")["loyalty"].mean(), seen - felt), -inf, 0)]
    pre = ["advertising", "purchase"]
    yield "before-the-sale", [(100 * (touch[pre].mean() - touch.drop(pre).mean()), -POINTS, inf)]
    fine = s[s["good"] == "yes"]
    yield "service-may-not-repair", [(alike(fine, "loyalty", "first_impression", "bad", "good", ["tenure"]), -inf, 0)]
    outcome = [s["met"], s["resolved"] == "yes"]
    added = r_squared(sat, [*outcome, s["manner"]]) - r_squared(sat, outcome)
    yield "manner-matters", [(100 * added, 2, inf)]
    well, badly = sat[~s["met"] & (s["manner"] >= 4)].mean(), sat[s["met"] & (s["manner"] <= 2)].mean()
    yield "manner-beats-words", [(well - badly, -D10, inf)]
    treated = sat.groupby([s["target"], s["tailored"]]).mean()
    effect = {k: treated[k, "yes"] - treated[k, "no"] for k in ("yes", "no")}
    yield "target-trade-off", [(effect["yes"], 0, inf), (effect["no"], -inf, 0)]
    told = s.assign(told=s["told_others"] == "yes").groupby("service_level")["told"].mean()
    yield "word-of-mouth", [(told["wow"] - told["adequate"], 0, inf)]
    yield "experience-has-two-signs", [(100 * (s["overall"] < 3).mean(), 5, inf)]
    tech = {
        k: slope(sat[s["comfort"] == k], s["technology_met"][s["comfort"] == k])
        for k in ("comfortable", "uncomfortable")
    }
    yield "technology-wrong-customer", [
        (tech["uncomfortable"], -inf, 0), (tech["comfortable"] - tech["uncomfortable"], 0, inf)
    ]  # fmt: skip
    yield "back-office-counts", [(100 * touch["back_office"], 20, inf)]
    wishes = s[[f"expected_{t}" for t in TOUCHPOINTS]]
    yield "no-perfection-expected", [(100 * (wishes == 5).all(axis=1).mean(), -inf, 10)]
    yield "few-touchpoints-matter", [(100 * touch.nlargest(2).sum(), 50, inf)]
    wish = wishes.mean(axis=1)
    between = wish.groupby(s["industry"]).transform("mean").var() / wish.var()
    yield "norms-mislead", [(100 * between, -inf, 10)]
    guess = staff[[f"expected_{t}" for t in TOUCHPOINTS]].mean() - wishes.mean()
    yield "firms-misjudge-expectations", [(guess.abs().max(), D5, inf)]
    units = s.groupby(["branch", "quarter"])["satisfaction"].mean().rename("mean").reset_index()
    units = units.merge(b, on=["branch", "quarter"])
    spread = units["innovation"].quantile(0.9) - units["innovation"].quantile(0.1)
    yield "innovation-not-needed", [(slope(units["mean"], units["innovation"], units["clarity"]) * spread, -inf, D10)]
    low = b["investment"] < b["investment"].median()
    yield "cheap-can-be-good", [(b["improvement"][low].mean(), D10, inf)]


def programmes(s):
    """Differences in differences: the change after the start, less the change of branches that did not start."""
    means = (
        s.groupby(["branch", "quarter"]).agg(mean=("satisfaction", "mean"), kind=("programme", "first")).reset_index()
    )
    columns = {k: (means["kind"] == k) * 1.0 for k in ("marketing", "service")}
    for name in ("branch", "quarter"):
        dummies = pd.get_dummies(means[name], drop_first=True, dtype=float)
        columns |= {f"{name} {c}": dummies[c] for c in dummies}
    x = np.column_stack([np.ones(len(means)), *columns.values()])
    beta = np.linalg.lstsq(x, means["mean"].to_numpy(dtype=float), rcond=None)[0]
    return dict(zip(columns, beta[1:], strict=False))


def contacts(c):
    yes = c[["transferred", "repeated_information"]] == "yes"
    yield "effort-is-forced", [(100 * (yes.any(axis=1) | (c["wait"] > 5)).mean(), 50, np.inf)]
    phone = c["channel"] == "phone"
    yield "self-service-fails", [(100 * (c["self_service_tried"] == "yes")[phone].mean(), 10, np.inf)]
    promised = c["follow_up_promised"] == "yes"
    yield "follow-ups-not-kept", [(100 * (c["follow_up_kept"] == "no")[promised].mean(), 10, np.inf)]
    young = c["age"] == AGES[0]
    yield "young-avoid-phone", [(phone[young].mean() - phone[~young].mean(), -np.inf, 0)]
    quarter = (c["time"].dt.year - 2024) * 4 + c["time"].dt.quarter
    yield "phone-is-dying", [(slope(phone, quarter), -np.inf, 0)]


assert LEVELS == ("poor", "adequate", "wow")
