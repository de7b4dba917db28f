"""Similar users: both parts counted again with numpy, and what two share."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def expected(built):
    """Users, and the matrices of both cosines over all of them; NaN where one has no vector."""
    likes = built.query("""
        select user_id, item_id from recudf.int_user_items inner join recudf.int_users_flagged using (user_id)
        where weight > 0 and not is_bot""")
    vectors = dict(built.query("select user_id, vector from recudf.int_group_points"))
    users = sorted({user for user, _ in likes} | vectors.keys())
    items = sorted({item for _, item in likes})
    matrix = np.zeros((len(users), len(items)))
    for user, item in likes:
        matrix[users.index(user), items.index(item)] = 1
    matrix *= np.log(1 + len({user for user, _ in likes}) / matrix.sum(axis=0))
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
    unknown = np.full(len(next(iter(vectors.values()))), np.nan)
    points = np.array([vectors.get(user, unknown) for user in users])
    return users, points @ points.T, matrix @ matrix.T


def test_both_cosines_and_their_mean(built, expected):
    users, meaning, likes = expected
    place = {user: n for n, user in enumerate(users)}
    rows = built.query(
        "select user_id, neighbor_id, similarity, vector_cosine, likes_cosine from recudf.fct_user_neighbors"
    )
    assert len(rows) > 500
    for user, other, similarity, vector_cosine, likes_cosine in rows:
        a, b = place[user], place[other]
        assert user != other
        assert likes_cosine == pytest.approx(likes[a, b], abs=1e-5)
        known = not np.isnan(meaning[a, b])
        assert (vector_cosine is not None) == known
        if known:
            assert vector_cosine == pytest.approx(meaning[a, b], abs=1e-5)
        of_user = not np.isnan(meaning[a, a])
        total = (meaning[a, b] if known else 0) + likes[a, b]
        assert similarity == pytest.approx(total / (2 if of_user else 1), abs=1e-5)


def test_the_nearest_are_found(built, expected):
    """Among thirty candidates nine of ten are those that a look at everybody finds."""
    users, meaning, likes = expected
    found = {}
    for user, other, _ in built.query(
        "select user_id, neighbor_id, rank from recudf.fct_user_neighbors order by user_id, rank"
    ):
        found.setdefault(user, []).append(other)
    hits = total = 0
    for a, user in enumerate(users):
        sums = np.nan_to_num(meaning[a]) + likes[a]
        sums[a] = -1
        best = [users[b] for b in np.argsort(-sums, kind="stable")[:10] if sums[b] > 0]
        hits += len(set(best) & set(found.get(user, [])))
        total += len(best)
    assert hits >= 0.9 * total


def test_what_two_share_is_said(built):
    rows = built.query("select user_id, neighbor_id, shared_items, shared from recudf.fct_user_neighbors")
    titles = built.query("""
        select user_id, title from recudf.int_user_items inner join recudf.stg_items using (item_id)
        where weight > 0""")
    liked = {}
    for user, title in titles:
        liked.setdefault(user, set()).add(title)
    for user, other, count, shared in rows:
        both = liked.get(user, set()) & liked.get(other, set())
        assert count == len(both)
        if both:  # every item of the sample has a title
            assert shared.startswith("both like ")
            assert any(title in shared for title in both)
    assert any(count > 0 for _, _, count, _ in rows)
    bots = {user for (user,) in built.query("select user_id from recudf.dim_users where is_bot")}
    assert not bots & {user for row in rows for user in row[:2]}
