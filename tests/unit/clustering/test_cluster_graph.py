"""The graph against its definition, and clusters that k-means of the vectors themselves cannot find."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from recudf.clustering import graph
from recudf.clustering.fit import fit_clusters
from recudf.clustering.params import ClusterParams
from recudf.clustering.stable import Earlier


def sheets(n=600, k=4, seed=0):
    """Clusters that are wide in three directions of their own and thin in all others: no spheres."""
    rng = np.random.default_rng(seed)
    cluster = np.arange(n) % k
    centres, directions = rng.normal(0, 1, (k, 30)), rng.normal(0, 1, (k, 3, 30)) / np.sqrt(30)
    wide = 5 * np.einsum("nq,nqd->nd", rng.normal(0, 1, (n, 3)), directions[cluster])
    return (centres[cluster] + wide + rng.normal(0, 0.2, (n, 30))).astype(np.float32), cluster


def labels_of(clusters, n):
    labels = np.full(n, -1)
    for cluster in clusters:
        labels[cluster.members] = cluster.cluster_id
    return labels


def fit(matrix, earlier=None, **params):
    return labels_of(fit_clusters(matrix, ClusterParams(method="graph", **params), earlier), len(matrix))


def test_weights_of_a_neighbourhood():
    """Nearest: 1; all together log2 of how many neighbours were asked for, the point itself counted."""
    distances = np.array([[0.1, 0.2, 0.4, 0.9], [0.5, 0.5, 0.6, 0.7]])
    weights = graph._memberships(distances)
    assert weights[:, 0] == pytest.approx(1)
    assert weights.sum(axis=1) == pytest.approx(np.log2(5), abs=1e-6)
    assert (np.diff(weights, axis=1) <= 0).all()


def test_a_graph_of_three_points_by_hand():
    """With two neighbours each, everybody is everybody's neighbour. Angles 0, 10 and 90 degrees."""
    angles = np.radians([0, 10, 90])
    matrix = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = graph.neighbour_graph(matrix, 2).toarray()

    wanted = np.log2(3)  # 1 for the nearest and the rest for the other neighbour, whatever its distance
    directed = np.array([[0, 1, wanted - 1], [1, 0, wanted - 1], [wanted - 1, 1, 0]])
    union = directed + directed.T - directed * directed.T
    assert found == pytest.approx(union / union.sum(axis=1, keepdims=True), abs=1e-5)


def test_clusters_that_are_no_spheres():
    matrix, cluster = sheets()
    spherical = labels_of(fit_clusters(matrix, ClusterParams(method="spherical", k=4)), len(matrix))
    gain = adjusted_rand_score(cluster, fit(matrix, k=4)) - adjusted_rand_score(cluster, spherical)
    assert gain > 0.3


def test_the_order_of_rows_does_not_show():
    matrix, _ = sheets(200)
    order = np.random.default_rng(1).permutation(len(matrix))
    assert adjusted_rand_score(fit(matrix, k=4)[order], fit(matrix[order], k=4)) > 0.99


def test_a_sample_is_fitted_and_the_others_join_their_neighbours(monkeypatch):
    matrix, _ = sheets()
    whole = fit(matrix, k=4)
    monkeypatch.setattr(graph, "GRAPH_ROWS", 400)
    labels = fit(matrix, k=4)
    assert (labels >= 0).all()
    assert adjusted_rand_score(whole, labels) > 0.7


def test_ids_stay_over_a_refit():
    matrix, _ = sheets()
    clusters = fit_clusters(matrix[:500], ClusterParams(method="graph", k=5))
    earlier = Earlier(np.stack([c.centroid for c in clusters]), np.array([7, 3, 9, 4, 20]))
    again = fit(matrix, earlier, k=5)
    assert set(again) == {7, 3, 9, 4, 20}
    before = np.array([7, 3, 9, 4, 20])[labels_of(clusters, 500)]
    assert (again[:500] == before).mean() > 0.9


@pytest.mark.parametrize("n", [1, 2, 3, 20])
def test_few_points_and_copies(n):
    assert set(fit(np.ones((n, 4), np.float32), k=3)) == {0}
    assert set(fit(np.eye(n, 25, dtype=np.float32), k=3)) <= {0, 1, 2}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ('{"method": "graph", "neighbors": 1}', "neighbors is 1: give a whole number of at least 2"),
        ('{"method": "graph", "smoothings": -1}', "smoothings is -1"),
        ('{"method": "kmeans", "neighbors": 5}', "kmeans does not use 'neighbors'"),
    ],
)
def test_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        ClusterParams.parse(params)
