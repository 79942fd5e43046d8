import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.report.suppression import ALL, PROTECTS, SMALL, Cell, equations, suppressed


def counted(periods: np.ndarray, **groups: np.ndarray) -> dict[Cell, int]:
    """Return the answers of every cell of rows."""
    counts: dict[Cell, int] = {ALL: len(periods)}
    for p in np.unique(periods).tolist():
        counts[p, "", None] = int((periods == p).sum())
    for name, labels in groups.items():
        for v in np.unique(labels).tolist():
            counts[None, name, v] = int((labels == v).sum())
            for p in np.unique(periods).tolist():
                counts[p, name, v] = int(((periods == p) & (labels == v)).sum())
    return counts


def test_a_small_cell_takes_a_second_one_of_its_row_with_it() -> None:
    counts = {(1, "", None): 60, (1, "channel", "app"): 40, (1, "channel", "web"): 15, (1, "channel", "fax"): 5}
    assert suppressed(counts, 10) == {(1, "channel", "fax"): SMALL, (1, "channel", "web"): PROTECTS}


def test_cells_without_answers_hide_nobody_and_protect_nobody() -> None:
    counts = {(1, "", None): 45, (1, "g", "a"): 40, (1, "g", "b"): 5, (1, "g", "c"): 0}
    assert suppressed(counts, 10) == {(1, "g", "b"): SMALL, (1, "g", "a"): PROTECTS}


def test_two_small_cells_that_are_still_few_together_take_a_third() -> None:
    counts = {(1, "", None): 64, (1, "g", "a"): 40, (1, "g", "b"): 20, (1, "g", "c"): 2, (1, "g", "d"): 2}
    assert suppressed(counts, 10)[1, "g", "b"] == PROTECTS
    counts |= {(1, "g", "c"): 6, (1, "g", "d"): 6, (1, "", None): 72}
    assert (1, "g", "b") not in suppressed(counts, 10)


def test_the_sum_over_periods_gives_nothing_away_either() -> None:
    periods = np.repeat([1, 2], 100)
    channel = np.asarray(["a"] * 95 + ["b"] * 5 + ["a"] * 50 + ["b"] * 50)
    hidden = suppressed(counted(periods, channel=channel), 10)
    assert set(hidden) == {(p, "channel", c) for p in (1, 2) for c in "ab"}


def test_nothing_is_hidden_where_cells_are_large_or_the_limit_is_one() -> None:
    periods, channel = np.repeat([1, 2], 40), np.resize(["a", "b"], 80)
    assert suppressed(counted(periods, channel=channel), 10) == {}
    assert suppressed(counted(np.asarray([1, 2]), channel=np.asarray(["a", "b"])), 1) == {}


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(5, 400), periods=st.integers(1, 6))
def test_no_small_cell_can_be_worked_out_from_what_is_shown(seed: int, n: int, periods: int) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 6, 2)
    groups = {
        k: random.choice(size, n, p=random.dirichlet(np.full(size, 0.7))) for k, size in zip("ab", sizes, strict=True)
    }
    counts = counted(random.integers(0, periods, n), **groups)
    hidden = suppressed(counts, 10)
    if not hidden:
        return
    assert all(cell in hidden for cell, count in counts.items() if 0 < count < 10)
    place = {cell: i for i, cell in enumerate(hidden)}
    rows = []
    for equation in equations(counts):
        row = np.zeros(len(place))
        for cell, sign in [(equation.total, -1), *((part, 1) for part in equation.parts)]:
            if cell in place:
                row[place[cell]] += sign
        rows.append(row)
    matrix = np.asarray(rows).reshape(-1, len(place))
    rank = np.linalg.matrix_rank(matrix) if matrix.size else 0
    for cell, why in hidden.items():
        if why == SMALL:
            unit = np.eye(len(place))[place[cell]]
            assert np.linalg.matrix_rank(np.vstack([matrix, unit])) > rank, cell


@pytest.mark.parametrize("min_n", [5, 10, 50])
def test_every_cell_that_is_hidden_has_a_reason(min_n: int) -> None:
    random = np.random.default_rng(3)
    counts = counted(random.integers(0, 4, 300), g=random.choice(list("abcd"), 300, p=[0.7, 0.2, 0.08, 0.02]))
    for cell, why in suppressed(counts, min_n).items():
        assert (why == SMALL) == (counts[cell] < min_n)
