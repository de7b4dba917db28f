"""Interests: shares by hand, layers, evidence, trends and history."""

import pytest
from warehouse import Warehouse

ITEMS = """select 'a' || n as item_id, 'tent ' || n as title, 'Camping' as category from range(12) as t (n)
    union all select 'b' || n, 'yarn ' || n, 'Knitting' from range(12) as t (n)
    union all select 'c' || n, 'pan ' || n, 'Cooking|Kitchen' from range(12) as t (n)"""
# ann: ten tents of old, then five yarns; bob: ten pans; cid: two events; dot: loves tents, hates yarns
EVENTS = """
    select 'ann' as user_id, 'a' || n as item_id, 'purchase' as event_type, null::double as value,
        '2024-01-01'::timestamp + to_days(n::integer) as occurred_at from range(10) as t (n)
    union all select 'ann', 'b' || n, 'purchase', null, '2024-03-01'::timestamp + to_days(n::integer) from range(5) as t (n)
    union all select 'bob', 'c' || n, 'purchase', null, '2024-02-10'::timestamp + to_days(n::integer) from range(10) as t (n)
    union all select 'cid', 'c' || n, 'purchase', null, '2024-02-10'::timestamp + to_days(n::integer) from range(2) as t (n)
    union all select 'dot', 'a' || n, 'rating', 5, '2024-03-01'::timestamp + to_days(n::integer) from range(6) as t (n)
    union all select 'dot', 'b' || n, 'rating', 1, '2024-03-01'::timestamp + to_days(n::integer) from range(6) as t (n)"""
FLAT = {"deep_half_life_days": 1e9, "interest_shrinkage": 5.0, "min_cell_users": 1}


TAXONOMY = """select * from (values ('Camping', 'Outdoors'), ('Cooking', 'Outdoors'), ('Outdoors', 'Leisure'),
    ('Leisure', 'Leisure'), ('Nowhere', 'Elsewhere')) as t (category, parent)"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The four users, without decay."""
    warehouse = Warehouse(tmp_path_factory.mktemp("interests") / "shop.duckdb")
    return warehouse.load(items=ITEMS, interactions=EVENTS, taxonomy=TAXONOMY).build(**FLAT)


def categories(warehouse, user, layer):
    """{category: (score, lift, evidence)} of a user's layer."""
    rows = warehouse.query(
        "select interest, score, lift, evidence_count from recudf.fct_user_interests "
        "where user_id = ? and layer = ? and kind = 'category'",
        user,
        layer,
    )
    return {name: rest for name, *rest in rows}


def test_deep_is_the_share_of_the_weight_shrunk_to_the_population(shop):
    """ann: 10 of 15 Camping. People: ann 10/15, bob 0, cid 0, dot 6/6 (what she dislikes is no weight): 5/12."""
    population = (10 / 15 + 1) / 4
    share = (10 + 5 * population) / (15 + 5)
    (found,) = shop.query(
        "select population_share from recudf.dim_interests where interest_id = 'category:Camping'"
    )
    assert found[0] == pytest.approx(population)
    assert categories(shop, "ann", "deep")["Camping"] == pytest.approx([share, share / population, 10])
    assert {"Cooking", "Kitchen"} <= categories(shop, "bob", "deep").keys()


def test_surface_is_what_the_last_events_have_beyond_that(shop):
    """ann's last five are yarns: all of the recent weight, of all weight 5 of 15; nobody else likes yarns."""
    population = (5 / 15) / 4
    deep = (5 + 5 * population) / (15 + 5)
    assert categories(shop, "ann", "surface") == {"Knitting": [pytest.approx(1 - deep), None, 5]}


def test_two_events_make_nothing_deep_but_show(shop):
    assert categories(shop, "cid", "deep") == {}
    assert {"Cooking", "Kitchen"} <= categories(shop, "cid", "surface").keys()


def test_a_taxonomy_lifts_what_is_liked_to_what_it_lies_in(shop):
    """Outdoors holds Camping and Cooking: p 5/12 and 2/4, together 11/12. Of Camping half of dot's score is her own
    share, half what it has in her share of Outdoors among people."""
    parents = shop.query(
        "select name, parent_name from recudf.dim_interests where kind = 'category' and parent_name is not null"
    )
    assert set(parents) == {("Camping", "Outdoors"), ("Cooking", "Outdoors"), ("Outdoors", "Leisure")}
    ((outdoors,),) = shop.query("select population_share from recudf.dim_interests where name = 'Outdoors'")
    assert outdoors == pytest.approx(11 / 12)
    weight = 6  # of six ratings of 5
    outdoors_share = (weight + 5 * 11 / 12) / (weight + 5)
    camping = (weight + 5 * 5 / 12) / (weight + 5)
    beside = outdoors_share * (5 / 12) / (11 / 12)
    found = categories(shop, "dot", "middle")
    assert found["Camping"][0] == pytest.approx((camping + beside) / 2)
    twice = shop.query(
        "select user_id, interest_id from recudf.fct_user_interests group by all having count(*) > count(distinct layer)"
    )
    assert twice == []


def test_dislikes_count_against_an_interest(shop):
    assert "Knitting" not in categories(shop, "dot", "deep")
    rows = shop.query(
        "select deep_weight from recudf.int_user_sources where user_id = 'dot' and source_id like 'b%'"
    )
    assert len(rows) == 6
    assert all(weight < 0 for (weight,) in rows)


def test_the_evidence_can_be_joined(shop):
    """fct_interest_sources and the events give the evidence that is counted, and its first and last time."""
    rows = shop.query("""
        select interests.evidence_count, interests.first_seen, interests.last_seen,
            count(*), min(events.occurred_at), max(events.occurred_at)
        from recudf.fct_user_interests as interests
        inner join recudf.fct_interest_sources as sources using (interest_id)
        inner join recudf.stg_interactions as events
            on events.user_id = interests.user_id and events.item_id = sources.source_id and sources.source_kind = 'item'
        where interests.layer = 'deep'
        group by interests.user_id, interests.interest_id, 1, 2, 3""")
    assert len(rows) > 3
    assert all(row[:3] == row[3:] for row in rows)


def test_words_are_merged_by_their_key(shop):
    """tent 3 and tent 4 have the word tent in common; numbers are no words."""
    rows = shop.query("select interest_id, name, sources from recudf.int_interests where kind = 'word'")
    assert {("word:tent", "tent", 12), ("word:yarn", "yarn", 12)} <= set(rows)
    assert all(not name.isdigit() for _, name, _ in rows)
    (found,) = shop.query(
        "select interest from recudf.fct_user_interests where user_id = 'bob' and layer = 'deep' and granularity = 'word'"
    )
    assert found == ("pan",)


def test_every_vector_has_one_topic_with_a_name(shop):
    rows = shop.query("select source_id, count(*) from recudf.int_topic_sources group by source_id")
    assert rows
    assert all(count == 1 for _, count in rows)
    assert len(rows) == shop.query("select count(*) from recudf.vec_items")[0][0]
    unnamed = shop.query(
        "select * from recudf.dim_interests where kind in ('topic', 'field') and name is null"
    )
    assert unnamed == []


@pytest.mark.slow
@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_topics_of_words(tmp_path, method):
    """tent, yarn and pan are the only words that several items have; a later item of a kind joins its topic."""
    settings = {"topic_method": method, "topic_count": 3, **FLAT}
    parts = ("--select", "+int_topic_sources")
    warehouse = Warehouse(tmp_path / "words.duckdb").load(items=ITEMS, interactions=EVENTS)
    warehouse.build(*parts, **settings)
    topics = """
        select topic_id, list(distinct left(source_id, 1)), count(*) from recudf.int_topic_sources group by topic_id"""
    before = {row[0]: row[1:] for row in warehouse.query(topics)}
    assert sorted(before.values()) == [(["a"], 12), (["b"], 12), (["c"], 12)]
    more = f"{ITEMS} union all select 'b99', 'yarn 99', 'Knitting'"
    warehouse.load(items=more).build(*parts, **settings)
    after = {row[0]: row[1:] for row in warehouse.query(topics)}
    assert after == {topic: (kind, 12 + (kind == ["b"])) for topic, (kind, _) in before.items()}


def test_trends_and_history(shop):
    """Camping in January (ann alone) and March (dot alone of two); between them only bob and cid were there."""
    rows = shop.query(
        "select period::date::varchar, users, share_of_users, change from recudf.fct_interest_trends "
        "where interest_id = 'category:Camping' order by period"
    )
    assert rows == [("2024-01-01", 1, 1.0, None), ("2024-03-01", 1, 0.5, 0.5)]
    rows = shop.query(
        "select interest, period::date::varchar, share, came, went from recudf.fct_interest_history "
        "where user_id = 'ann' and interest in ('Camping', 'Knitting') order by period"
    )
    assert rows == [("Camping", "2024-01-01", 1.0, None, True), ("Knitting", "2024-03-01", 1.0, True, None)]


@pytest.mark.slow
def test_what_is_old_does_not_show_on_the_surface(shop, tmp_path):
    later = f"{EVENTS} union all select 'eve', 'c1', 'purchase', null, '2024-10-01'::timestamp"
    warehouse = Warehouse(tmp_path / "shop.duckdb").load(items=ITEMS, interactions=later).build(**FLAT)
    found = warehouse.query("select distinct user_id from recudf.fct_user_interests where layer = 'surface'")
    assert found == [("eve",)]
    assert categories(warehouse, "ann", "deep")["Camping"][2] == 10


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("topic_count", 0),
        ("topic_count", "many"),
        ("topic_method", "plsa"),
        ("interest_period", "day"),
        ("surface_days", "x"),
    ],
)
def test_impossible_vars_are_refused_by_name(shop, variable, value):
    result = shop.try_build(
        "--select", "int_topic_fits", "int_dated_interests", "int_user_sources", **{variable: value}
    )
    assert not result.ok
    assert f"{variable} is '{value}'" in result.output
