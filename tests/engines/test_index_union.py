"""index_union: parts answer as the whole does. Expected values by hand; large ones from one whole index."""

import pytest

FOUR = "(values ('a', [1, 0], 1), ('b', [1, 1], 2), ('c', [0, 1], 1), ('d', [2, 2], 3)) t(id, vector, part)"


def test_the_union_of_parts_is_the_index_of_all_rows(sql):
    [(whole,)] = sql(f"select vector_index(id, vector) from {FOUR}")
    [(union, again)] = sql(f"""
        with s as materialized (select vector_index(id, vector) as handle from {FOUR} group by part)
        select index_union(list(handle)), index_union([index_union(list(handle)), null]) from s""")
    assert union == again == whole
    assert sql.index(union).ids.to_pylist() == ["a", "b", "c", "d"]
    assert sql.index(union).matrix.tolist() == [[1, 0], [1, 1], [0, 1], [2, 2]]


@pytest.mark.parametrize("shards", [1, 3, 7])
def test_any_number_of_shards_gives_the_same_rows(sql, shards):
    # components of 0 to 2 make many equal cosines: ties go by id, across shards too
    rows = "(select 'i' || i as id, [i % 3, (i * 7) % 3, (i * i) % 3, 1] as vector, i from range(700) r(i))"
    queries = (
        "(select q, [q % 3, 1, (q * 5) % 3, 2] as query, ['i1', 'i77', 'nobody'] as seen from range(40) t(q))"
    )
    whole = sql(f"""with i as materialized (select vector_index(id, vector) as handle from {rows} t)
        select q, handle, cosine_topk(query, handle, 1 + q, seen) from {queries} u, i order by q""")
    parts = sql(f"""
        with s as materialized (select vector_index(id, vector) as handle from {rows} t group by i % {shards}),
        i as materialized (select index_union(list(handle)) as handle from s)
        select q, handle, cosine_topk(query, handle, 1 + q, seen) from {queries} u, i order by q""")
    assert parts == whole
    assert [len(row[2]) for row in whole] == list(range(1, 41))
    # among equals the smaller id first, and no row is better than the one before
    for _, _, found in whole:
        assert found == sorted(found, key=lambda f: (-f["score"], f["id"].encode()))


def test_clusters_of_a_union_are_those_of_the_whole(sql):
    rows = "(select i as id, [i % 2 * 10 + i % 5, i % 3, 1] as vector from range(60) r(i)) t"
    whole = f"select vector_index(id, vector) as handle from {rows}"
    union = f"select index_union(list(handle)) as handle from (select vector_index(id, vector) as handle from {rows} group by id % 4)"
    fits = [
        sql(f"with i as materialized ({index}) select cluster_fit(handle, '{{\"k\": 2}}') from i")
        for index in (whole, union)
    ]
    assert fits[0] == fits[1]


def test_one_handle_is_itself_and_none_is_null(sql):
    assert sql(f"""with i as materialized (select vector_index(id, vector) as h from {FOUR})
        select index_union([h, h, null]) = h, index_union([null, null]::varchar[]), index_union([]::varchar[]) from i""") == [
        (True, None, None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("('a', [1, 2], 1), ('b', [3, 4], 2), ('a', [5, 6], 2)", "id 'a' is in more than one index"),
        ("('a', [1, 2], 1), ('b', [3, 4, 5], 2)", "components"),
    ],
)
def test_what_cannot_be_joined_is_named(sql, rows, message):
    with pytest.raises(sql.error, match=message):
        sql(f"""with s as materialized (
                select vector_index(id, vector) as handle from (values {rows}) t(id, vector, part) group by part)
            select index_union(list(handle)) from s""")


def test_an_unknown_handle_is_named(sql):
    with pytest.raises(sql.error, match="no index 'nowhere' in "):
        sql("select index_union(['nowhere'])")
