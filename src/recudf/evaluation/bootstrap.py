"""Confidence intervals of means by resampling users."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BLOCK = 4_000_000  # weights held at once


@dataclass(frozen=True)
class Estimate:
    """Per column: the mean, its interval (NaN where fewer than two users), the number of users behind it."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n_users: np.ndarray


def bootstrap_means(
    observations: np.ndarray, users: np.ndarray, resamples: int = 1000, seed: int = 42, level: float = 0.95
) -> Estimate:
    """Means of columns with percentile intervals over users drawn with replacement.

    observations: float [n, columns], NaN for a missing one. users: ids [n], who each row is of: all rows of a
    user are drawn together, as they are not independent. Every column sees the same resamples.
    Efron & Tibshirani, An Introduction to the Bootstrap, chapter 13; Cameron et al., 2008 (clusters).
    """
    _, user = np.unique(users, return_inverse=True)
    size = int(user.max()) + 1
    present = ~np.isnan(observations)
    sums = _sum_by(user, np.where(present, observations, 0.0), size)
    counts = _sum_by(user, present.astype(np.float64), size)
    n_users = (counts > 0).sum(axis=0)
    generator = np.random.default_rng(seed)
    drawn = []
    done = 0
    with np.errstate(invalid="ignore"):  # 0 / 0: a column without an observation, in all or in one resample
        mean = sums.sum(axis=0) / counts.sum(axis=0)
        while done < resamples:
            block = min(resamples - done, max(1, _BLOCK // size))
            weights = generator.multinomial(size, np.full(size, 1 / size), size=block).astype(np.float64)
            drawn.append((weights @ sums) / (weights @ counts))
            done += block
    low, high = _quantiles(np.concatenate(drawn), n_users, level)
    return Estimate(mean, low, high, n_users)


def _sum_by(user: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    sums = np.zeros((size, values.shape[1]))
    np.add.at(sums, user, values)
    return sums


def _quantiles(drawn: np.ndarray, n_users: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    tail = (1 - level) / 2
    low, high = (np.full(drawn.shape[1], np.nan) for _ in range(2))
    known = n_users > 1
    if known.any():
        low[known], high[known] = np.nanquantile(drawn[:, known], [tail, 1 - tail], axis=0)
    return low, high
