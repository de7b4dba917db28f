"""`embed_lexical(text VARCHAR, handle)` -> `FLOAT[]`: `embed` by a fit of `lexical_fit`.

    with fit as materialized (select vector_index(term, vector) as handle from terms)
    select review_id, embed_lexical(review, handle) as vector from reviews, fit

Length 1. Texts that the fit has not seen are placed by the terms it knows. NULL or blank text, and one
without a term that the fit knows -> NULL; NULL handle -> NULL. An index over something else, an unknown
handle -> an error.
"""

import pyarrow as pa

from recudf.encoders.lexical import embed_lexical
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("text", pa.string()), Argument("handle", pa.string()))
    returns = pa.list_(pa.float32())
    return [
        ScalarFunction("embed_lexical", arguments, returns, embed_lexical, uses_indexes=True, expensive=True)
    ]
