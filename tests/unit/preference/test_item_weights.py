"""Weights of items: numpy's inverse of the whole matrix, values by hand, and what is done with ids and lists."""

import json

import numpy as np
import pyarrow as pa
import pytest

from recudf import Settings
from recudf.errors import InputError, ParameterError, UnknownHandleError
from recudf.preference import gram
from recudf.preference.events import Pairs
from recudf.preference.gram import Behaviour
from recudf.preference.item_weights import (
    ItemWeightsParams,
    fit_item_weights,
    item_weights_fits,
    largest,
)
from recudf.search.building import build_indexes


def index_of(vectors):
    """The handle of an index over vectors by id."""
    rows = [{"id": name, "vector": vector} for name, vector in vectors.items()]
    type_ = pa.list_(pa.struct([("id", pa.string()), ("vector", pa.list_(pa.float32()))]))
    return build_indexes(pa.array([rows], type_), Settings())[0].as_py()


def fit(events, vectors=None, **params):
    """Weights by (item, neighbour), from (user, item, weight)."""
    users, items, weights = map(list, zip(*events, strict=True)) if events else ([], [], [])
    (found,) = item_weights_fits(
        pa.array([users], pa.list_(pa.string())), pa.array([items], pa.list_(pa.string())),
        pa.array([weights], pa.list_(pa.float64())), pa.array([vectors], pa.string()), pa.array([json.dumps(params)]),
    ).to_pylist()  # fmt: skip
    return found and {(row["item_id"], row["neighbor_id"]): row["weight"] for row in found}


def behaviour(n_users, n_items, dimension, seed=0):
    """Events of chance, and the matrices they stand for."""
    rng = np.random.default_rng(seed)
    x = rng.random((n_users, n_items)) < 0.2
    vectors = rng.standard_normal((n_items, dimension)).astype(np.float32)
    vectors[3] = 0
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    users, items = np.nonzero(x)
    weights = rng.integers(1, 4, len(users)).astype(float)
    dense = np.zeros(x.shape)
    dense[users, items] = weights
    return Behaviour(Pairs(users, items, weights), n_users, units), dense, units.astype(float)


def by_numpy(dense, units, ridge, text_weight):
    """B as the paper has it."""
    gram = dense.T @ dense + text_weight * units @ units.T + ridge * np.eye(dense.shape[1])
    inverse = np.linalg.inv(gram)
    found = -inverse / np.diag(inverse)
    np.fill_diagonal(found, 0)
    return found


def as_matrix(found, n_items):
    matrix = np.zeros((n_items, n_items))
    matrix[found.neighbors, found.items] = found.values
    return matrix


@pytest.mark.parametrize("n_users", [700, 60], ids=["items are fewer", "users and dimensions are fewer"])
@pytest.mark.parametrize("double", [4000, 0], ids=["float64", "float32"])
@pytest.mark.parametrize("text_weight", [0, 7.5])
def test_all_weights_are_those_of_numpys_inverse(monkeypatch, n_users, double, text_weight):
    monkeypatch.setattr(gram, "DOUBLE", double)
    given, dense, units = behaviour(n_users, 520, 16)  # three blocks, the last one not full
    params = ItemWeightsParams(ridge=20.0, text_weight=text_weight, neighbors=520)
    found = as_matrix(fit_item_weights(given, params), 520)
    expected = by_numpy(dense, units, 20.0, text_weight)
    np.testing.assert_allclose(found, expected, atol=1e-5 if double == 0 else 1e-8)


def test_the_largest_by_size_are_kept():
    given, dense, units = behaviour(90, 300, 8, seed=1)
    found = as_matrix(fit_item_weights(given, ItemWeightsParams(ridge=5.0, neighbors=7)), 300)
    expected = by_numpy(dense, units, 5.0, 30.0)
    kept = np.sort(np.argsort(-np.abs(expected), axis=0)[:7], axis=0)
    assert all(set(np.flatnonzero(found[:, item])) == set(kept[:, item]) for item in range(300))
    assert (found[kept, np.arange(300)] < 0).any()


def test_ties_go_by_place_and_zeros_never_count():
    block = np.array([[0.5, -0.5, 0.5, 0.0, 0.7], [0, 0, 0, 0.1, 0]], np.float32)
    rows, columns = largest(block, 3)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 4), (0, 0), (0, 1), (1, 3)]


def test_two_items_by_hand():
    """G = [[2 + 1, 2], [2, 3 + 1]] for a: u, v; b: u, v, w. P = [[4, -2], [-2, 3]] / 8. B[a, b] = 2 / 3, B[b, a] = 2 / 4."""
    events = [("u", "a", 1), ("v", "a", 1), ("u", "b", 1), ("v", "b", 1), ("w", "b", 1)]
    found = fit(events, ridge=1)
    assert found == pytest.approx({("b", "a"): 2 / 3, ("a", "b"): 2 / 4})


def test_a_vector_gives_weights_to_an_item_without_events():
    """By hand: a has one event, new none, both the vector (0.6, 0.8): G = [[1 + 2 + 1, 2], [2, 2 + 1]]."""
    handle = index_of({"a": [0.6, 0.8], "new": [3, 4], "other": [-4, 3]})
    found = fit([("u", "a", 1)], handle, ridge=1, text_weight=2)
    # P = [[3, -2], [-2, 4]] / 8; the vector of other is at a right angle
    assert {pair: value for pair, value in found.items() if abs(value) > 1e-6} == pytest.approx(
        {("new", "a"): 2 / 4, ("a", "new"): 2 / 3}
    )


def test_an_automatic_ridge_is_told_and_used():
    """Everybody likes what is of one of fifteen kinds: with little ridge the kinds are told apart."""
    events = [
        (f"u{u}", f"i{i}", 1) for u in range(120) for i in range(60) if u % 15 == i % 15 or (u * i) % 23 == 7
    ]
    users, items, weights = ([list(part)] for part in zip(*events, strict=True))
    (found,) = item_weights_fits(
        pa.array(users), pa.array(items), pa.array(weights, pa.list_(pa.float64())), pa.nulls(1, pa.string()),
        pa.array(['{"ridge": "auto"}']),
    ).to_pylist()  # fmt: skip
    (ridge,) = {row["ridge"] for row in found}
    assert ridge < 500
    by_number = fit(events, ridge=ridge)
    assert {(row["item_id"], row["neighbor_id"]): row["weight"] for row in found} == by_number
    assert by_number != fit(events)


def test_rows_of_one_pair_add_up_in_any_order():
    events = [(f"u{i % 7}", f"i{i % 11}", 0.1 * (i % 5 + 1)) for i in range(300)]
    added = {}
    for user, item, weight in sorted(events):
        added[user, item] = added.get((user, item), 0) + weight
    found = fit(events, ridge=2)
    assert found == fit(events[::-1], ridge=2)
    assert found == pytest.approx(fit([(*pair, w) for pair, w in added.items()], ridge=2), rel=1e-6)


def test_the_most_used_items_are_fitted():
    events = [(f"u{i}", item, 1) for item, n in (("d", 3), ("b", 2), ("a", 2), ("c", 2)) for i in range(n)]
    assert fit(events, ridge=1, max_items=3).keys() == fit(events[:7], ridge=1).keys()
    assert fit(events, ridge=1, max_items=3) == pytest.approx(fit(events[:7], ridge=1))


def test_rows_with_a_null_are_skipped():
    events = [("u", "a", 1), ("u", "b", 1), ("v", "b", 2)]
    assert fit([*events, (None, "a", 9), ("u", None, 9), ("v", "a", None)], ridge=1) == fit(events, ridge=1)


@pytest.mark.parametrize("events", [[], [(None, "a", 1)]])
def test_nothing_to_fit_is_null(events):
    assert fit(events) is None


def test_one_item_has_no_weights():
    assert fit([("u", "a", 1)]) == []


def test_several_rows():
    lists = [["u", "u"], None, ["u", "v"]], [["a", "b"], ["a"], ["a", "b"]]
    users, items = (pa.array(part, pa.list_(pa.string())) for part in lists)
    found = item_weights_fits(
        users,
        items,
        pa.array([[1.0, 1], [1], [1, 1]]),
        pa.nulls(3, pa.string()),
        pa.array(['{"ridge": 1}'] * 3),
    ).to_pylist()
    assert [len(rows) if rows is not None else None for rows in found] == [2, None, 0]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"ridge": 0}, "ridge is 0: give a number above 0, or auto"),
        ({"ridge": "most"}, "ridge is 'most': give a number above 0, or auto"),
        ({"ridge": True}, "ridge is True: give a number above 0, or auto"),
        ({"text_weight": -1}, "text_weight is -1: give a number of at least 0"),
        ({"neighbors": 0}, "neighbors is 0: give a whole number from 1 to 2147483647"),
        ({"max_items": 1.5}, "max_items is 1.5: give a whole number from 1 to 2147483647"),
        ({"lambda": 1}, "unknown parameter 'lambda': known are ridge, text_weight, neighbors, max_items"),
    ],
)
def test_impossible_parameters_are_named(params, said):
    with pytest.raises(ParameterError, match=said):
        fit([("u", "a", 1)], **params)


def test_wrong_lists_and_handles_are_named():
    with pytest.raises(
        InputError, match="item_weights_fit: lists of 1, 2, 1 users, items and weights: give one each"
    ):
        item_weights_fits(
            pa.array([["u"]]),
            pa.array([["a", "b"]]),
            pa.array([[1.0]]),
            pa.nulls(1, pa.string()),
            pa.nulls(1, pa.string()),
        )
    with pytest.raises(InputError, match="item_weights_fit: a weight is nan"):
        fit([("u", "a", float("nan"))])
    with pytest.raises(UnknownHandleError, match="no index 'index_0'"):
        fit([("u", "a", 1)], "index_0")
    with pytest.raises(ParameterError, match="ridge is too small beside the weights"):
        fit([("u", "a", 1e80), ("u", "b", 1)], ridge=1e-9)
