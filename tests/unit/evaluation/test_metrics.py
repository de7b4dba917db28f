"""Ranking metrics: worked out by hand, against scikit-learn, and against trec_eval."""

import math

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from recudf.evaluation.metrics import (
    ACCURACY,
    average_precision,
    hit_rate,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
)

# one user with hits at 1 and 3 of 2 relevant, one with a hit at 4 of 6 relevant, one without
HITS = np.array([[1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=bool)
RELEVANT = np.array([2, 6, 1])


def gain(*ranks):
    return sum(1 / math.log2(rank + 1) for rank in ranks)


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    [
        (precision, 2, [1 / 2, 0, 0]),
        (precision, 4, [2 / 4, 1 / 4, 0]),
        (precision, 8, [2 / 8, 1 / 8, 0]),  # places left empty are misses
        (recall, 2, [1 / 2, 0, 0]),
        (recall, 4, [1, 1 / 6, 0]),
        (hit_rate, 3, [1, 0, 0]),
        (hit_rate, 4, [1, 1, 0]),
        (average_precision, 2, [1 / 2, 0, 0]),
        (average_precision, 4, [(1 + 2 / 3) / 2, (1 / 4) / 6, 0]),
        (reciprocal_rank, 3, [1, 0, 0]),
        (reciprocal_rank, 4, [1, 1 / 4, 0]),
        (reciprocal_rank, 8, [1, 1 / 4, 0]),
        (ndcg, 1, [1, 0, 0]),
        (ndcg, 4, [gain(1, 3) / gain(1, 2), gain(4) / gain(1, 2, 3, 4), 0]),
        (ndcg, 8, [gain(1, 3) / gain(1, 2), gain(4) / gain(1, 2, 3, 4, 5, 6), 0]),
    ],
)
def test_by_hand(metric, k, expected):
    assert metric(HITS, RELEVANT, k) == pytest.approx(expected, abs=1e-12)


def test_ndcg_is_scikit_learns_where_all_items_are_ranked():
    generator = np.random.default_rng(1)
    hits = generator.random((50, 30)) < 0.2
    hits = hits[hits.any(axis=1)]
    scores = np.tile(np.arange(30, 0, -1), (len(hits), 1))
    for k in (1, 5, 30):
        expected = ndcg_score(hits.astype(int), scores, k=k)
        assert ndcg(hits, hits.sum(axis=1), k).mean() == pytest.approx(expected, abs=1e-12)


def test_a_model_that_ranks_nothing_finds_nothing():
    hits = np.zeros((3, 0), dtype=bool)
    for metric in ACCURACY.values():
        assert metric(hits, RELEVANT, 5).tolist() == [0, 0, 0]


def test_all_are_those_of_trec_eval():
    """The reference program of the field, on 300 lists of 0 to 20 items with 1 to 30 relevant ones."""
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="comes with the extra dev")
    generator = np.random.default_rng(7)
    n_users, k = 300, 20
    lists, judged = {}, {}
    hits, relevant = np.zeros((n_users, k), bool), np.zeros(n_users, int)
    for user in range(n_users):
        items = generator.permutation(60)
        length = generator.integers(0, k + 1)
        wanted = set(generator.permutation(60)[: generator.integers(1, 31)].tolist())
        hits[user, :length] = [item in wanted for item in items[:length].tolist()]
        relevant[user] = len(wanted)
        # an item at rank 21 keeps lists that are empty here in the run; nothing is judged beyond 20
        scored = {f"i{item}": float(100 - rank) for rank, item in enumerate(items[:length].tolist())}
        lists[f"u{user}"] = scored or {"nothing": 1.0}
        judged[f"u{user}"] = {f"i{item}": 1 for item in wanted}
    measures = {
        ndcg: "ndcg_cut.{}", average_precision: "map_cut.{}", precision: "P.{}", recall: "recall.{}",
        hit_rate: "success.{}", reciprocal_rank: "recip_rank",
    }  # fmt: skip
    for cut in (1, 5, 10, 20):
        names = {name.format(cut) for name in measures.values()}
        evaluator = pytrec_eval.RelevanceEvaluator(judged, names)
        first = {
            user: dict(sorted(scores.items(), key=lambda pair: -pair[1])[:cut])
            for user, scores in lists.items()
        }
        found = evaluator.evaluate(first)
        for metric, name in measures.items():
            expected = [found[f"u{user}"][name.format(cut).replace(".", "_")] for user in range(n_users)]
            assert metric(hits, relevant, cut) == pytest.approx(expected, abs=1e-9), (name, cut)
