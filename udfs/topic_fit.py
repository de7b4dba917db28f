"""`topic_fit(ids VARCHAR[], terms VARCHAR[][], handle VARCHAR [, params VARCHAR])` -> `STRUCT(cluster_id
INTEGER, centroid FLOAT[], size BIGINT, members VARCHAR[], terms STRUCT(term VARCHAR, weight DOUBLE,
loading DOUBLE)[])[]`: the topics of texts by their words, by factorisation (nmf) or as a model of how texts
are drawn (lda); `cluster_fit` finds them by meaning.

    with listed as (
        select list(review_id) as ids, list(list_transform(keyphrases(review, 1), lambda p: p.key)) as terms
        from reviews
    )
    select unnest(topic_fit(ids, terms, null, '{"method": "nmf", "k": 20}'), recursive := true) from listed

`terms` has the words of each id; one that is repeated counts again. Topics are tables: `weight` is a term's
share of its topic, `loading` what it adds for the topic in a text. So SQL places texts that come later, in
the topic with the largest sum of loadings over a text's terms, and those of the fit as the fit does, exact
ties aside:

    with listed as (
        select list(review_id) as ids, list(list_transform(keyphrases(review, 1), lambda p: p.key)) as terms
        from reviews
    ),
    topics as (select unnest(topic_fit(ids, terms, null), max_depth := 2) from listed),
    loadings as (select cluster_id, unnest(terms, recursive := true) from topics),
    words as (select review_id, unnest(keyphrases(review, 1)).key as term from reviews),
    sums as (
        select review_id, cluster_id, round(sum(loading), 6) as score
        from words inner join loadings using (term) group by all
    )
    select review_id, arg_max(cluster_id, (score, -cluster_id)) as cluster_id from sums group by review_id

`handle` names an index over vectors of the ids, or is NULL. With it a topic has a `centroid`, the mean of
its members' vectors of length 1, and an id without a known term joins the nearest; without it such an id is
in no topic, and `centroid` is NULL. Topics come in order of cluster_id, which without `previous` runs from 0
by decreasing size, ties by the smallest member id.

Parameters, a JSON object; all may be left out:
- `method`: `nmf` (tf-idf by non-negative factors) or `lda` (latent Dirichlet allocation).
- `k` (10): the most topics wanted. `max_iterations` (100). `seed` (0): of what is drawn.
- `min_texts` (2): in how many ids a term must be. The 20,000 most frequent are read, of 50,000 ids.
- `previous`, `first_new_id`: as in `cluster_fit`; `previous` needs `handle`.

NULL ids or terms -> NULL; no term that enough ids have -> an empty list. Lists of different length, an id
that is NULL or occurs twice, an unknown handle, unknown parameter, impossible value -> an error.
"""

import pyarrow as pa

from recudf.clustering.topics import TOPICS, topic_fit
from recudf.functions import Argument, ScalarFunction
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("ids", pa.list_(pa.string())),
        Argument("terms", pa.list_(pa.list_(pa.string()))),
        Argument("handle", pa.string()),
        Argument("params", pa.string(), optional=True),
    )
    return [ScalarFunction("topic_fit", arguments, TOPICS, topic_fit, uses_indexes=True, expensive=True)]
