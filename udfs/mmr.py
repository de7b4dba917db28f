"""`mmr(ids VARCHAR[], scores DOUBLE[], handle, k, diversity [, categories VARCHAR[][], cap])`
-> `STRUCT(id VARCHAR, score DOUBLE, rank INTEGER)[]`

A list of k whose items are less alike than the k best: maximal marginal relevance (Carbonell & Goldstein,
SIGIR 1998).

    with items as materialized (select vector_index(item_id, vector) as handle from vec_items)
    select user_id, unnest(mmr(list(item_id), list(score), any_value(handle), 5, 0.2), recursive := true)
    from fct_recommendations, items group by user_id

One after another it takes the id with the largest (1 - diversity) x relevance - diversity x the largest
cosine to what was taken before; relevance is the score, scaled to run from 0 to 1 over the row's ids. With a
diversity of 0 it is the k best. Equal values: the larger score, then the id.

With `categories` (those of each id) and `cap` no category is there more than cap times, as long as other ids
are left; then the list is filled up without it.

An id without a vector in the index is like nothing. NULL ids and scores are skipped; of an id given twice the
larger score counts. NULL ids, scores, handle, k or diversity -> NULL. Lists of different length, a score that
is not finite, k or cap below 1, a diversity outside 0 to 1, an unknown handle -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.search.diversity import CHOSEN, diversified
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("ids", pa.list_(pa.string())),
        Argument("scores", pa.list_(pa.float64())),
        Argument("handle", pa.string()),
        Argument("k", pa.int64()),
        Argument("diversity", pa.float64()),
        Argument("categories", pa.list_(pa.list_(pa.string())), optional=True),
        Argument("cap", pa.int64(), optional=True),
    )
    return [
        ScalarFunction("mmr", arguments, pa.list_(CHOSEN), diversified, uses_indexes=True, expensive=True)
    ]
