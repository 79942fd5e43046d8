"""Files that are the same every time, colours that can be told apart, and words in sentence case."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import cxstats as cx
from cxstats.charts import plot_estimates, save
from cxstats.charts.style import INK, MARKERS, MUTED, PALETTE, ink, luminance, sentence, shown, value_label, view
from cxstats.charts.ticks import Numbers
from cxstats.errors import ArgumentError

WRITE = """
import pandas as pd, cxstats as cx
from cxstats.charts import plot_estimates, plot_trend, save
from matplotlib.figure import Figure
frame = pd.DataFrame({"overall": [5, 4, 2, 5, 1, 2] * 4, "year": [2022] * 6 + [2023] * 6 + [2025] * 12})
figure = Figure(layout="constrained")
left, right = figure.subplots(1, 2)
est = cx.measure(frame, cx.csat("overall"), by="year")
plot_estimates(est, left), plot_trend(est, right, limits=True, target=50)
save(figure, r"FOLDER/chart.svg"), save(figure, r"FOLDER/chart.png")
"""


def test_files_are_the_same_in_every_process(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run([sys.executable, "-c", WRITE.replace("FOLDER", folder.as_posix())], check=True)
        written.append([(folder / f"chart.{kind}").read_bytes() for kind in ("svg", "png")])
    assert written[0] == written[1]
    svg, png = written[0]
    assert b"<dc:date>" not in svg
    assert b"Software" not in png


def test_saving_twice_changes_neither_file_nor_setting(tmp_path: Path) -> None:
    figure = Figure(layout="constrained")
    frame = pd.DataFrame({"overall": [5, 4, 2, 5], "team": list("aabb")})
    plot_estimates(cx.measure(frame, cx.csat("overall"), by="team"), figure.subplots())
    before = dict(mpl.rcParams)
    for kind in ("svg", "png"):
        one, two = (save(figure, tmp_path / f"{i}.{kind}").read_bytes() for i in (1, 2))
        assert one == two
    assert dict(mpl.rcParams) == before
    assert save(figure, str(tmp_path / "UPPER.PNG")).exists()


def test_other_kinds_of_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"'\.pdf' is not one of '\.png', '\.svg'"):
        save(Figure(), tmp_path / "chart.pdf")


def test_importing_the_charts_does_not_import_matplotlib() -> None:
    code = "import cxstats, cxstats.charts, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _oklab(linear: np.ndarray) -> np.ndarray:
    lms = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]]) @ np.clip(linear, 0, 1)  # fmt: skip
    return np.array([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
                     [0.0259040371, 0.7827717662, -0.808675766]]) @ np.cbrt(lms)  # fmt: skip


# Machado, Oliveira and Fernandes (2009), severity 1
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}


@pytest.mark.parametrize("vision", VISION)
def test_colours_can_be_told_apart(vision: str) -> None:
    def seen(color: str) -> np.ndarray:
        rgb = np.array(to_rgb(color))
        return _oklab(VISION[vision] @ np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4))

    for first in (4, 6):
        pairs = itertools.combinations(PALETTE[:first], 2)
        nearest = min(float(np.linalg.norm(seen(a) - seen(b))) for a, b in pairs)
        assert nearest > (0.12 if first == 4 else 0.08)
    assert len(set(MARKERS)) == len(PALETTE)


@pytest.mark.parametrize("color", [*PALETTE, INK, MUTED])
def test_text_in_a_colour_is_readable_on_white(color: str) -> None:
    assert 1.05 / (luminance(np.array(to_rgb(ink(color)))) + 0.05) >= 4.5
    assert (ink(color).upper() == color) == (1.05 / (luminance(np.array(to_rgb(color))) + 0.05) >= 4.5)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("csat", "CSAT"),
        ("csat (overall)", "CSAT (overall)"),
        ("first_contact_resolution", "First-contact resolution"),
        ("waiting_time", "Waiting time"),
        ("share of NPS", "Share of NPS"),
        ("", ""),
    ],
)
def test_names_in_sentence_case(name: str, text: str) -> None:
    assert sentence(name) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (2.5, "2.5"), ("a", "a"), (pd.Timestamp("2025-01-01"), "2025-01-01"), (True, "True")],
)
def test_labels_of_the_data_as_text(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("labels", "unit", "text"),
    [
        ({"metric": ["csat"] * 2, "team": ["a", "b"]}, "%", "CSAT (%)"),
        ({"metric": ["wait"]}, "", "Wait"),
        ({"metric": ["a", "b"]}, "points", "Points"),
        ({"metric": ["a", "b"]}, "", "Estimate"),
        ({"metric": ["a", "b"], "contrast": ["x - y"] * 2}, "points", "Difference x - y (points)"),
        (
            {"metric": ["nps"], "trend": ["slope over year"]},
            "net % per step",
            "NPS, slope over year (percentage points per step)",
        ),
        ({"metric": ["csat"], "contrast": ["x - y"]}, "% points", "CSAT, difference x - y (percentage points)"),
    ],
)
def test_what_the_axis_of_values_says(labels: dict[str, list[str]], unit: str, text: str) -> None:
    assert value_label(pd.DataFrame(labels), unit) == text


@pytest.mark.parametrize(
    ("numbers", "unit", "low", "high"),
    [
        ([0.0, 100.0], "%", -3, 103),
        ([40.0, 60.0], "%", 38.8, 61.2),
        ([-100.0, 0.0], "net %", -103, 6),
        ([90.0, 110.0], "%", 88.8, 111.2),
        ([np.nan], "", 0, 1),
        ([np.inf, 1.0, 2.0], "", 0.94, 2.06),
        ([0.0], "", -0.06, 0.06),
    ],
)
def test_axis_limits_are_around_the_numbers(numbers: list[float], unit: str, low: float, high: float) -> None:
    assert view([numbers], unit, difference=False) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("ticks", "said"),
    [
        ([0, 50, 100], ["0", "50", "100"]),
        ([0, 0.5, 1], ["0.0", "0.5", "1.0"]),
        ([-1000, 0, 1000000], ["−1,000", "0", "1,000,000"]),
        ([-0.0], ["0"]),
        ([0.1 + 0.2], ["0.3"]),
    ],
)
def test_numbers_of_an_axis_share_their_decimals(ticks: list[float], said: list[str]) -> None:
    assert Numbers().format_ticks(ticks) == said
