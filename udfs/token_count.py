"""`token_count(text VARCHAR)` -> `INTEGER`: tokens in a text before it is cut, special tokens counted.

    select count(*) from reviews where token_count(review) > encoder_info().max_tokens

NULL or blank text -> NULL. `token_count_<alias>` for each further encoder.
"""

from functools import partial

import pyarrow as pa

from recudf.encoders.columns import configured, token_count
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    return [
        ScalarFunction(
            f"token_count{suffix}",
            (Argument("text", pa.string()),),
            pa.int32(),
            partial(token_count, encoder=encoder),
        )
        for suffix, encoder in configured(settings)
    ]
