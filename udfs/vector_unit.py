"""`vector_unit(vector)` -> `FLOAT[]`: the vector scaled to length 1.

    select user_id, vector_unit(vector_mean(list(vector))) from history group by user_id

NULL or a zero vector -> NULL. NaN or infinity -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.means import unit_vectors
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    return [
        ScalarFunction("vector_unit", (Argument("vector", "vector"),), pa.list_(pa.float32()), unit_vectors)
    ]
