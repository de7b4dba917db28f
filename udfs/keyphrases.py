"""`keyphrases(text [, max_words])` -> `STRUCT(phrase, key, words)[]`: the phrases a text may be about.

    select review_id, unnest(keyphrases(review), recursive := true) from reviews

Its distinct phrases of 1 to max_words words (3 if left out), in order of appearance. `phrase` is what a
person reads: lower case, full-width forms and printed apostrophes made plain. `key` is what near-duplicates
share: the sorted stems of the words, so that `guitar sounds` and `the sound of guitars` have one, as have
`colour` and `color`. No phrase begins or ends with a stop word, and none is a mere number or mere praise
(`great`, but `great gatsby`); numbers and single letters end phrases (`windows 7`). Chinese is segmented; a
language need not be told.
NULL or blank text -> NULL, a text of stop words -> an empty list. max_words outside 1 to 10 -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.interests.phrases import PHRASE, keyphrases
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("text", pa.string()), Argument("max_words", pa.int32(), optional=True))
    return [ScalarFunction("keyphrases", arguments, pa.list_(PHRASE), keyphrases, expensive=True)]
