"""`vector_index(id, vector)` -> `VARCHAR`: an aggregate that turns rows into an index and returns its handle.

    with candidates as materialized (select vector_index(item_id, vector) as handle from vec_items)
    select user_id, unnest(cosine_topk(vector, handle, 10), recursive := true) from vec_users, candidates

Works under `group by`. The handle names the content: the same rows in any order give the same handle, and are
built once. An index lives as long as its process. Rows with a NULL vector are skipped; no rows, or none with
a vector -> NULL. A vector without an id, an id that occurs twice, a zero vector, NaN or infinity, vectors of
different dimension -> an error that names the id.
"""

from functools import partial

import pyarrow as pa

from recudf.functions import AggregateFunction, Argument
from recudf.search.building import build_indexes
from recudf.settings import Settings


def declare(settings: Settings) -> list[AggregateFunction]:
    arguments = (Argument("id", pa.string()), Argument("vector", "vector"))
    kernel = partial(build_indexes, settings=settings)
    return [AggregateFunction("vector_index", arguments, pa.string(), kernel, uses_indexes=True)]
