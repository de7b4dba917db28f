"""Who gets the attention: shares of exposure of popular and of rare items, and of those who provide them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from recudf.evaluation.beyond_accuracy import exposure
from recudf.evaluation.replays import Replay

DECILES = 10
PROVIDERS = 50  # of more, those with most items are told


def exposures(
    replays: Sequence[Replay], models: Sequence[str], ks: Sequence[int]
) -> dict[tuple[str, str, int], np.ndarray]:
    """Shares of exposure by (model, slice, k): per observation, NaN for one without recommendations.

    Slices are 'popularity decile 1' (the most popular tenth of the items) to 10, and 'provider <name>'.
    """
    providers = _most_items(replays)
    number = {name: n for n, name in enumerate(providers)}
    groupings = [
        (
            [f"popularity decile {n}" for n in range(1, DECILES + 1)],
            [replay.catalogue.decile - 1 for replay in replays],
        ),
        (
            [f"provider {name}" for name in providers],
            [
                np.array([number.get(name, -1) for name in replay.catalogue.providers], dtype=np.int64)
                for replay in replays
            ],
        ),
    ]
    found: dict[tuple[str, str, int], np.ndarray] = {}
    for names, groups in groupings:
        for model in models if names else ():
            for k in ks:
                shares = np.concatenate(
                    [_shares(r, model, of, len(names), k) for r, of in zip(replays, groups, strict=True)]
                )
                found |= {(model, name, k): shares[:, n] for n, name in enumerate(names)}
    return found


def _shares(replay: Replay, model: str, groups: np.ndarray, n_groups: int, k: int) -> np.ndarray:
    if model not in replay.all.rankings:
        return np.full((len(replay.users), n_groups), np.nan)
    return exposure(replay.all.rankings[model].items, groups, n_groups, k)


def _most_items(replays: Sequence[Replay]) -> list[str]:
    counts = Counter(name for r in replays for name in r.catalogue.providers.tolist() if name is not None)
    largest = sorted(counts, key=lambda name: (-counts[name], name))[:PROVIDERS]
    return sorted(largest)
