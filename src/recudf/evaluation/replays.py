"""What a replay leaves to be measured: rankings over sets of items, and what is known of items and users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

HEAD_DECILES = 2  # the 20 % most popular items


@dataclass(frozen=True)
class Ranking:
    """What a model recommended, [n_users, k]: items int (-1: none), hits bool, information float (NaN).

    probability: of a hit, float (NaN), where the model tells one.
    """

    items: np.ndarray
    hits: np.ndarray
    information: np.ndarray
    probability: np.ndarray | None = None


@dataclass(frozen=True)
class Pool:
    """Rankings over one set of items. relevant: int [n_users] within that set. available: its size."""

    relevant: np.ndarray
    available: int
    rankings: Mapping[str, Ranking]


@dataclass(frozen=True)
class Catalogue:
    """The items of a replay by number.

    decile: int [n_items], of popularity: 1 is the most popular tenth. providers: str or None [n_items].
    categories: sparse [n_items, n_categories], rows that sum to 1, empty for an item without. vectors:
    float32 [n_items, D] of unit length, NaN without; None where the items have categories, which then tell
    how far two are apart.
    """

    decile: np.ndarray
    providers: np.ndarray
    categories: csr_array
    vectors: np.ndarray | None

    @property
    def is_head(self) -> np.ndarray:
        """Whether an item is one of the 20 % most popular: bool [n_items]."""
        found: np.ndarray = self.decile <= HEAD_DECILES
        return found


@dataclass(frozen=True)
class Replay:
    """One replay of users.

    users: ids [n_users]. history: int [n_users], visible events. tastes: sparse [n_users, n_categories], the
    mixture of categories in what the user liked, rows that sum to 1 or are empty. head_relevant: int
    [n_users], how many of the relevant items are of the head. all, new: every item, and those nobody had
    liked.
    """

    users: np.ndarray
    history: np.ndarray
    tastes: csr_array
    catalogue: Catalogue
    head_relevant: np.ndarray
    all: Pool
    new: Pool
