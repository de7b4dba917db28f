"""`ngrams(text [, max_words])` -> `VARCHAR[]`: what a text is made of, for weights that a table holds.

    select review_id, unnest(ngrams(review)) as name from reviews

Its distinct n-grams in order of appearance: 1 to max_words words in a row (2 if left out), joined by a blank;
where words are not written apart (Chinese, Japanese, Thai, ...) 1 to max_words + 1 characters. Lower case,
full-width forms and printed apostrophes made plain; punctuation only parts words. NULL text -> NULL, a text
without letters and digits -> an empty list. max_words outside 1 to 5 -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.interests.ngrams import text_ngrams
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("text", pa.string()), Argument("max_words", pa.int64(), optional=True))
    return [ScalarFunction("ngrams", arguments, pa.list_(pa.string()), text_ngrams, expensive=True)]
