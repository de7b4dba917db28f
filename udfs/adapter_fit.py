"""`adapter_fit(vectors FLOAT[][], targets FLOAT[][])`
-> `STRUCT("output" INTEGER, intercept DOUBLE, weights DOUBLE[], ridge DOUBLE, explained DOUBLE)[]`: a linear
map from vectors to targets, learned.

    -- in a build: list(vector) of vec_items, and list(factors) of int_item_factors, in the order of item_id
    select unnest(adapter_fit([[1, 0], [0, 2], [2, 1], [3, 1]], [[2], [1], [5], [6]]), recursive := true)

From what texts mean to what behaviour says of them: an item that nobody has used yet has a vector of its
text, and by the map factors too. The place `output` (from 1) of what belongs to a vector is
`intercept + list_inner_product(vector, weights)`.

Ridge regression, all places with the same `ridge`, of the powers of ten from 0.01 to 10,000 the one whose
errors on rows that are left out of the fit are least (Allen, The Relationship between Variable Selection and
Data Augmentation and a Method for Prediction, Technometrics 1974). `explained` is the share of the variance
of the targets that these predictions explain, beyond what the mean does: where that is below 0.01 the map is
the empty list.

The order of the rows does not matter but for rounding. In float64. Pairs with a NULL are skipped; fewer than
three pairs -> an empty list; NULL lists -> NULL. Lists or vectors of different length, a value that is NULL,
NaN or infinite -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.adapter import ROWS, adapter_fits
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("vectors", pa.list_(pa.list_(pa.float32()))),
        Argument("targets", pa.list_(pa.list_(pa.float32()))),
    )
    return [ScalarFunction("adapter_fit", arguments, ROWS, adapter_fits, expensive=True)]
