"""What a ranker is fitted on: groups of rows with features and labels, in an order of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError
from recudf.preference.events import Floats, Ints
from recudf.vectors import list_lengths, valid_mask

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ranked:
    """Rows by group. features: float64 [n, f]. positive: bool [n]. starts: int64 [groups + 1], where each
    group's rows begin. groups: their names, ascending; each has rows of both kinds."""

    features: Floats
    positive: Flags
    starts: Ints
    groups: Sequence[str]

    @property
    def owners(self) -> Ints:
        """The group of each row, int64 [n]."""
        return np.repeat(np.arange(len(self.groups)), np.diff(self.starts))

    def kept(self, chosen: Flags) -> Ranked:
        """Some of the groups."""
        rows = chosen[self.owners]
        starts = np.concatenate(([0], np.cumsum(np.diff(self.starts)[chosen])))
        names = [name for name, of in zip(self.groups, chosen, strict=True) if of]
        return Ranked(self.features[rows], self.positive[rows], starts, names)

    def folds(self, parts: int, separator: str = "") -> Ints:
        """The fold of each group: folds of equal size, in the order of a hash of the group's name; with a
        separator what stands before it in the name is the fold, if that makes two or more."""
        if separator:
            _, blocks = np.unique([name.partition(separator)[0] for name in self.groups], return_inverse=True)
            if blocks.max(initial=0) > 0:
                return blocks.astype(np.int64)
        digests = [hashlib.blake2b(name.encode(), digest_size=16).digest() for name in self.groups]
        folds = np.empty(len(digests), np.int64)
        folds[sorted(range(len(digests)), key=digests.__getitem__)] = np.arange(len(digests)) % parts
        return folds


def read_ranked(groups: pa.Scalar, features: pa.Scalar, labels: pa.Scalar, names: Sequence[str]) -> Ranked:
    """From three lists of one length: of strings, of lists of float64, of float64.

    Rows without a group or label are skipped, groups without rows of both labels are left out. Raises
    InputError for lists of different length, a row without a finite number for each of these names, and a
    label that is neither 0 nor 1.
    """
    lists = [groups.values, features.values, labels.values]
    if len({len(values) for values in lists}) > 1:
        counts = ", ".join(str(len(values)) for values in lists)
        raise InputError(f"ranker_fit: lists of {counts} groups, features and labels: give one each")
    given = pa.array(valid_mask(lists[0]) & valid_mask(lists[2]))
    owners, rows, wanted = (values.filter(given) for values in lists)
    owners = owners.cast(pa.string())
    label = wanted.cast(pa.float64()).to_numpy(zero_copy_only=False)
    if (wrong := label[(label != 0) & (label != 1)]).size:
        raise InputError(f"ranker_fit: a label is {wrong[0]:g}: give 1 for a positive, 0 for a negative")
    return _by_group(owners, _matrix(rows, owners, names), label > 0)


def ndcg_of_groups(scores: Floats, rows: Ranked, k: int) -> Floats:
    """The ndcg@k of each group, float64 [groups], by scores [n].

    Rows of equal score share their places' discounts.

    Järvelin & Kekäläinen, Cumulated gain-based evaluation of IR techniques (TOIS 2002); ties: McSherry &
    Najork, Computing information retrieval performance measures efficiently in the presence of tied scores
    (ECIR 2008).
    """
    owners = rows.owners
    order = np.lexsort((-scores, owners))
    scores, positive = scores[order], rows.positive[order].astype(np.float64)
    rank = np.arange(len(order)) - rows.starts[owners]
    discount = np.where(rank < k, 1 / np.log2(rank + 2), 0)
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(scores) != 0) | (np.diff(owners) != 0)
    first = np.flatnonzero(new)
    share = np.add.reduceat(positive, first) / np.diff(np.append(first, len(order)))
    gains = np.bincount(owners[first], share * np.add.reduceat(discount, first), len(rows.groups))
    ideal = np.cumsum(1 / np.log2(np.arange(k) + 2))
    best = ideal[np.minimum(np.add.reduceat(positive, rows.starts[:-1]), k).astype(np.int64) - 1]
    found: Floats = gains / best
    return found


def _by_group(owners: pa.StringArray, features: Floats, positive: Flags) -> Ranked:
    """Rows in an order that does not depend on theirs, without groups of one label."""
    distinct = pc.unique(owners)
    distinct = distinct.take(pc.sort_indices(distinct))
    group = pc.index_in(owners, value_set=distinct).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.lexsort((positive, *features.T, group))
    n_positive = np.bincount(group, positive, len(distinct))
    n_rows = np.bincount(group, minlength=len(distinct))
    starts = np.concatenate(([0], np.cumsum(n_rows)))
    every = Ranked(features[order], positive[order], starts, distinct.to_pylist())
    return every.kept((n_positive > 0) & (n_positive < n_rows))


def _matrix(rows: pa.Array, owners: pa.StringArray, names: Sequence[str]) -> Floats:
    """Features as float64 [n, names]."""
    missing = np.flatnonzero(~valid_mask(rows))
    if missing.size:
        raise InputError(
            f"ranker_fit: a row of group {owners[int(missing[0])].as_py()!r} has NULL for its features: "
            f"give it {', '.join(names)}"
        )
    lengths = list_lengths(rows)
    if (wrong := np.flatnonzero(lengths != len(names))).size:
        at = int(wrong[0])
        raise InputError(
            f"ranker_fit: a row of group {owners[at].as_py()!r} has {lengths[at]} features, "
            f"params name {len(names)}: {', '.join(names)}"
        )
    values = rows.flatten().cast(pa.float64())
    matrix: Floats = values.to_numpy(zero_copy_only=False).reshape(len(rows), len(names))
    if (wrong := np.flatnonzero(~np.isfinite(matrix))).size:
        at, feature = divmod(int(wrong[0]), len(names))
        shown = values[int(wrong[0])].as_py()
        raise InputError(
            f"ranker_fit: feature {names[feature]!r} of a row of group {owners[at].as_py()!r} is "
            f"{'NULL' if shown is None else shown}: give a finite number"
        )
    return matrix
