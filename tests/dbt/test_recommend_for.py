"""`recommend_for`: what somebody is recommended of whom there is only a text, recomputed from the tables with numpy."""

import shutil

import numpy as np
import pytest

import recudf

TEXT = "a quiet lamp for a desk"


@pytest.fixture(scope="module")
def shop(built, tmp_path_factory, _tiny):
    """A copy under another name, with the functions: nothing in the macro holds on to the name of the file."""
    path = shutil.copy(built.path, tmp_path_factory.mktemp("asked") / "renamed.duckdb")
    with recudf.connect(path) as connection:
        yield connection


def test_the_score_is_cosine_and_popularity(shop):
    rows = shop.execute("from recudf.recommend_for(?, 5)", [TEXT]).fetchall()
    embedded, center, texts = shop.execute(
        "select embed(?), vector, texts from recudf.int_item_center", [TEXT]
    ).fetchall()[0]
    asked = np.array(embedded) - texts / (texts + 10) * np.array(center)
    asked /= np.linalg.norm(asked)
    expected = [
        (0.8 * popularity + (0 if vector is None else float(asked @ np.array(vector))), item, title)
        for item, title, popularity, vector in shop.execute("""
            select item_id, title, blended_popularity, vector::float[] from recudf.int_item_popularity
            join recudf.stg_items using (item_id)
            left join recudf.vec_items using (item_id)
            where item_id in (select item_id from recudf.int_item_points)""").fetchall()
    ]
    best = sorted(expected, key=lambda row: (-row[0], row[1]))[:5]
    assert [(rank, item, title) for rank, item, title, _ in rows] == [
        (rank, item, title) for rank, (_, item, title) in enumerate(best, 1)
    ]
    assert [row[3] for row in rows] == pytest.approx([score for score, *_ in best], abs=1e-5)


@pytest.mark.parametrize("text", [None, " "])
def test_without_a_text_it_is_what_is_popular_now(shop, text):
    rows = shop.execute("select item_id, score from recudf.recommend_for(?, 4)", [text]).fetchall()
    assert rows == [
        (item, pytest.approx(popularity, abs=1e-6))
        for item, popularity in shop.execute("""
            select item_id, recent_popularity from recudf.int_item_popularity
            join recudf.int_item_points using (item_id)
            order by recent_popularity::float desc, item_id limit 4""").fetchall()
    ]


def test_a_wrong_k_is_named(shop):
    with pytest.raises(Exception, match="k is 0"):
        shop.execute("from recudf.recommend_for('a lamp', 0)").fetchall()
