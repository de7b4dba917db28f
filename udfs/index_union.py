"""`index_union(handles VARCHAR[])` -> `VARCHAR`: one index of several that have no id in common.

    with shards as (select vector_index(item_id, vector) as handle from vec_items group by hash(item_id) % 8),
    candidates as materialized (select index_union(list(handle)) as handle from shards)
    select user_id, unnest(cosine_topk(vector, handle, 10), recursive := true) from vec_users, candidates

For more vectors than one `vector_index` should collect. The handle is the one that `vector_index` over all
rows has, and so are the answers, ties included. NULL and repeated handles are skipped; none left, or a NULL
list -> NULL. An id in two of them, different dimensions, an unknown handle -> an error.
"""

from functools import partial

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.search.shards import join_indexes
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("handles", pa.list_(pa.string())),)
    kernel = partial(join_indexes, settings=settings)
    return [ScalarFunction("index_union", arguments, pa.string(), kernel, uses_indexes=True)]
