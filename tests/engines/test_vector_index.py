"""vector_index: what a handle depends on, and what it refuses."""

import gc

import numpy as np
import pytest

import recudf
from recudf.search import get_index


def index_of(sql, rows, columns="id, vector"):
    return sql(f"select vector_index(id, vector) from (values {rows}) t({columns})")[0][0]


def test_an_index_holds_the_rows_in_order_of_their_ids(sql):
    handle = index_of(sql, "('b', [3, 4]::float[2]), ('a', [1, 0]), ('ab', [0, 2])")
    index = sql.index(handle)
    assert index.handle == handle
    assert index.ids.to_pylist() == ["a", "ab", "b"]
    assert index.matrix.tolist() == [[1, 0], [0, 2], [3, 4]]
    assert index.inverse_norms.tolist() == [1, 0.5, 0.2]


def test_the_handle_names_the_shape_and_ignores_the_order_of_rows(sql):
    one = index_of(sql, "('b', [3, 4]), ('a', [1, 0]), ('c', [0, 2])")
    assert one.startswith("index_3x2_")
    assert index_of(sql, "('c', [0, 2]), ('b', [3, 4]), ('a', [1, 0])") == one
    assert index_of(sql, "('c', [0, 2]::float[2]), ('b', [3, 4]), ('a', [1, 0])") == one
    assert index_of(sql, "('c', [0, 2]), ('n', null), ('b', [3, 4]), ('a', [1, 0])") == one


@pytest.mark.parametrize(
    "rows",
    [
        "('a', [1, 2]), ('b', [4, 3])",
        "('b', [1, 2]), ('a', [3, 4])",  # the same ids and vectors, paired otherwise
        "('a', [2, 1]), ('b', [3, 4])",
        "('a', [1, 2]), ('B', [3, 4])",
        "('a', [1, 2]), ('ba', [3, 4])",
        "('ab', [1, 2]), ('', [3, 4])",
        "('a', [-1, -2]), ('b', [3, 4])",
        "('a', [1, 2]), ('b', [-3, -4])",
        "('a', [1, 2, 0]), ('b', [3, 4, 0])",
        "('a', [1, 2])",
    ],
)
def test_the_handle_depends_on_every_part_of_the_content(sql, rows):
    assert index_of(sql, rows) != index_of(sql, "('a', [1, 2]), ('b', [3, 4])")


def test_one_index_per_group_and_none_for_a_group_without_vectors(sql):
    rows = "(1, 'a', [1, 2]::float[2]), (1, 'b', [1, 3]), (2, 'a', null), (3, 'a', [1, 2]), (3, 'b', [1, 3])"
    found = dict(
        sql(f"select g, vector_index(id, vector) from (values {rows}) t(g, id, vector) group by g order by g")
    )
    assert found[2] is None
    assert found[1] == found[3]
    assert sql.index(found[1]).ids.to_pylist() == ["a", "b"]


def test_no_rows_is_null(sql):
    assert sql("select vector_index('a', [1.0, 2]) where false") == sql.aggregate_of_nothing
    assert sql("select vector_index('a', null)") == [(None,)]
    assert sql("select vector_index(null, null::float[3])") == [(None,)]


def test_ids_of_other_types_become_text(sql):
    assert sql.index(index_of(sql, "(2, [1, 2]), (10, [3, 4])")).ids.to_pylist() == ["10", "2"]


def test_ids_with_quotes_spaces_and_other_scripts(sql):
    handle = index_of(sql, "('it''s \"x\"', [1, 2]), (' ', [3, 4]), ('日本', [5, 6]), ('', [7, 8])")
    assert sql.index(handle).ids.to_pylist() == ["", " ", 'it\'s "x"', "日本"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("('a', [1, 2]), (null, [3, 4])", r"vector \(3, 4\) has no id"),
        ("('a', [1, 2]), ('b', [3, 4]), ('a', [5, 6])", "id 'a' occurs more than once"),
        ("('a', [1, 2]), ('a', [1, 2])", "id 'a' occurs more than once"),
        ("('a', [1, 2]), ('b', [0, 0])", "vector of id 'b' is zero"),
        ("('a', [1, 2]), ('b', ['nan'::float, 0])", "vector of id 'b' holds NaN or infinity"),
        ("('a', [1, 2]), ('b', ['-inf'::float, 0])", "vector of id 'b' holds NaN or infinity"),
        ("('a', [1, 2]), ('b', [1, 2, 3])", "rows of 2 and of 3 components"),
        ("('a', [1, null])", "NULL inside"),
        ("('a', 'text')", r"type string: give FLOAT\[n\] or FLOAT\[\]"),
    ],
)
def test_what_cannot_be_indexed_is_named(sql, rows, message):
    with pytest.raises(sql.error, match=message):
        index_of(sql, rows)


@pytest.mark.parametrize("threads", [1, 4])
def test_ids_stay_with_their_vectors_under_threads_and_group_by(threads):
    connection = recudf.connect()
    connection.execute(f"set threads = {threads}; set preserve_insertion_order = false")
    # three row groups, so that several threads read; every vector tells its id
    connection.execute("""create table v as select i::varchar as id, i % 7 as g, [i + 1, -i]::float[2] as vector
        from range(300000) r(i) order by hash(i)""")
    handles = connection.execute("""select vector_index(id, vector) from v
        union all select vector_index(id, vector) from v group by g""").fetchall()
    indexes = [get_index(handle) for (handle,) in handles]
    assert sorted(len(index) for index in indexes) == [42857] * 6 + [42858, 300000]
    for index in indexes:
        numbers = index.ids.cast("int64").to_numpy().astype(np.float32)
        assert np.array_equal(index.matrix[:, 1], -numbers)
    shuffled = connection.execute(
        "select vector_index(id, vector) from (from v order by hash(id || 'x'))"
    ).fetchone()[0]
    assert (shuffled,) in handles


def test_a_cursor_outlives_the_connection_that_registered_the_functions():
    connection = recudf.connect()
    cursor = connection.cursor()
    recudf.engines.macros.create_macros(cursor, recudf.Settings())
    del connection
    gc.collect()
    assert cursor.execute("select vector_index('a', [1, 2]) is not null").fetchall() == [(True,)]
