"""`mask_personal(text)` -> `VARCHAR`: the text without what points to a person.

    select review_id, mask_personal(review) as review from reviews

`***` stands in place of e-mail addresses (also `anna (at) example (dot) com`), phone numbers, payment cards
(13 to 19 digits with the right check digit), bank accounts (IBAN of the country's length, with the right
remainder), IP addresses, and names of persons where the words around them say so: `my name is Anna`,
`Ich heiße ...`, `Frau ...`, `my wife Lena`, `Regards, Peter`. A name without such words stays, and what
looks like one of these goes: how much of either, docs/privacy.md says.
NULL -> NULL; a text without any of these comes back as it is.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.privacy.masking import mask_personal
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("text", pa.string()),)
    return [ScalarFunction("mask_personal", arguments, pa.string(), mask_personal, expensive=True)]
