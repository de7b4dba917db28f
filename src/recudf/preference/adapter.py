"""A linear map from vectors to targets, such as from what a text means to the factors of who likes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from recudf.errors import InputError
from recudf.preference.events import Floats
from recudf.vectors import list_lengths, scatter, valid_mask

LEAST = 0.01  # share of the variance, below which a map may be chance
RIDGES = tuple(10.0**power for power in range(-2, 5))
ROW = pa.struct(
    [
        ("output", pa.int32()),
        ("intercept", pa.float64()),
        ("weights", pa.list_(pa.float64())),
        ("ridge", pa.float64()),
        ("explained", pa.float64()),
    ]
)
ROWS = pa.list_(ROW)


def adapter_fits(vectors: pa.Array, targets: pa.Array) -> pa.Array:
    """Per row, a map as list<struct> (ROWS), one for each place of a target.

    vectors: list<list<float>> [n], all of one length. targets: list<list<float>> [n], all of another. NULL
    where one of these is. Pairs with a NULL vector or target are skipped; with fewer than three, and where no
    map explains LEAST of the variance, the list is empty. Raises InputError for lists of different length,
    vectors of different length, and a value that is no finite number.
    """
    valid = valid_mask(vectors) & valid_mask(targets)
    fits = [_told(vectors[row].values, targets[row].values) for row in np.flatnonzero(valid).tolist()]
    return scatter(pa.array(fits, ROWS), valid)


def fit_map(given: Floats, wanted: Floats) -> tuple[Floats, Floats, float, float]:
    """Weights [d, t] and intercepts [t] of the ridge regression of wanted [n, t] on given [n, d].

    With them the ridge, the one of RIDGES whose predictions of rows that it was not fitted on are best, and
    the share of the variance that these explain.

    The error of a row that is left out is that of the whole fit over 1 - its leverage (Allen, Technometrics
    1974). Intercepts are not held back; the share is 0 or less where the mean predicts as well.
    """
    n = len(given)
    mean, level = given.mean(axis=0), wanted.mean(axis=0)
    left, sizes, right = np.linalg.svd(given - mean, full_matrices=False)
    rotated = left.T @ (wanted - level)
    alone = ((wanted - level) ** 2).sum() * (n / (n - 1)) ** 2  # left out, of the mean
    best = (-np.inf, RIDGES[0])
    for ridge in RIDGES:
        shrunk = sizes**2 / (sizes**2 + ridge)
        errors = wanted - level - left @ (shrunk[:, None] * rotated)
        leverage = 1 / n + (left**2) @ shrunk
        left_out = errors / np.maximum(1 - leverage, 1e-9)[:, None]
        explained = 1 - (left_out**2).sum() / alone if alone > 0 else 0.0
        best = max(best, (explained, ridge))
    explained, ridge = best
    weights = right.T @ ((sizes / (sizes**2 + ridge))[:, None] * rotated)
    return weights, level - mean @ weights, ridge, float(explained)


def _told(vectors: pa.Array, targets: pa.Array) -> list[dict[str, Any]]:
    if len(vectors) != len(targets):
        raise InputError(f"adapter_fit: {len(vectors)} vectors and {len(targets)} targets: give one each")
    both = pa.array(valid_mask(vectors) & valid_mask(targets))
    given, wanted = _matrix(vectors.filter(both), "vectors"), _matrix(targets.filter(both), "targets")
    if len(given) < 3:
        return []
    weights, intercepts, ridge, explained = fit_map(given, wanted)
    if explained < LEAST:
        return []
    return [
        {
            "output": place + 1,
            "intercept": float(intercepts[place]),
            "weights": weights[:, place].tolist(),
            "ridge": ridge,
            "explained": explained,
        }
        for place in range(len(intercepts))
    ]


def _matrix(rows: pa.Array, name: str) -> Floats:
    """Rows of one length as float64 [n, length]."""
    lengths = list_lengths(rows)
    if (lengths != lengths[:1]).any():
        wrong = int(np.flatnonzero(lengths != lengths[0])[0])
        raise InputError(
            f"adapter_fit: one of the {name} has {lengths[wrong]} values, the first {lengths[0]}: "
            "give all as many"
        )
    values = rows.flatten().cast(pa.float64())
    matrix: Floats = values.to_numpy(zero_copy_only=False).reshape(len(rows), lengths[:1].sum())
    if not np.isfinite(matrix).all():
        raise InputError(
            f"adapter_fit: one of the {name} has a value that is NULL, NaN or infinite: leave it out"
        )
    return matrix
