"""`embed(text VARCHAR)` -> `FLOAT[D]`: the meaning of a text as a vector of length 1.

    select review_id, embed(review) as vector from reviews

NULL or blank text -> NULL, as is a text in which the encoder finds nothing it knows. D is the encoder's
dimension (384 for the bundled one). Text beyond the encoder's longest input is cut; `token_count` tells
where. A text that the encoder fails on -> an error that names it; `try_embed` goes on instead. Each further
encoder configured as an alias has its own `embed_<alias>`.
"""

from functools import partial

import pyarrow as pa

from recudf.encoders.columns import configured, embed, vector_type
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    return [
        ScalarFunction(
            f"embed{suffix}",
            (Argument("text", pa.string()),),
            vector_type(encoder),
            partial(embed, encoder=encoder, progress=settings.progress),
            expensive=True,
        )
        for suffix, encoder in configured(settings)
    ]
