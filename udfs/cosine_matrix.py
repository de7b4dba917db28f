"""`cosine_matrix(ids VARCHAR[], other_ids VARCHAR[], handle)` -> `FLOAT[][]`

The cosines between two lists of ids:

    with items as materialized (select vector_index(item_id, vector) as handle from vec_items)
    select cosine_matrix(['dune', 'emma'], ['solaris', 'persuasion', 'middlemarch'], handle) from items

For each of `ids` a list with its cosine to each of `other_ids`, in their order: what in a history speaks
for each recommendation. A cosine is NULL where one of its ids is NULL or not in the index. NULL ids,
other_ids or handle -> NULL. An unknown handle -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.search.lookup import cosine_matrices
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("ids", pa.list_(pa.string())),
        Argument("other_ids", pa.list_(pa.string())),
        Argument("handle", pa.string()),
    )
    return [
        ScalarFunction(
            "cosine_matrix", arguments, pa.list_(pa.list_(pa.float32())), cosine_matrices, uses_indexes=True
        )
    ]
