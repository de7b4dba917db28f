"""`lexical_fit(texts VARCHAR[] [, params JSON])` -> `STRUCT(term VARCHAR, texts BIGINT, vector FLOAT[])[]`

An encoder of one's own texts, in any language, without a model:

    create table terms as
    select unnest(lexical_fit(list(review), '{"dimensions": 200}'), recursive := true) from reviews

Terms are letters and digits, and pairs of them that stand side by side in a word, after NFKC and
lower-casing. Each has the number of texts that hold it and a vector, near those of the terms that occur in
the same texts: factors of positive pointwise mutual information (docs/encoders.md). The row '' is the mean of
the texts. `embed_lexical` embeds with an index over these rows.

Keys of params, all may be left out: `dimensions` (384, or fewer where there are few terms), `seed` (0),
`min_texts` (terms of fewer texts are left out: 3, below 1,000 texts 2, below 500 none), `max_terms` (8,000,
those of the most texts).

The order of the texts does not matter; of each, 400 characters are read. NULL and blank texts are skipped;
NULL list -> NULL; no two terms in one text -> an empty list. 20,000 texts are enough: more take longer.
Unknown parameter, impossible value -> an error.
"""

import pyarrow as pa

from recudf.encoders.lexical_fit import TERMS, lexical_fit
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (Argument("texts", pa.list_(pa.string())), Argument("params", pa.string(), optional=True))
    return [ScalarFunction("lexical_fit", arguments, TERMS, lexical_fit, expensive=True)]
