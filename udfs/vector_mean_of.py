"""`vector_mean_of(ids VARCHAR[], handle [, weights DOUBLE[]])` -> `FLOAT[]`

The weighted mean of vectors in an index, by their ids:

    with items as materialized (select vector_index(item_id, vector) as handle from vec_items)
    select user_id, vector_mean_of(list(item_id), any_value(handle), list(weight))
    from history, items group by user_id

As `vector_mean` over the vectors of these ids, without moving the vectors. An id that is NULL or not in the
index has no vector and is skipped, as is a NULL weight; nothing left, or weights that are all zero -> NULL.
NULL ids or handle -> NULL. Lists of different length, a weight that is NaN or infinite, an unknown handle
-> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.search.lookup import means_of
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("ids", pa.list_(pa.string())),
        Argument("handle", pa.string()),
        Argument("weights", pa.list_(pa.float64()), optional=True),
    )
    return [ScalarFunction("vector_mean_of", arguments, pa.list_(pa.float32()), means_of, uses_indexes=True)]
