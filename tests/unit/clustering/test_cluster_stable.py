"""Ids that outlive a refit."""

import numpy as np
import pytest
from planted import labels_of, planted

from recudf.clustering.fit import fit_clusters
from recudf.clustering.params import ClusterParams
from recudf.clustering.stable import Earlier, number_clusters
from recudf.errors import InputError


def earlier_of(clusters):
    return Earlier.of([str(c.cluster_id) for c in clusters], np.stack([c.centroid for c in clusters]))


def vectors(*rows):
    return np.array(rows, np.float32)


def test_matching_is_one_to_one_with_the_least_total_distance():
    # both new ones are nearest to 7; the total is least where the second takes 3
    earlier = Earlier.of(["7", "3"], vectors([0, 0], [10, 0]))
    assert number_clusters(vectors([0.5, 0], [4.9, 0]), earlier, 0).tolist() == [
        7,
        8,
    ]  # 5.1 is too far from 3
    assert number_clusters(vectors([0.5, 0], [5.1, 0]), earlier, 0).tolist() == [7, 3]


def test_new_clusters_get_ids_above_all_earlier_ones():
    earlier = Earlier.of(["10", "9"], vectors([0, 0], [10, 0]))
    assert number_clusters(vectors([50, 0], [10, 1], [0, 60]), earlier, 0).tolist() == [11, 9, 12]
    assert number_clusters(vectors([50, 0], [10, 1], [0, 60]), earlier, 20).tolist() == [20, 9, 21]


@pytest.mark.parametrize("name", ["a", "1.0", "-1", "", "2147483648"])
def test_ids_must_be_integers(name):
    with pytest.raises(InputError, match=repr(name)):
        Earlier.of(["1", name], vectors([0, 1], [1, 0]))


def test_an_id_that_occurs_twice_is_named():
    with pytest.raises(InputError, match="cluster id 1 occurs twice"):
        Earlier.of(["1", "01"], vectors([0, 1], [1, 0]))


@pytest.mark.parametrize("params", [
    {"k": 6}, {}, {"method": "spherical", "k": 6}, {"method": "agglomerative", "k": 6}, {"method": "hdbscan"},
])  # fmt: skip
def test_ids_stay_when_points_come_and_sizes_change(params):
    params = ClusterParams(**params)
    matrix, _ = planted(groups=6, noise=0.4)
    before = fit_clusters(matrix, params)
    more = planted(groups=6, noise=0.4, seed=1)
    added = more[0][more[1] == 5][:20]  # one group grows, so the order by size changes
    after = fit_clusters(np.concatenate([matrix, added]), params, earlier_of(before))
    assert np.array_equal(labels_of(before, len(matrix)), labels_of(after, len(matrix) + 20)[: len(matrix)])


@pytest.mark.parametrize("method", ["kmeans", "spherical", "agglomerative"])
def test_a_group_that_vanishes_takes_its_id_along(method):
    matrix, truth = planted(groups=5)
    before = fit_clusters(matrix[truth < 4], ClusterParams(method=method, k=4))
    gone = labels_of(before, (truth < 4).sum())[truth[truth < 4] == 0][0]
    after = fit_clusters(matrix[truth > 0], ClusterParams(method=method, k=4), earlier_of(before))
    assert [cluster.cluster_id for cluster in after] == sorted({0, 1, 2, 3, 4} - {gone})


def test_k_smaller_and_larger_than_the_earlier_number():
    matrix = planted(groups=5)[0]
    before = fit_clusters(matrix, ClusterParams(k=5))
    assert {c.cluster_id for c in fit_clusters(matrix, ClusterParams(k=6), earlier_of(before))} >= {
        1,
        2,
        3,
        4,
        5,
    }
    fewer = fit_clusters(matrix, ClusterParams(k=4), earlier_of(before))
    assert len({c.cluster_id for c in fewer} & {0, 1, 2, 3, 4}) >= 3
