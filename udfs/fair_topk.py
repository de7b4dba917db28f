"""`fair_topk(user_ids VARCHAR[], item_ids VARCHAR[], scores DOUBLE[], k)`
-> `STRUCT(id VARCHAR, score DOUBLE, rank INTEGER)[]`: a list of k items that does justice to all members of a
group, in turn.

    select group_id, unnest(fair_topk(list(user_id), list(item_id), list(score), 10), recursive := true)
    from (values
        ('family-7', 'ann', 'tent', 1.0), ('family-7', 'ann', 'map', 0.4), ('family-7', 'ben', 'yarn', 0.9)
    ) as scores(group_id, user_id, item_id, score)
    group by group_id

Entry i of the lists is what an item is worth to a member, from 0 up; what is not given is worth 0. One after
another the item is taken with the largest sum over the members of score / (1 + the scores of what was taken
before), so that those who got least count most: Thiele's rule (1895), with scores of 0 and 1 sequential
proportional approval voting (Lackner & Skowron, Multi-Winner Voting with Approval Preferences, 2023). A third
of the members who agree gets about a third of the list. `score` is that sum when the item was taken, per
member. Equal sums: the larger sum of scores, then the id.

Scores should have one scale for all members: who gives larger ones counts more. Entries with a NULL are
skipped; of a pair given twice the larger score counts; the order of entries does not matter. NULL lists or
k -> NULL. Lists of different length, a negative score or one that is not finite, k below 1 -> an error.
"""

import pyarrow as pa

from recudf.functions import Argument, ScalarFunction
from recudf.preference.fairness import CHOSEN, fair_lists
from recudf.settings import Settings


def declare(settings: Settings) -> list[ScalarFunction]:
    arguments = (
        Argument("user_ids", pa.list_(pa.string())),
        Argument("item_ids", pa.list_(pa.string())),
        Argument("scores", pa.list_(pa.float64())),
        Argument("k", pa.int64()),
    )
    return [ScalarFunction("fair_topk", arguments, pa.list_(CHOSEN), fair_lists)]
