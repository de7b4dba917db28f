"""Folds of the learned ranking that are moments of the past: what they hide, and when they are taken."""

import pytest
from warehouse import copied

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cut(built, tmp_path_factory):
    """The sample with folds that hide everything from a moment on, as far as histories."""
    models = ("int_ranking_folds", "int_ranking_places", "int_ranking_pairs", "int_ranking_history")
    return copied(built, tmp_path_factory, "cut").build(
        "--select", *models, ranking="learned", ranking_min_users=4
    )


def test_a_cutoff_hides_a_tenth_of_all_events_and_what_is_later(cut):
    """By hand: of all liked and dated pairs the last tenth is hidden from fold 1, that before it from fold 2."""
    liked = cut.query("""
        select last_at, user_id, item_id from recudf.int_user_items
        inner join recudf.int_users_flagged using (user_id)
        where weight > 0 and not is_bot and last_at is not null""")
    newest = sorted((at for at, _, _ in liked), reverse=True)
    tenth, fifth = newest[int(0.1 * len(newest)) - 1], newest[int(0.2 * len(newest)) - 1]
    assert cut.query("select fold, hides_from, hides_until from recudf.int_ranking_folds order by fold") == [
        (1, tenth, None),
        (2, fifth, tenth),
    ]
    for fold, start, end in ((1, tenth, newest[0]), (2, fifth, tenth)):
        before = {user for at, user, _ in liked if at < start}
        expected = {
            (user, item)
            for at, user, item in liked
            if at >= start and (fold == 1 or at < end) and user in before
        }
        found = "select user_id, item_id from recudf.int_ranking_pairs where fold = ? and is_hidden"
        assert set(cut.query(found, fold)) == expected
        assert len(expected) > 30
        visible = "select max(last_at) from recudf.int_ranking_pairs where fold = ? and not is_hidden"
        assert cut.query(visible, fold)[0][0] < start
        texts = """
            select max(t.created_at) from recudf.int_ranking_history as h
            inner join recudf.stg_texts as t on h.ref_id = t.text_id
            where h.fold = ? and h.source_kind = 'text'"""
        assert cut.query(texts, fold)[0][0] < start


def test_too_few_who_came_back_leave_each_user_a_fold(cut):
    """auto, with more people asked for than there are: no moment, and the last quarter of each user is hidden."""
    cut.build("--select", "int_ranking_folds", ranking="learned", ranking_min_users=100)
    assert cut.query("select hides_from, hides_until from recudf.int_ranking_folds") == [(None, None)] * 2
