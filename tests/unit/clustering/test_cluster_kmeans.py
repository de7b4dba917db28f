"""Against scikit-learn, and by hand."""

import numpy as np
import pytest
from planted import planted
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from recudf.clustering.choose import _distances, choose_k_for_kmeans, mean_silhouette
from recudf.clustering.fit import fit_clusters
from recudf.clustering.kmeans import fit_kmeans
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Points
from recudf.vectors import unit

PARAMS = ClusterParams(k=4)


def sum_of_squares(matrix, fit):
    return ((matrix.astype(np.float64) - fit.centroids[fit.labels]) ** 2).sum()


@pytest.mark.parametrize("offset", [0, 100])
@pytest.mark.parametrize(("noise", "k"), [(0.3, 4), (1.0, 4), (1.0, 11)])
def test_inertia_is_no_worse_than_scikit_learns(noise, k, offset):
    matrix = planted(noise=noise, per_group=100)[0] + np.float32(offset)
    ours = fit_kmeans(Points.of(matrix), k, PARAMS)
    theirs = KMeans(k, n_init=4, random_state=0).fit(matrix.astype(np.float64))
    assert ours.inertia <= 1.02 * theirs.inertia_
    assert ours.inertia == pytest.approx(sum_of_squares(matrix, ours), rel=1e-3 if offset else 1e-5)


def test_two_stages_reach_what_one_does():
    matrix = planted(groups=3, per_group=1000, noise=0.5)[0]  # 3,000 rows, of which 768 are the sample
    ours = fit_kmeans(Points.of(matrix), 3, PARAMS)
    assert ours.inertia == pytest.approx(KMeans(3, n_init=4, random_state=0).fit(matrix).inertia_, rel=1e-4)


def test_every_point_has_the_nearest_centroid_by_brute_force():
    matrix = planted(noise=1.5)[0]
    fit = fit_kmeans(Points.of(matrix), 7, PARAMS)
    differences = matrix[:, None].astype(np.float64) - fit.centroids
    assert np.array_equal(fit.labels, (differences**2).sum(axis=2).argmin(axis=1))


def test_equally_near_centroids_give_the_first():
    points = Points.of(np.array([[0, 1], [0, -3], [5, 5]], np.float32), centre=False)
    centroids = np.array([[9, 9], [1, 0], [-1, 0], [1, 0]], np.float32)
    labels, squared = points.nearest(centroids)
    assert labels.tolist() == [1, 1, 0]
    assert squared == pytest.approx([2, 10, 32])


def test_spherical_means_have_length_one():
    matrix = unit(planted(noise=0.8)[0])
    fit = fit_kmeans(Points.of(matrix, centre=False), 4, ClusterParams(method="spherical"))
    assert np.linalg.norm(fit.centroids, axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    means = np.stack([matrix[fit.labels == label].mean(axis=0) for label in range(4)])
    assert fit.centroids == pytest.approx(unit(means), abs=1e-3)


def test_the_number_of_threads_changes_nothing():
    matrix = planted(groups=8, per_group=200, dimension=384, noise=2)[0]
    fits = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            fits.append(fit_clusters(matrix, ClusterParams(k=8)))
    for one, two in zip(*fits, strict=True):
        assert np.array_equal(one.centroid, two.centroid)
        assert np.array_equal(one.members, two.members)


@pytest.mark.parametrize("groups", [3, 6, 10])
@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_auto_finds_the_planted_groups(groups, noise):
    matrix = planted(groups=groups, per_group=60, dimension=64, noise=noise)[0]
    assert abs(choose_k_for_kmeans(Points.of(matrix), ClusterParams(k_max=15)) - groups) <= 1


def test_auto_keeps_an_earlier_number_unless_another_is_clearly_better():
    matrix = planted(groups=5, per_group=60, dimension=64, noise=0.3)[0]
    assert choose_k_for_kmeans(Points.of(matrix), ClusterParams(k_max=10), earlier=2) == 5
    noise = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    free = choose_k_for_kmeans(Points.of(noise), ClusterParams(k_max=10))
    kept = {
        choose_k_for_kmeans(Points.of(noise), ClusterParams(k_max=10), earlier=k) for k in (free, free + 1)
    }
    assert kept <= {free, free + 1}


def test_silhouette_is_scikit_learns():
    matrix, labels = planted(noise=1)
    labels[0] = 99  # a point alone
    ours = mean_silhouette(_distances(matrix), labels)
    assert ours == pytest.approx(silhouette_score(matrix, labels), abs=1e-5)
