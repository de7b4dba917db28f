"""Missing inputs and columns shrink the result; the build with all its tests stays green."""

import pytest
from warehouse import Warehouse, marts

ITEMS = "select 'i' || n as item_id, ['blue dog', 'red cat', 'space war'][n % 3 + 1] || ' ' || n as title from range(12) as t (n)"
EVENTS = """select 'u' || n % 4 as user_id, 'i' || n % 7 as item_id, 'purchase' as event_type,
    '2024-01-01'::timestamp + to_days(n::integer) as occurred_at from range(20) as t (n)"""
TEXTS = """select 'u' || n as user_id, 'i' || n as item_id, ['a good dog', 'a bad cat', 'a long war', 'so slow'][n + 1] as text,
    '2024-02-01'::timestamp as created_at from range(4) as t (n)"""


INTERESTS = {mart for mart in marts() if "interest" in mart}


@pytest.fixture(scope="module")
def one_file(tmp_path_factory):
    """One file for all, so that dbt parses the project once."""
    return Warehouse(tmp_path_factory.mktemp("missing") / "shop.duckdb")


@pytest.fixture
def build(one_file):
    """Build from these inputs alone and return the number of rows of each mart, interests aside."""

    def fresh(tested=False, **inputs):
        one_file.run("drop schema if exists raw cascade", "drop schema if exists recudf cascade")
        one_file.load(**inputs).build(tested=tested)
        one_file.query("select * from recudf.stg_as_of")
        assert one_file.query("select count(*) from recudf.stg_as_of") == [(1,)]
        assert one_file.query("select count(*) from recudf.fct_runs") == [(1,)]
        found = {mart: len(one_file.rows(mart)) for mart in marts() if mart not in INTERESTS}
        ((dated,),) = one_file.query("select as_of is not null from recudf.stg_as_of")
        # nothing is written down where nothing has a time
        assert found.pop("fct_recommendation_history") == (found["fct_recommendations"] if dated else 0)
        listed = found["fct_group_members"] > 0 and found["fct_recommendations"] > 0
        assert (found.pop("fct_group_recommendations") > 0) == listed
        assert found.pop("fct_recommendation_outcomes") == (found["fct_recommendations"] if dated else 0)
        assert found.pop("fct_group_history") == (found["dim_groups"] if dated else 0)
        assert found.pop("fct_group_member_history") == (found["fct_group_members"] if dated else 0)
        assert found.pop("fct_group_segments") <= found["dim_groups"]
        assert found.pop("fct_group_similarities") <= max(0, found["dim_groups"] ** 2 - found["dim_groups"])
        assert found.pop("fct_user_neighbors") <= 10 * found["dim_users"]
        assert found.pop("fct_people_to_follow") == 0  # nobody knows anybody here
        return found

    return fresh


def counts(users=0, items=0, groups=0, members=0, recommendations=0):
    return {
        "dim_users": users,
        "dim_items": items,
        "dim_groups": groups,
        "fct_group_members": members,
        "fct_recommendations": recommendations,
        "fct_recommendation_parts": 0,  # of the learned ranking alone
    }


@pytest.mark.slow
def test_nothing_at_all(build, one_file):
    assert build(tested=True) == counts()
    assert one_file.query("select as_of from recudf.stg_as_of") == [(None,)]
    assert len(INTERESTS) == 7
    assert not any(one_file.rows(mart) for mart in INTERESTS)


@pytest.mark.slow
def test_empty_tables(build, one_file):
    empty = {
        name: f"from ({sql}) where false"
        for name, sql in {"items": ITEMS, "interactions": EVENTS, "texts": TEXTS}.items()
    }
    assert build(**empty) == counts()
    assert not any(one_file.rows(mart) for mart in INTERESTS)


@pytest.mark.slow
def test_interactions_alone(build, one_file):
    """Items come from the table of items alone: users are known, nothing can be recommended."""
    assert build(interactions=EVENTS) == counts(users=4)
    assert one_file.query("select sum(events), bool_or(has_vector) from recudf.dim_users") == [(20, False)]


@pytest.mark.slow
def test_items_alone(build):
    assert build(items=ITEMS) == counts(items=12)


@pytest.mark.slow
def test_users_and_items_alone(build, one_file):
    """Nobody did anything: everybody gets ten items by id, as all are equally popular."""
    assert build(items=ITEMS, users="select 'ann' as user_id") == counts(
        users=1, items=12, recommendations=10
    )
    rows = one_file.query("select item_id, source from recudf.fct_recommendations order by rank")
    assert rows == [(f"i{n}", "popular") for n in (0, 1, 10, 11, 2, 3, 4, 5, 6, 7)]


@pytest.mark.slow
def test_items_and_interactions(build, one_file):
    """Without texts, profiles come from items. 20 events, 5 of each user with different items: 12 - 5 are left."""
    found = build(items=ITEMS, interactions=EVENTS)
    ((groups,),) = one_file.query("select count(*) from recudf.dim_groups")
    members = 4 if groups else 0
    assert found == counts(users=4, items=12, groups=groups, members=members, recommendations=4 * 7)
    assert one_file.query("select distinct source from recudf.fct_recommendations") == [("blend",)]


@pytest.mark.slow
def test_no_times_at_all(build, one_file):
    """as_of is NULL and nothing decays: each purchase weighs 1."""
    found = build(
        items=ITEMS,
        interactions=f"select user_id, item_id, event_type from ({EVENTS})",
        texts=f"select user_id, text from ({TEXTS})",
    )
    assert found["fct_recommendations"] == 4 * 7
    assert one_file.query("select distinct as_of from recudf.fct_recommendations") == [(None,)]
    assert one_file.query("select distinct weight from recudf.int_user_items") == [(1,)]
    assert one_file.query("select distinct weight from recudf.int_user_evidence where kind = 'text'") == [
        (0.5,)
    ]


def test_events_without_a_type_or_a_value(warehouse):
    warehouse.load(items=ITEMS, interactions=f"select user_id, item_id from ({EVENTS})")
    warehouse.build("--select", "+stg_event_types")
    rows = warehouse.query("select * from recudf.stg_event_types")
    assert rows == [("interaction", 0.5, True, False, "chose {title} (interaction)")]


@pytest.mark.slow
def test_items_without_words_are_described_by_reviews(build, one_file):
    """Four items have reviews, the others nothing; titles are NULL and ids stand in for them."""
    found = build(items=f"select item_id from ({ITEMS})", interactions=EVENTS, texts=TEXTS)
    assert found["fct_recommendations"] == 4 * 7
    rows = one_file.query("select vector_source, count(*) from recudf.dim_items group by 1 order by 1")
    assert rows == [("none", 8), ("texts about it", 4)]
    ((unnamed,),) = one_file.query(
        "select count(*) from recudf.fct_recommendations where reason is null or item_title is not null"
    )
    assert unnamed == 0
    described = one_file.query(
        "select distinct ref_id from recudf.int_user_evidence where kind = 'item' order by 1"
    )
    assert described == [("i0",), ("i1",), ("i2",), ("i3",)]


@pytest.mark.slow
def test_one_user_and_one_item(build, one_file):
    event = "select 'ann' as user_id, 'i0' as item_id, 'view' as event_type"
    found = build(items=f"{ITEMS} limit 1", interactions=event)
    assert found == counts(users=1, items=1, recommendations=1)
    assert build(items=f"{ITEMS} limit 1", interactions=event.replace("view", "purchase")) == counts(
        users=1, items=1
    )
    assert one_file.query("select has_vector, is_bot from recudf.dim_users") == [(True, False)]


@pytest.mark.slow
def test_all_items_seen(build):
    everything = (
        f"select 'u' || u as user_id, item_id, 'read' as event_type from ({ITEMS}), range(3) as t (u)"
    )
    found = build(items=ITEMS, interactions=everything)
    assert found["fct_recommendations"] == 0
    assert (found["dim_users"], found["dim_items"]) == (3, 12)


@pytest.mark.slow
@pytest.mark.parametrize("tested", [False, True])
def test_texts_alone(build, one_file, tested):
    assert build(tested=tested, texts=TEXTS)["dim_users"] == 4
    assert one_file.query("select count(*) from recudf.vec_users") == [(4,)]
