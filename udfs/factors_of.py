"""`factors_of(item_ids VARCHAR[], weights DOUBLE[], handle VARCHAR [, params VARCHAR])` -> `FLOAT[]`: the
factors of a user from those of the items.

    with items as materialized (select vector_index(item_id, factors) as handle from item_factors)
    select user_id, factors_of(list(item_id), list(weight), any_value(handle)) as factors
    from history, items group by user_id

It serves users whom no fit has seen ("folding in"). The handle is of an index over what `factors_fit` gave,
Y; the result is what a further half round of that fit would give the user,
`(Y'Y + Y'(C - I)Y + ridge I)^-1 Y'C p`, with preferences p and confidences C as `factors_fit` has them
(Hu, Koren & Volinsky, ICDM 2008). Give both the same params: `ridge` (30) and `alpha` (3) count here.

Weights of one id add up; ids that the index does not hold are skipped, as are NULL ids and weights. No weight
above 0 among the known -> NULL. NULL item_ids, weights or handle -> NULL. Lists of different length, a weight
that is NaN or infinite, an unknown handle or parameter -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.factors import factors_of
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("item_ids", pa.list_(pa.string())),
        Argument("weights", pa.list_(pa.float64())),
        Argument("handle", pa.string()),
        Argument("params", pa.string(), optional=True),
    )
    returns = pa.list_(pa.float32())
    return [ScalarFunction("factors_of", arguments, returns, factors_of, uses_indexes=True)]
