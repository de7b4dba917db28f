"""What every method does, and the corners."""

import numpy as np
import pytest
from planted import labels_of, planted
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from recudf.clustering import hierarchy
from recudf.clustering.fit import fit_clusters
from recudf.clustering.params import ClusterParams
from recudf.errors import InputError

METHODS = {
    "kmeans": {"k": 4},
    "kmeans auto": {},
    "kmeans stable": {"k": "stable"},
    "spherical": {"method": "spherical", "k": 4},
    "spherical auto": {"method": "spherical"},
    "spherical stable": {"method": "spherical", "k": "stable"},
    "agglomerative": {"method": "agglomerative", "k": 4},
    "agglomerative auto": {"method": "agglomerative"},
    "agglomerative by distance": {"method": "agglomerative", "max_distance": 0.5},
    "dbscan": {"method": "dbscan", "eps": 0.2},
    "hdbscan": {"method": "hdbscan"},
}
every_method = pytest.mark.parametrize("params", [ClusterParams(**p) for p in METHODS.values()], ids=METHODS)


@every_method
def test_separated_groups_are_found(params):
    matrix, truth = planted()
    clusters = fit_clusters(matrix, params)
    assert adjusted_rand_score(truth, labels_of(clusters, len(matrix))) == 1
    assert [cluster.cluster_id for cluster in clusters] == [0, 1, 2, 3]
    firsts = [cluster.members[0] for cluster in clusters]  # all of one size, so by the smallest row
    assert firsts == sorted(firsts)


@every_method
def test_one_point(params):
    clusters = fit_clusters(np.array([[3, 4]], np.float32), params)
    if params.method == "hdbscan" or params.method == "dbscan":
        assert clusters == []  # noise
    else:
        assert [(c.cluster_id, c.members.tolist(), c.exemplars.tolist()) for c in clusters] == [(0, [0], [0])]
        assert clusters[0].cohesion == pytest.approx(1)


@every_method
def test_equal_points_are_one_cluster(params):
    clusters = fit_clusters(np.full((30, 3), 0.1, np.float32), params)
    if params.method == "hdbscan":  # wants at least two groups that differ
        assert clusters == []
    else:
        assert [(c.cluster_id, len(c.members)) for c in clusters] == [(0, 30)]
        assert clusters[0].cohesion == pytest.approx(1)


@pytest.mark.parametrize("method", ["kmeans", "spherical", "agglomerative"])
def test_as_many_clusters_as_points_and_no_more(method):
    matrix = planted(groups=2, per_group=5)[0]
    for k in (10, 11, 1000):
        clusters = fit_clusters(matrix, ClusterParams(method=method, k=k))
        assert [cluster.members.tolist() for cluster in clusters] == [[row] for row in range(10)]


def test_duplicates_of_points_stay_together():
    points = planted(groups=3, per_group=2)[0]
    clusters = fit_clusters(np.repeat(points, 4, axis=0), ClusterParams(k=24))
    assert [cluster.members.tolist() for cluster in clusters] == [
        list(range(i, i + 4)) for i in range(0, 24, 4)
    ]


def test_fewer_points_than_k_min():
    matrix = planted(groups=3, per_group=1)[0]
    assert len(fit_clusters(matrix, ClusterParams(k_min=5))) == 3


def test_what_is_told_of_a_cluster_by_hand():
    matrix = np.array([[1, 0], [0, 1], [10, 10], [10, 12], [10, 14], [10, 11]], np.float32)
    large, small = fit_clusters(matrix, ClusterParams(k=2))
    assert large.members.tolist() == [2, 3, 4, 5]
    assert large.centroid.tolist() == [10, 11.75]
    assert large.exemplars.tolist() == [3, 5, 2, 4]  # 0.25, 0.75, 1.75, 2.25 away
    assert small.centroid.tolist() == [0.5, 0.5]
    assert small.cohesion == pytest.approx(np.sqrt(0.5))  # both members at 45 degrees from the centroid


def test_average_linkage_is_scipys():
    matrix = planted(noise=1.2)[0]
    tree = linkage(matrix, "average", metric="cosine")
    ours = labels_of(fit_clusters(matrix, ClusterParams(method="agglomerative", k=9)), len(matrix))
    assert adjusted_rand_score(fcluster(tree, 9, "maxclust"), ours) == 1
    ours = labels_of(
        fit_clusters(matrix, ClusterParams(method="agglomerative", max_distance=0.8)), len(matrix)
    )
    assert adjusted_rand_score(fcluster(tree, 0.8, "distance"), ours) == 1


def test_too_many_points_for_a_tree(monkeypatch):
    monkeypatch.setattr(hierarchy, "MAX_POINTS", 9)
    with pytest.raises(InputError, match="takes 9 vectors, there are 10: use kmeans"):
        fit_clusters(planted(groups=2, per_group=5)[0], ClusterParams(method="agglomerative", k=2))


@pytest.mark.parametrize("params", [{"method": "dbscan", "eps": 0.2}, {"method": "hdbscan"}])
def test_noise_is_in_no_cluster(params):
    matrix, _ = planted()
    far = -matrix.sum(axis=0, keepdims=True)
    clusters = fit_clusters(np.concatenate([matrix, far]), ClusterParams(**params))
    assert sorted(np.concatenate([cluster.members for cluster in clusters])) == list(range(len(matrix)))
