"""Rank intervals: as many ranks as the differences leave open."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import cxstats as cx
from cxstats.errors import ArgumentError, VariantError
from cxstats.inference.simultaneous import Simultaneous


def answers(means: tuple[float, ...], rows: int = 100, seed: int = 4, psus: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    group = np.tile(np.arange(len(means)), rows)
    frame = pd.DataFrame(
        {"group": [f"g{i}" for i in group], "x": draw.normal(size=len(group)) + np.asarray(means)[group]}
    )
    frame["yes"] = frame["x"] > 0.5
    if psus:
        frame["psu"] = draw.integers(0, psus, len(group))
    return frame


def limits(e: cx.Estimate, level: float = 0.95) -> list[tuple[float, float]]:
    return list(zip(*(side.tolist() for side in e.interval(level, "guarded")), strict=True))


def test_groups_far_apart_have_one_rank_each():
    e = cx.measure(answers((0.0, 2.0, 1.0)), cx.mean("x"), by="group")
    found = cx.ranks(e)
    assert found.values.tolist() == [3, 1, 2]
    assert limits(found) == [(3, 3), (1, 1), (2, 2)]
    low_first = cx.ranks(e, highest_first=False)
    assert low_first.values.tolist() == [1, 3, 2]
    assert limits(low_first) == [(1, 1), (3, 3), (2, 2)]


def test_groups_that_do_not_differ_keep_all_ranks_open():
    e = cx.measure(answers((0.0,) * 5), cx.mean("x"), by="group")
    assert limits(cx.ranks(e)) == [(1, 5)] * 5


@pytest.mark.parametrize("simultaneous", [True, False])
@pytest.mark.parametrize("score", [cx.mean("x"), cx.share(cx.col("yes"))], ids=["mean", "share"])
def test_ranks_by_hand_from_the_pairs(simultaneous, score):
    """Count the differences whose interval at level 1 - alpha* does not reach 0."""
    frame = answers((0.0, 0.5, 0.8, 0.9, 1.2, 2.0), psus=30)
    e = cx.measure(cx.Survey(frame, psu="psu"), score, by="group")
    groups = e.labels["group"].tolist()
    b, a = np.triu_indices(6, 1)
    everything = cx.inference.differences.all_pairs(e, "here")[2]
    by_hand = []
    for j, one in enumerate(groups):
        if simultaneous:
            strict = Simultaneous.of(everything, two_sided=True).each(0.1)
        else:
            mine = np.flatnonzero((a == j) | (b == j))
            sign = np.where(a[mine] == j, 1.0, -1.0)
            strict = Simultaneous.of(everything._take(mine), two_sided=False, sign=sign).each(0.05)
        others = [e.contrast(one, other).interval(1 - strict, "guarded") for other in groups if other != one]
        above = sum(high[0] < 0 for _, high in others)
        below = sum(low[0] > 0 for low, _ in others)
        by_hand.append((1.0 + above, 6.0 - below))
    assert limits(cx.ranks(e, simultaneous=simultaneous)) == by_hand
    assert len(set(by_hand)) > 2


def test_one_row_of_interest_has_a_narrower_interval():
    e = cx.measure(answers((0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), rows=150), cx.mean("x"), by="group")
    both = [np.diff(np.asarray(cx.ranks(e, simultaneous=s).interval()), axis=0).sum() for s in (True, False)]
    assert both[1] < both[0]


def test_the_unit_and_the_order_of_groups_do_not_matter():
    frame = answers((0.0, 0.3, 0.5, 0.9))
    one = cx.ranks(cx.measure(frame, cx.mean("x"), by="group")).frame().set_index("group")
    name = {"g0": "d", "g1": "b", "g2": "c", "g3": "a"}
    other = frame.assign(group=frame["group"].map(name), x=7 + 1000 * frame["x"])
    two = cx.ranks(cx.measure(other, cx.mean("x"), by="group")).frame().set_index("group")
    for group, renamed in name.items():
        columns = ["estimate", "conf_low", "conf_high"]
        assert one.loc[group, columns].tolist() == two.loc[renamed, columns].tolist()


def test_the_interval_holds_the_rank_and_widens_with_the_level():
    e = cx.measure(answers((0.0, 0.1, 0.3, 0.3, 0.6)), cx.share(cx.col("yes")), by="group")
    found = cx.ranks(e)
    ends = [found.interval(level) for level in (0.01, 0.5, 0.9, 0.95, 0.99, 0.9999)]
    for low, high in ends:
        assert (low <= found.values).all()
        assert (high >= found.values).all()
    assert all((b[0] <= a[0]).all() and (b[1] >= a[1]).all() for a, b in pairwise(ends))


def test_among_the_top_three():
    e = cx.measure(answers((0.0, 0.0, 0.0, 1.0, 1.0, 1.2)), cx.mean("x"), by="group")
    table = cx.ranks(e, simultaneous=False).pick(group=["g0", "g5"]).test(cx.below(3.5))
    assert table["verdict"].tolist() == ["contradicted", "supported"]
    top = cx.ranks(e, simultaneous=False)
    p = top.test(cx.below(3.5))["p_value"][5]
    assert top.interval(1 - 0.99 * p, "guarded")[1][5] > 3.5 > top.interval(1 - 1.01 * p, "guarded")[1][5]


def test_ties_share_the_best_rank():
    frame = pd.DataFrame({"x": [1.0, 3.0, 1.0, 3.0, 0.0, 1.0], "group": list("aabbcc")})
    assert cx.ranks(cx.measure(frame, cx.mean("x"), by="group")).values.tolist() == [1, 1, 3]


def test_a_group_without_answers_may_hold_any_rank():
    frame = answers((0.0, 2.0, 4.0))
    frame.loc[frame["group"] == "g1", "x"] = np.nan
    found = cx.ranks(cx.measure(frame, cx.mean("x"), by="group"))
    assert limits(found)[0] == (2, 3)
    assert limits(found)[2] == (1, 2)
    assert np.isnan(found.values[1])
    assert found.test(cx.below(2))["verdict"][1] == "untestable"


def test_metrics_can_be_ranked():
    frame = pd.DataFrame({f"q{i}": np.random.default_rng(i).normal(i, 1, 60) for i in range(3)})
    found = cx.ranks(cx.measure(frame, [cx.mean(c, name=c) for c in frame]))
    assert found.labels["metric"].tolist() == ["rank of q0", "rank of q1", "rank of q2"]
    assert limits(found) == [(3, 3), (2, 2), (1, 1)]


def test_what_cannot_be_ranked():
    frame = answers((0.0, 1.0))
    e = cx.measure(frame, cx.mean("x"), by="group")
    with pytest.raises(ArgumentError, match=r"ranks: there is one group only"):
        cx.ranks(e.pick(group="g0"))
    with pytest.raises(ArgumentError, match=r"ranks\(highest_first=\).*'high'"):
        cx.ranks(e, highest_first="high")
    with pytest.raises(VariantError, match="different measures"):
        cx.ranks(cx.measure(frame, [cx.mean("x"), cx.share(cx.col("yes"))]))
    with pytest.raises(ArgumentError, match="several metrics in several groups"):
        cx.ranks(cx.measure(frame, [cx.mean("x"), cx.mean("yes")], by="group"))


def test_it_prints_what_it_is():
    shown = str(cx.ranks(cx.measure(answers((0.0, 1.0)), cx.mean("x"), by="group")))
    assert "rank of mean" in shown
    assert "ranks by simultaneous differences" in shown
