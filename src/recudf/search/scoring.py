"""Exact cosines of chosen pairs, and their order.

A pair's score depends on its two vectors alone: products of float32 are exact in float64, and the sum over
one row always runs in the same order. So neither batches, threads nor blocks can change a score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recudf.search.index import Index
from recudf.vectors import Matrix

Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]

NO_KEY = np.uint64(0xFFFFFFFFFFFFFFFF)  # sorts behind every key
_BLOCK_VALUES = 1 << 18  # gathered components at a time: 2 MB as float64


@dataclass(frozen=True)
class Queries:
    """Query vectors without zero rows.

    given: float32 [q, dimension]. scale: float64 [q], 1 / length. unit: float32 [q, dimension], length 1.
    """

    given: Matrix
    scale: npt.NDArray[np.float64]
    unit: Matrix

    @classmethod
    def of(cls, matrix: Matrix) -> Queries:
        """Queries of the rows of a float32 matrix."""
        wide = matrix.astype(np.float64)
        scale = 1.0 / np.sqrt(np.einsum("ij,ij->i", wide, wide))
        return cls(matrix, scale, (wide * scale[:, None]).astype(np.float32))

    def __len__(self) -> int:
        return len(self.given)

    def take(self, rows: Ints) -> Queries:
        """The queries of these row numbers."""
        return Queries(self.given[rows], self.scale[rows], self.unit[rows])


@dataclass(frozen=True)
class Excluded:
    """Positions that a query must not return: those of query i are positions[offsets[i] : offsets[i + 1]]."""

    offsets: Ints
    positions: Ints

    @classmethod
    def nothing(cls, n: int) -> Excluded:
        """No exclusion for n queries."""
        return cls(np.zeros(n + 1, np.int64), np.zeros(0, np.int64))

    def pairs(self, start: int, stop: int) -> tuple[Ints, Ints]:
        """Row numbers, counted from `start`, and positions of the queries start to stop."""
        counts = np.diff(self.offsets[start : stop + 1])
        rows = np.repeat(np.arange(stop - start), counts)
        return rows, self.positions[self.offsets[start] : self.offsets[stop]]

    def take(self, rows: Ints) -> Excluded:
        """The exclusions of these queries, in this order."""
        counts = np.diff(self.offsets)[rows]
        offsets = np.concatenate(([0], np.cumsum(counts)))
        within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
        return Excluded(offsets, self.positions[np.repeat(self.offsets[:-1][rows], counts) + within])


def exact_scores(index: Index, queries: Queries, rows: Ints, positions: Ints) -> Scores:
    """Cosine of query rows[i] and index row positions[i], summed in float64, rounded to float32: [pairs]."""
    scores = np.empty(len(rows), np.float32)
    step = max(1, _BLOCK_VALUES // index.dimension)
    for start in range(0, len(rows), step):
        row, position = rows[start : start + step], positions[start : start + step]
        vectors = index.matrix[position].astype(np.float64)
        dots = np.einsum("ij,ij->i", vectors, queries.given[row].astype(np.float64))
        scores[start : start + step] = dots * index.inverse_norms[position] * queries.scale[row]
    return scores


def rank_keys(scores: Scores, positions: Ints) -> Keys:
    """One integer per pair; in ascending order the score falls, and among equals the position rises."""
    bits = (scores + np.float32(0)).view(np.uint32)  # -0 becomes 0
    # read as integers, floats order by magnitude: flip negative ones, put positive ones above, then
    # reverse all
    ascending = np.where(bits >> 31, ~bits, bits | np.uint32(0x80000000))
    return (~ascending).astype(np.uint64) << np.uint64(32) | positions.astype(np.uint64)


def split_keys(keys: Keys) -> tuple[Scores, Ints]:
    """The scores and positions of keys made by rank_keys."""
    ascending = ~(keys >> np.uint64(32)).astype(np.uint32)
    bits = np.where(ascending >> 31, ascending & np.uint32(0x7FFFFFFF), ~ascending)
    return bits.view(np.float32), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
