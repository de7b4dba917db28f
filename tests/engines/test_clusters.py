"""cluster_fit and cluster_assign from SQL; expected values by hand."""

import pytest

POINTS = """with points(id, vector) as (values
    ('a1', [1.0, 0.1]), ('a2', [1.0, 0.0]), ('a3', [1.0, -0.1]), ('b1', [0.0, 1.0]), ('b2', [0.1, 1.0])),
    i as materialized (select vector_index(id, vector::float[2]) as handle from points)"""
CENTROIDS = """with centroids(id, vector) as (values (10, [0.0, 1.0]), (9, [0.0, 1.0]), (2, [4.0, 0.0])),
    i as materialized (select vector_index(id, vector::float[2]) as handle from centroids)"""


@pytest.mark.parametrize("params", [
    '{"k": 2}', '{"method": "spherical", "k": 2}', '{"method": "agglomerative", "max_distance": 0.5}',
    '{"method": "dbscan", "eps": 0.1, "min_samples": 2}', '{"method": "hdbscan", "min_cluster_size": 2}',
])  # fmt: skip
def test_methods(sql, params):
    rows = sql(f"{POINTS} select unnest(cluster_fit(handle, '{params}'), recursive := true) from i")
    assert [row[0] for row in rows] == [0, 1]
    assert [row[2] for row in rows] == [3, 2]
    assert [row[3] for row in rows] == [["a1", "a2", "a3"], ["b1", "b2"]]
    assert rows[0][5][0] == "a2"


def test_centroid_and_cohesion(sql):
    [[clusters]] = sql(f"""{POINTS} select cluster_fit(handle, '{{"k": 2}}') from i""")
    assert clusters[0]["centroid"] == pytest.approx([1, 0], abs=1e-7)
    assert clusters[0]["cohesion"] == pytest.approx((1 + 2 / 1.01**0.5) / 3)


def test_parameters_may_be_left_out(sql):
    assert sql(f"{POINTS} select len(cluster_fit(handle)) from i") == [(2,)]


def test_null_handle_gives_no_clusters(sql):
    assert sql("select cluster_fit(null)") == [(None,)]
    assert sql("select unnest(cluster_fit(null), recursive := true)") == []


def test_rows_of_several_handles_and_nulls(sql):
    rows = sql("""
        with points(g, id, vector) as (values (1, 'x', [1, 1]::float[2]), (2, 'y', [1, 2]::float[2]), (3, 'z', null)),
        i as materialized (select g, vector_index(id, vector) as handle from points group by g)
        select g, list_transform(cluster_fit(handle), lambda c: c.members) from i order by g""")
    assert rows == [(1, [["x"]]), (2, [["y"]]), (3, None)]


def test_all_noise_is_an_empty_list(sql):
    assert sql(f"""{POINTS} select cluster_fit(handle, '{{"method": "hdbscan"}}') from i""") == [([],)]


def test_the_order_of_rows_changes_nothing(sql):
    query = """
        with points as (select hash(i) as id, [sin(i), cos(i * i), sin(i * 7)]::float[3] as vector from range(500) t(i)),
        i as materialized (select vector_index(id, vector) as handle from (from points order by {}))
        select cluster_fit(handle, '{{"k": 7}}') from i"""
    assert sql(query.format("id")) == sql(query.format("id desc"))


def test_ids_stay_with_previous(sql):
    rows = sql(f"""{POINTS},
        earlier(id, vector) as (values (40, [0.0, 1.0]), (41, [-1.0, 0.0])),
        p as materialized (select vector_index(id, vector::float[2]) as previous from earlier)
        select unnest(cluster_fit(handle, json_object('k', 2, 'previous', previous)), recursive := true) from i, p""")
    assert [(row[0], row[3]) for row in rows] == [(40, ["b1", "b2"]), (42, ["a1", "a2", "a3"])]


@pytest.mark.parametrize(("params", "message"), [
    ('{"kk": 2}', "unknown parameter 'kk'"),
    ('{"k": 0}', "k is 0"),
    ('{"previous": "nowhere"}', "nowhere"),
])  # fmt: skip
def test_bad_parameters(sql, params, message):
    with pytest.raises(sql.error, match=message):
        sql(f"{POINTS} select cluster_fit(handle, '{params}') from i")


def test_previous_of_another_dimension(sql):
    with pytest.raises(sql.error, match="previous has 3 components"):
        sql(f"""{POINTS}, p as materialized (select vector_index(1, [1, 2, 3]::float[3]) as previous)
            select cluster_fit(handle, json_object('previous', previous)) from i, p""")


def test_unknown_handle(sql):
    with pytest.raises(sql.error, match="nowhere"):
        sql("select cluster_fit('nowhere')")
    with pytest.raises(sql.error, match="nowhere"):
        sql("select cluster_assign([1, 2]::float[2], 'nowhere')")


@pytest.mark.parametrize(("arguments", "expected"), [
    ("[0, 3]::float[2], handle", 9),  # 9 and 10 are equally near
    ("[4, 1]::float[], handle", 2),
    ("[4, 1]::float[2], handle, 1", 2),  # exactly as far
    ("[4, 1]::float[2], handle, 0.99", None),
    ("[4, 1]::float[2], handle, null", 2),
    ("null::float[2], handle", None),
    ("null, handle", None),
    ("[4, 1]::float[2], null", None),
])  # fmt: skip
def test_assign(sql, arguments, expected):
    assert sql(f"{CENTROIDS} select cluster_assign({arguments}) from i") == [(expected,)]


def test_assign_many_rows_with_nulls(sql):
    rows = sql(f"""{CENTROIDS}
        select g, cluster_assign(case g when 0 then [5, 0] when 1 then [0, 2] end::float[2], handle) as c, count(*)
        from i, (select r % 3 as g from range(9000) t(r)) group by all order by g""")
    assert rows == [(0, 2, 3000), (1, 9, 3000), (2, None, 3000)]


def test_members_of_a_kmeans_fit_are_assigned_to_it(sql):
    [(differing,)] = sql("""
        with points as materialized (select i as id, [sin(i), cos(i * i), sin(i * 7)]::float[3] as vector from range(3000) t(i)),
        i as materialized (select vector_index(id, vector) as handle from points),
        f as materialized (select unnest(cluster_fit(handle, '{"k": 7}'), recursive := true) from i),
        c as materialized (select vector_index(cluster_id, centroid) as handle from f),
        m as (select cluster_id, unnest(members) as member from f)
        select count(*) from points join m on points.id::varchar = member, c where cluster_assign(vector, handle) is distinct from cluster_id""")
    assert differing == 0


@pytest.mark.parametrize(("arguments", "message"), [
    ("[1, 2, 3]::float[3], handle", "3 components"),
    ("['nan', '2']::float[2], handle", "NaN or infinity"),
    ("[1, 2]::float[2], handle, -1", "max_distance is -1"),
    ("[1, 2]::float[2], handle, 'nan'", "max_distance is nan"),
    ("'text', handle", "give FLOAT"),
])  # fmt: skip
def test_assign_errors(sql, arguments, message):
    with pytest.raises(sql.error, match=message):
        sql(f"{CENTROIDS} select cluster_assign({arguments}) from i")


def test_centroids_need_integer_ids(sql):
    with pytest.raises(sql.error, match="id 'a1' is no cluster id"):
        sql(f"{POINTS} select cluster_assign([1, 2]::float[2], handle) from i")
