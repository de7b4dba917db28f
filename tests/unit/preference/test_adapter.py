"""The map beside scikit-learn's ridge regression, left out row by row."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from recudf.errors import InputError
from recudf.preference.adapter import RIDGES, adapter_fits


def fit(vectors, targets):
    kind = pa.list_(pa.list_(pa.float32()))
    (found,) = adapter_fits(pa.array([vectors], kind), pa.array([targets], kind)).to_pylist()
    return found


def related(n=40, noise=0.3):
    rng = np.random.default_rng(2)
    vectors = rng.standard_normal((n, 6)).astype(np.float32)
    targets = vectors @ rng.standard_normal((6, 3)) + 5 + noise * rng.standard_normal((n, 3))
    return vectors, targets.astype(np.float32)


def test_it_is_the_ridge_regression_that_predicts_best_what_is_left_out():
    vectors, targets = related(noise=4.0)
    left_out = {
        ridge: (
            (cross_val_predict(Ridge(alpha=ridge), vectors, targets, cv=LeaveOneOut()) - targets) ** 2
        ).sum()
        for ridge in RIDGES
    }
    best = min(left_out, key=left_out.get)
    rows = fit(vectors.tolist(), targets.tolist())
    assert {row["ridge"] for row in rows} == {best}
    assert best not in (RIDGES[0], RIDGES[-1])
    model = Ridge(alpha=best).fit(vectors.astype(float), targets.astype(float))
    assert [row["output"] for row in rows] == [1, 2, 3]
    np.testing.assert_allclose([row["weights"] for row in rows], model.coef_, atol=1e-6)
    np.testing.assert_allclose([row["intercept"] for row in rows], model.intercept_, atol=1e-6)
    means = np.array([np.delete(targets, i, axis=0).mean(axis=0) for i in range(len(targets))])
    expected = 1 - left_out[best] / ((targets - means) ** 2).sum()
    assert {row["explained"] for row in rows} == {rows[0]["explained"]}
    assert rows[0]["explained"] == pytest.approx(expected, abs=1e-6)


def test_nothing_is_claimed_where_vectors_say_nothing():
    rng = np.random.default_rng(4)
    rows = fit(rng.standard_normal((30, 5)).tolist(), rng.standard_normal((30, 2)).tolist())
    assert rows == []
    assert fit([[1.0], [2.0], [3.0]], [[7.0], [7.0], [7.0]]) == []


def test_nulls_are_skipped_and_few_rows_are_no_map():
    vectors, targets = related()
    given, wanted = vectors.tolist(), targets.tolist()
    assert fit([*given, None, given[0]], [*wanted, wanted[0], None]) == fit(given, wanted)
    assert fit(given[:2], wanted[:2]) == []
    assert fit([], []) == []
    assert fit(None, wanted) is None
    assert fit(given, None) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([[1.0]], [[1.0], [2.0]]), "1 vectors and 2 targets: give one each"),
        (([[1.0], [1.0, 2.0]], [[1.0], [2.0]]), "one of the vectors has 2 values, the first 1"),
        (([[1.0], [2.0]], [[1.0], []]), "one of the targets has 0 values, the first 1"),
        (
            ([[1.0], [float("nan")]], [[1.0], [2.0]]),
            "one of the vectors has a value that is NULL, NaN or inf",
        ),
        (([[1.0], [2.0]], [[1.0], [None]]), "one of the targets has a value that is NULL"),
    ],
)
def test_wrong_rows_are_named(given, said):
    with pytest.raises(InputError, match=said):
        fit(*given)
