"""`pseudonym(id)` -> `VARCHAR`: a keyed hash in place of a user's id.

As in `select pseudonym(customer_number) as user_id, review as text from shop.reviews`.

HMAC-SHA256 of the id, without blanks around it, by the key in the environment: RECUDF_USER_KEY, or the file
that RECUDF_USER_KEY_FILE names; 16 characters or more, in no setting and no SQL. The same id has the same
pseudonym as long as the key is the same: `p-<32 hex digits>-<8 hex digits>`. A pseudonym stays as it is.
NULL or blank id -> NULL. No key, or a pseudonym of another key -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.privacy.pseudonyms import pseudonym
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("id", pa.string()),)
    return [ScalarFunction("pseudonym", arguments, pa.string(), pseudonym)]
