"""`try_embed(text VARCHAR)` -> `STRUCT(value FLOAT[D], error VARCHAR)`: `embed` that one bad row cannot stop.

    select review_id, e.value as vector, e.error
    from (select review_id, try_embed(review) as e from reviews)

`error` says why the encoder failed on a text, and `value` is then NULL. NULL or blank text -> both fields
NULL (the struct itself never is). An encoder that cannot be loaded at all is still an error of the query.
`try_embed_<alias>` for each further encoder.
"""

from functools import partial

import pyarrow as pa

from recudf.encoders.columns import configured, try_embed, vector_type
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    return [
        ScalarFunction(
            f"try_embed{suffix}",
            (Argument("text", pa.string()),),
            pa.struct([("value", vector_type(encoder)), ("error", pa.string())]),
            partial(try_embed, encoder=encoder, progress=settings.progress),
            expensive=True,
        )
        for suffix, encoder in configured(settings)
    ]
