"""`text_coverage_lexical(text VARCHAR, handle VARCHAR)` -> `STRUCT(tokens INTEGER, characters INTEGER,
unknown_characters INTEGER)`: how much of a text a fit of `lexical_fit` knows.

    with fit as materialized (select vector_index(term, vector) as handle from terms)
    select review_id, text_coverage_lexical(review, handle) as coverage from reviews, fit

The handle is of an index over the terms of a fit, as `embed_lexical` takes it. Tokens are terms, characters
those that can be terms. NULL or blank text, NULL handle -> NULL; an index over something else, an unknown
handle -> an error.
"""

import pyarrow as pa

from recudf.encoders.columns import COVERAGE
from recudf.encoders.lexical import lexical_coverage
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("text", pa.string()), Argument("handle", pa.string()))
    return [ScalarFunction("text_coverage_lexical", arguments, COVERAGE, lexical_coverage, uses_indexes=True)]
