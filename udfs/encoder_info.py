"""`encoder_info()` -> `STRUCT(encoder VARCHAR, fingerprint VARCHAR, dimension INTEGER, max_tokens INTEGER,
device VARCHAR, dtype VARCHAR)`: what makes the vectors.

    select encoder_info().fingerprint

Vectors may be compared where fingerprints are equal: it is a digest of weights, pooling, tokenizer, longest
input, scaling and precision class (fp32, or one of bf16 and fp16). `max_tokens` is NULL for an encoder
without a limit. No weights are loaded. A device or dtype that this machine cannot serve -> an error.
`encoder_info_<alias>` for each further encoder.
"""

from functools import partial

from recudf.encoders.columns import INFO, configured, encoder_info
from recudf.functions import ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    return [
        ScalarFunction(f"encoder_info{suffix}", (), INFO, partial(encoder_info, encoder=encoder))
        for suffix, encoder in configured(settings)
    ]
