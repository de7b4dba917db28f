"""`cluster_assign(vector FLOAT[n], handle VARCHAR [, max_distance DOUBLE])` -> `INTEGER`: the nearest.

    with groups as materialized (select vector_index(cluster_id, centroid) as handle from centroids)
    select user_id, cluster_assign(vector, handle) as cluster_id from vec_users, groups

For points that came after a fit: the handle is of an index over centroids whose ids are integers. Nearest by
Euclidean distance, on vectors as given; between vectors of length 1, distance^2 = 2 - 2 x cosine. For a fit
by direction (spherical and the like) give vectors of length 1, as `embed` does. Ties: the smallest id.
NULL vector, NULL handle, every centroid farther than max_distance -> NULL, never -1.
Unknown handle, an id that is no integer, another dimension, NaN or infinity, a negative max_distance -> an
error.
"""

import pyarrow as pa

from recudf.clustering.assign import cluster_assign
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("vector", "vector"),
        Argument("handle", pa.string()),
        Argument("max_distance", pa.float64(), optional=True),
    )
    return [ScalarFunction("cluster_assign", arguments, pa.int32(), cluster_assign, uses_indexes=True)]
