"""Expected values by hand."""

import pytest


def one(sql, expression):
    return sql(f"select {expression}")[0][0]


def test_mean_without_weights(sql):
    assert one(sql, "vector_mean([[1, 2], [3, 4]])") == [2, 3]


def test_weights_are_normalised_by_their_absolute_sum(sql):
    # (3 * (1, 0) - 1 * (0, 1)) / (3 + 1)
    assert one(sql, "vector_mean([[1, 0], [0, 1]], [3, -1])") == [0.75, -0.25]


@pytest.mark.parametrize("vectors", ["null", "[null, null]", "[]"])
def test_nothing_left_is_null(sql, vectors):
    assert one(sql, f"vector_mean({vectors}::float[2][])") is None


def test_weights_of_zero_are_null(sql):
    assert one(sql, "vector_mean([[1, 0]], [0])") is None


def test_null_pairs_are_skipped(sql):
    assert one(sql, "vector_mean([[1, 2], null, [5, 6]], [1, 1, null])") == [1, 2]


def test_per_row_and_per_group(sql):
    rows = sql("""
        select g, vector_mean(list(v), list(w))
        from (values ('a', [1, 1]::float[2], 1), ('a', [3, 1]::float[2], 1), ('b', [9, 9]::float[2], 2), ('c', null, 1)) t(g, v, w)
        group by g order by g""")
    assert rows == [("a", [2, 1]), ("b", [9, 9]), ("c", None)]


def test_lists_of_different_length_are_named(sql):
    with pytest.raises(sql.error, match="2 vectors but 1 weights"):
        sql("select vector_mean([[1, 2], [3, 4]], [1])")


def test_nan_is_refused(sql):
    with pytest.raises(sql.error, match="NaN or infinity"):
        sql("select vector_mean([['nan'::float, 2]])")
