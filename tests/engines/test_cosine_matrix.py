"""Expected values by hand: a = (1, 0), b = (0, 2), c = (3, 4), so cos(a, c) = 3/5 and cos(b, c) = 4/5."""

import pytest

ITEMS = "items as materialized (select vector_index(id, v) as handle from (values ('a', [1, 0]), ('b', [0, 2]), ('c', [3, 4])) t(id, v))"


def one(sql, arguments):
    return sql(f"with {ITEMS} select cosine_matrix({arguments}) from items")[0][0]


def test_a_list_for_each_id_with_its_cosine_to_each_other(sql):
    found = one(sql, "['c', 'a'], ['a', 'b', 'c'], handle")
    assert found == [pytest.approx([0.6, 0.8, 1]), pytest.approx([1, 0, 0.6])]


def test_what_the_index_lacks_is_null_within(sql):
    assert one(sql, "['nobody', 'a', null], ['b', 'nobody'], handle") == [
        [None, None],
        [0, None],
        [None, None],
    ]


@pytest.mark.parametrize("arguments", ["null, ['a'], handle", "['a'], null, handle", "['a'], ['a'], null"])
def test_null_is_null(sql, arguments):
    assert one(sql, arguments) is None


def test_empty_lists(sql):
    assert one(sql, "[], ['a'], handle") == []
    assert one(sql, "['a', 'b'], [], handle") == [[], []]


def test_rows_of_different_shape_and_index(sql):
    rows = sql("""
        with shelves as materialized (
            select shelf, vector_index(id, v) as handle
            from (values (1, 'a', [1, 0]), (1, 'b', [0, 1]), (2, 'a', [1, 1]), (2, 'b', [-1, -1])) t(shelf, id, v) group by shelf
        )
        select n, cosine_matrix(ids, others, handle)
        from (values (1, 1, ['a'], ['a', 'b']), (2, 2, ['a', 'b'], ['b']), (3, 1, ['b'], ['b']), (4, 9, ['a'], ['a']))
            u(n, shelf, ids, others)
        left join shelves using (shelf) order by n""")
    assert rows[0] == (1, [[1, 0]])
    assert rows[1] == (2, [[pytest.approx(-1)], [pytest.approx(1)]])
    assert rows[2:] == [(3, [[1]]), (4, None)]


def test_an_unknown_handle_is_named(sql):
    with pytest.raises(sql.error, match="no index 'index_0' in "):
        sql("select cosine_matrix(['a'], ['a'], 'index_0')")
