"""What is said of groups: by hand on tables written here, and counted again with numpy on the sample."""

import math

import numpy as np
import pytest
from warehouse import Warehouse

SELECTED = (
    "stg_as_of", "stg_interactions", "int_active_times", "fct_group_interests", "fct_group_segments", "fct_group_similarities",
    "int_given_group_words",
)  # fmt: skip
# ann and bob are one group, cy and dot the other, eve is in none. ann: Saturdays at 20 o'clock; bob: three Saturdays,
# two of them at that time, and a Monday without an hour; cy and dot: two Tuesdays, and a Friday of dot's.
EVENTS = [
    ("ann", "2024-03-02 20:15:00"), ("ann", "2024-03-09 20:45:00"), ("bob", "2024-03-04"), ("bob", "2024-03-02 20:01:00"),
    ("bob", "2024-03-09 20:30:00"), ("bob", "2024-03-09 09:00:00"), ("cy", "2024-03-05"), ("dot", "2024-03-05"),
    ("dot", "2024-03-08"),
]  # fmt: skip
MEMBERS = [("a", "ann", 0.9), ("a", "bob", 0.8), ("b", "cy", 0.7), ("b", "dot", 0.7)]
ATTITUDES = [
    ("ann", "camping", "likes", 0.8), ("bob", "camping", "likes", 0.6), ("cy", "camping", "likes", 0.2),
    ("dot", "camping", "likes", 0.4), ("ann", "yarn", "likes", 0.2), ("bob", "yarn", "likes", 0.4), ("cy", "yarn", "likes", 0.8),
    ("dot", "yarn", "likes", 0.6), ("ann", "camping", "dislikes", 1.0), ("bob", "camping", "dislikes", 1.0),
    ("cy", "camping", "dislikes", 0.1), ("dot", "camping", "dislikes", 0.2), ("cy", "yarn", "dislikes", 0.9),
    ("dot", "yarn", "dislikes", 0.8),
]  # fmt: skip
POINTS = {"ann": [1.0, 0.0], "bob": [0.0, 1.0], "cy": [1.0, 0.0], "dot": [1.0, 0.0]}
# the tent is for everybody, the stove for the first group alone
RECOMMENDED = [("ann", "tent", 1), ("ann", "stove", 2), ("bob", "tent", 1), ("bob", "stove", 2), ("cy", "tent", 1), ("dot", "tent", 1)]  # fmt: skip

# what two given groups did, and the words of these items
DID = [("band", "1"), ("band", "2"), ("band", "3"), ("choir", "4"), ("choir", "5")]
WORDS = [
    ("1", "mic"), ("1", "mics"), ("1", "boom"), ("2", "mic"), ("2", "mics"), ("3", "mics"), ("3", "boom"), ("4", "strap"),
    ("4", "straps"), ("5", "strap"), ("5", "boom"),
]  # fmt: skip


def values(rows):
    return "(values " + ", ".join(map(repr, rows)) + ")"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shop = Warehouse(tmp_path_factory.mktemp("segments") / "shop.duckdb")
    events = values([(user, "i", time) for user, time in EVENTS])
    points = " union all ".join(
        f"select '{user}' as user_id, {v}::float[] as vector" for user, v in POINTS.items()
    )
    shop.load(interactions=f"from {events} as t (user_id, item_id, occurred_at)")
    shop.load("recudf", **{
        "fct_group_members": f"from {values(MEMBERS)} as t (group_id, user_id, similarity)",
        "dim_groups": """select *, 2::bigint as size from (values
            ('a', 'discovered', 'Camping', 'Camping, tent'), ('b', 'discovered', 'Yarn', 'Yarn')) as t (group_id, kind, name, words)""",
        "int_user_attitudes": f"from {values(ATTITUDES)} as t (user_id, interest_id, attitude, share)",
        "int_interests": """from (values ('camping', 'category', 'Camping'), ('yarn', 'topic', 'yarn, wool'))
            as t (interest_id, kind, name)""",
        "fct_recommendations": f"""select *, case when item_id = 'tent' then 'A tent' end as item_title
            from {values(RECOMMENDED)} as t (user_id, item_id, rank)""",
        "fct_group_history": """select 'a' as group_id, 2::bigint as size, 4::bigint as previous_size, timestamp '2024-02-01' as previous_as_of,
            1::bigint as users_joined, 3::bigint as users_left, timestamp '2024-03-09 20:45:00' as as_of""",
        "stg_memberships": "select '' as group_id, '' as user_id where false",
        "int_user_items": "select '' as user_id, '' as item_id, 1.0::double as weight where false",
        "int_group_items": f"select *, 1.0::double as weight from {values(DID)} as t (group_id, item_id)",
        "int_item_words": f"from {values(WORDS)} as t (item_id, word)",
        "stg_items": "select 'i' as item_id, 'a tent' as title",
        "int_topic_sources": "select 'item' as source_kind, 'stove' as source_id, 'yarn' as topic_id",
        "int_group_points": points,
        "int_group_words": """from (values ('a', 'tent', 1), ('a', 'wool', 2), ('b', 'wool', 1)) as t (owner_id, word, position)""",
    })  # fmt: skip
    return shop.build("--select", *SELECTED, min_group_size=2, min_cell_users=1)


def test_a_lift_and_its_interval_by_hand(shop):
    """Of camping: means .7 and .3, variances .02 and .02: ln(lift) +- 1.96 sqrt(.02 / (2 x .49) + .02 / (2 x .09))."""
    ((n, share, others, lift, low, high),) = shop.query("""
        select n_users, share, others_share, lift, ci_low, ci_high from recudf.fct_group_interests
        where group_id = 'a' and interest_id = 'camping' and attitude = 'likes'""")
    assert (n, share, others) == (2, pytest.approx(0.7), pytest.approx(0.3))
    width = 1.96 * math.sqrt(0.02 / 0.98 + 0.02 / 0.18)
    assert [lift, low, high] == pytest.approx(
        [7 / 3, 7 / 3 * math.exp(-width), 7 / 3 * math.exp(width)], abs=2e-6
    )
    assert [round(x, 2) for x in (lift, low, high)] == [2.33, 1.15, 4.75]


def test_a_segment_in_one_row(shop):
    """Camping is turned away from as well, by people who like it more than others do: that is no dislike."""
    row = shop.table("select * exclude (run_id, as_of) from recudf.fct_group_segments where group_id = 'a'")
    found = row.to_pylist()[0]
    shares = {
        name: round(found.pop(name), 4) for name in ("growth", "active_weekday_share", "active_hour_share")
    }
    # Saturday: all of ann's, 3/4 of bob's, so .875 +- 2.69 x .125; 20 o'clock: all and 2/3, so .833 +- 3.08 x .167
    assert shares == {"growth": -0.5, "active_weekday_share": 0.875, "active_hour_share": 0.8333}
    previous = found.pop("previous_as_of")
    assert (previous.year, previous.month) == (2024, 2)
    assert found == {
        "group_id": "a", "kind": "discovered", "name": "Camping", "words": "Camping, tent", "size": 2,
        "users_joined": 1, "users_left": 3, "likes": "Camping 2.3 (1.1 to 4.7)",
        "avoids": "yarn/wool 0.43 (0.21 to 0.87)", "dislikes": None, "active_weekday": "Saturday", "active_hour": 20,
        "example_users": "ann, bob", "offer_ids": "stove, tent", "offers": "stove (yarn/wool); A tent",
    }  # fmt: skip
    assert shop.query(
        "select growth, dislikes, active_hour from recudf.fct_group_segments where group_id = 'b'"
    ) == [(None, None, None)]


def test_a_weekday_that_may_be_chance_is_not_told(shop):
    """Tuesday: all of cy's and half of dot's, .75 +- 2.69 x .25, which holds 1/7."""
    told = "select active_weekday, active_weekday_share from recudf.fct_group_segments where group_id = 'b'"
    assert shop.query(told) == [(None, None)]


def test_a_word_is_said_in_one_form(shop):
    """Of the band's words mics is 3/7, mic and boom 2/7 each, boom of the choir's 1/4; straps is of one item."""
    words = shop.query("select owner_id, word, position from recudf.int_given_group_words order by 1, 3")
    assert words == [("band", "mics", 1), ("band", "boom", 2), ("choir", "strap", 1)]


def test_two_groups_compared(shop):
    """Means (.5, .5) and (1, 0): cosine .7071. Overlap: (.3 + .3) / (.7 + .7)."""
    rows = shop.query("""
        select group_id, other_group_id, rank, similarity, other_name, shared_words, interest_overlap, shared_users
        from recudf.fct_group_similarities order by 1""")
    same = (pytest.approx(math.sqrt(0.5), abs=1e-6), "wool", pytest.approx(3 / 7, abs=1e-6), 0)
    assert [(*row[:3], row[4], row[3], *row[5:]) for row in rows] == [
        ("a", "b", 1, "Yarn", *same),
        ("b", "a", 1, "Camping", *same),
    ]


def test_lifts_of_the_sample_counted_with_numpy(built):
    everybody, members = {}, {}
    for user, interest, attitude, share in built.query("select * from recudf.int_user_attitudes"):
        everybody.setdefault(attitude, {}).setdefault(user, {})[interest] = share
    for group, user in built.query("select group_id, user_id from recudf.fct_group_members"):
        members.setdefault(group, set()).add(user)
    rows = built.query("select * exclude (kind, interest, run_id, as_of) from recudf.fct_group_interests")
    assert "likes" in {row[2] for row in rows}
    for group, interest, attitude, users, share, others_share, lift, low, high in rows:
        of = everybody[attitude]
        inside = np.array([s.get(interest, 0) for u, s in of.items() if u in members[group]])
        outside = np.array([s.get(interest, 0) for u, s in of.items() if u not in members[group]])
        assert users == np.count_nonzero(inside)
        assert share == pytest.approx(inside.mean(), abs=2e-6)
        if len(outside) < 5:
            assert others_share is None
        else:
            assert others_share == pytest.approx(outside.mean(), abs=2e-6)
        if len(inside) < 2 or len(outside) < 5 or outside.mean() == 0:
            assert lift is None
            continue
        error = math.sqrt(sum(x.var(ddof=1) / (len(x) * x.mean() ** 2) for x in (inside, outside)))
        expected = inside.mean() / outside.mean() * np.exp([0, -1.96 * error, 1.96 * error])
        assert [lift, low, high] == pytest.approx(expected, rel=1e-3, abs=2e-5)


def test_every_group_has_its_segment(built):
    rows = built.query("""
        select group_id, size, likes, active_weekday, active_hour, example_users, offers from recudf.fct_group_segments order by 1""")
    groups = built.query("select group_id, size from recudf.dim_groups where size >= 5 order by 1")
    assert [row[:2] for row in rows] == groups
    # days were drawn alike, hours were not: evenings are busiest
    assert [weekday for *_, weekday, _, _, _ in rows].count(None) >= len(rows) - 1
    for *_, hour, users, offers in rows:
        assert hour is None or 17 <= hour <= 22
        assert len(users.split(", ")) == 3
        assert offers


def test_uncertain_members_are_told(built):
    expected = """
        select members.user_id
        from recudf.fct_group_members as members
        inner join (select user_id, count(*) as n from recudf.int_user_evidence group by user_id) using (user_id)
        where n < 5 or similarity - runner_up_similarity < 0.05 order by 1"""
    found = built.query("select user_id from recudf.fct_group_members where is_uncertain order by 1")
    assert found == built.query(expected)
    assert 0 < len(found) < 100


def test_whoever_is_too_far_is_in_no_group(built, tmp_path):
    """Vectors of length 1: distance^2 = 2 - 2 cosine, so 1 is a cosine of .5."""
    import shutil

    copy = Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))
    before = copy.query("select user_id, similarity from recudf.fct_group_members")
    copy.build("--select", "int_group_members", "fct_group_members", group_max_distance=1.0)
    near = {user for user, similarity in before if similarity >= 0.5}
    assert {user for (user,) in copy.query("select user_id from recudf.fct_group_members")} == near
    assert 0 < len(near) < len(before)
