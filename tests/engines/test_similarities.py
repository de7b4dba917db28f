"""cosine_similarity and pearson_similarity: values by hand and from NumPy."""

import numpy as np
import pytest


def test_the_worked_example(sql):
    [(value,)] = sql("select cosine_similarity([0.2, 0.3, 0.5], [0.1, 0.4, 0.3])")
    assert value == pytest.approx(0.9226, abs=5e-5)  # (.02 + .12 + .15) / sqrt(.38 x .26)


@pytest.mark.parametrize(
    ("a", "b", "value"), [("[1, 0]", "[0, 2]", 0), ("[1, 2]", "[-2, -4]", -1), ("[3, 4]", "[3, 4]", 1)]
)
def test_cosine_by_hand(sql, a, b, value):
    assert sql(f"select cosine_similarity({a}, {b})")[0][0] == pytest.approx(value)


@pytest.mark.parametrize("pair", ["[0, 0], [1, 1]", "null, [1, 1]", "[1, 1], null", "[0, 0], [0, 0]"])
def test_no_cosine_is_null(sql, pair):
    assert sql(f"select cosine_similarity({pair})") == [(None,)]


def test_cosine_takes_arrays_of_fixed_length(sql):
    assert sql("select cosine_similarity([1, 1]::float[2], [1, 0]::float[2])")[0][0] == pytest.approx(
        0.5**0.5
    )


def test_pearson_is_numpys(sql):
    rows = sql(
        "select a, b, pearson_similarity(a, b) from (values ([1, 2, 3, 5], [2, 4, 7, 1]), ([5, 1, 4, 4], [4, 2, 5, 3])) t(a, b)"
    )
    for a, b, value in rows:
        assert value == pytest.approx(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize("pair", ["[1, 1, 1], [1, 2, 3]", "[1, 2], null", "[1], [2]", "null, null"])
def test_no_correlation_is_null(sql, pair):
    assert sql(f"select pearson_similarity({pair})") == [(None,)]


def test_pearson_skips_pairs_with_null(sql):
    # of the three pairs left, (1, 3), (2, 2), (3, 1)
    assert sql("select pearson_similarity([1, 2, null, 3], [3, 2, 9, 1])")[0][0] == pytest.approx(-1)
