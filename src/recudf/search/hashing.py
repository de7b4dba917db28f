"""A hash of labelled vectors that does not depend on the order of the rows.

Per row: a multilinear hash of the bits of its floats (Carter and Wegman 1979; strong in the upper half of
each lane), mixed non-linearly with a hash of its id, then summed over the rows modulo 2^64. Two independent
lanes give 128 bits. The sum commutes, so rows need no sorting; the mixing keeps components from moving
between rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recudf.vectors import Matrix

Lanes = npt.NDArray[np.uint64]

_LANES = 2
_BLOCK_VALUES = 1 << 18  # values widened to 64 bits at a time: 2 MB, so that they stay in the cache


def content_hash(ids: pa.StringArray, matrix: Matrix) -> str:
    """32 hexadecimal digits that name the set of pairs (id, row) whatever their order.

    ids: [n], no NULLs. matrix: float32 [n, dimension].
    """
    rows = _mix(_row_lanes(matrix) + _mix(_id_lanes(ids)))
    total = rows.sum(axis=0, dtype=np.uint64)
    return "".join(f"{int(lane):016x}" for lane in total)


def joined_hash(hashes: Sequence[str]) -> str:
    """The content hash of all rows together, from those of parts that share no row: sums add up."""
    lanes = [sum(int(digits[at : at + 16], 16) for digits in hashes) for at in range(0, 16 * _LANES, 16)]
    return "".join(f"{lane % 2**64:016x}" for lane in lanes)


def _row_lanes(matrix: Matrix) -> Lanes:
    bits = np.ascontiguousarray(matrix).view(np.uint32)
    n, dimension = bits.shape
    keys = _mix(np.arange(1, dimension * _LANES + 1, dtype=np.uint64)).reshape(dimension, _LANES)
    lanes = np.empty((n, _LANES), np.uint64)
    step = max(1, _BLOCK_VALUES // dimension)
    for start in range(0, n, step):
        lanes[start : start + step] = bits[start : start + step].astype(np.uint64) @ keys
    return lanes


def _id_lanes(ids: pa.StringArray) -> Lanes:
    """Tabulation hash of each string: the sum, over its bytes, of a random value for (position, byte)."""
    _, offset_buffer, data_buffer = ids.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[ids.offset : ids.offset + len(ids) + 1].astype(np.int64)
    data = np.frombuffer(data_buffer or b"", np.uint8)[offsets[0] : offsets[-1]]
    starts = offsets[:-1] - offsets[0]
    lengths = np.diff(offsets)
    position = np.arange(len(data), dtype=np.int64) - np.repeat(starts, lengths)
    cell = (position.astype(np.uint64) << np.uint64(8)) | data
    lanes = np.empty((len(ids), _LANES), np.uint64)
    for lane in range(_LANES):
        # differences of a running sum are the sums per string, also modulo 2^64
        running = np.zeros(len(data) + 1, np.uint64)
        np.cumsum(_mix(cell ^ np.uint64((lane + 1) << 60)), out=running[1:])
        lanes[:, lane] = running[starts + lengths] - running[starts]
    return lanes


def _mix(x: Lanes) -> Lanes:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of x reaches every bit out."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
