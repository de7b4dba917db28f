"""`text_coverage(text VARCHAR)` -> `STRUCT(tokens INTEGER, characters INTEGER, unknown_characters INTEGER)`

How much of a text the encoder knows:

    select sum(c.unknown_characters) / sum(c.characters) from (select text_coverage(review) as c from reviews)

`tokens` as `token_count`; `characters` without blanks; `unknown_characters` are those whose tokens all stand
for "unknown": where they are many, the encoder does not read this language. NULL or blank text -> NULL; a
tokenizer that does not tell -> `unknown_characters` NULL. `text_coverage_<alias>` for each further encoder.

`text_coverage_lexical(text VARCHAR, handle)` asks a fit of `lexical_fit`, as `embed_lexical` does: tokens are
terms, characters those that can be terms. NULL handle -> NULL; an index over something else, an unknown
handle -> an error.
"""

from functools import partial

import pyarrow as pa

from recudf.encoders.columns import COVERAGE, configured, text_coverage
from recudf.encoders.lexical import lexical_coverage
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    text, handle = Argument("text", pa.string()), Argument("handle", pa.string())
    by_model = [
        ScalarFunction(f"text_coverage{suffix}", (text,), COVERAGE, partial(text_coverage, encoder=encoder))
        for suffix, encoder in configured(settings)
    ]
    by_fit = ScalarFunction(
        "text_coverage_lexical", (text, handle), COVERAGE, lexical_coverage, uses_indexes=True
    )
    return [*by_model, by_fit]
