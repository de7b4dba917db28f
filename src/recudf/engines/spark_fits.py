"""Fits on Spark of more rows than one worker holds: sums where the rows are, added up on the driver."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from recudf.clustering.params import ClusterParams
from recudf.clustering.partial import (
    Sums,
    is_spherical,
    limit_of_shift,
    numbered,
    sample_size,
    starting_centroids,
)
from recudf.clustering.stable import Earlier
from recudf.engines.spark import sql_type
from recudf.errors import InputError
from recudf.vectors import Matrix, read_vectors, require_finite

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SUMS = pa.struct(
    [("total", pa.list_(pa.float64())), ("count", pa.list_(pa.int64())), ("squared", pa.float64())]
)


def fit_clusters(
    vectors: DataFrame, params: str | None = None, earlier: DataFrame | None = None
) -> DataFrame:
    """k-means or spherical k-means of a DataFrame (id, vector): rows of (cluster_id, centroid, size).

    params: JSON as `cluster_fit` takes it, but for `previous`, whose place `earlier` takes: a DataFrame
    (cluster_id, centroid) whose centroids are the start and whose ids stay. Else the start is the fit of a
    sample: 256 rows per cluster, those whose ids have the smallest hashes. Each round reads `vectors` once:
    cache it where it fits. NULL vectors are skipped. Ids go by size, ties in the order of the start.
    `cluster_assign` gives points to the clusters.
    Raises InputError where there is no vector, ParameterError, VectorError.
    """
    chosen = ClusterParams.parse(params)
    is_spherical(chosen)
    rows = vectors.selectExpr("cast(id as string) as id", "vector").where("vector is not null")
    sample = _sample(rows, sample_size(chosen))
    before = None if earlier is None else _earlier(earlier)
    centroids = starting_centroids(sample, chosen) if before is None else before.centroids
    limit = limit_of_shift(sample, chosen)
    for _ in range(chosen.max_iterations):
        centroids, shift = _sums(rows, centroids, chosen).move(centroids, chosen)
        if shift <= limit:
            break
    count = _sums(rows, centroids, chosen).count
    fitted = [
        (id_, centroids[row].tolist(), int(count[row]))
        for id_, row in numbered(centroids, count, before, chosen.first_new_id)
    ]
    return vectors.sparkSession.createDataFrame(fitted, "cluster_id int, centroid array<float>, size bigint")


@dataclass(frozen=True)
class PartialSums:
    """What runs on a worker: the sums of a partition, told in its last row; NULL in all rows before.

    A function from rows to rows is what SQL has; one from partitions to rows (mapInArrow) would need pandas.
    """

    centroids: Matrix
    params: ClusterParams

    def __call__(self, columns: Iterator[pa.Array]) -> Iterator[pa.Array]:
        """A batch at a time in memory; its answer waits until the next one shows that it was not the last."""
        sums, waiting = Sums.add((), *self.centroids.shape), 0
        for column in columns:
            if waiting:
                yield pa.nulls(waiting, _SUMS)
            part = Sums.of(_read(column), self.centroids, self.params)
            sums, waiting = Sums.add((sums, part), *self.centroids.shape), len(column)
        if waiting:
            told = {"total": sums.total.ravel(), "count": sums.count, "squared": sums.squared}
            yield pa.array([None] * (waiting - 1) + [told], _SUMS)


def _sums(rows: DataFrame, centroids: Matrix, params: ClusterParams) -> Sums:
    from pyspark.sql.pandas.functions import ArrowUDFType, arrow_udf

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "It is preferred to specify type hints")
        call: Any = PartialSums(centroids, params)
        udf = arrow_udf(call, sql_type(_SUMS), ArrowUDFType.SCALAR_ITER)
    found = rows.select(udf.asNondeterministic()("vector").alias("sums")).where("sums is not null")
    parts = (
        Sums(np.array(row["total"]).reshape(centroids.shape), np.array(row["count"], np.intp), row["squared"])
        for row in found.select("sums.*").collect()
    )
    return Sums.add(parts, *centroids.shape)


def _sample(rows: DataFrame, size: int) -> Matrix:
    hashed = rows.selectExpr("id", "vector", "xxhash64(id) as place").orderBy("place", "id").limit(size)
    vectors = hashed.select("vector").toArrow()["vector"].combine_chunks()
    if len(vectors) == 0:
        raise InputError("there is no vector to fit: give at least one")
    return _read(vectors)


def _earlier(centroids: DataFrame) -> Earlier:
    table = centroids.select("cluster_id", "centroid").toArrow()
    names = [str(id_) for id_ in table["cluster_id"].to_pylist()]
    return Earlier.of(names, _read(table["centroid"].combine_chunks()))


def _read(vectors: pa.Array) -> Matrix:
    matrix = read_vectors(vectors).matrix
    require_finite(matrix, "vector")
    return matrix
