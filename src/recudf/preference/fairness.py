"""Members' values of items -> a list that does justice to all members: the kernel of `fair_topk`.

Thiele's sequential rule (1895) with values in place of votes: one after another the item with the largest

    sum over members u of v(u, i) / (1 + what u has got so far),    got(u) = sum of v(u, j) over the list,

is taken. With votes of 0 and 1 it is sequential proportional approval voting: Lackner & Skowron, Multi-Winner
Voting with Approval Preferences (2023), section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from recudf.errors import InputError, ParameterError
from recudf.preference.events import Floats, Ints, sorted_ids
from recudf.preference.events import positions as places
from recudf.vectors import LARGEST_WEIGHT, valid_mask

CHOSEN = pa.struct([("id", pa.string()), ("score", pa.float64()), ("rank", pa.int32())])


@dataclass(frozen=True)
class Values:
    """What items are worth to members, by item, then member: items: ids, sorted. members: how many there are.
    rows, columns: positions of member and item [n], each pair once. values: float64 [n], from 0 up."""

    items: pa.StringArray
    members: int
    rows: Ints
    columns: Ints
    values: Floats


def fair_lists(users: pa.Array, items: pa.Array, scores: pa.Array, k: pa.Array) -> pa.Array:
    """The list of k for each row: list<struct<id, score, rank>> [n].

    users, items: list<string> [n]. scores: list<double> [n]. k: int64 [n]. NULL where one of these is. Rows
    with a NULL are skipped; of a pair given twice the larger score counts. score: what was gained by the item
    when it was taken, per member. Raises InputError for lists of different length and scores that are
    negative or not finite, ParameterError for a k below 1.
    """
    present = np.logical_and.reduce([valid_mask(each) for each in (users, items, scores, k)])
    result: list[list[dict[str, object]] | None] = [None] * len(present)
    for row in np.flatnonzero(present).tolist():
        count = k[row].as_py()
        if count < 1:
            raise ParameterError(f"fair_topk: k is {count}: give at least 1")
        result[row] = _list(_read(users[row].values, items[row].values, scores[row].values), count)
    return pa.array(result, pa.list_(CHOSEN))


def _read(users: pa.Array, items: pa.Array, scores: pa.Array) -> Values:
    if not len(users) == len(items) == len(scores):
        raise InputError(
            f"fair_topk: a row has {len(users)} users, {len(items)} items and {len(scores)} scores: "
            "give as many of each"
        )
    full = pa.array(np.logical_and.reduce([valid_mask(each) for each in (users, items, scores)]))
    users, items, scores = (each.filter(full) for each in (users, items, scores))
    values = scores.cast(pa.float64()).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(~((values >= 0) & (values <= LARGEST_WEIGHT)))
    if len(wrong):
        raise InputError(
            f"fair_topk: the score of {items[wrong[0]].as_py()!r} is {values[wrong[0]]:g}: "
            f"give numbers from 0 to {LARGEST_WEIGHT:g}"
        )
    user_ids, item_ids = sorted_ids(users), sorted_ids(items)
    rows, columns = places(users, user_ids), places(items, item_ids)
    order = np.lexsort((-values, rows, columns))
    rows, columns, values = rows[order], columns[order], values[order]
    first = np.ones(len(rows), bool)
    first[1:] = (np.diff(rows) != 0) | (np.diff(columns) != 0)
    return Values(item_ids, len(user_ids), rows[first], columns[first], values[first])


def _list(given: Values, k: int) -> list[dict[str, object]]:
    """Equal gains: the larger sum of values, then the id."""
    n = len(given.items)
    got = np.zeros(given.members)
    totals = np.round(np.bincount(given.columns, given.values, n), 9)
    free = np.ones(n, bool)
    chosen: list[dict[str, object]] = []
    for rank in range(1, min(k, n) + 1):
        gains = np.bincount(given.columns, given.values / (1 + got[given.rows]), n) / given.members
        gains = np.round(gains, 9)
        best = free & (gains == gains[free].max())
        at = int(np.argmax(np.where(best, totals, -1.0)))
        chosen.append({"id": given.items[at].as_py(), "score": float(gains[at]), "rank": rank})
        free[at] = False
        of_it = given.columns == at
        got[given.rows[of_it]] += given.values[of_it]
    return chosen
