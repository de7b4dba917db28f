"""From the rankings of replays to measurements: models x slices x metrics x k, and paired differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recudf.errors import ParameterError
from recudf.evaluation import beyond_accuracy as beyond
from recudf.evaluation.bootstrap import Estimate, bootstrap_means
from recudf.evaluation.calibration import calibration_error
from recudf.evaluation.exposures import exposures
from recudf.evaluation.metrics import ACCURACY
from recudf.evaluation.replays import Pool, Ranking, Replay

NO_BASELINE = "none"
NEW_ITEMS = "new items"
HEAD, TAIL = "head items", "tail items"
HISTORIES = {"history 1-5": (1, 5), "history 6-20": (6, 20), "history >20": (21, np.inf)}
MODELS = ("blend", "content", "recent popular", "popular", "random")  # the order in which they are told
EXPECTED = "popular"  # what serendipity leaves out
# without baselines that are asked for; None: every other model
COMPARED = {"blend": None, "content": ("popular", "random")}

Pairs = Sequence[tuple[str, str]]
Column = tuple[str, str, str, str, int]  # model, baseline, slice, metric, k
Columns = dict[Column, np.ndarray]


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
    replays: Sequence[Replay],
    ks: Sequence[int],
    resamples: int = 1000,
    seed: int = 42,
    baselines: Sequence[str] = (),
) -> list[Measurement]:
    """Every measurement of the replays, pooled: each user of each replay is one observation.

    A user counts where something is relevant; one without recommendations counts as zero (for what tells of
    the list alone: not at all). baselines: models that every other one is compared with; none: COMPARED.
    Raises ParameterError for a baseline that ranked nothing.
    """
    users = np.concatenate([replay.users for replay in replays])
    history = np.concatenate([replay.history for replay in replays])
    pairs = compare(replays, baselines)

    def estimated(columns: Columns, kept: np.ndarray) -> Iterator[Measurement]:
        return _estimated(columns, users, kept, resamples, seed)

    pools = [replay.all for replay in replays]
    judged = _relevant(pools)
    values = _observations(replays, pools, ks, pairs)
    found = list(estimated(_in_slice(values, "all"), judged))
    found += _coverages(pools, ks, "all", len(np.unique(users)))
    found += _calibration_errors(pools, ks, "all", len(np.unique(users[judged])))
    for name, (least, most) in HISTORIES.items():
        found += estimated(_in_slice(values, name), judged & (history >= least) & (history <= most))
    for name in (HEAD, TAIL):
        parts = [_part(replay, name) for replay in replays]
        kept = _relevant(parts)
        found += estimated(_in_slice(_accuracies(parts, ks, pairs), name), kept)
        found += _hit_shares(parts, pools, ks, name, len(np.unique(users[judged])))
    new_pools = [replay.new for replay in replays]
    kept = _relevant(new_pools)
    found += estimated(_in_slice(_observations(replays, new_pools, ks, pairs), NEW_ITEMS), kept)
    found += _coverages(new_pools, ks, NEW_ITEMS, len(np.unique(users[kept])))
    shares = {
        (model, NO_BASELINE, group, "exposure", k): values
        for (model, group, k), values in exposures(replays, models_of(pools), ks).items()
    }
    found += estimated(shares, judged)
    return found


def compare(replays: Sequence[Replay], baselines: Sequence[str] = ()) -> Pairs:
    """Which models are compared: (model, baseline). Raises ParameterError for one that ranked nothing."""
    models = models_of([pool for replay in replays for pool in (replay.all, replay.new)])
    for baseline in baselines:
        if baseline not in models:
            raise ParameterError(f"no model is called '{baseline}': give one of {', '.join(models)}")
    if baselines:
        return [(model, other) for other in dict.fromkeys(baselines) for model in models if model != other]
    return [
        (model, other)
        for model, others in COMPARED.items()
        for other in models
        if model in models and model != other and (others is None or other in others)
    ]


def models_of(pools: Sequence[Pool]) -> list[str]:
    """Every model that ranked, in the order in which they are told."""
    ranked = {model for pool in pools for model in pool.rankings}
    return [model for model in MODELS if model in ranked] + sorted(ranked - set(MODELS))


def _relevant(pools: Sequence[Pool]) -> np.ndarray:
    return np.concatenate([pool.relevant for pool in pools]) > 0


def _ranking(pool: Pool, model: str) -> Ranking:
    """What a model ranked; nothing where it has none."""
    size = len(pool.relevant)
    nothing = Ranking(np.full((size, 0), -1), np.zeros((size, 0), bool), np.zeros((size, 0)))
    return pool.rankings.get(model, nothing)


def _part(replay: Replay, slice_name: str) -> Pool:
    """The same rankings, where only items of the head, or of the tail, count as relevant."""
    wanted = replay.catalogue.is_head == (slice_name == HEAD)
    relevant = replay.head_relevant if slice_name == HEAD else replay.all.relevant - replay.head_relevant
    rankings = {
        model: replace(ranking, hits=ranking.hits & wanted[ranking.items])  # -1 is never a hit
        for model, ranking in replay.all.rankings.items()
    }
    return Pool(relevant, replay.all.available, rankings)


def _accuracies(pools: Sequence[Pool], ks: Sequence[int], pairs: Pairs) -> Columns:
    """One value per observation and column; of users without anything relevant they mean nothing."""
    found: Columns = {}
    for model in models_of(pools):
        for k in ks:
            for metric, kernel in ACCURACY.items():
                found[model, NO_BASELINE, "", metric, k] = np.concatenate(
                    [kernel(_ranking(p, model).hits, np.maximum(p.relevant, 1), k) for p in pools]
                )
    return found | _differences(found, pairs)


def _observations(
    replays: Sequence[Replay], pools: Sequence[Pool], ks: Sequence[int], pairs: Pairs
) -> Columns:
    """As `_accuracies`, and what else tells of the lists."""
    found: Columns = {}
    for model in models_of(pools):
        parts = [_beyond(r, p, model, ks) for r, p in zip(replays, pools, strict=True)]
        for metric, k in dict.fromkeys(key for part in parts for key in part):
            found[model, NO_BASELINE, "", metric, k] = np.concatenate([part[metric, k] for part in parts])
    return _accuracies(pools, ks, pairs) | found | _differences(found, pairs)


def _beyond(replay: Replay, pool: Pool, model: str, ks: Sequence[int]) -> dict[tuple[str, int], np.ndarray]:
    """What tells of one model's lists by (metric, k): for each user of a pool."""
    ranking, expected, catalogue = _ranking(pool, model), _ranking(pool, EXPECTED), replay.catalogue
    points = catalogue.categories if catalogue.vectors is None else catalogue.vectors
    between = beyond.distances(ranking.items, points)
    found = {}
    for k in ks:
        found["novelty", k] = beyond.novelty(ranking.information, k)
        found["diversity", k] = beyond.diversity(between, k)
        found["miscalibration", k] = beyond.miscalibration(
            replay.tastes, ranking.items, catalogue.categories, k
        )
        # where popularity ranks nothing, nothing is unexpected
        found["serendipity", k] = (
            beyond.serendipity(ranking.hits, ranking.items, expected.items, k)
            if EXPECTED in pool.rankings
            else np.full(len(pool.relevant), np.nan)
        )
    return found


def _differences(values: Columns, pairs: Pairs) -> Columns:
    return {
        (model, baseline, "", metric, k): own - values[baseline, NO_BASELINE, "", metric, k]
        for model, baseline in pairs
        for (name, _, _, metric, k), own in values.items()
        if name == model and (baseline, NO_BASELINE, "", metric, k) in values
    }


def _in_slice(columns: Columns, name: str) -> Columns:
    return {
        (model, baseline, name, metric, k): column
        for (model, baseline, _, metric, k), column in columns.items()
    }


def _estimated(
    columns: Columns, users: np.ndarray, kept: np.ndarray, resamples: int, seed: int
) -> Iterator[Measurement]:
    if not kept.any() or not columns:
        return
    matrix = np.stack([column[kept] for column in columns.values()], axis=1)
    estimate = bootstrap_means(matrix, users[kept], resamples, seed)
    for position, column in enumerate(columns):
        if estimate.n_users[position]:
            yield Measurement(*column, *_numbers(estimate, position))


def _numbers(estimate: Estimate, position: int) -> tuple[float, int, float | None, float | None]:
    low, high = float(estimate.low[position]), float(estimate.high[position])
    interval = (None, None) if np.isnan(low) else (low, high)
    return float(estimate.mean[position]), int(estimate.n_users[position]), *interval


def _coverages(
    pools: Sequence[Pool], ks: Sequence[int], slice_name: str, n_users: int
) -> Iterator[Measurement]:
    """Coverage is of all users together, so that it has no interval; the mean over replays."""
    pools = [pool for pool in pools if pool.available]
    for model in models_of(pools) if n_users else ():
        for k in ks:
            shares = [
                beyond.coverage(pool.rankings[model].items, pool.available, k)
                if model in pool.rankings
                else 0.0
                for pool in pools
            ]
            value = float(np.mean(shares))
            yield Measurement(model, NO_BASELINE, slice_name, "coverage", k, value, n_users, None, None)


def _hit_shares(
    parts: Sequence[Pool], pools: Sequence[Pool], ks: Sequence[int], slice_name: str, n_users: int
) -> Iterator[Measurement]:
    """The share of all users' hits that are of the head, or of the tail, without an interval."""
    for model in models_of(pools):
        for k in ks:
            own, every = (
                sum(int(_ranking(pool, model).hits[:, :k].sum()) for pool in of) for of in (parts, pools)
            )
            if every:
                share = own / every
                yield Measurement(model, NO_BASELINE, slice_name, "hit_share", k, share, n_users, None, None)


def _calibration_errors(
    pools: Sequence[Pool], ks: Sequence[int], slice_name: str, n_users: int
) -> Iterator[Measurement]:
    """Of all users' first k together, where a model tells probabilities, without an interval."""
    for model in models_of(pools):
        rankings = [(_ranking(pool, model), pool.relevant > 0) for pool in pools]
        for k in ks:
            told = [
                (r.probability[kept, :k], r.hits[kept, :k])
                for r, kept in rankings
                if r.probability is not None
            ]
            if not told:
                continue
            probability, hits = (
                np.concatenate([part.ravel() for part in of]) for of in zip(*told, strict=True)
            )
            known = ~np.isnan(probability)
            if known.any():
                value = calibration_error(probability[known], hits[known])
                yield Measurement(
                    model, NO_BASELINE, slice_name, "calibration_error", k, value, n_users, None, None
                )
