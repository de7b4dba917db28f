"""`item_weights_fit(user_ids VARCHAR[], item_ids VARCHAR[], weights DOUBLE[] [, vectors VARCHAR,
params VARCHAR])` -> `STRUCT(item_id VARCHAR, neighbor_id VARCHAR, weight FLOAT, ridge DOUBLE)[]`: what an
item in a history says of another, from who used both and from how alike the two are.

    with items as materialized (select vector_index(item_id, vector) as handle from vec_items),
    fitted as (
        select item_weights_fit(list(user_id), list(item_id), list(1.0), any_value(handle)) as weights
        from history, items
    )
    select unnest(weights, recursive := true) from fitted

Row i of the lists is one event; events of one user with one item add up. `vectors` is the handle of
`vector_index(item_id, vector)`, or NULL. The items are those of the events and of the index. A row of the
result says by how much an event of weight 1 with `neighbor_id` raises the score of `item_id`: the score of
item j is the sum of x_i B[i, j] over the history x, where `G = X'X + text_weight V V' + ridge I`, `P = G^-1`,
`B[i, j] = -P[i, j] / P[j, j]` and `B[j, j] = 0`
(EASE: Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019). X[u, i] is the sum of the
events' weights; V has the items' vectors, scaled to length 1, as rows: an item without events has weights by
its vector, an item without a vector by its events.

Keys of params, all may be left out: `ridge` (500; above 0, or auto), `text_weight` (30), `neighbors` (200: of
each item so many weights are kept, the largest by size; zeros never), `max_items` (20,000: of more, those are
fitted that most users have, ties by id; the others have no rows).

With `ridge: auto` the fit chooses: 500, or that of 31.25, 62.5, 125 ... 4,000 which finds most, if this is
more by two standard errors of the difference. What is found is the ndcg@10, over 2,000 users, of a quarter of
each one's pairs by the other three, each quarter in turn, by what a fit without that quarter of that user
would say, on the 2,000 items that most users have. Quarters and users go by hashes of ids; with fewer than 50
users it is 500. Each row tells the ridge of its fit.

The order of the events does not matter. What is inverted has a row for each item, or for each user and each
dimension where these are fewer: up to 4,000 rows in float64, beyond in float32 (LAPACK's Cholesky factors,
in place: 10,000 items take 0.4 GB). Rows with a NULL are skipped; NULL or empty lists -> NULL. Lists of
different length, a weight that is NaN or infinite, an unknown handle or parameter -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.item_weights import WEIGHTS, item_weights_fits
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("user_ids", pa.list_(pa.string())),
        Argument("item_ids", pa.list_(pa.string())),
        Argument("weights", pa.list_(pa.float64())),
        Argument("vectors", pa.string(), optional=True),
        Argument("params", pa.string(), optional=True),
    )
    return [
        ScalarFunction(
            "item_weights_fit", arguments, WEIGHTS, item_weights_fits, uses_indexes=True, expensive=True
        )
    ]
