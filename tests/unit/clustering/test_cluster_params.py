import json

import pytest

from recudf.clustering.params import ClusterParams
from recudf.errors import ParameterError


def test_null_means_the_defaults():
    assert ClusterParams.parse(None) == ClusterParams()
    assert ClusterParams.parse('{"k": null}') == ClusterParams()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kk": 3}, "unknown parameter 'kk': known are method, k, "),
        ({"method": "birch"}, "method is 'birch': choose one of kmeans"),
        ({"k": 0}, "k is 0"),
        ({"k": 2.5}, "k is 2.5"),
        ({"k": True}, "k is True"),
        ({"k": "many"}, "k is 'many'"),
        ({"k_min": 1}, "k_min is 1"),
        ({"k_min": 5, "k_max": 4}, "k_min is 5 and k_max 4"),
        ({"k": 3, "k_max": 4}, "k_max is given beside k 3"),
        ({"k": 3, "k_min": 2}, 'k_min is given beside k 3: it needs k "auto" or "stable"'),
        ({"method": "agglomerative", "k": "stable"}, 'agglomerative does not use k "stable"'),
        ({"tolerance": -1}, "tolerance is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"eps": 0.3}, "kmeans does not use 'eps'"),
        ({"method": "dbscan"}, "dbscan needs eps"),
        ({"method": "dbscan", "eps": 3}, "eps is 3"),
        ({"method": "dbscan", "eps": 0}, "eps is 0"),
        ({"method": "dbscan", "eps": 0.1, "k": 4}, "dbscan does not use 'k'"),
        ({"method": "hdbscan", "min_cluster_size": 1}, "min_cluster_size is 1"),
        ({"method": "agglomerative", "restarts": 2}, "agglomerative does not use 'restarts'"),
        ({"method": "agglomerative", "k": 2, "max_distance": 0.5}, "k and max_distance are both given"),
        ({"previous": 7}, "previous is 7"),
        ([1], "are not a JSON object"),
    ],
)
def test_what_makes_no_sense_is_named(given, message):
    with pytest.raises(ParameterError) as error:
        ClusterParams.parse(json.dumps(given))
    assert message in str(error.value)


def test_text_that_is_no_json_is_named():
    with pytest.raises(ParameterError, match="'k=3' are not JSON"):
        ClusterParams.parse("k=3")
