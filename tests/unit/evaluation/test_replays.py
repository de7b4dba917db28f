"""From rankings to measurements: slices, pairs, pooled replays, all worked out by hand."""

import numpy as np
import pytest

from recudf.evaluation.replays import Pool, Ranking, Replay, measure


def ranking(rows):
    """Rows of item numbers, each followed by whether it is relevant; an item of number n has information n."""
    items = np.array([[item for item, _ in row] for row in rows])
    hits = np.array([[hit for _, hit in row] for row in rows], dtype=bool)
    return Ranking(items, hits, np.where(items < 0, np.nan, items.astype(float)))


NOTHING = (-1, False)
NO_POOL = Pool(np.zeros(2, int), 0, {})


def replay(users, history, relevant, new=NO_POOL, **rankings):
    pool = Pool(np.array(relevant), 10, {name.replace("_", " "): r for name, r in rankings.items()})
    return Replay(np.array(users, dtype=object), np.array(history), pool, new)


FIRST = replay(
    ["a", "b"],
    [5, 6],
    [1, 2],
    blend=ranking([[(1, True), (2, False)], [(1, True), (3, True)]]),
    popular=ranking([[(1, True), (4, False)], [NOTHING, NOTHING]]),
)
SECOND = replay(
    ["a", "c"],
    [20, 21],
    [1, 1],
    new=Pool(np.array([0, 1]), 4, {"content": ranking([[(0, False), NOTHING], [(0, False), (1, True)]])}),
    blend=ranking([[(5, False), (6, False)], [(7, False), (8, True)]]),
    popular=ranking([[(1, False), (4, False)], [(1, False), (4, False)]]),
)


@pytest.fixture(scope="module")
def found():
    measurements = measure([FIRST, SECOND], ks=[2], resamples=200, seed=1)
    keys = [(m.model, m.baseline, m.slice, m.metric, m.k) for m in measurements]
    assert len(set(keys)) == len(keys)
    return {(m.model, m.baseline, m.slice, m.metric): m for m in measurements}


def test_every_user_of_every_replay_is_an_observation(found):
    # blend's precision: a .5, b 1, then a 0, c .5; popular's: a .5, b 0 (no recommendations), a 0, c 0
    blend, popular = (found[model, "none", "all", "precision"] for model in ("blend", "popular"))
    assert (blend.value, popular.value) == (pytest.approx(0.5), pytest.approx(0.125))
    assert (blend.n_users, popular.n_users) == (3, 3)
    assert blend.ci_low < 0.5 < blend.ci_high


def test_differences_are_paired(found):
    difference = found["blend", "popular", "all", "precision"]
    assert difference.value == pytest.approx(0.375)
    # per user (sum of differences, observations): a (0, 2), b (1, 1), c (.5, 1), so every resample is within 0 and 1
    assert 0 <= difference.ci_low < 0.375 < difference.ci_high <= 1
    assert ("popular", "blend", "all", "precision") not in found


def test_history_at_the_time_of_the_replay_slices(found):
    recalls = {s: found["blend", "none", s, "recall"] for s in ("history 1-5", "history 6-20", "history >20")}
    assert {s: m.value for s, m in recalls.items()} == {
        "history 1-5": 1,  # a at first
        "history 6-20": 0.5,  # b 1, a later 0
        "history >20": 1,  # c
    }
    assert [m.n_users for m in recalls.values()] == [1, 2, 1]
    assert recalls["history 1-5"].ci_low is None  # one user


def test_new_items_are_measured_on_users_with_new_relevant_items(found):
    ndcg = found["content", "none", "new items", "ndcg"]
    assert (ndcg.value, ndcg.n_users) == (pytest.approx(1 / np.log2(3)), 1)
    assert ("blend", "none", "new items", "ndcg") not in found


def test_coverage_is_the_mean_over_replays(found):
    assert found["blend", "none", "all", "coverage"].value == pytest.approx((3 + 4) / 2 / 10)
    assert found["content", "none", "new items", "coverage"].value == pytest.approx(2 / 4)
    assert found["blend", "none", "all", "coverage"].ci_low is None


def test_novelty_leaves_users_without_recommendations_out(found):
    novelty = found["popular", "none", "all", "novelty"]
    assert (novelty.value, novelty.n_users) == (pytest.approx((2.5 + 2.5 + 2.5) / 3), 2)
