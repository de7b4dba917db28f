"""What staging mends: spaces, duplicates, impossible times; and bot-like users, known but left out of what is fitted."""

from datetime import datetime

import pytest
from warehouse import Warehouse


@pytest.fixture(scope="module")
def dirty(tmp_path_factory):
    """Every kind of dirt by hand, and two bots; staged and profiled."""
    warehouse = Warehouse(tmp_path_factory.mktemp("dirty") / "shop.duckdb")
    return warehouse.load(
        items="""select * from (values (' i1 ', 'Old guitar', null::timestamp), ('i1', 'Newer title', '2024-01-01'), ('i2', '  ', null),
            ('', 'No id', null), (null, 'No id', null), ('bots only', 'Red robot', null)) as t (item_id, title, published_at)""",
        interactions="""
            select * from (values
                ('ann', 'i1', 'View', null::double, '2024-05-01 10:00:00'::timestamp, 'web'),
                (' ann ', 'i1', 'view', null, '2024-05-01 10:00:00', 'web'),
                (chr(9) || 'ann' || chr(160), 'i1 ', ' view', null, '2024-05-01 10:00:00', 'web'),
                ('ann', 'i1', 'view', null, '2024-05-01 10:00:00', 'app'),
                ('ann', 'i1', 'rating', 'nan', '2024-05-01 10:00:00', 'app'),
                ('ann', 'i1', null, 'inf', null, null),
                ('ann', 'i2', 'view', null, '1970-01-01', 'web'),
                ('ann', 'i2', 'view', null, '2999-01-01', 'web'),
                ('  ', 'i1', 'view', null, null, 'web'),
                (null, 'i1', 'view', null, null, 'web'),
                ('ann', null, 'view', null, null, 'web')
            ) as t (user_id, item_id, event_type, value, occurred_at, source)
            union all by name
            select 'fast bot' as user_id, 'bots only' as item_id, 'view' as event_type, 'web' as source,
                '2024-04-01 12:00:00'::timestamp + to_milliseconds(n * 500) as occurred_at from range(110) as t (n)
            union all by name
            select 'steady bot' as user_id, 'bots only' as item_id, 'view' as event_type, 'web' as source,
                '2024-04-02'::timestamp + to_seconds(n * 300) as occurred_at from range(251) as t (n)
            union all by name
            select 'keen reader' as user_id, 'i1' as item_id, 'view' as event_type, 'web' as source,
                '2024-04-02'::timestamp + to_seconds(n * 300) as occurred_at from range(250) as t (n)
            union all by name
            select 'rates a shelf' as user_id, 'i' || n as item_id, 'rating' as event_type, n % 5 as value, 'web' as source,
                '2024-04-02'::timestamp + to_seconds(n * 10) as occurred_at from range(1000) as t (n)
            union all by name
            select 'rates by day' as user_id, 'i' || n as item_id, 'rating' as event_type, n % 5 as value, 'web' as source,
                '2024-04-02'::timestamp as occurred_at from range(1000) as t (n)""",
        texts="""select * from (values
            ('t1', ' ann', ' a good film ', '2024-05-01'::timestamp), ('t1', 'ann', 'a good film', '2024-05-01'), ('t2', 'ann', 'a good film', '2024-05-02'),
            ('t2', 'bob', 'another', '2024-05-02'), (null, 'bob', 'another', '2024-05-02'), ('t3', 'ann', '   ', '2024-05-02'),
            ('t4', null, 'nobody', '2024-05-02'), ('t5', 'ann', 'too late', '2999-05-02')) as t (text_id, user_id, text, created_at)""",
        users="select * from (values (' ann '), ('zoe'), (''), (null)) as t (user_id)",
    ).build("--select", "+int_users_flagged", "+int_item_popularity", "+int_item_words")


def test_events_are_trimmed_and_once(dirty):
    when = datetime(2024, 5, 1, 10)
    rows = dirty.query("select * from recudf.stg_interactions where user_id in ('ann', 'bob') order by all")
    assert sorted(rows, key=str) == sorted(
        [
            ("ann", "i1", "view", None, when, "web"),
            ("ann", "i1", "view", None, when, "app"),
            ("ann", "i1", "rating", None, when, "app"),
            ("ann", "i1", "interaction", None, None, None),
        ],
        key=str,
    )


def test_items_are_once_by_their_latest_row(dirty):
    rows = dirty.query("select item_id, title from recudf.stg_items order by 1")
    assert rows == [("bots only", "Red robot"), ("i1", "Newer title"), ("i2", None)]


def test_texts_are_once_and_an_id_that_two_texts_have_names_neither(dirty):
    rows = dirty.query(
        "select text_id, user_id, text, created_at::date::varchar from recudf.stg_texts order by 2, 4"
    )
    assert [row[1:] for row in rows] == [
        ("ann", "a good film", "2024-05-01"),
        ("ann", "a good film", "2024-05-02"),
        ("bob", "another", "2024-05-02"),
    ]
    ids = [row[0] for row in rows]
    assert ids[0] == "t1"
    assert [len(i) for i in ids[1:]] == [32, 32]
    assert len(set(ids)) == 3


def test_users_are_all_who_are_met(dirty):
    users = [user for (user,) in dirty.query("select user_id from recudf.stg_users order by 1")]
    assert users == [
        "ann",
        "bob",
        "fast bot",
        "keen reader",
        "rates a shelf",
        "rates by day",
        "steady bot",
        "zoe",
    ]


def test_bots_are_flagged_and_the_keen_are_not(dirty):
    """More than 100 in a minute, or more than 250 in a day; whole shelves are rated in one go."""
    bots = dirty.query("select user_id from recudf.int_users_flagged where is_bot order by 1")
    assert bots == [("fast bot",), ("steady bot",)]


def test_bots_make_nothing_popular(dirty):
    ((users, recent),) = dirty.query(
        "select users, recent_popularity from recudf.int_item_popularity where item_id = 'bots only'"
    )
    assert (users, recent) == (0, 0)


def test_as_of_is_a_possible_time(dirty):
    assert dirty.query("select as_of from recudf.stg_as_of") == [(datetime(2024, 5, 2),)]


def test_planted_bots_are_known_and_in_no_group(built, sample):
    planted = {(user,) for user in sample.truth["bots"]["user_id"].to_pylist()}
    assert set(built.query("select user_id from recudf.dim_users where is_bot")) == planted
    assert (
        built.query(
            "select * from recudf.fct_group_members join recudf.dim_users using (user_id) where is_bot"
        )
        == []
    )
    ((grouped,),) = built.query("select sum(size) from recudf.dim_groups")
    assert built.query("select count(*) from recudf.dim_users where has_vector and not is_bot") == [
        (grouped,)
    ]


def test_sources_are_kept(built, sample):
    counts = dict(built.query("select source, count(*) from recudf.stg_interactions group by 1"))
    assert set(counts) == {"app", "web"}
    rows = {
        tuple((v or "").strip() if isinstance(v, str) else v for v in r.values())
        for r in sample.inputs["interactions"].to_pylist()
    }
    assert sum(counts.values()) == len({r for r in rows if r[4] > datetime(1980, 1, 1)})


def test_interests_of_users_are_not_those_of_bots(warehouse):
    """A bot's hundred items about robots: without the bot, guitars are as frequent among all as in anybody's history."""
    warehouse.load(
        items="select 'i' || n as item_id, case when n < 4 then 'Guitar' else 'Robot' end as title from range(104) as t (n)",
        interactions="""
            select 'u' || m as user_id, 'i' || n as item_id, 'purchase' as event_type, '2024-04-01'::timestamp as occurred_at
            from range(4) as t (n), range(8) as s (m)
            union all by name
            select 'bot' as user_id, 'i' || (4 + n % 100) as item_id, 'purchase' as event_type,
                '2024-04-01 12:00:00'::timestamp + to_milliseconds(n * 50) as occurred_at from range(300) as t (n)""",
    ).build("--select", "+int_user_top_interests")
    shares = (
        "select distinct score, population_share from recudf.int_user_interest_layers where layer = 'middle'"
    )
    assert warehouse.query(shares) == [(1.0, 1.0)]
    assert warehouse.query("select * from recudf.int_user_top_interests") == []


def test_of_bots_no_interests_are_told(built):
    by_bot = "select is_bot, count(top_interests) > 0 from recudf.dim_users group by is_bot order by is_bot"
    assert built.query(by_bot) == [(False, True), (True, False)]
