"""Factors: numpy on the dense matrices of the paper, what the sum of squares says, rows, NULLs and errors."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from recudf import Settings
from recudf.errors import InputError, ParameterError, UnknownHandleError
from recudf.preference import folding
from recudf.preference.events import Pairs
from recudf.preference.factors import FactorsParams, factors_fits, factors_of, fit_factors
from recudf.preference.folding import Basis, fold_in
from recudf.search.building import build_indexes


def index_of(factors):
    rows = [{"id": name, "vector": vector} for name, vector in factors.items()]
    type_ = pa.list_(pa.struct([("id", pa.string()), ("vector", pa.list_(pa.float32()))]))
    return build_indexes(pa.array([rows], type_), Settings())[0].as_py()


def fit(events, **params):
    """Factors by item, from (user, item, weight)."""
    users, items, weights = map(list, zip(*events, strict=True)) if events else ([], [], [])
    (found,) = factors_fits(
        pa.array([users], pa.list_(pa.string())), pa.array([items], pa.list_(pa.string())),
        pa.array([weights], pa.list_(pa.float64())), pa.array([json.dumps(params)]),
    ).to_pylist()  # fmt: skip
    return found and {row["item_id"]: row["factors"] for row in found}


def of(lists, handle, **params):
    ids = pa.array([list(row) if row is not None else None for row in lists], pa.list_(pa.string()))
    weights = pa.array(
        [list(row.values()) if row is not None else None for row in lists], pa.list_(pa.float64())
    )
    handles = pa.array([handle] * len(lists), pa.string())
    return factors_of(ids, weights, handles, pa.array([json.dumps(params)] * len(lists))).to_pylist()


def by_numpy(factors, weights, alpha, ridge):
    """Rows of one side as the paper has them, one at a time, from a dense matrix of weights."""
    found = []
    for row in weights:
        confidence, preference = np.diag(1 + alpha * np.abs(row)), (row > 0).astype(float)
        matrix = factors.T @ confidence @ factors + ridge * np.eye(factors.shape[1])
        found.append(np.linalg.inv(matrix) @ factors.T @ confidence @ preference)
    return np.array(found)


def dense(n_rows, n_columns, seed=0):
    """Weights of chance with histories of 0 to all columns, some of them negative."""
    rng = np.random.default_rng(seed)
    share = np.linspace(0, 1, n_rows)[:, None]
    matrix = (rng.random((n_rows, n_columns)) < share) * rng.integers(1, 5, (n_rows, n_columns)).astype(float)
    return matrix * np.where(rng.random(matrix.shape) < 0.1, -1, 1)


def pairs_of(matrix):
    rows, columns = np.nonzero(matrix)
    return Pairs(rows, columns, matrix[rows, columns])


@pytest.mark.parametrize("together", [4_000_000, 300])
def test_rows_are_those_of_the_paper(monkeypatch, together):
    """Histories shorter and longer than the factors, all at once and in many steps."""
    monkeypatch.setattr(folding, "_TOGETHER", together)
    weights = dense(60, 40)
    factors = np.random.default_rng(1).standard_normal((40, 8))
    found = fold_in(Basis.of(factors.T @ factors, 2.0), factors, pairs_of(weights), 60, 1.5)
    np.testing.assert_allclose(found, by_numpy(factors, weights, 1.5, 2.0), atol=1e-10)
    assert not found[0].any()  # the first history is empty


def test_rounds_are_those_of_the_paper():
    weights = dense(30, 20, seed=2)
    params = FactorsParams(factors=4, ridge=3.0, alpha=2.0, iterations=3, seed=7)
    expected = np.random.default_rng(7).standard_normal((20, 4)) * 0.01
    for _ in range(3):
        users = by_numpy(expected, weights, 2.0, 3.0)
        expected = by_numpy(users, weights.T, 2.0, 3.0)
    np.testing.assert_allclose(fit_factors(pairs_of(weights), 30, 20, params), expected, atol=1e-9)


def test_one_user_and_one_item_by_hand():
    """y = 2, weight 1, alpha 3, ridge 4: c = 4, x = c y / (y c y + ridge) = 8 / 20."""
    assert of([{"a": 1}], index_of({"a": [2]}), alpha=3, ridge=4) == [[pytest.approx(8 / 20)]]


def test_two_items_by_hand():
    """y = (1, 2), the second is unused: (4 * 1 + 1 * 4 + 2) x = 4 * 1; disliked: (4 * 1 + 3 * 4 + 2) x = 4."""
    handle = index_of({"a": [1], "b": [2]})
    found = of([{"a": 1}, {"a": 1, "b": -0.5}], handle, alpha=3, ridge=2)
    # 1 + 3 * 0.5 = 2.5: (4 + 10 + 2) x = 4
    assert found == [[pytest.approx(4 / 10)], [pytest.approx(4 / 16)]]


def test_a_user_of_the_fit_is_folded_in_to_the_next_half_round():
    events = [(f"u{i % 13}", f"i{(i * i) % 17}", float(i % 3 + 1)) for i in range(150)]
    params = {"factors": 5, "ridge": 2, "alpha": 1.5, "iterations": 4}
    items = fit(events, **params)
    names = sorted(items)
    weights = np.zeros(len(names))
    history = {}
    for user, item, weight in events:
        if user == "u4":
            history[item] = history.get(item, 0) + weight
    for item, weight in history.items():
        weights[names.index(item)] = weight
    expected = by_numpy(np.array([items[name] for name in names]), weights[None], 1.5, 2)
    (found,) = of([history], index_of(items), **params)
    np.testing.assert_allclose(found, expected[0], rtol=1e-5, atol=1e-7)


THREADS = """
import numpy
from threadpoolctl import ThreadpoolController, threadpool_limits
from recudf.preference.threads import one_thread

def threads():
    return {pool["num_threads"] for pool in ThreadpoolController().info() if pool["user_api"] == "blas"}

threadpool_limits(2)
first, second = one_thread(), one_thread()
first.__enter__()
second.__enter__()
both = threads()
first.__exit__(None, None, None)
one = threads()
second.__exit__(None, None, None)
print(both, one, threads())
"""


def test_the_library_has_its_threads_back():
    """Also where one caller enters before another leaves; in a process where nothing else sets threads."""
    told = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "{1} {1} {2}"


def test_planted_tastes_are_found():
    """Two kinds of users, each of whom lacks two items of their kind: they score above those of the other."""
    rng = np.random.default_rng(3)
    events, lacking = [], {}
    for user in range(40):
        lacking[user] = rng.choice(10, 2, replace=False)
        events += [(f"u{user}", f"{user % 2}-{i}", 1.0) for i in range(10) if i not in lacking[user]]
    items = fit(events, factors=4, ridge=1)
    handle = index_of(items)
    for user in range(40):
        (x,) = of([{item: 1 for name, item, _ in events if name == f"u{user}"}], handle, ridge=1)
        scores = {item: np.dot(x, y) for item, y in items.items()}
        others = max(scores[f"{1 - user % 2}-{i}"] for i in range(10))
        assert min(scores[f"{user % 2}-{i}"] for i in lacking[user]) > others


def test_the_order_of_rows_does_not_show():
    events = [(f"u{i % 7}", f"i{i % 11}", 0.1 * (i % 5 + 1)) for i in range(300)]
    assert fit(events, factors=3) == fit(events[::-1], factors=3)
    assert fit(events, factors=3) != fit(events, factors=3, seed=1)


def test_rows_with_a_null_and_items_that_nobody_likes_are_left_out():
    events = [("u", "a", 1), ("v", "b", 2), ("v", "a", 1)]
    assert fit([*events, (None, "a", 9), ("u", None, 9), ("v", "a", None)]) == fit(events)
    assert fit([*events, ("u", "dull", -1), ("u", "nothing", 0)]).keys() == {"a", "b"}


def test_unknown_and_null_items_are_skipped_and_weights_of_one_add_up():
    handle = index_of({"a": [1, 0.5], "b": [0, 2]})
    ids = pa.array([["a", "nobody", "b", None, "a"], ["a", "b", "a"], ["nobody"], [], None, ["b"]])
    weights = pa.array([[1.0, 5, None, 5, 2], [1, None, 2], [1], [], [1], [-1]])
    found = factors_of(ids, weights, pa.array([handle] * 6), pa.nulls(6, pa.string())).to_pylist()
    assert found[0] == found[1] == of([{"a": 3}], handle)[0]
    assert found[2:] == [None] * 4


def test_rows_with_indexes_and_parameters_of_their_own():
    handles = [index_of({"a": [2]}), index_of({"a": [1]}), None]
    ids, weights = pa.array([["a"]] * 4), pa.array([[1.0]] * 4)
    params = pa.array(['{"ridge": 4}', '{"ridge": 4}', '{"ridge": 4}', '{"ridge": 8}'])
    found = factors_of(ids, weights, pa.array([*handles, handles[0]]), params).to_pylist()
    # 4 y / (4 y y + ridge)
    expected = [[8 / 20], [4 / 8], None, [8 / 24]]
    assert found == [row and pytest.approx(row) for row in expected]


@pytest.mark.parametrize("events", [[], [(None, "a", 1)]])
def test_nothing_to_fit_is_null(events):
    assert fit(events) is None


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"factors": 0}, "factors is 0: give a whole number from 1 to 2147483647"),
        ({"ridge": 0}, "ridge is 0: give a number above 0"),
        ({"alpha": -1}, "alpha is -1: give a number of at least 0"),
        ({"rank": 3}, "unknown parameter 'rank': known are factors, ridge, alpha, iterations, seed"),
    ],
)
def test_impossible_parameters_are_named(params, said):
    with pytest.raises(ParameterError, match=said):
        fit([("u", "a", 1)], **params)
    with pytest.raises(ParameterError, match=said):
        of([{"a": 1}], index_of({"a": [1]}), **params)


def test_wrong_lists_and_handles_are_named():
    with pytest.raises(InputError, match="factors_fit: a weight is inf"):
        fit([("u", "a", float("inf"))])
    with pytest.raises(UnknownHandleError, match="no index 'index_0'"):
        of([{"a": 1}], "index_0")
    with pytest.raises(InputError, match="factors_of: 1 vectors but 2 weights"):
        factors_of(
            pa.array([["a"]]),
            pa.array([[1.0, 2]]),
            pa.array([index_of({"a": [1]})]),
            pa.nulls(1, pa.string()),
        )
