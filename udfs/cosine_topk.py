"""`cosine_topk(query, handle, k [, exclude VARCHAR[]])` -> `STRUCT(id VARCHAR, score FLOAT, rank INTEGER)[]`

The nearest ids by cosine:

    with candidates as materialized (select vector_index(item_id, vector) as handle from vec_items)
    select user_id, unnest(cosine_topk(vector, handle, 10, seen_items), recursive := true)
    from vec_users, candidates

The k rows of the index with the largest cosine to the query, best first, ties by id, rank from 1. Exact: a
score is summed in float64 and does not depend on batch, threads or hardware. Ids in `exclude` are left out
before ranking, so k results come back where k exist, fewer where fewer are left; NULL and unknown ids in it
are ignored. NULL query, handle or k -> NULL, and so is a zero query, which has no direction. NaN or
infinity, k < 1, another dimension than the index has, a handle that is not of this process -> an error.
"""

from functools import partial

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.search.topk import NEIGHBOUR, nearest
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("query", "vector"),
        Argument("handle", pa.string()),
        Argument("k", pa.int64()),
        Argument("exclude", pa.list_(pa.string()), optional=True),
    )
    kernel = partial(nearest, settings=settings)
    returns = pa.list_(NEIGHBOUR)
    return [ScalarFunction("cosine_topk", arguments, returns, kernel, uses_indexes=True, expensive=True)]
