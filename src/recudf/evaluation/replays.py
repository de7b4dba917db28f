"""From the rankings of replays to measurements: models x slices x metrics x k, and paired differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recudf.evaluation.bootstrap import Estimate, bootstrap_means
from recudf.evaluation.metrics import ACCURACY, coverage, novelty

NO_BASELINE = "none"
NEW_ITEMS = "new items"
HISTORIES = {"history 1-5": (1, 5), "history 6-20": (6, 20), "history >20": (21, np.inf)}
MODELS = ("blend", "content", "recent popular", "popular", "random")  # the order in which they are told
BASELINES = {"blend": None, "content": ("popular", "random")}  # None: every other model


@dataclass(frozen=True)
class Ranking:
    """What a model recommended, [n_users, k]: items int (-1: none), hits bool, information float (NaN)."""

    items: np.ndarray
    hits: np.ndarray
    information: np.ndarray


@dataclass(frozen=True)
class Pool:
    """Rankings over one set of items. relevant: int [n_users] within that set. available: its size."""

    relevant: np.ndarray
    available: int
    rankings: Mapping[str, Ranking]


@dataclass(frozen=True)
class Replay:
    """One replay. users: ids [n_users]. history: int [n_users], visible events. new: nobody had liked."""

    users: np.ndarray
    history: np.ndarray
    all: Pool
    new: Pool


@dataclass(frozen=True)
class Measurement:
    """One value with its interval; with a baseline, the mean paired difference model minus baseline."""

    model: str
    baseline: str
    slice: str
    metric: str
    k: int
    value: float
    n_users: int
    ci_low: float | None
    ci_high: float | None


def measure(
    replays: Sequence[Replay], ks: Sequence[int], resamples: int = 1000, seed: int = 42
) -> list[Measurement]:
    """Every measurement of the replays, pooled: each user of each replay is one observation.

    A user counts where something is relevant; one without recommendations counts as zero (for novelty: not at
    all).
    """
    users = np.concatenate([replay.users for replay in replays])
    history = np.concatenate([replay.history for replay in replays])
    pools = [replay.all for replay in replays]
    new_pools = [replay.new for replay in replays]
    values = _observations(pools, ks)
    found = list(_measure(values, users, _relevant(pools), "all", resamples, seed))
    found += _coverages(pools, ks, "all", len(np.unique(users)))
    for name, (least, most) in HISTORIES.items():
        kept = _relevant(pools) & (history >= least) & (history <= most)
        found += _measure(values, users, kept, name, resamples, seed)
    kept = _relevant(new_pools)
    found += _measure(_observations(new_pools, ks), users, kept, NEW_ITEMS, resamples, seed)
    found += _coverages(new_pools, ks, NEW_ITEMS, len(np.unique(users[kept])))
    return found


def _relevant(pools: Sequence[Pool]) -> np.ndarray:
    return np.concatenate([pool.relevant for pool in pools]) > 0


Column = tuple[str, str, str, int]  # model, baseline, metric, k


def _observations(pools: Sequence[Pool], ks: Sequence[int]) -> dict[Column, np.ndarray]:
    """One value per observation and column; of users without anything relevant they mean nothing."""
    values: dict[Column, np.ndarray] = {}
    models = _models(pools)
    for model in models:
        for k in ks:
            parts = [_values(pool, model, k) for pool in pools]
            for metric in parts[0]:
                values[model, NO_BASELINE, metric, k] = np.concatenate([part[metric] for part in parts])
    for model, baseline in _pairs(models):
        for metric in (*ACCURACY, "novelty"):
            for k in ks:
                own, other = (values[name, NO_BASELINE, metric, k] for name in (model, baseline))
                values[model, baseline, metric, k] = own - other
    return values


def _values(pool: Pool, model: str, k: int) -> dict[str, np.ndarray]:
    """Every metric of one model for each user of a pool; a model that ranked nothing there found nothing."""
    size = len(pool.relevant)
    nothing = Ranking(np.full((size, 0), -1), np.zeros((size, 0), bool), np.zeros((size, 0)))
    ranking = pool.rankings.get(model, nothing)
    relevant = np.maximum(pool.relevant, 1)
    found = {metric: kernel(ranking.hits, relevant, k) for metric, kernel in ACCURACY.items()}
    return {**found, "novelty": novelty(ranking.information, k)}


def _models(pools: Sequence[Pool]) -> list[str]:
    ranked = {model for pool in pools for model in pool.rankings}
    return [model for model in MODELS if model in ranked] + sorted(ranked - set(MODELS))


def _pairs(models: Sequence[str]) -> Iterator[tuple[str, str]]:
    for model, baselines in BASELINES.items():
        for baseline in models:
            if model in models and model != baseline and (baselines is None or baseline in baselines):
                yield model, baseline


def _measure(
    values: Mapping[Column, np.ndarray],
    users: np.ndarray,
    kept: np.ndarray,
    slice_name: str,
    resamples: int,
    seed: int,
) -> Iterator[Measurement]:
    if not kept.any():
        return
    matrix = np.stack([column[kept] for column in values.values()], axis=1)
    estimate = bootstrap_means(matrix, users[kept], resamples, seed)
    for position, (model, baseline, metric, k) in enumerate(values):
        if estimate.n_users[position]:
            yield Measurement(model, baseline, slice_name, metric, k, *_numbers(estimate, position))


def _numbers(estimate: Estimate, position: int) -> tuple[float, int, float | None, float | None]:
    low, high = float(estimate.low[position]), float(estimate.high[position])
    interval = (None, None) if np.isnan(low) else (low, high)
    return float(estimate.mean[position]), int(estimate.n_users[position]), *interval


def _coverages(
    pools: Sequence[Pool], ks: Sequence[int], slice_name: str, n_users: int
) -> Iterator[Measurement]:
    """Coverage is of all users together, so that it has no interval; the mean over replays."""
    pools = [pool for pool in pools if pool.available]
    for model in _models(pools) if n_users else ():
        for k in ks:
            shares = [
                coverage(pool.rankings[model].items, pool.available, k) if model in pool.rankings else 0.0
                for pool in pools
            ]
            value = float(np.mean(shares))
            yield Measurement(model, NO_BASELINE, slice_name, "coverage", k, value, n_users, None, None)
