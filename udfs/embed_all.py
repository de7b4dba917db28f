"""`embed_all(texts VARCHAR[])` -> `FLOAT[D][]`: the bulk form of `embed`; one call sees whole lists.

    with all_texts as (select list(review_id) as ids, embed_all(list(review)) as vectors from reviews)
    select unnest(ids) as review_id, unnest(vectors) as vector from all_texts

A gpu is kept busy this way, and progress knows the total. NULL list -> NULL, empty list -> empty list, NULL
or blank element -> NULL element. A text that the encoder fails on -> an error that names it.
`embed_all_<alias>` for each further encoder.
"""

from functools import partial

import pyarrow as pa

from recudf.encoders.columns import configured, embed_all, vector_type
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    return [
        ScalarFunction(
            f"embed_all{suffix}",
            (Argument("texts", pa.list_(pa.string())),),
            pa.list_(vector_type(encoder)),
            partial(embed_all, encoder=encoder, progress=settings.progress),
            expensive=True,
        )
        for suffix, encoder in configured(settings)
    ]
