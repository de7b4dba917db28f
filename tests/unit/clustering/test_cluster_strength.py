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
    """Three clusters far apart, of two halves each: three come back always, six not surely, others seldom."""
    rng = np.random.default_rng(2)
    centres = [(x + half, y) for x, y in ((0, 0), (20, 0), (0, 20)) for half in (1.5, -1.5)]
    rows = np.concatenate([centre + rng.normal(size=(50, 2)) for centre in centres])
    points, params = Points.of(rows.astype(np.float32)), ClusterParams(k="stable", k_min=3, k_max=8)
    found = strengths(points, params, 8)
    assert found[3] == 1
    assert 0.8 > found[6] > 0.64 > max(found[k] for k in (4, 5, 7, 8))
    chosen = {k: choose_stable_k(points, params, earlier=k) for k in (None, *found)}
    assert chosen == {None: 3, 3: 3, 4: 3, 5: 3, 6: 6, 7: 3, 8: 3}


def test_where_no_number_comes_back_the_earlier_one_stays():
    noise = Points.of(np.random.default_rng(2).normal(size=(300, 5)).astype(np.float32))
    params = ClusterParams(k="stable", k_min=3, k_max=10)
    assert max(strengths(noise, params, 10).values()) < 0.8
    chosen = {k: choose_stable_k(noise, params, earlier=k) for k in (None, 2, 3, 7, 10, 11)}
    assert chosen == {None: 3, 2: 3, 3: 3, 7: 7, 10: 10, 11: 3}


@pytest.mark.parametrize(("points", "k"), [(1, 1), (3, 3), (9, 5), (12, 5)])
def test_of_few_points_the_fewest_groups(points, k):
    matrix = np.random.default_rng(0).normal(size=(points, 3)).astype(np.float32)
    assert choose_stable_k(Points.of(matrix), ClusterParams(k="stable", k_min=5)) == k
