"""`cluster_fit(handle VARCHAR [, params VARCHAR])` -> `STRUCT(cluster_id INTEGER, centroid FLOAT[],
size BIGINT, members VARCHAR[], cohesion DOUBLE, exemplars VARCHAR[])[]`: the clusters of an index's vectors.

    with users as materialized (select vector_index(user_id, vector) as handle from vec_users)
    select unnest(cluster_fit(handle, '{"method": "spherical", "k": 20}'), recursive := true) from users

`members` are the ids whose vectors the cluster holds, `exemplars` the up to five nearest its centroid,
`cohesion` the mean cosine of members to centroid. Clusters come in order of cluster_id; without `previous`
it runs from 0 by decreasing size, ties by the smallest member id.

Parameters, a JSON object; all but dbscan's `eps` may be left out:
- `method`: `kmeans` (the default; Euclidean, vectors as given), or by direction alone (cosine; centroids are
  means of vectors scaled to length 1): `spherical` k-means, whose centroids have length 1, `agglomerative`
  (average linkage, up to 20,000 vectors), `dbscan`, `hdbscan`, `graph` (k-means of vectors that were smoothed
  over the graph of their nearest neighbours: for topics of texts).
- `k`: the most clusters wanted (fewer distinct vectors give fewer), or the k from `k_min` (2) to `k_max` (30)
  that a sample drawn by `seed` (0) speaks for: `"auto"` (the default) by the largest mean silhouette
  (Rousseeuw 1987); `"stable"` (kmeans, spherical, graph) as many as halves of it agree on: the largest k
  whose prediction strength (Tibshirani and Walther 2005) is at least 0.8 of the best k's, or the best k where
  its strength is below 0.8.
- kmeans, spherical, graph: `restarts` (4, graph 20), `max_iterations` (300), `tolerance` (1e-4).
- graph: `neighbors` (15), `smoothings` (10 rounds). Beyond 50,000 vectors a sample is fitted, and the others
  take the vote of their neighbours in it.
- agglomerative: `max_distance`, a mean cosine distance, instead of `k`.
- dbscan: `eps` (a cosine distance), `min_samples` (5). hdbscan: `min_cluster_size` (5), `min_samples`. What
  they call noise is in no cluster.
- `previous`: handle of an index over the centroids of an earlier fit, ids their cluster ids. A cluster that
  continues an earlier one keeps its id; others get ids above all earlier ones, and at least `first_new_id`
  (0). k `"auto"` keeps the earlier number unless another k has a silhouette larger by a tenth, `"stable"` if
  its strength is at least 0.64 of the best k's, or no k has 0.8.

NULL handle -> NULL; all points noise -> an empty list. Unknown handle, unknown or unused parameter,
impossible value -> an error.
"""

import pyarrow as pa

from recudf.clustering.fit import CLUSTERS, cluster_fit
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("handle", pa.string()), Argument("params", pa.string(), optional=True))
    return [
        ScalarFunction("cluster_fit", arguments, CLUSTERS, cluster_fit, uses_indexes=True, expensive=True)
    ]
