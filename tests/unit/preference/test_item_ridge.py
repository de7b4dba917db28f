"""The ridge of item weights: scores without hidden pairs against a fit that never saw them, and what is chosen."""

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp

from recudf.preference.events import Pairs
from recudf.preference.gram import Behaviour
from recudf.preference.item_ridge import (
    LEAST_USERS,
    PARTS,
    RIDGE,
    RIDGES,
    chosen_ridge,
    parts_of,
    scores_without,
)


def ids(prefix, n):
    return pa.array([f"{prefix}{place}" for place in range(n)])


def events(n_users, n_items, tastes, seed, own, other):
    """Users who like items of their taste often and others rarely, so that what they like tells of the rest."""
    rng = np.random.default_rng(seed)
    alike = rng.integers(0, tastes, n_users)[:, None] == rng.integers(0, tastes, n_items)
    rows, columns = np.nonzero(rng.random((n_users, n_items)) < np.where(alike, own, other))
    return Behaviour(Pairs(rows, columns, np.ones(len(rows))), n_users, np.zeros((n_items, 0), np.float32))


def test_scores_are_those_of_a_fit_without_the_hidden_pairs():
    """numpy inverts G anew for each user, without what is hidden of this user alone."""
    rng = np.random.default_rng(0)
    whole = (rng.random((40, 25)) < 0.3) * rng.integers(1, 4, (40, 25)).astype(float)
    kept = whole * (rng.random(whole.shape) < 0.7)
    gram = whole.T @ whole + 7 * np.eye(25)
    inverse = np.linalg.inv(gram)
    found, rest = scores_without(inverse, sp.csr_matrix(whole), sp.csr_matrix(whole - kept), whole @ inverse)
    assert (rest.toarray() == kept).all()
    for user in range(40):
        without = whole.copy()
        without[user] = kept[user]
        inverse = np.linalg.inv(without.T @ without + 7 * np.eye(25))
        unseen = kept[user] == 0
        expected = kept[user] @ (-inverse / np.diagonal(inverse))
        np.testing.assert_allclose(found[user][unseen], expected[unseen], rtol=1e-9, atol=1e-12)


def test_parts_are_as_large_and_go_by_ids_alone():
    behaviour = events(300, 200, 4, 1, 0.35, 0.02)
    parts = parts_of(behaviour.pairs, ids("u", 300), ids("i", 200))
    np.testing.assert_allclose(np.bincount(parts, minlength=PARTS) / len(parts), 1 / 4, atol=0.02)
    first = behaviour.pairs.rows < 100
    assert (parts_of(behaviour.pairs.kept(first), ids("u", 100), ids("i", 200)) == parts[first]).all()


def by_refits(behaviour, users, items):
    """ndcg@10 of each user by ridge, with a fit for each user and part: the mean over parts."""
    pairs, shape = behaviour.pairs, (len(users), len(items))
    parts = parts_of(pairs, users, items)
    whole = np.zeros(shape)
    whole[pairs.rows, pairs.columns] = pairs.weights
    discounts = 1 / np.log2(np.arange(2, 12))
    values = {ridge: [[] for _ in users] for ridge in RIDGES}
    for part in range(PARTS):
        kept = whole.copy()
        kept[pairs.rows[parts == part], pairs.columns[parts == part]] = 0
        grams = whole.T @ whole - whole[:, :, None] * whole[:, None] + kept[:, :, None] * kept[:, None]
        for ridge in RIDGES:
            inverses = np.linalg.inv(grams + ridge * np.eye(len(items)))
            weights = -inverses / np.diagonal(inverses, axis1=1, axis2=2)[:, None]
            for user in range(len(users)):
                relevant = (whole[user] > 0) & (kept[user] == 0)
                if relevant.any() and kept[user].any():
                    scores = np.where(kept[user] > 0, -np.inf, kept[user] @ weights[user])
                    gain = relevant[np.argsort(-scores)[:10]] @ discounts
                    values[ridge][user].append(gain / discounts[: relevant.sum()].sum())
    return {ridge: np.array([np.mean(v) for v in of if v]) for ridge, of in values.items()}


@pytest.mark.parametrize(
    ("n_items", "tastes", "own", "other", "stands"),
    [(60, 15, 0.8, 0.05, False), (40, 8, 0.4, 0.2, True)],
    ids=["another surely finds more", "none surely does"],
)
def test_the_choice_is_that_of_fits_for_each_user(n_items, tastes, own, other, stands):
    behaviour, users, items = events(120, n_items, tastes, 0, own, other), ids("u", 120), ids("i", n_items)
    values = by_refits(behaviour, users, items)
    best = max(values, key=lambda ridge: values[ridge].mean())
    gain = values[best] - values[RIDGE]
    assert best != RIDGE
    assert (gain.mean() <= 2 * gain.std() / np.sqrt(len(gain))) == stands
    assert chosen_ridge(behaviour, users, items, 30.0) == (RIDGE if stands else best)


def test_too_few_people_choose_nothing():
    """With one more it is 31.25 (above: 120 of them)."""
    n_users = LEAST_USERS - 1
    behaviour = events(n_users, 60, 15, 0, 0.8, 0.05)
    assert chosen_ridge(behaviour, ids("u", n_users), ids("i", 60), 0.0) == RIDGE
