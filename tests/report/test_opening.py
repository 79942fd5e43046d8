"""The opening says what changed, by how much, how surely, and what is too small to tell; and nothing that no table says."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.report import read_config
from cxstats.report.measures import in_one_family, measured
from cxstats.report.opening import Opening, opening
from cxstats.report.source import read_source
from cxstats.report.words import agreed

from .conftest import CONFIG

TEXT = """
[data]
file = "answers.csv"
[period]
column = "quarter"
[[metrics]]
kind = "csat"
column = "overall"
name = "Satisfied"
{target}
[[metrics]]
kind = "effort"
column = "effort"
scale = [1, 7]
easy = "low"
name = "Effort"
"""


def rows(satisfied: list[float], effort: list[float], n: int = 400) -> pd.DataFrame:
    """Return answers of quarters with these shares satisfied and these mean efforts, exactly."""
    quarters = [f"{2024 + k // 4}Q{k % 4 + 1}" for k in range(len(satisfied))]
    parts = [
        pd.DataFrame(
            {
                "quarter": quarter,
                "overall": np.where(np.arange(n) < share * n, 5, 2),
                "effort": np.where(np.arange(n) % 100 < round(100 * (mean - 3)), 4, 3),
            }
        )
        for quarter, share, mean in zip(quarters, satisfied, effort, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def told(path: Path) -> Opening:
    config = read_config(path)
    source = read_source(config)
    return opening(source, config, in_one_family([measured(source, config, m) for m in config.metrics], config))


def said(path: Path) -> str:
    return told(path).text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_clear_change_is_told_with_its_size_and_interval(configured: Callable[..., Path]) -> None:
    text = said(configured(TEXT.format(target=""), rows([0.7] * 4 + [0.9], [3.5] * 5)))
    assert text.startswith("Satisfied clearly improved; no measure clearly got worse.")
    assert re.search(
        r"Satisfied rose from 70\.0 % in 2024Q4 to 90\.0 % in 2025Q1: \+20\.0 points \(\+14\.\d to \+25\.\d\)", text
    )
    assert "it rose from 70.0 % in 2024Q1 to 90.0 % in 2025Q1" in text
    small = re.search(r"Not clear from chance: Effort \(\S+ points since 2024Q4, interval (\S+) to (\S+); ", text)
    assert small is not None
    assert float(small[1].replace("\N{MINUS SIGN}", "-")) < 0 < float(small[2])
    assert "chance: Satisfied" not in text


def test_what_got_worse_comes_first_and_low_is_good_where_it_is(configured: Callable[..., Path]) -> None:
    text = said(configured(TEXT.format(target=""), rows([0.7] * 4 + [0.9], [3.2] * 4 + [3.8])))
    assert text.startswith("Look first at Effort, which clearly got worse. Effort rose from 3.20 points")
    text = said(configured(TEXT.format(target=""), rows([0.7] * 4 + [0.5], [3.8] * 4 + [3.2])))
    assert text.startswith(
        "Look first at Satisfied, which clearly got worse. Satisfied fell from 70.0 % in 2024Q4 to 50.0 %"
    )
    assert "Effort fell from 3.80 points" in text


@pytest.mark.parametrize(
    ("target", "part"),
    [
        (90, "Look first at Satisfied, which misses its target. Target missed: Satisfied (70.0 % in 2025Q1, "),
        (50, "no target is missed. Target met: Satisfied (70.0 % in 2025Q1, "),
        (71, "no target is clearly met or missed. Too close to the target to tell: Satisfied (70.0 % in 2025Q1, "),
    ],
)
def test_targets(configured: Callable[..., Path], target: int, part: str) -> None:
    text = said(configured(TEXT.format(target=f"target = {target}"), rows([0.7] * 5, [3.5] * 5)))
    assert part in text
    assert f"; target {target})" in text


def test_what_only_the_number_of_comparisons_makes_doubtful_is_perhaps(configured: Callable[..., Path]) -> None:
    frame = rows([0.7] * 4 + [0.765], [3.5] * 5)
    text = said(configured(TEXT.format(target=""), frame))
    assert (
        "Perhaps changed, but not surely when all comparisons are counted: Satisfied (+6.5 points since 2024Q4)" in text
    )
    assert "Satisfied rose" not in text
    assert "Satisfied (less than" not in text
    text = said(configured(TEXT.format(target="") + '\n[compare]\nadjust = "none"\n', frame))
    assert "Satisfied rose from 70.0 %" in text
    assert "Perhaps" not in text


def test_a_change_of_years_is_not_told_as_one_of_today(configured: Callable[..., Path]) -> None:
    frame = rows([0.60, 0.64, 0.68, 0.72, 0.71, 0.74, 0.76, 0.77], [3.5] * 8)
    assert said(configured(TEXT.format(target=""), frame)).startswith(
        "Satisfied clearly improved over time; no measure"
    )
    down = rows([0.77, 0.76, 0.74, 0.71, 0.72, 0.68, 0.69, 0.68], [3.5] * 8)
    assert said(configured(TEXT.format(target=""), down)).startswith(
        "Look first at Satisfied, which clearly got worse over time. Satisfied has fallen over 2024Q1 to 2025Q4: "
    )


GAPS = """
[data]
file = "answers.csv"
[period]
column = "quarter"
[[metrics]]
kind = "gap"
delivered = "got"
expected = "wanted"
name = "Gap"
"""


@pytest.mark.parametrize(
    ("gaps", "last", "over_time"),
    [
        ([-0.1, -0.2, -0.3, -0.4, -0.9], "Gap widened from", "it has widened over"),
        ([-0.9, -0.8, -0.8, -0.7, -0.1], "Gap narrowed from", "it has narrowed over"),
        ([0.1, 0.2, 0.3, 0.4, 0.9], "Gap widened from", "it has widened over"),
        ([0.9, 0.8, 0.8, 0.7, 0.1], "Gap narrowed from", "it has narrowed over"),
        ([-0.9, -0.5, -0.3, -0.2, 0.4], "Gap rose from", "it has risen over"),
    ],
)
def test_of_a_gap_it_is_said_whether_it_is_wider(
    configured: Callable[..., Path], gaps: list[float], last: str, over_time: str
) -> None:
    parts = [
        pd.DataFrame(
            {"quarter": f"{2024 + k // 4}Q{k % 4 + 1}", "wanted": 4.0, "got": 4 + gap + np.tile([-0.5, 0.5], 100)}
        )
        for k, gap in enumerate(gaps)
    ]
    text = said(configured(GAPS, pd.concat(parts, ignore_index=True)))
    assert last in text
    assert over_time in text
    assert "fell" not in text


def test_nothing_changed(configured: Callable[..., Path]) -> None:
    text = said(configured(TEXT.format(target=""), rows([0.7] * 5, [3.5] * 5)))
    assert text.startswith("No measure clearly got worse. Not clear from chance")
    assert "rose" not in text
    assert "fell" not in text


def test_nothing_to_compare(configured: Callable[..., Path]) -> None:
    assert said(configured(TEXT.format(target=""), rows([0.7], [3.5]))).startswith(
        "There is nothing to compare with yet."
    )


def test_names_of_the_data_are_escaped(configured: Callable[..., Path]) -> None:
    found = told(configured(CONFIG))
    markup = "".join([found.headline, *found.paragraphs])
    assert "<b>happy" not in markup
    assert "&lt;b&gt;happy" in markup


def test_how_sure_is_said_for_the_adjustment_at_hand(configured: Callable[..., Path]) -> None:
    frame = rows([0.7] * 5, [3.5] * 5)
    for method, part in (
        ("holm", "holds up among all 6 comparisons"),
        ("benjamini-hochberg", "at most 5 % of the changes told"),
        ("none", "judged by itself"),
    ):
        assert part in said(configured(TEXT.format(target="") + f'\n[compare]\nadjust = "{method}"\n', frame))


def test_a_target_is_told_with_the_interval_that_decides(configured: Callable[..., Path]) -> None:
    frame = rows([0.7] * 5, [3.5] * 5)
    last = cx.measure(frame[frame["quarter"] == "2025Q1"], cx.csat("overall"))
    wilson, guarded = (float(last.frame(method=m)["conf_high"].iloc[0]) for m in (None, "guarded"))
    assert wilson < guarded
    text = said(configured(TEXT.format(target=f"target = {guarded + 0.01:.4f}"), frame))
    assert re.search(
        rf"Target missed: Satisfied \(70\.0 % in 2025Q1, \d+\.\d+ to {guarded:.2f}; target {guarded + 0.01:.4f}", text
    )


def test_one_point_is_a_point() -> None:
    written = [f"{text}{agreed(text, ' points')}" for text in ("+1", "\N{MINUS SIGN}1", "1", "+1.0", "11", "0")]
    assert written == ["+1 point", "\N{MINUS SIGN}1 point", "1 point", "+1.0 points", "11 points", "0 points"]
    assert agreed("1", " %") == " %"
