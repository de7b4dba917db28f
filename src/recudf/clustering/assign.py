"""Which cluster a point belongs to that came after the fit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from recudf.clustering.points import Points
from recudf.clustering.stable import Earlier
from recudf.errors import ParameterError
from recudf.search import get_index
from recudf.vectors import read_vectors, require_dimension, require_finite, valid_mask


def cluster_assign(vectors: pa.Array, handles: pa.Array, max_distance: pa.Array) -> pa.Array:
    """Per row, the id of the nearest centroid as int32 [n]; ties: the smallest id.

    vectors: vector [n]. handles: string [n], of vector_index over centroids whose ids are integers.
    max_distance: double [n], Euclidean; NULL is no limit, a centroid exactly as far counts.
    NULL vector or handle, or all centroids farther than max_distance -> NULL.
    Raises VectorError (dimension, NaN or infinity), ParameterError (max_distance), InputError (ids) and
    UnknownHandleError.
    """
    limits = _limits(max_distance)
    valid = valid_mask(vectors) & valid_mask(handles)
    column = read_vectors(vectors.filter(pa.array(valid)))
    require_finite(column.matrix, "vector")
    ids = np.zeros(len(vectors), np.int32)
    assigned = np.zeros(len(vectors), bool)
    rows = np.flatnonzero(valid)
    codes = handles.filter(pa.array(valid)).dictionary_encode()
    numbers = codes.indices.to_numpy()
    for code, handle in enumerate(codes.dictionary.to_pylist()):
        of_handle = np.flatnonzero(numbers == code)
        index = get_index(handle)
        require_dimension(column.dimension, index.matrix.shape[1], "vector", f"index {handle}")
        centroids = Earlier.of(index.ids.to_pylist(), index.matrix)
        matrix = column.matrix[of_handle]
        labels, _ = Points.of(matrix, centre=False).nearest(centroids.centroids)
        difference = matrix.astype(np.float64) - centroids.centroids[labels]
        distances = np.sqrt(np.einsum("ij,ij->i", difference, difference))
        ids[rows[of_handle]] = centroids.ids[labels]
        assigned[rows[of_handle]] = distances <= limits[rows[of_handle]]
    return pa.array(ids, mask=~assigned)


def _limits(max_distance: pa.Array) -> np.ndarray:
    """The limits as float64 [n], infinity for NULL."""
    limits: np.ndarray = max_distance.cast(pa.float64()).fill_null(np.inf).to_numpy(zero_copy_only=False)
    if len(wrong := limits[~(limits >= 0)]):
        raise ParameterError(f"max_distance is {wrong[0]}: give a distance of at least 0, or NULL")
    return limits
