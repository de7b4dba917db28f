"""`ranker_fit(groups VARCHAR[], features DOUBLE[][], labels DOUBLE[], params VARCHAR)`
-> `STRUCT(kind VARCHAR, method VARCHAR, name VARCHAR, tree INTEGER, node INTEGER, feature VARCHAR, threshold
DOUBLE, left_node INTEGER, right_node INTEGER, value DOUBLE, rows BIGINT)[]`: how to rank candidates, learned.

    with fitted as (
        select ranker_fit(
            list(user_id), list([weight_score, factor_score, popularity]), list(taken::int),
            '{"features": ["weights", "factors", "popularity"]}'
        ) as ranker from candidates
    )
    select unnest(ranker, recursive := true) from fitted

A row of the lists is a candidate of a group (a user, or a user in a replay) with its features and the label 1
or 0. Groups without a 1 or without a 0 are left out.

Keys of params: `features` (their names, as many as a row has; the only one that must be there),
`hidden_from` (the methods that do not see a feature, like {"x": ["trees"]}), `baseline` (a feature that
methods are compared with), `methods` (some of these five; all of them):
- `listwise`: linear; the softmax of a group's scores is to be near one mass spread over its positives
  (Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach, ICML 2007);
- `logistic`: logistic regression of single rows; `svm`: linear, with the squared hinge loss;
- `trees`: boosted trees of single rows by log loss;
- `network`: what `listwise` finds and beside it a layer of rectified units, by the same loss. `l2` (0.001):
  linear methods add l2 / 2 |w|^2 to their mean loss; the network adds `network_l2` (0.003) once it begins.
  `units` (16) and `epochs` (20): of the network. `rounds` (200), `leaves` (15, the most of a tree), `rate`
  (0.05), `min_leaf` (100 rows): of the trees; `seed` (42): of both. `folds` (3), `k` (10): of the quality;
  with `folds_by`, a separator like ":", groups are held out together whose names are the same before it, so
  that a method is judged by a moment that it saw nothing of, where names are like "moment:user".

Rows of the result, by kind:
- `quality`: value is the mean ndcg@k of a method over groups that it was not fitted on: each group is held
  out once, in folds by a hash of its name or by `folds_by`; of method `feature:<name>` that of ranking by one
  feature alone, largest first. Rows of equal score share their places.
- `gain`: by how much that of a method is more than that of the baseline, and the standard error of this mean
  over groups (threshold).
- `lag`: the same of the best method and this one: by how much it is less.
- `chosen`: the method with the largest, of equal ones the first.
- `scale` (value: mean, threshold: standard deviation of a feature), `weight`, `intercept`: the score of a
  linear method is intercept + the sum of weight x (feature - mean) / deviation. Where a single feature is
  chosen it has such rows, too.
- `base`, `node`: the score of `trees` is base + from each tree the value of the leaf that a row comes to:
  from node 0 to left_node where feature <= threshold, else to right_node; both are NULL at a leaf. An inner
  node's value is the mean of the leaves below, over the rows of the fit: a step from node to node is what its
  feature adds, and the steps and the roots add up to the score.
- `scale`, `weight`, `bias`, `into`, `out`: with z = (feature - mean) / deviation the score of `network` is
  the sum of weight x z, and over the units (node) of out x max(0, bias + the sum of into x z).
- `calibration`, of methods and the baseline: intercept and slope of the log odds of a 1 by how many standard
  deviations a score stands above the mean of its group, for scores that no fit on the group gave; ece, the
  mean distance of probability and share in `reliability`: of each tenth of the rows (name: 1 to 10, by
  probability) the mean probability (threshold), which comes from other folds, the share of ones (value) and
  how many `rows`.
With `judged`, a text, all these are told by groups alone whose name has it, as long as they lie in two folds.
Methods are fitted on all groups. The order of the rows does not matter.

Rows with a NULL group or label are skipped; NULL lists, and fewer than two groups with both labels -> NULL.
A feature that is NULL, NaN or infinite, another label, lists of different length, an unknown parameter or
impossible value -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.ranker import ROWS, ranker_fits
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("groups", pa.list_(pa.string())),
        Argument("features", pa.list_(pa.list_(pa.float64()))),
        Argument("labels", pa.list_(pa.float64())),
        Argument("params", pa.string()),
    )
    return [ScalarFunction("ranker_fit", arguments, ROWS, ranker_fits, expensive=True)]
