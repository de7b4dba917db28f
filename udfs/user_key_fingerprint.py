"""`user_key_fingerprint()` -> `VARCHAR`: which key `pseudonym` has, without telling it.

    select user_key_fingerprint() = '5f0c0e6f5a0b7a1d' as is_the_key_of_last_year

16 hex digits of an HMAC-SHA256; NULL where there is no key.
"""

import pyarrow as pa

from recudf.functions import ScalarFunction
from recudf.privacy.pseudonyms import key_fingerprint
from recudf.settings import Settings, user_key


def declare(settings: Settings) -> list[ScalarFunction]:
    return [ScalarFunction("user_key_fingerprint", (), pa.string(), fingerprints)]


def fingerprints(rows: int) -> pa.Array:
    """One a row."""
    key = user_key()
    return pa.array([None if key is None else key_fingerprint(key)] * rows, pa.string())
