"""Expected values by hand: 3, 4, 5 is a right triangle."""

import pytest


def test_length_one(sql):
    [(vector,)] = sql("select vector_unit([3, 4])")
    assert vector == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("vector", ["null", "[0, 0]", "null::float[2]"])
def test_no_direction_is_null(sql, vector):
    assert sql(f"select vector_unit({vector})") == [(None,)]


def test_rows_keep_their_places(sql):
    rows = sql(
        "select i, vector_unit(v) from (values (1, [0, 2]), (2, null), (3, [0, 0]), (4, [-5, 0])) t(i, v) order by i"
    )
    assert rows == [(1, [0, 1]), (2, None), (3, None), (4, [-1, 0])]


def test_infinity_is_refused(sql):
    with pytest.raises(sql.error, match="NaN or infinity"):
        sql("select vector_unit(['inf'::float, 1])")
