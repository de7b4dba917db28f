"""`vector_mean(vectors FLOAT[n][] [, weights DOUBLE[]])` -> `FLOAT[]`: the weighted mean of vectors.

    select user_id, vector_mean(list(vector), list(weight)) from history group by user_id

The sum of weight x vector over the sum of |weight|, in float64: a negative weight pushes away. Without
weights every vector counts 1. A NULL vector or weight is skipped; nothing left, or weights that are all
zero -> NULL. Lists of different length, NaN or infinity -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.means import weighted_means
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("vectors", "vectors"), Argument("weights", pa.list_(pa.float64()), optional=True))
    return [ScalarFunction("vector_mean", arguments, pa.list_(pa.float32()), weighted_means)]
