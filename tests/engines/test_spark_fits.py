"""fit_clusters on Spark: partial sums agree with one fit of all rows."""

import numpy as np
import pytest

import recudf
from recudf.clustering.fit import fit_clusters
from recudf.clustering.params import ClusterParams
from recudf.engines import spark_fits
from recudf.errors import InputError, ParameterError

pytestmark = pytest.mark.spark


def frame(spark, matrix, partitions):
    rows = [(f"p{i:05}", row.tolist()) for i, row in enumerate(matrix)]
    return spark.createDataFrame(rows, "id string, vector array<float>").repartition(partitions)


def inertia(matrix, centroids):
    return (((matrix[:, None].astype(float) - centroids[None]) ** 2).sum(axis=2)).min(axis=1).sum()


@pytest.mark.parametrize("method", ["kmeans", "spherical"])
def test_separate_groups_are_found_exactly(spark, method):
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(5), [800, 500, 400, 200, 100])
    matrix = (np.eye(5, 12)[groups] * 9 + rng.standard_normal((2000, 12)) / 9).astype(np.float32)
    params = f'{{"method": "{method}", "k": 5, "tolerance": 0}}'
    found = spark_fits.fit_clusters(frame(spark, matrix, 6), params).orderBy("cluster_id").collect()
    expected = fit_clusters(matrix, ClusterParams.parse(params))
    assert [row.size for row in found] == [len(cluster.members) for cluster in expected]
    assert [row.cluster_id for row in found] == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(
        [row.centroid for row in found], [c.centroid for c in expected], rtol=1e-6, atol=1e-6
    )


def test_without_groups_it_is_as_good_within_a_hundredth(spark):
    matrix = np.random.default_rng(1).standard_normal((6000, 8)).astype(np.float32)
    params = '{"k": 10}'
    found = spark_fits.fit_clusters(frame(spark, matrix, 4), params).collect()
    expected = fit_clusters(matrix, ClusterParams.parse(params))
    ratio = inertia(matrix, np.array([r.centroid for r in found])) / inertia(
        matrix, np.array([c.centroid for c in expected])
    )
    assert ratio == pytest.approx(1, abs=0.01)
    assert sum(row.size for row in found) == 6000


def test_partitions_and_order_change_nothing(spark):
    matrix = np.random.default_rng(2).standard_normal((3000, 4)).astype(np.float32)
    fits = [
        spark_fits.fit_clusters(frame(spark, matrix, n).orderBy("id", ascending=n > 2), '{"k": 6}').collect()
        for n in (1, 5)
    ]
    assert [row.size for row in fits[0]] == [row.size for row in fits[1]]
    np.testing.assert_allclose(*([row.centroid for row in fit] for fit in fits), atol=1e-6)


def test_ids_stay_with_earlier_clusters(spark):
    matrix = np.repeat([[0, 9], [9, 0]], [30, 20], axis=0).astype(np.float32) + np.float32(0.1)
    earlier = spark.createDataFrame(
        [(41, [8.0, 1.0]), (40, [1.0, 8.0])], "cluster_id int, centroid array<float>"
    )
    found = spark_fits.fit_clusters(frame(spark, matrix, 3), '{"k": 2}', earlier).collect()
    assert [(row.cluster_id, row.size) for row in found] == [(40, 30), (41, 20)]


def test_its_clusters_serve_cluster_assign(spark):
    recudf.register_spark(spark)
    frame(spark, np.array([[0, 1], [0, 2], [5, 0]], np.float32), 2).createOrReplaceTempView("points")
    spark_fits.fit_clusters(spark.table("points"), '{"k": 2}').createOrReplaceTempView("centroids")
    rows = spark.sql("""with i as (select vector_index(cluster_id, centroid) as handle from centroids)
        select id, cluster_assign(vector, handle) as c from points cross join i order by id""").collect()
    assert [row.c for row in rows] == [0, 0, 1]


def test_what_cannot_be_fitted_is_named(spark):
    with pytest.raises(InputError, match="there is no vector to fit"):
        spark_fits.fit_clusters(frame(spark, np.zeros((0, 2), np.float32), 1))
    with pytest.raises(
        ParameterError, match="method is 'hdbscan': of points in parts there are kmeans and spherical"
    ):
        spark_fits.fit_clusters(frame(spark, np.zeros((2, 2), np.float32), 1), '{"method": "hdbscan"}')
