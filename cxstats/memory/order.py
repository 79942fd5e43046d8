"""Rows by key and time, for logs of many millions of contacts.

Plain numbers are sorted several times faster than rows are by them. So a row's number rides on what it is sorted by.
"""

from __future__ import annotations

import numpy as np

WHOLE = (1_000_000, 1_000)  # microseconds: times are whole seconds more often than not
ENOUGH = 10_000  # rows for which the faster way to sort is worth its steps
ROWS, ALL_ROWS = 20, 40  # bits for the number of a row in its block, and among all
FEW_BLOCKS, MOST_BLOCKS = 8, 4096  # bits of the number of a block where that will do, and how many blocks there may be


def in_order(key: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows by key and time, and the keys and times in this order.

    First rows are put into blocks of keys that are alike but for some last bits, then sorted within each block by key and time:
    there key, time and the row's number fit into 63 bits. Where they do not, rows are sorted by both columns.
    """
    first, unit = int(at.min()) if len(at) else 0, 1
    since = at - first
    if len(at) and not (since[:ENOUGH] % WHOLE[-1]).any():
        unit = next((unit for unit in WHOLE if not (since % unit).any()), 1)
        since //= unit
    span, keys = int(since.max(initial=0)) + 1, int(key.max(initial=0)) + 1
    bits = min(max(keys.bit_length() - FEW_BLOCKS, 0), 63 - ROWS - span.bit_length())
    sizes = np.bincount(key >> bits) if bits >= 0 and keys >> bits <= MOST_BLOCKS else np.zeros(0)
    if len(at) < ENOUGH or keys * span >= 1 << 63 or not len(sizes) or sizes.max() >= 1 << ROWS:
        order = np.lexsort((since, key))
        return order, key[order], at[order]
    row = np.arange(len(at))
    order = ((key >> bits) << ALL_ROWS) | row
    order.sort()
    order &= (1 << ALL_ROWS) - 1
    packed, start = (key * span + since)[order], 0
    for block, end in enumerate(np.cumsum(sizes).tolist()):
        part, base = packed[start:end], (block << bits) * span
        part -= base
        part <<= ROWS
        part |= row[: end - start]
        part.sort()
        order[start:end] = order[start:end][part & ((1 << ROWS) - 1)]
        part >>= ROWS
        part += base
        start = end
    keys_in_order = packed // span
    packed -= keys_in_order * span
    return order, keys_in_order, packed * unit + first
