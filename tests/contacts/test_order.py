"""Rows by customer and time: numbers that carry their row are sorted as the rows are, whatever keys and times there are."""

import numpy as np
import pytest

from cxstats.memory.order import in_order

SECOND = 1_000_000
KEYS = {
    "many": lambda rng, n: rng.integers(0, 4_000, n),
    "one": lambda rng, n: np.zeros(n, dtype=np.int64),
    "few": lambda rng, n: rng.integers(0, 3, n),
    "sparse": lambda rng, n: rng.integers(0, 40, n) * 10**7,
    "as many as rows": lambda rng, n: rng.permutation(n),
}
TIMES = {
    "seconds": lambda rng, n: rng.integers(0, 10**8, n) * SECOND + 10**15,
    "milliseconds": lambda rng, n: rng.integers(0, 10**10, n) * 1000 + 10**15,
    "microseconds": lambda rng, n: rng.integers(0, 10**14, n),
    "one": lambda rng, n: np.full(n, 10**15),
    "before 1970": lambda rng, n: rng.integers(-(10**8), 10**8, n) * SECOND,
    "centuries": lambda rng, n: rng.integers(-(2**60), 2**60, n),
}


@pytest.mark.parametrize("rows", [0, 1, 2, 500, 20_000])
@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("keys", KEYS)
def test_as_by_key_and_time(keys: str, times: str, rows: int) -> None:
    rng = np.random.default_rng(8)
    key, at = KEYS[keys](rng, rows).astype(np.int64), TIMES[times](rng, rows).astype(np.int64)
    order, sorted_keys, sorted_times = in_order(key, at)
    expected = np.lexsort((at, key))
    assert sorted(order.tolist()) == list(range(rows))
    np.testing.assert_array_equal(sorted_keys, key[expected])
    np.testing.assert_array_equal(sorted_times, at[expected])
    np.testing.assert_array_equal(key[order], sorted_keys)
    np.testing.assert_array_equal(at[order], sorted_times)


def test_a_block_with_too_many_rows_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(9)
    key, at = np.where(rng.random(20_000) < 0.5, 7, rng.integers(0, 3000, 20_000)), rng.integers(0, 10**9, 20_000)
    monkeypatch.setattr("cxstats.memory.order.ROWS", 10)
    order, _, _ = in_order(key, at)
    np.testing.assert_array_equal(at[order], at[np.lexsort((at, key))])
