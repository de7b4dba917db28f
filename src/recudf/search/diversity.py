"""Candidates and scores -> a list whose items are less alike: the kernel of `mmr`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recudf.errors import InputError, ParameterError
from recudf.search.index import Index
from recudf.search.lookup import positions_in, rows_by_index
from recudf.vectors import valid_mask

CHOSEN = pa.struct([("id", pa.string()), ("score", pa.float64()), ("rank", pa.int32())])

Floats = npt.NDArray[np.float64]


def diversified(
    ids: pa.Array,
    scores: pa.Array,
    handles: pa.Array,
    k: pa.Array,
    diversity: pa.Array,
    categories: pa.Array,
    caps: pa.Array,
) -> pa.Array:
    """The k ids of every row by maximal marginal relevance: list<struct<id, score, rank>> [n].

    ids: list<string> [n]. scores: list<double> [n], one for each id. handles: string [n], of an index of the
    ids' vectors. k: int64 [n]. diversity: double [n], from 0 to 1. categories: list<list<string>> [n], those
    of each id, or NULL. caps: int64 [n], how many of a category there may be, or NULL. Ids and scores that
    are NULL are skipped; of an id given twice the larger score counts. A row is NULL where ids, scores,
    handle, k or diversity are. Raises InputError for lists of different length and scores that are not
    finite, ParameterError for numbers out of range, UnknownHandleError.
    """
    present = np.logical_and.reduce([valid_mask(each) for each in (ids, scores, handles, k, diversity)])
    result: list[list[dict[str, object]] | None] = [None] * len(present)
    for index, chosen in rows_by_index(handles, present):
        for row in np.flatnonzero(chosen):
            count, weight, cap = k[row].as_py(), diversity[row].as_py(), caps[row].as_py()
            _check(count, weight, cap)
            names, values, groups = _candidates(ids[row], scores[row], categories[row])
            order = _chosen(values, _units(names, index), count, weight, groups, cap)
            result[row] = [
                {"id": names[at], "score": values[at], "rank": rank} for rank, at in enumerate(order, 1)
            ]
    return pa.array(result, pa.list_(CHOSEN))


def _check(k: int, diversity: float, cap: int | None) -> None:
    if k < 1:
        raise ParameterError(f"mmr: k is {k}: give at least 1")
    if not 0 <= diversity <= 1:
        raise ParameterError(f"mmr: diversity is {diversity}: give a number from 0 to 1")
    if cap is not None and cap < 1:
        raise ParameterError(f"mmr: cap is {cap}: give at least 1, or NULL for none")


def _candidates(
    ids: pa.Scalar, scores: pa.Scalar, categories: pa.Scalar
) -> tuple[list[str], Floats, list[Sequence[str]]]:
    """Ids, scores and categories, best first, equal scores by id; each id once."""
    names, values = ids.as_py(), scores.as_py()
    groups = categories.as_py() or [None] * len(names)
    if not len(names) == len(values) == len(groups):
        raise InputError(
            f"mmr: a row has {len(names)} ids, {len(values)} scores and {len(groups)} categories: "
            "give as many of each"
        )
    rows = [
        (-value, name, [group for group in own or () if group is not None])
        for name, value, own in zip(names, values, groups, strict=True)
        if name is not None and value is not None
    ]
    for value, name, _ in rows:
        if not np.isfinite(value):
            raise InputError(f"mmr: the score of {name!r} is {-value}: give a finite number")
    best: dict[str, tuple[float, list[str]]] = {}
    for value, name, own in sorted(rows, key=lambda row: row[:2]):
        best.setdefault(name, (-value, own))
    return (
        list(best),
        np.array([value for value, _ in best.values()]),
        [own for _, own in best.values()],
    )


def _units(names: list[str], index: Index) -> Floats:
    """The unit vectors of ids, float64 [n, dimension]; zeros where the index lacks one."""
    positions, known = positions_in(pa.array([names], pa.list_(pa.string())), index)
    units = index.matrix[positions].astype(np.float64) * index.inverse_norms[positions, None]
    units[~known] = 0
    return units


def _chosen(
    scores: Floats, units: Floats, k: int, diversity: float, groups: list[Sequence[str]], cap: int | None
) -> list[int]:
    """Positions in the order chosen. Scores descend and span 0 to 1 once scaled."""
    if not len(scores):
        return []
    span = scores[0] - scores[-1]
    relevance = (scores - scores[-1]) / span if span > 0 else np.ones(len(scores))
    alike = np.zeros(len(scores))  # the largest cosine to what was taken
    free, within_cap = np.ones(len(scores), bool), np.ones(len(scores), bool)
    taken: Counter[str] = Counter()
    order: list[int] = []
    for _ in range(min(k, len(scores))):
        allowed = free & within_cap if (free & within_cap).any() else free
        value = np.round((1 - diversity) * relevance - diversity * alike, 9)
        at = int(np.argmax(np.where(allowed, value, -np.inf)))
        order.append(at)
        free[at] = False
        cosines = units @ units[at]
        alike = np.maximum(alike, cosines) if len(order) > 1 else cosines
        if cap is not None:
            taken.update(set(groups[at]))
            full = {group for group, count in taken.items() if count >= cap}
            within_cap = np.array([not full.intersection(own) for own in groups])
    return order
