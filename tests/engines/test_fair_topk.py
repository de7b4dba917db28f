"""Expected values by hand."""

import pytest


def fair(sql, arguments):
    return sql(f"select unnest(fair_topk({arguments}), recursive := true)")


def test_a_third_of_the_members_gets_a_third_of_the_list(sql):
    """u and v like x1, x2, x3; w likes y. x1: 2 / 3; x2: 1/2 + 1/2, as y, and more like it; then y 1 against x3 2/3."""
    votes = "['u', 'u', 'u', 'v', 'v', 'v', 'w'], ['x1', 'x2', 'x3', 'x1', 'x2', 'x3', 'y'], [1, 1, 1, 1, 1, 1, 1], 3"
    third = pytest.approx(1 / 3, abs=1e-8)
    assert fair(sql, votes) == [("x1", pytest.approx(2 / 3, abs=1e-8), 1), ("x2", third, 2), ("y", third, 3)]


def test_the_example_of_the_documentation(sql):
    """After tent: map .4/2 + .8/2 + .7 = 1.3, yarn .3/2 + 1 = 1.15, stove .6/2 + .5 = .8; after map, where ann got 1.4,
    ben 1.8 and cat .7: yarn .3/2.8 + 1/1.7, stove .6/2.4 + .5/1.7."""
    users = "['ann', 'ann', 'ann', 'ben', 'ben', 'ben', 'cat', 'cat', 'cat']"
    items = "['tent', 'stove', 'map', 'tent', 'map', 'yarn', 'yarn', 'map', 'stove']"
    rows = fair(sql, f"{users}, {items}, [1, 0.6, 0.4, 1, 0.8, 0.3, 1, 0.7, 0.5], 9")
    gains = [2, 1.3, 0.3 / 2.8 + 1 / 1.7, 0.6 / 2.4 + 0.5 / 2.7]
    names = ["tent", "map", "yarn", "stove"]
    assert rows == [
        (name, pytest.approx(gain / 3, abs=1e-8), rank)
        for rank, (name, gain) in enumerate(zip(names, gains, strict=True), 1)
    ]


def test_one_member_gets_the_own_order(sql):
    rows = fair(sql, "['u', 'u', 'u', 'u'], ['d', 'b', 'c', 'a'], [0.1, 1, 0.5, 0.1], 4")
    assert [name for name, *_ in rows] == ["b", "c", "a", "d"]


def test_the_order_of_rows_does_not_matter_and_a_pair_counts_once(sql):
    rows = fair(sql, "['u', 'v', 'u', null, 'v'], ['a', 'b', 'a', 'b', null], [0.5, 0.9, 0.7, 5, 5], 5")
    assert rows == [("b", pytest.approx(0.45), 1), ("a", pytest.approx(0.35), 2)]
    assert fair(sql, "['v', 'u', 'u'], ['b', 'a', 'a'], [0.9, 0.7, 0.5], 5") == rows
    assert fair(sql, "[null], ['a'], [1], 5") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("['u'], ['a'], [1], 0", "k is 0: give at least 1"),
        ("['u'], ['a', 'b'], [1], 2", "1 users, 2 items and 1 scores"),
        ("['u'], ['a'], [-1], 2", "the score of 'a' is -1: give numbers from 0"),
        ("['u'], ['a'], [cast('nan' as double)], 2", "the score of 'a' is nan"),
    ],
)
def test_what_is_wrong_is_named(sql, arguments, message):
    with pytest.raises(sql.error, match=message):
        sql(f"select fair_topk({arguments})")
