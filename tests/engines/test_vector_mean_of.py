"""Expected values by hand; the same as `vector_mean` over the vectors themselves."""

import pytest

ITEMS = "items as materialized (select vector_index(id, v) as handle from (values ('a', [1, 0]), ('b', [0, 1]), ('c', [3, 4])) t(id, v))"


def one(sql, arguments):
    return sql(f"with {ITEMS} select vector_mean_of({arguments}) from items")[0][0]


def test_without_weights_every_vector_counts_the_same(sql):
    assert one(sql, "['a', 'c'], handle") == [2, 2]


def test_weights_are_normalised_by_their_absolute_sum(sql):
    # (3 * (1, 0) - 1 * (0, 1)) / (3 + 1)
    assert one(sql, "['a', 'b'], handle, [3, -1]") == [0.75, -0.25]


def test_an_id_counts_as_often_as_it_is_named(sql):
    # (1 * (1, 0) + 2 * (0, 1) + 1 * (1, 0)) / 4
    assert one(sql, "['a', 'b', 'a'], handle, [1, 2, 1]") == [0.5, 0.5]


def test_ids_without_a_vector_and_null_weights_are_skipped(sql):
    assert one(sql, "['a', 'nobody', null, 'b'], handle, [1, 5, 5, null]") == [1, 0]


@pytest.mark.parametrize(
    "arguments",
    ["null, handle", "[], handle", "['nobody'], handle", "['a'], null", "['a'], handle, [0]"],
)
def test_nothing_left_is_null(sql, arguments):
    assert one(sql, arguments) is None


def test_rows_and_groups_with_indexes_of_their_own(sql):
    rows = sql("""
        with shelves as materialized (
            select shelf, vector_index(id, v) as handle
            from (values (1, 'a', [1, 0]), (1, 'b', [0, 1]), (2, 'a', [5, 7])) t(shelf, id, v) group by shelf
        )
        select shelf, vector_mean_of(ids, handle)
        from (values (1, ['a', 'b']), (2, ['b', 'a']), (3, ['a'])) u(shelf, ids) left join shelves using (shelf) order by shelf""")
    assert rows == [(1, [0.5, 0.5]), (2, [5, 7]), (3, None)]


def test_lists_of_different_length_are_named(sql):
    with pytest.raises(sql.error, match="vector_mean_of: 2 vectors but 1 weights"):
        one(sql, "['a', 'b'], handle, [1]")


def test_an_unknown_handle_is_named(sql):
    with pytest.raises(sql.error, match="no index 'index_0' in "):
        sql("select vector_mean_of(['a'], 'index_0')")
