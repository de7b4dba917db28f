"""The leading eigenpairs of a symmetric matrix: its truncated singular value decomposition.

Halko, Martinsson & Tropp, Finding structure with randomness (SIAM Review 53, 2011), algorithms 4.4 and 5.3: a
random subspace, turned towards the leading directions by a few products with the matrix, and the
decomposition within it. Small matrices are decomposed whole.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recudf import interrupts
from recudf.vectors import Matrix

Floats = npt.NDArray[np.float64]

_EXACT = 1000
_TURNS = 3
_SPARE = 16  # directions beyond those asked for
_NOTHING = 1e-10  # of the largest squared length in a block: what is below is rounding


def leading(matrix: Matrix, dimensions: int, seed: int) -> tuple[Floats, Floats]:
    """Eigenvalues [d], the largest by size first, and eigenvectors as columns [n, d].

    matrix: float32 [n, n], symmetric. d: `dimensions`, or the rank where that is less. Exact to rounding up
    to n = 1,000, beyond which the last pairs are approximate. The component of each vector that is largest
    by size is positive. Raises Interrupted.
    """
    basis = np.eye(len(matrix)) if len(matrix) <= _EXACT else _subspace(matrix, dimensions + _SPARE, seed)
    values, vectors = np.linalg.eigh(basis.T @ _product(matrix, basis))
    order = np.argsort(-np.abs(values), kind="stable")[:dimensions]
    order = order[np.abs(values[order]) > 1e-6 * np.abs(values).max(initial=0)]
    vectors = basis @ vectors[:, order]
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(len(order))] if len(matrix) else 1.0
    return values[order], vectors * np.sign(largest)


def _subspace(matrix: Matrix, width: int, seed: int) -> Floats:
    """Orthonormal columns [n, width] near the leading eigenvectors."""
    since = interrupts.generation()
    basis = np.random.default_rng(seed).standard_normal((len(matrix), width))
    for _ in range(_TURNS):
        interrupts.check(since)
        basis = _orthonormal(_product(matrix, basis))
    return basis


def _product(matrix: Matrix, block: Floats) -> Floats:
    return (matrix @ block.astype(np.float32)).astype(np.float64)


def _orthonormal(block: Floats) -> Floats:
    """A basis of the columns' span, by their inner products: a tenth of the time of a QR."""
    values, vectors = np.linalg.eigh(block.T @ block)
    kept = values > _NOTHING * values.max(initial=0)
    basis: Floats = block @ (vectors[:, kept] / np.sqrt(values[kept]))
    return basis
