"""`why_not` and `recommend_without`: what they say beside the tables, and beside a build without the event."""

import shutil
from datetime import datetime

import duckdb
import pytest
from warehouse import Warehouse

ALONE = {"popularity_weight": 0}
RECOMMENDED = ("--select", "+fct_recommendations")


@pytest.fixture(scope="module")
def shop(tmp_path_factory, sample):
    """The sample without popularity, which an event of one changes for all; two items more, which nobody may get, and what
    somebody wrote about an item after they disliked it."""
    warehouse = Warehouse(tmp_path_factory.mktemp("questions") / "shop.duckdb").load(**sample.inputs)
    warehouse.run(
        "insert into raw.items by name select 'gone' as item_id, 'A lamp' as title, timestamp '2001-01-01' as available_until",
        "insert into raw.items by name select 'blocked' as item_id, 'A desk' as title",
        """insert into raw.interactions by name
            select 'u0001' as user_id, min(trim(item_id)) as item_id, 'dislike' as event_type,
                timestamp '2025-01-20' as occurred_at
            from raw.items where trim(item_id) like 'i%' and trim(item_id) not in (
                select trim(item_id) from raw.interactions where trim(user_id) = 'u0001' and item_id is not null
            )""",
        """insert into raw.texts by name
            select user_id, item_id, 'disliked' as text_id, 'review' as kind, 'What a poor lamp for the desk.' as text,
                occurred_at as created_at
            from raw.interactions where user_id = 'u0001' and occurred_at = timestamp '2025-01-20'""",
    ).load(blocklist="select null::varchar as user_id, 'blocked' as item_id, null::varchar as category")
    return warehouse.build(*RECOMMENDED, **ALONE)


@pytest.fixture(scope="module")
def somebody(shop):
    """A user and an item that they dislike and wrote about."""
    ((user, item),) = shop.query("""
        select evidence.user_id, texts.item_id from recudf.int_user_evidence as evidence
        join recudf.stg_texts as texts on evidence.ref_id = texts.text_id
        where texts.text_id = 'disliked' and evidence.weight < 0""")
    return user, item


def test_parts_of_what_is_recommended_sum_to_its_score(shop, somebody):
    user, _ = somebody
    for item, rank, score in shop.query(
        "select item_id, rank, score from recudf.fct_recommendations where user_id = ? order by rank", user
    ):
        rows = shop.query("select rank, answer, part, value from recudf.why_not(?, ?)", user, item)
        assert {(found, answer) for found, answer, *_ in rows} == {
            (rank, f"it is recommended, at rank {rank}")
        }
        assert sorted(part for *_, part, _ in rows) == ["content", "popularity"]
        assert sum(value for *_, value in rows) == pytest.approx(score, abs=1e-5)


def test_what_is_not_recommended_lacks_something(shop, somebody):
    """Without popularity that is content; the worst of all comes last."""
    user, _ = somebody
    ((worst, items),) = shop.query(
        """
        select min_by(item_id, list_inner_product(
            vector::double[], (select vector::double[] from recudf.vec_users where user_id = $1)
        )), count(*)
        from recudf.vec_items where item_id in (select item_id from recudf.int_item_points)
            and item_id not in (select item_id from recudf.int_user_items where is_seen and user_id = $1)""",
        user,
    )
    ((rank, answer, value, best),) = shop.query(
        "select rank, answer, value, value_of_recommended from recudf.why_not(?, ?) where part = 'content'",
        user,
        worst,
    )
    assert rank == items
    assert answer == f"it comes at rank {rank} of {rank}: what is recommended has more of content"
    ((mean,),) = shop.query("select avg(score) from recudf.fct_recommendations where user_id = ?", user)
    assert value < best
    assert best == pytest.approx(mean, abs=1e-5)


@pytest.mark.parametrize(
    ("user", "item", "answer"),
    [
        (None, "gone", "it is not available now"),
        (None, "blocked", "it is on the blocklist"),
        (None, "nothing", "there is no such item"),
        ("nobody", "gone", "there is no such user"),
    ],
)
def test_what_may_not_be_recommended_is_said(shop, somebody, user, item, answer):
    found = shop.query("select distinct answer, rank from recudf.why_not(?, ?)", user or somebody[0], item)
    assert found == [(answer, None)]


def test_what_the_user_has_is_said_with_its_day(shop, somebody):
    ((event_type, last_at),) = shop.query(
        "select event_type, last_at from recudf.int_user_items where user_id = ? and item_id = ?", *somebody
    )
    assert isinstance(last_at, datetime)
    assert shop.query("select distinct answer from recudf.why_not(?, ?)", *somebody) == [
        (f"the user has it: {event_type} of {last_at:%Y-%m-%d}",)
    ]


def test_without_an_event_it_is_a_build_without_the_event(shop, somebody, tmp_path):
    """What was written about the item stays, and is no dislike any more."""
    user, item = somebody
    before = shop.query("from recudf.recommend_without(?, 'nothing', 10)", user)
    assert [(rank, rank_before) for rank, *_, rank_before in before] == [(n, n) for n in range(1, 11)]
    without = shop.query(
        "select rank, item_id, title, score from recudf.recommend_without(?, ?, 10)", user, item
    )
    other = Warehouse(shutil.copy(shop.path, tmp_path / "shop.duckdb"))
    with other.connection() as connection:
        connection.execute(
            "delete from raw.interactions where trim(user_id) = ? and trim(item_id) = ?", [user, item]
        )
    other.build(*RECOMMENDED, **ALONE)
    built = other.query(
        "select rank, item_id, item_title, score from recudf.fct_recommendations where user_id = ? order by rank",
        user,
    )
    assert [row[:3] for row in without] == [row[:3] for row in built]
    assert [row[3] for row in without] == pytest.approx([row[3] for row in built], abs=1e-5)
    assert [row[:2] for row in without] != [row[:2] for row in before]


def test_of_nobody_there_is_nothing(shop):
    assert shop.query("from recudf.recommend_without('nobody', 'gone', 10)") == []


@pytest.mark.slow
def test_the_learned_ranking_tells_its_parts_and_offers_no_recommendation_without(shop, somebody, tmp_path):
    learned = Warehouse(shutil.copy(shop.path, tmp_path / "shop.duckdb"))
    learned.build(*RECOMMENDED, ranking="learned", **ALONE)
    user, _ = somebody
    ((item, score),) = learned.query(
        "select item_id, score from recudf.fct_recommendations where user_id = ? and rank = 4", user
    )
    rows = learned.query("select answer, part, value from recudf.why_not(?, ?)", user, item)
    assert {answer for answer, *_ in rows} == {"it is recommended, at rank 4"}
    assert sum(value for *_, value in rows) == pytest.approx(score, rel=1e-5)
    with pytest.raises(duckdb.CatalogException, match="recommend_without"):
        learned.query("from recudf.recommend_without(?, ?, 10)", user, item)
