"""From rankings to measurements: slices, pairs, pooled replays, all worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from recudf.errors import ParameterError
from recudf.evaluation.measurements import measure
from recudf.evaluation.replays import Catalogue, Pool, Ranking, Replay


def ranking(rows):
    """Rows of item numbers, each followed by whether it is relevant; an item of number n has information n."""
    items = np.array([[item for item, _ in row] for row in rows])
    hits = np.array([[hit for _, hit in row] for row in rows], dtype=bool)
    return Ranking(items, hits, np.where(items < 0, np.nan, items.astype(float)))


NOTHING = (-1, False)
NO_POOL = Pool(np.zeros(2, int), 0, {})


# ten items, number 0 the most popular: 0 and 1 are the head; 0 to 4 are of category 0, the others of 1
CATALOGUE = Catalogue(
    decile=np.arange(1, 11),
    providers=np.array(["x"] * 3 + ["y"] * 5 + [None] * 2, dtype=object),
    categories=csr_array(np.repeat(np.eye(2), 5, axis=0)),
    vectors=None,
)


def replay(users, history, relevant, head_relevant, tastes, new=NO_POOL, **rankings):
    pool = Pool(np.array(relevant), 10, {name.replace("_", " "): r for name, r in rankings.items()})
    return Replay(
        np.array(users, dtype=object), np.array(history), csr_array(np.array(tastes, dtype=float)),
        CATALOGUE, np.array(head_relevant), pool, new,
    )  # fmt: skip


FIRST = replay(
    ["a", "b"],
    [5, 6],
    [1, 2],
    [1, 1],
    [[1, 0], [0.5, 0.5]],
    blend=ranking([[(1, True), (2, False)], [(1, True), (3, True)]]),
    popular=ranking([[(1, True), (4, False)], [NOTHING, NOTHING]]),
)
SECOND = replay(
    ["a", "c"],
    [20, 21],
    [1, 1],
    [0, 0],
    [[0, 0], [0.5, 0.5]],
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


def test_head_and_tail_count_only_relevant_items_of_theirs(found):
    """Relevant of the head: item 1 of a and of b at first; of the tail: one more of b, one of a later, one of c."""
    assert found["blend", "none", "head items", "recall"].value == 1
    assert found["popular", "none", "head items", "recall"].value == 0.5  # b got nothing
    assert found["blend", "none", "head items", "recall"].n_users == 2
    assert found["blend", "none", "tail items", "recall"].value == pytest.approx((1 + 0 + 1) / 3)
    assert found["blend", "popular", "tail items", "recall"].value == pytest.approx(2 / 3)
    shares = {s: found["blend", "none", s, "hit_share"] for s in ("head items", "tail items")}
    assert [m.value for m in shares.values()] == [2 / 4, 2 / 4]
    assert shares["head items"].ci_low is None


def test_serendipity_leaves_out_what_popularity_shows(found):
    # a's hit is shown by popularity, b gets nothing from it and has two hits, a none, c one of two places
    assert found["blend", "none", "all", "serendipity"].value == pytest.approx((0 + 1 + 0 + 0.5) / 4)
    assert found["popular", "none", "all", "serendipity"].value == 0
    assert found["blend", "popular", "all", "serendipity"].value == pytest.approx(0.375)
    assert ("content", "none", "new items", "serendipity") not in found  # popularity ranks nothing there


def test_diversity_and_miscalibration_go_by_categories(found):
    assert found["blend", "none", "all", "diversity"].value == 0  # all pairs are of one category
    # of a at first all is as it liked; b and c liked both alike and got one: .5 ln(.5 / (.99 + .005)) + .5 ln(.5 / .005)
    one_sided = 0.5 * math.log(0.5 / 0.995) + 0.5 * math.log(0.5 / 0.005)
    measured = found["blend", "none", "all", "miscalibration"]
    assert measured.value == pytest.approx((0 + one_sided + one_sided) / 3)
    assert measured.n_users == 3  # a later liked nothing with a category


def test_exposure_is_shared_by_rank(found):
    first, second = 1, 1 / math.log2(3)
    # item 1 is first for a and for b, then 5 and 7 are
    assert found["blend", "none", "popularity decile 2", "exposure"].value == pytest.approx(
        (2 * first / (first + second)) / 4
    )
    shares = [found["blend", "none", f"popularity decile {n}", "exposure"].value for n in range(1, 11)]
    assert sum(shares) == pytest.approx(1)
    # x has 0 to 2, y 3 to 7: a at first x alone; b x, then y; a later y alone; c y, then an item of nobody
    share = first / (first + second)
    assert found["blend", "none", "provider x", "exposure"].value == pytest.approx((1 + share + 0 + 0) / 4)
    assert found["blend", "none", "provider y", "exposure"].value == pytest.approx(
        (0 + (1 - share) + 1 + share) / 4
    )
    assert found["popular", "none", "provider y", "exposure"].n_users == 2  # b at first got nothing


def test_any_two_models_can_be_compared():
    measurements = measure([FIRST, SECOND], [2], 50, baselines=["popular", "blend"])
    pairs = {(m.model, m.baseline) for m in measurements if m.baseline != "none" and m.slice == "all"}
    assert pairs == {("blend", "popular"), ("popular", "blend")}
    values = {(m.model, m.baseline): m.value for m in measurements if (m.slice, m.metric) == ("all", "ndcg")}
    assert values["popular", "blend"] == -values["blend", "popular"]


def test_a_baseline_that_ranked_nothing_is_named():
    with pytest.raises(
        ParameterError, match="no model is called 'ease': give one of blend, content, popular"
    ):
        measure([FIRST, SECOND], [2], 50, baselines=["ease"])


def test_more_than_fifty_providers_leave_those_with_most_items():
    names = np.array([f"p{n:02}" for n in range(60)] + ["p59"], dtype=object)
    catalogue = Catalogue(np.full(61, 1), names, csr_array((61, 0)), None)
    pool = Pool(np.array([1]), 61, {"blend": ranking([[(60, True)]])})
    one = Replay(
        np.array(["a"], dtype=object), np.array([1]), csr_array((1, 0)), catalogue, np.array([1]), pool, pool
    )
    measurements = measure([one], [1], 10)
    slices = {m.slice for m in measurements if m.slice.startswith("provider")}
    assert slices == {f"provider p{n:02}" for n in [*range(49), 59]}
    assert {m.value for m in measurements if m.slice == "provider p59"} == {1}
    assert not {m.metric for m in measurements} & {"miscalibration", "diversity"}  # nothing to go by


def test_probabilities_are_judged_on_users_to_whom_something_is_relevant():
    """a (a hit at .75 and none at .25) counts, b (nothing relevant) does not, an empty place neither."""
    told = ranking([[(1, True), (2, False), NOTHING], [(1, False), (3, False), NOTHING]])
    told = replace(told, probability=np.array([[0.75, 0.25, np.nan], [0.9, 0.9, np.nan]]))
    one = replay(
        ["a", "b"],
        [5, 6],
        [1, 0],
        [1, 0],
        [[1, 0], [1, 0]],
        learned=told,
        popular=FIRST.all.rankings["popular"],
    )
    errors = [m for m in measure([one], ks=[1, 2], resamples=50, seed=1) if m.metric == "calibration_error"]
    assert [(m.model, m.slice, m.k, m.value, m.n_users) for m in errors] == [
        ("learned", "all", 1, 0.25, 1),
        ("learned", "all", 2, 0.25, 1),
    ]
    assert {m.ci_low for m in errors} == {None}
