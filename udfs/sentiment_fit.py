"""`sentiment_fit(texts VARCHAR[], vectors FLOAT[][], labels DOUBLE[] [, examples BOOLEAN[], min_labels])`
-> `STRUCT(kind VARCHAR, name VARCHAR, weight DOUBLE)[]`: what tells positive texts from negative ones.

    with fitted as (
        select sentiment_fit(list(review), list(embed(review)), list(stars - 3)) as weights from reviews
    )
    select unnest(weights, recursive := true) from fitted

A label above 0 is positive, below 0 negative; texts with 0 or NULL are left out. A text without a vector has
NULL there. `examples` marks prototypes: sentences of both sides that no user wrote. They place the zero for
short phrases, and serve alone where there are fewer labels than `min_labels` (300 if left out) or where they
tell the labels better than what was learned from these.

A row is a weight. The score of a text, of which 0 is neutral, is the sum of two:
- of its vector: the `intercept` named vector + the inner product with the weights of kind `vector`, named by
  component from 0; times 1 + the weight of kind `negation` x the share of negated words among its n-grams;
- of its n-grams: the `intercept` named ngrams + the sum of the weights of kind `ngram` of its
  `ngrams(text)` over the square root of how many of them have one.
tanh(score / 2) is its polarity from -1 to 1. Rows of kind `method` (ratings or prototypes), `labels` and
`auc` tell about the fit; an AUC is of labels that were not fitted on.
NULL texts, vectors or labels -> NULL, as is a fit with too few labels and no prototypes. Lists of different
length, NaN or infinity in a vector -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.interests.sentiment import WEIGHTS, sentiment_fits
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("texts", pa.list_(pa.string())),
        Argument("vectors", "vectors"),
        Argument("labels", pa.list_(pa.float64())),
        Argument("examples", pa.list_(pa.bool_()), optional=True),
        Argument("min_labels", pa.int64(), optional=True),
    )
    return [ScalarFunction("sentiment_fit", arguments, WEIGHTS, sentiment_fits, expensive=True)]
