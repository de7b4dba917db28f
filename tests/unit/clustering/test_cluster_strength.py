"""k "stable": the numbers of groups that come back, against strengths worked out by hand."""

import numpy as np
import pytest
from planted import planted

from recudf.clustering.fit import fit_clusters
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Points
from recudf.clustering.strength import choose_stable_k, prediction_strength, strengths


@pytest.mark.parametrize(
    ("labels", "predicted", "strength"),
    [
        ([0, 0, 0, 1, 1], [5, 5, 5, 5, 5], 1),  # joined is together
        ([0, 0, 0, 1, 1], [0, 0, 1, 2, 2], 1 / 3),  # of three pairs one
        ([0, 0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2, 0], 1 / 3),  # 2 of 6, and 1 of 3
        ([0, 0, 0, 1], [0, 0, 0, 1], 0),  # a point alone
    ],
)
def test_strength_is_the_smallest_share_of_pairs(labels, predicted, strength):
    assert prediction_strength(np.array(labels), np.array(predicted)) == pytest.approx(strength)


@pytest.mark.parametrize("groups", [3, 6, 10])
@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_planted_groups_are_found(groups, noise):
    matrix = planted(groups=groups, per_group=60, dimension=64, noise=noise)[0]
    assert choose_stable_k(Points.of(matrix), ClusterParams(k="stable", k_max=15)) == groups


def test_many_groups_that_come_back_are_more_than_few():
    """Two pairs of groups: both two and four come back; silhouettes say two."""
    near, far = np.array([0.5, 0.0]), np.array([0.0, 10.0])
    rng = np.random.default_rng(0)
    matrix = np.vstack(
        [place + rng.normal(size=(50, 2)) * 0.1 for place in (near, -near, near + far, far - near)]
    )
    points = Points.of(matrix.astype(np.float32))
    by_strength, by_silhouette = (
        len(fit_clusters(points.matrix, ClusterParams(k=k, k_max=8))) for k in ("stable", "auto")
    )
    assert (by_strength, by_silhouette) == (4, 2)


def test_where_nothing_comes_back_it_is_the_strongest_number():
    noise = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    params = ClusterParams(k="stable", k_min=3, k_max=10)
    found = strengths(Points.of(noise), params, 10)
    assert sorted(found) == list(range(3, 11))
    assert max(found.values()) < 0.8
    assert choose_stable_k(Points.of(noise), params) == max(found, key=lambda k: found[k])


def test_an_earlier_number_stays_unless_it_is_much_weaker():
    """Down to 0.64 of the largest strength; a new fit would take none below 0.8."""
    noise = Points.of(np.random.default_rng(2).normal(size=(300, 5)).astype(np.float32))
    params = ClusterParams(k="stable", k_min=3, k_max=10)
    found = strengths(noise, params, 10)
    share = {k: value / max(found.values()) for k, value in found.items()}
    kept = {k for k in found if choose_stable_k(noise, params, earlier=k) == k}
    assert kept == {k for k, value in share.items() if value >= 0.64} == {3, 4, 5, 6}
    assert 0.8 > share[5] > share[6]


@pytest.mark.parametrize(("points", "k"), [(1, 1), (3, 3), (9, 5), (12, 5)])
def test_of_few_points_the_fewest_groups(points, k):
    matrix = np.random.default_rng(0).normal(size=(points, 3)).astype(np.float32)
    assert choose_stable_k(Points.of(matrix), ClusterParams(k="stable", k_min=5)) == k
