"""`factors_fit(user_ids VARCHAR[], item_ids VARCHAR[], weights DOUBLE[] [, params VARCHAR])`
-> `STRUCT(item_id VARCHAR, factors FLOAT[])[]`: the factors of items from who used them.

    with fitted as (
        select factors_fit(list(user_id), list(item_id), list(weight), '{"factors": 32}') as rows from history
    )
    select unnest(rows, recursive := true) from fitted

Row i of the lists is one event; events of one user with one item add up. A user's factors follow from the
items' by `factors_of`; the score of an item for the user is the inner product of the two. Alternating least
squares for implicit feedback (Hu, Koren & Volinsky, Collaborative Filtering for Implicit Feedback Datasets,
ICDM 2008): `c (p - x . y)^2` added up over all pairs of user x and item y, and `ridge (x . x + y . y)` over
all users and items, is made small, where a weight above 0 is the preference p = 1 with confidence
c = 1 + alpha x weight. A weight below 0 is p = 0 with confidence 1 + alpha x |weight|; every other pair is
p = 0 with confidence 1.

Keys of params, all may be left out: `factors` (64), `ridge` (30; above 0), `alpha` (3), `iterations` (10,
rounds of the users and then of the items), `seed` (42, of the factors that it begins with).

The order of the events does not matter. In float64, given as FLOAT. An item that nobody has with a weight
above 0 has no row. Rows with a NULL are skipped; NULL or empty lists -> NULL. Lists of different length, a
weight that is NaN or infinite, an unknown parameter or impossible value -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.factors import FACTORS, factors_fits
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("user_ids", pa.list_(pa.string())),
        Argument("item_ids", pa.list_(pa.string())),
        Argument("weights", pa.list_(pa.float64())),
        Argument("params", pa.string(), optional=True),
    )
    return [ScalarFunction("factors_fit", arguments, FACTORS, factors_fits, expensive=True)]
