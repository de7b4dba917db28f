"""The vars diversity, category_cap and exposure_weight: lists recomputed with numpy from the tables."""

import shutil
from collections import Counter

import numpy as np
import pytest
from warehouse import Warehouse

K = 10
CHOSEN = ("--select", "int_recommendations_ranked", "int_recommendation_reasons", "fct_recommendations")


@pytest.fixture(scope="module")
def shop(built, tmp_path_factory):
    """With fifty candidates a user, which are what a list of ten is chosen from."""
    shop = Warehouse(shutil.copy(built.path, tmp_path_factory.mktemp("diverse") / "shop.duckdb"))
    shop.build("--select", "int_recommendations_ranked", recommendations_per_user=5 * K)
    return shop.run("create table candidates as from recudf.int_recommendations_ranked")


def vectors_of(shop):
    return {
        item: np.array(vector) for item, vector in shop.query("select item_id, vector from recudf.vec_items")
    }


def lists_of(shop, relation):
    """{user: [(item, score), the first rank first]}."""
    found = {}
    for user, item, score in shop.query(
        f"select user_id, item_id, score from {relation} order by user_id, rank"
    ):
        found.setdefault(user, []).append((item, score))
    return found


def by_hand(candidates, vectors, diversity):
    """Ids in the order of maximal marginal relevance."""
    left = [(item, float(score)) for item, score in candidates]
    low, high = min(score for _, score in left), max(score for _, score in left)
    taken = []
    while left and len(taken) < K:
        best = max(
            left,
            key=lambda row: (
                (1 - diversity) * (row[1] - low) / (high - low)
                - diversity * max((float(vectors[row[0]] @ vectors[other]) for other in taken), default=0)
            ),
        )
        taken.append(best[0])
        left.remove(best)
    return taken


def test_lists_are_those_of_maximal_marginal_relevance(shop):
    shop.build(*CHOSEN, diversity=0.3)
    vectors, changed = vectors_of(shop), 0
    proposed = lists_of(shop, "candidates")
    for user, found in lists_of(shop, "recudf.fct_recommendations").items():
        candidates = proposed[user]
        assert [item for item, _ in found] == by_hand(candidates, vectors, 0.3)
        changed += [item for item, _ in found] != [item for item, _ in candidates[:K]]
    assert changed > 50
    assert shop.query("select distinct max(rank) from recudf.fct_recommendations group by user_id") == [(K,)]
    ((user, item),) = shop.query("""
        select user_id, item_id from candidates where rank = 10 and (user_id, item_id) not in (
            select (user_id, item_id) from recudf.fct_recommendations
        ) order by 1 limit 1""")
    assert shop.query("select distinct answer from recudf.why_not(?, ?)", user, item) == [
        ("it gave way to something less like the others of the list",)
    ]


def test_no_category_comes_more_often_than_the_cap(shop):
    shop.build(*CHOSEN, category_cap=2)
    counts = Counter()
    for user, category in shop.query("select user_id, item_category from recudf.fct_recommendations"):
        for each in set((category or "").split("|")) - {""}:
            counts[user, each] += 1
    assert len(counts) > 100
    ((least,),) = shop.query("""
        select min(categories) from (
            select user_id, count(distinct category) as categories from candidates
            join recudf.stg_items using (item_id) group by user_id)""")
    assert least * 2 >= K
    assert max(counts.values()) == 2


def less_popular(popularity, candidates, weight):
    """Candidates with their scores from 0 to 1, less weight x popularity."""
    scores = [score for _, score in candidates]
    low, high = min(scores), max(scores)
    return [(item, (score - low) / (high - low) - weight * popularity[item]) for item, score in candidates]


@pytest.mark.slow
@pytest.mark.parametrize("diversity", [0, 0.3])
def test_what_is_popular_gives_way(shop, diversity):
    shop.build(*CHOSEN, exposure_weight=0.5, diversity=diversity)
    vectors, changed = vectors_of(shop), 0
    popularity = dict(shop.query("select item_id, blended_popularity from recudf.int_item_popularity"))
    proposed = lists_of(shop, "candidates")
    for user, found in lists_of(shop, "recudf.fct_recommendations").items():
        candidates = proposed[user]
        expected = by_hand(less_popular(popularity, candidates, 0.5), vectors, diversity)
        assert [item for item, _ in found] == expected
        assert dict(found).items() <= dict(candidates).items()  # the scores stay what they are
        changed += [item for item, _ in found] != [item for item, _ in candidates[:K]]
    assert changed > 50


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("exposure_weight", -1, "give a number from 0 up"),
        ("diversity", 2, "give a number from 0 to 1"),
        ("diversity", -1, "give a number from 0 up"),
        ("category_cap", 0, "give null, or a whole number from 1 up"),
    ],
)
def test_impossible_vars_are_refused(shop, name, value, wanted):
    result = shop.try_build("--select", "int_recommendations_ranked", **{name: value})
    assert not result.ok
    assert f"{name} is '{value}" in result.output
    assert wanted in result.output
