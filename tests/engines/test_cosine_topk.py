"""cosine_topk in SQL. Expected values by hand; large ones by brute force in float64."""

import numpy as np
import pyarrow as pa
import pytest

import recudf

FOUR = "(values ('a', [1, 0]), ('b', [1, 1]), ('c', [0, 1]), ('d', [2, 2])) t(id, vector)"


def topk(sql, arguments, rows=FOUR):
    found = sql(f"""with i as materialized (select vector_index(id, vector) as handle from {rows})
        select cosine_topk({arguments}) from i""")[0][0]
    return found if found is None else [(f["id"], round(f["score"], 6), f["rank"]) for f in found]


def test_nearest_first_with_rank_and_ties_by_id(sql):
    assert topk(sql, "[3, 3], handle, 3") == [("b", 1, 1), ("d", 1, 2), ("a", 0.707107, 3)]


def test_fewer_where_the_index_has_fewer(sql):
    assert [f[0] for f in topk(sql, "[1, 0], handle, 10")] == ["a", "b", "d", "c"]
    assert topk(sql, "[-1, 0], handle, 10")[-1] == ("a", -1, 4)


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        ("['b', 'd']", ["a", "c"]),
        ("['d', null, 'unknown', 'd']", ["b", "a"]),
        ("[]", ["b", "d"]),
        ("[null]", ["b", "d"]),
        ("null", ["b", "d"]),
        ("['a', 'b', 'c']", ["d"]),
        ("['a', 'b', 'c', 'd']", []),
    ],
)
def test_exclusion_comes_before_ranking(sql, exclude, expected):
    found = topk(sql, f"[1, 1], handle, 2, {exclude}")
    assert [f[0] for f in found] == expected
    assert [f[2] for f in found] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize(
    "arguments",
    [
        "null, handle, 1",
        "null::float[2], handle, 1",
        "[1, 1], null, 1",
        "[1, 1], handle, null",
        "[0, 0], handle, 1",
        "[0, 0], handle, 1, ['a']",
    ],
)
def test_null_arguments_and_a_query_without_direction_are_null(sql, arguments):
    assert topk(sql, arguments) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("[1, 1], handle, 0", "k is 0: give at least 1"),
        ("[1, 1], handle, -3", "k is -3: give at least 1"),
        ("[1, 1, 1], handle, 1", "query has 3 components, index 'index_4x2_.*' has 2"),
        ("[1, 1], 'elsewhere', 1", "no index 'elsewhere' in "),
        ("['nan'::float, 1], handle, 1", "query number 0 of this batch holds NaN or infinity"),
        ("['inf'::float, 1], handle, 1", "NaN or infinity"),
        ("'text', handle, 1", r"query is of type string: give FLOAT\[n\]"),
    ],
)
def test_errors_name_the_value(sql, arguments, message):
    with pytest.raises(sql.error, match=message):
        topk(sql, arguments)


def test_handle_k_and_exclusion_of_every_row_its_own(sql):
    rows = sql("""
        with v(g, id, vector) as (values (1, 'a', [1, 0]), (1, 'b', [0, 1]), (2, 'x', [1, 0]), (2, 'y', [1, 1])),
        i as materialized (select g, vector_index(id, vector) as handle from v group by g),
        q(n, g, query, k, exclude) as (values
            (1, 1, [1, 0], 1, null), (2, 2, [1, 0], 2, null), (3, 1, null, 1, null), (4, 2, [0, 1], 5, ['y']),
            (5, 1, [0, 2], 2, ['y']), (6, 3, [1, 0], 1, null), (7, 2, [0, 0], 1, null), (8, 1, [2, 1], 1, ['a']))
        select n, list_transform(cosine_topk(query, handle, k, exclude), lambda f: f.id)
        from q left join i using (g) order by n""")
    assert rows == [
        (1, ["a"]),
        (2, ["x", "y"]),
        (3, None),
        (4, ["x"]),
        (5, ["b", "a"]),
        (6, None),
        (7, None),
        (8, ["b"]),
    ]


def test_no_rows(sql):
    assert sql("select cosine_topk([1, 1], 'x', 1) where false") == []


@pytest.mark.parametrize("rows", [500, 60_000])
def test_same_answers_for_any_row_order_and_number_of_threads(rows):
    rng = np.random.default_rng(rows)
    d, n_queries = 32, 300
    matrix = rng.integers(-2, 3, (rows, d)).astype(np.float32)  # small integers: many exact ties
    matrix[:, 0] = 3
    queries = np.concatenate([rng.standard_normal((n_queries - 1, d)), matrix[:1]]).astype(np.float32)
    seen = [[f"i{j}" for j in rng.choice(rows, 200)] for _ in range(n_queries)]
    ids = [f"i{j}" for j in range(rows)]
    answers = []
    for threads, order in ((1, np.arange(rows)), (4, rng.permutation(rows))):
        connection = recudf.connect()
        connection.execute(f"set threads = {threads}")
        items = pa.table({"id": [ids[j] for j in order], "vector": list(matrix[order])})
        users = pa.table({"id": range(n_queries), "vector": list(queries), "seen": seen})
        connection.register("items", items)
        connection.register("users", users)
        answers.append(
            connection.execute(f"""
            with i as materialized (select vector_index(id, vector::float[{d}]) as handle from items)
            select handle, cosine_topk(vector::float[{d}], handle, 1 + (id % 9)::integer, seen)
            from users, i order by id""").fetchall()
        )
        connection.close()
    assert answers[0] == answers[1]
    wide, wide_queries = matrix.astype(np.float64), queries.astype(np.float64)
    unit = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    for row, (_, found) in enumerate(answers[0]):
        cosines = unit @ (wide_queries[row] / np.linalg.norm(wide_queries[row]))
        cosines[[int(s[1:]) for s in seen[row]]] = -np.inf
        best = np.sort(cosines)[::-1][: 1 + row % 9]
        np.testing.assert_allclose([f["score"] for f in found], best, atol=1e-6)
        np.testing.assert_allclose(cosines[[int(f["id"][1:]) for f in found]], best, atol=1e-6)
        assert [f["rank"] for f in found] == list(range(1, len(best) + 1))
        assert found == sorted(found, key=lambda f: (-f["score"], f["id"]))
