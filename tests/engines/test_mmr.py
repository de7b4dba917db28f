"""Expected values by hand: a = (1, 0), b = (1, 0), c = (0, 1), d = (3, 4), so cos(a, b) = 1, cos(a, c) = 0, cos(a, d) = 3/5."""

import pytest

ITEMS = """items as materialized (select vector_index(id, v) as handle
    from (values ('a', [1, 0]), ('b', [2, 0]), ('c', [0, 1]), ('d', [3, 4])) t(id, v))"""


def order(sql, arguments):
    """The ids of the list, best first."""
    rows = sql(f"with {ITEMS} select unnest(mmr({arguments}), recursive := true) from items")
    assert [rank for *_, rank in rows] == list(range(1, len(rows) + 1))
    return [name for name, *_ in rows]


def test_without_diversity_it_is_the_best(sql):
    rows = sql(
        f"""with {ITEMS} select unnest(mmr(['c', 'a', 'd', 'b'], [1, 4, 2, 4], handle, 3, 0), recursive := true) from items"""
    )
    assert rows == [("a", 4, 1), ("b", 4, 2), ("d", 2, 3)]


def test_what_is_like_the_first_waits(sql):
    """Relevance a 1, b .9, c .4, d 0. After a: b .5 x .9 - .5 x 1 = -.05, c .2, d -.3; after c: b -.05, d -.5 x .8 = -.4."""
    assert order(sql, "['a', 'b', 'c', 'd'], [10, 9, 4, 0], handle, 4, 0.5") == ["a", "c", "b", "d"]
    assert order(sql, "['a', 'b', 'c', 'd'], [10, 9, 4, 0], handle, 2, 0.1") == ["a", "b"]


def test_only_likeness_counts_after_the_best(sql):
    """After a: b 1, d .6, c 0; after c: d .8."""
    assert order(sql, "['a', 'b', 'c', 'd'], [4, 3, 2, 1], handle, 4, 1") == ["a", "c", "d", "b"]


def test_what_has_no_vector_is_like_nothing(sql):
    """Relevance a 1, b .8, x 0; after a: b .4 - .5 < 0."""
    assert order(sql, "['a', 'b', 'x'], [10, 8, 0], handle, 3, 0.5") == ["a", "x", "b"]


def test_no_more_of_a_category_than_the_cap_as_long_as_others_are_left(sql):
    shelves = "[['film', 'war'], ['film'], ['book'], ['film']]"
    arguments = "['a', 'b', 'c', 'd'], [4, 3, 2, 1], handle, 4, 0.0"
    assert order(sql, f"{arguments}, {shelves}, 1") == ["a", "c", "b", "d"]
    assert order(sql, f"{arguments}, {shelves}, 2") == ["a", "b", "c", "d"]
    assert order(sql, f"{arguments}, [['film'], null, ['film', null], []], 1") == ["a", "b", "d", "c"]


def test_nulls_are_skipped_and_an_id_counts_once(sql):
    assert order(sql, "['a', null, 'b', 'c', 'a'], [1, 9, null, 2, 3], handle, 5, 0") == ["a", "c"]
    assert order(sql, "[], [], handle, 5, 0") == []


@pytest.mark.parametrize(
    "arguments",
    [
        "null, [1], handle, 1, 0",
        "['a'], null, handle, 1, 0",
        "['a'], [1], null, 1, 0",
        "['a'], [1], handle, null, 0",
        "['a'], [1], handle, 1, null",
    ],
)
def test_null_is_null(sql, arguments):
    assert sql(f"with {ITEMS} select mmr({arguments}) from items") == [(None,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("['a'], [1], handle, 0, 0", "k is 0: give at least 1"),
        ("['a'], [1], handle, 1, 1.5", "diversity is 1.5: give a number from 0 to 1"),
        ("['a'], [1], handle, 1, 0.1, [['x']], 0", "cap is 0: give at least 1, or NULL"),
        ("['a', 'b'], [1], handle, 1, 0", "2 ids, 1 scores and 2 categories"),
        ("['a'], [1], 'index_0', 1, 0", "no index 'index_0' in "),
    ],
)
def test_what_is_wrong_is_named(sql, arguments, message):
    with pytest.raises(sql.error, match=message):
        sql(f"with {ITEMS} select mmr({arguments}) from items")


def test_a_score_that_is_no_number_is_named(sql):
    with pytest.raises(sql.error, match="the score of 'a' is nan: give a finite number"):
        sql(f"with {ITEMS} select mmr(['a'], [cast('nan' as double)], handle, 1, 0) from items")
