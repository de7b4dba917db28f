"""`text_coverage(text VARCHAR)` -> `STRUCT(tokens INTEGER, characters INTEGER, unknown_characters INTEGER)`

How much of a text the encoder knows:

    select sum(c.unknown_characters) / sum(c.characters) from (select text_coverage(review) as c from reviews)

`tokens` as `token_count`; `characters` without blanks; `unknown_characters` are those whose tokens all stand
for "unknown": where they are many, the encoder does not read this language. NULL or blank text -> NULL; a
tokenizer that does not tell -> `unknown_characters` NULL. `text_coverage_<alias>` for each further encoder.
"""

from functools import partial

import pyarrow as pa

from recudf.encoders.columns import COVERAGE, configured, text_coverage
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    text = Argument("text", pa.string())
    return [
        ScalarFunction(f"text_coverage{suffix}", (text,), COVERAGE, partial(text_coverage, encoder=encoder))
        for suffix, encoder in configured(settings)
    ]
