"""Points and their nearest centroids: the two passes over the data that Lloyd's algorithm repeats.

Products are float32 (BLAS), sums float64. Both work in blocks, so no pass needs memory of n x k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recudf.vectors import Matrix, norms

Labels = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

_BLOCK = 16384  # rows: smaller products spend their time waiting for BLAS threads
_ROUNDING = 16 * float(np.finfo(np.float32).eps)  # of a float32 product, relative to the lengths multiplied


@dataclass(frozen=True)
class Points:
    """Rows of a matrix with what distances to them need.

    matrix: float32 [n, d]. origin: float64 [d], subtracted from centroids before multiplying, so that data
    far from zero loses less precision. squares: float64 [n], squared distance to the origin.
    lengths: float64 [n], Euclidean length.
    """

    matrix: Matrix
    origin: Floats
    squares: Floats
    lengths: Floats

    @classmethod
    def of(cls, matrix: Matrix, centre: bool = True) -> Points:
        """Points around their mean, or around zero if not `centre`."""
        lengths = norms(matrix)
        if not centre:
            return cls(matrix, np.zeros(matrix.shape[1]), lengths**2, lengths)
        origin = matrix.mean(axis=0, dtype=np.float64)
        along = np.einsum("ij,j->i", matrix, origin, dtype=np.float64, casting="safe")
        squares = lengths**2 - 2 * along + origin @ origin
        return cls(matrix, origin, np.maximum(squares, 0), lengths)

    def __len__(self) -> int:
        return len(self.matrix)

    def take(self, rows: Labels) -> Points:
        """Some of the points, around the same origin."""
        return Points(self.matrix[rows], self.origin, self.squares[rows], self.lengths[rows])

    def nearest(self, centroids: Matrix) -> tuple[Labels, Floats]:
        """The row number of the nearest centroid (ties: the first), and the squared distance to it.

        Where float32 cannot tell which centroid is nearest, float64 decides: so the labels do not
        depend on how BLAS splits its work.
        """
        labels = np.empty(len(self), np.intp)
        gains = np.empty(len(self))
        shifted = centroids.astype(np.float64) - self.origin
        offset = shifted @ self.origin + 0.5 * np.einsum("ij,ij->i", shifted, shifted)
        longest = np.sqrt(np.einsum("ij,ij->i", shifted, shifted).max())
        factors, bias = shifted.T.astype(np.float32), offset.astype(np.float32)
        for start in range(0, len(self), _BLOCK):
            block = slice(start, start + _BLOCK)
            scores = self.matrix[block] @ factors
            scores -= bias
            best = scores.argmax(axis=1)
            top = scores[np.arange(len(best)), best]
            margin = _ROUNDING * (self.lengths[block] * longest + np.abs(offset).max())
            close = scores >= (top - margin).astype(np.float32)[:, None]
            for row in np.flatnonzero(np.count_nonzero(close, axis=1) > 1):
                rivals = np.flatnonzero(close[row])
                exact = _squared_distances(self.matrix[start + row], centroids[rivals])
                best[row] = rivals[exact.argmin()]
            labels[block] = best
            gains[block] = top
        return labels, np.maximum(self.squares - 2 * gains, 0)

    def sums(self, labels: Labels, k: int) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Per label, the sum of its points (float64 [k, d]) and their number."""
        import scipy.sparse as sp

        total = np.zeros((k, self.matrix.shape[1]))
        ones = np.ones(_BLOCK, np.float32)
        for start in range(0, len(self), _BLOCK):
            part = labels[start : start + _BLOCK]
            one_hot = sp.csc_array((ones[: len(part)], part, np.arange(len(part) + 1)), (k, len(part)))
            total += one_hot @ self.matrix[start : start + _BLOCK]
        return total, np.bincount(labels, minlength=k)


def _squared_distances(point: Matrix, centroids: Matrix) -> Floats:
    difference = centroids.astype(np.float64) - point
    squared: Floats = np.einsum("ij,ij->i", difference, difference)
    return squared
