"""What every picture promises: files that are the same each time, and no change to what it draws from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

import cxstats as cx

from .looks import assert_readable, texts

PICTURES = {
    "distribution": lambda s: (cx.measure(s, cx.distribution("overall"), by="channel"), cx.plot_distribution),
    "estimates": lambda s: (cx.measure(s, cx.csat("overall"), by="channel"), cx.plot_estimates),
    "heatmap": lambda s: (cx.measure(s, cx.csat("overall"), by=["channel", "quarter"]), cx.plot_heatmap),
    "kpi": lambda s: (cx.measure(s, cx.csat("overall"), by="quarter"), cx.plot_kpi),
    "multiples": lambda s: (
        cx.measure(s, cx.csat("overall"), by=["channel", "quarter"]),
        lambda est: cx.plot_multiples(est, over="quarter"),
    ),
    "nps": lambda s: (cx.measure(s, cx.nps_composition("recommend"), by="channel"), cx.plot_nps),
    "trend": lambda s: (cx.measure(s, cx.csat("overall"), by="quarter"), cx.plot_trend),
    "verdicts": lambda s: (cx.measure(s, cx.csat("overall")), _forest),
}
MORE, PAY = (cx.Percentage(p, n=n, population="adults") for p, n in ((64, None), (67, 6723)))
FIRST_CONTACT = {"retail": (78, 81), "energy": (72, 76), "tech": (65, 75), "telco": (61, 68)}
PUBLISHED = {
    "ecological": lambda: cx.plot_ecological(cx.EcologicalTable(FIRST_CONTACT)),
    "overlap": lambda: cx.plot_overlap(MORE, PAY, same_people=False),
    "percentages": lambda: cx.plot_percentages([MORE, PAY], against=50),
    "published_trend": lambda: cx.plot_published_trend(cx.PublishedTrend({2016: MORE, 2018: PAY})),
}
FOUR = {name: name for name in ("too_cheap", "cheap", "expensive", "too_expensive")}
ASKED = {price: f"buy_at_{price}" for price in (20, 30, 40, 50, 60)}
PRICES = {  # of rows of the sample survey: the result, and how to draw it
    "balance": (lambda rows: _value(rows), cx.plot_balance),
    "demand": (lambda rows: cx.gabor_granger(rows, ASKED), lambda found, ax=None: cx.plot_demand(found, ax)[-1]),
    "prices": (lambda rows: cx.van_westendorp(rows, **FOUR), cx.plot_prices),
    "resolution": (lambda rows: cx.resolution_curve(_log(marked="synthetic" in rows), days=(1, 7)), cx.plot_resolution),
    "roi": (lambda rows: _return(rows), cx.plot_roi),
    "tornado": (lambda rows: _return(rows), lambda found, ax=None: cx.plot_tornado(found, ax=ax)),
    "valuation": (lambda rows: cx.contingent_valuation(rows, bid="bid", answer="bid_accepted"), cx.plot_valuation),
    "value": (lambda rows: _return(rows), lambda found, ax=None: cx.plot_value(found.value, ax, roi=found)),
}


def _latest(*, marked: bool = True) -> pd.DataFrame:
    rows = cx.load_survey().query("quarter == '2026Q3'")
    return rows if marked else pd.DataFrame(rows.drop(columns="synthetic").to_dict("list"))


def _value(rows: pd.DataFrame) -> cx.ServiceValue:
    levels = ["poor", "adequate", "wow"]
    return cx.service_value(rows, outcome="spend", level="service_level", order=levels, adjust="tenure", unit="EUR")


def _return(rows: pd.DataFrame) -> cx.ReturnOnService:
    return cx.roi(_value(rows), cost={"poor": 5, "adequate": 12, "wow": 22}, margin=0.6)


def _log(*, marked: bool) -> cx.ContactLog:
    contacts = cx.load_contacts().head(8000)
    rows = contacts if marked else pd.DataFrame(contacts.drop(columns="synthetic").to_dict("list"))
    return cx.ContactLog(rows, customer="customer", time="time")


def _forest(est: cx.Estimate, ax: Axes | None = None) -> Axes:
    regions = {"most": cx.above(50), "seven in ten": cx.between(69, 71), "hardly any": cx.below(20)}
    claims = [cx.Claim(id, measure=lambda rows: est, region=region) for id, region in regions.items()]
    return cx.plot_verdicts(cx.check(claims, pd.DataFrame({"any": [1]})), ax)[0]


WRITE = """
import sys; sys.path.insert(0, ".")
import numpy as np, pandas as pd, cxstats as cx
from cxstats.charts import save
from tests.charts.test_every_plot import PICTURES, PRICES, PUBLISHED, _latest
s = cx.Survey(pd.read_csv("tests/reference/data/straddle.csv"))
drawings = {name: lambda make=make: (lambda est, plot: plot(est))(*make(s)) for name, make in PICTURES.items()}
prices = {name: lambda make=make, plot=plot: plot(make(_latest())) for name, (make, plot) in PRICES.items()}
for name, draw in (drawings | prices | PUBLISHED).items():
    for kind in ("svg", "png"):
        save(np.ravel(draw())[0].figure, r"FOLDER/" + name + "." + kind)
"""


def test_every_picture_is_here() -> None:
    public = {name.removeprefix("plot_") for name in cx.__all__ if name.startswith("plot_")}
    assert set(PICTURES) | set(PRICES) | set(PUBLISHED) == public, (
        "enter the new picture in PICTURES: what to measure, and how to draw it"
    )


def test_files_are_the_same_in_every_process(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run([sys.executable, "-c", WRITE.replace("FOLDER", folder.as_posix())], check=True, cwd=root)
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert set(written[0]) == {f"{name}.{kind}" for name in [*PICTURES, *PRICES, *PUBLISHED] for kind in ("svg", "png")}
    assert written[0] == written[1]


@pytest.mark.parametrize("name", PICTURES)
def test_drawing_changes_nothing_of_the_estimate(survey: cx.Survey, name: str) -> None:
    est, plot = PICTURES[name](survey)
    before, vcov = est.frame(), est.vcov.copy()
    plot(est)
    pd.testing.assert_frame_equal(est.frame(), before)
    np.testing.assert_array_equal(est.vcov, vcov)


def _marks(drawn: object) -> list[str]:
    figure = np.ravel(drawn)[0].figure
    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(Text) if "ynthetic" in text.get_text()]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_sample_data_says_so_once_and_of_other_data_never(survey: cx.Survey, name: str) -> None:
    est, plot = PICTURES[name](cx.sample_survey())
    assert _marks(plot(est)) == ["synthetic sample data"]
    est, plot = PICTURES[name](survey)
    assert _marks(plot(est)) == []


@pytest.mark.parametrize("name", PRICES)
def test_a_picture_of_prices_says_once_whether_a_program_made_the_data(name: str) -> None:
    make, plot = PRICES[name]
    assert _marks(plot(make(_latest()))) == ["synthetic sample data"]
    assert _marks(plot(make(_latest(marked=False)))) == []


@pytest.mark.parametrize("name", sorted((set(PICTURES) | set(PRICES)) - {"multiples"}))
@pytest.mark.parametrize("size", [None, (3.3, 2.6)], ids=["its own", "half a page"])
def test_the_mark_is_below_all_else_and_lies_on_nothing(name: str, size: tuple[float, float] | None) -> None:
    rows = cx.load_survey().query("quarter > '2025Q3'")
    est, plot = PICTURES[name](rows) if name in PICTURES else (PRICES[name][0](rows), PRICES[name][1])
    ax = plot(est, None if size is None else plt.subplots(figsize=size, layout="constrained")[1])
    assert_readable(ax)
    heights = {text.get_text(): text.get_window_extent().y0 for text in texts(ax)}
    assert min(heights, key=heights.__getitem__) == "synthetic sample data"


def test_drawing_twice_on_the_same_axes_marks_them_once() -> None:
    est, plot = PICTURES["trend"](cx.sample_survey())
    assert _marks(plot(est, plot(est))) == ["synthetic sample data"]
