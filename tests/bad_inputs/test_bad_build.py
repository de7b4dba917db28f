"""Odd tables through the whole chain: the build is green, what makes no sense is left out, and ids stay as they are."""

import json
from datetime import datetime

import pytest
from click.testing import CliRunner
from shops import folder
from test_bad_load import IDS
from warehouse import UNTESTED, Warehouse

from recudf.cli import main

pytestmark = pytest.mark.usefixtures("small_encoder")

ITEMS = "select 'i' || i as item_id, 'good film ' || i as title from range(30) as t (i)"
EVENTS = """select 'u' || (i % 10) as user_id, 'i' || (i * 7 % 30) as item_id, 'rating' as event_type, 4.0::double as value,
    timestamp '2024-01-01' + to_hours(i::integer) as occurred_at from range(100) as t (i)"""
TEXTS = "select 'u1' as user_id, 'a blue guitar' as text"
USERS = "select 'u1' as user_id, timestamp '2023-01-01' as created_at"
PER_USER = "select user_id, count(*) from recudf.fct_recommendations group by user_id order by user_id"


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path / "shop.duckdb")


def nothing(rows):
    return f"select * from ({rows}) where false"


@pytest.mark.slow
def test_tables_without_rows(warehouse):
    warehouse.load(
        items=nothing(ITEMS), interactions=nothing(EVENTS), texts=nothing(TEXTS), users=nothing(USERS)
    ).build()
    for mart in ("dim_users", "dim_items", "dim_groups", "fct_group_members", "fct_recommendations"):
        assert warehouse.rows(mart) == []
    assert warehouse.query("select as_of from recudf.stg_as_of") == [(None,)]
    assert warehouse.query("select items, users, interactions, texts_embedded from recudf.fct_runs") == [
        (0, 0, 0, 0)
    ]


@pytest.mark.slow
def test_one_user_gets_what_is_left(warehouse):
    warehouse.load(items=ITEMS, interactions="select 'u' as user_id, 'i1' as item_id").build()
    assert warehouse.query(PER_USER) == [("u", 10)]
    assert warehouse.query("select count(*) from recudf.fct_recommendations where item_id = 'i1'") == [(0,)]
    assert warehouse.rows("dim_groups") == []  # nobody to form one with


@pytest.mark.slow
def test_one_item_that_everybody_has_seen(warehouse):
    warehouse.load(
        items="select 'i' as item_id, 'film' as title",
        interactions="select 'u' || i as user_id, 'i' as item_id from range(9) as t (i)",
    ).build()
    assert warehouse.rows("fct_recommendations") == []
    assert warehouse.query("select count(*) from recudf.dim_users") == [(9,)]


@pytest.mark.slow
def test_all_items_seen(warehouse):
    warehouse.load(
        items="select 'i' || i as item_id, 'film ' || i as title from range(3) as t (i)",
        interactions="select 'u' || i as user_id, 'i' || j as item_id from range(9) as a (i), range(3) as b (j) where i > 0 or j > 0",
    ).build()
    assert warehouse.query("select user_id, item_id, rank from recudf.fct_recommendations") == [
        ("u0", "i0", 1)
    ]


@pytest.fixture(scope="module")
def dirty(tmp_path_factory, tiny_encoder):
    """Everything that is wrong with rows, at once, in one build."""
    warehouse = Warehouse(tmp_path_factory.mktemp("dirty") / "shop.duckdb")
    late = "select '{}', 'i1', 'rating', 4.0::double, {}"
    times = {
        "in 2999": "timestamp '2999-01-01'",
        "in 1970": "timestamp '1970-01-01'",
        "never": "'infinity'::timestamp",
    }
    values = {
        "u1": "-5",
        "u2": "1e308",
        "u3": "'inf'::double",
        "u4": "'nan'::double",
        "u5": "-1e308",
        "u6": "null",
    }
    whens = " ".join(f"when '{user}' then {value}" for user, value in values.items())
    long = "select 'long' as item_id, repeat('word ', 20000) as title, (select string_agg('category ' || j, '|') from range(10000) as c (j)) as category"
    warehouse.load(
        items=f"{ITEMS} union all by name {long} union all by name select item_id, title from ({ITEMS}) where item_id = 'i1'",
        interactions=" union all ".join([
            f"select * replace (case user_id {whens} else value end as value) from ({EVENTS})",
            *(late.format(user, time) for user, time in times.items()), late.format("   ", "null"), "select 'u7', null, 'rating', 4.0, null",
        ]),
        texts="select 'u1' as user_id, repeat('good film ', 100000) as text union all select 'u2', ' ' union all select null, 'a text of nobody'",
        users="""select * from (values ('u1', timestamp '2024-01-05'), (' u1 ', timestamp '2020-01-01'), ('u1', null), ('u2', timestamp '2024-01-04'),
            ('u2', timestamp '2024-01-03'), (null, timestamp '2024-01-01')) as t (user_id, created_at)""",
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECUDF_ENCODER", str(tiny_encoder))
        patch.setenv("RECUDF_PROGRESS", "off")
        return warehouse.build()


@pytest.mark.slow
def test_the_tests_of_the_project_pass_on_dirty_and_on_empty_tables(dirty, warehouse):
    dirty.build(tested=True)
    warehouse.load(items=nothing(ITEMS), interactions=nothing(EVENTS)).build(tested=True)


def test_impossible_times_are_left_out(dirty):
    assert dirty.query("select max(occurred_at), min(occurred_at) from recudf.stg_interactions") == [
        (datetime(2024, 1, 5, 3), datetime(2024, 1, 1))
    ]
    assert dirty.query("select as_of from recudf.stg_as_of") == [(datetime(2024, 1, 5, 3),)]
    assert [user for (user, *_) in dirty.rows("dim_users")] == [f"u{i}" for i in range(10)]


def test_values_that_are_no_numbers_are_null_and_huge_ones_keep_scores_finite(dirty):
    found = dirty.query(
        "select user_id, min(value), max(value) from recudf.stg_interactions where user_id < 'u7' group by 1 order by 1"
    )
    assert found == [
        ("u0", 4, 4),
        ("u1", -5, -5),
        ("u2", 1e308, 1e308),
        ("u3", None, None),
        ("u4", None, None),
        ("u5", -1e308, -1e308),
        ("u6", None, None),
    ]
    assert dirty.query(
        "select bool_and(isfinite(score)), count(distinct user_id) from recudf.fct_recommendations"
    ) == [(True, 10)]
    assert dirty.query(
        "select bool_and(list_bool_and(list_transform(vector, lambda x: isfinite(x)))) from recudf.vec_users"
    ) == [(True,)]


def test_users_listed_twice_are_one_since_the_first_time(dirty):
    rows = dirty.query(
        "select user_id, created_at from recudf.stg_users where created_at is not null order by 1"
    )
    assert rows == [("u1", datetime(2020, 1, 1)), ("u2", datetime(2024, 1, 3))]


def test_an_item_with_ten_thousand_categories_and_a_title_of_100000_characters(dirty):
    query = "select length(title), len(string_split(category, '|')), vector_source, is_text_cut from recudf.dim_items where item_id = 'long'"
    rows = dirty.query(query)
    assert rows == [(99_999, 10_000, "own text", True)]


def test_texts_without_words_or_owner_are_left_out(dirty):
    assert dirty.query("select user_id, length(text) from recudf.stg_texts") == [("u1", 999_999)]


def test_times_and_values_as_text_are_read_where_they_can_be(warehouse):
    said = "select 'a' as user_id, 'i1' as item_id, 'yesterday' as occurred_at, 'many' as value union all select 'b', 'i1', '2024-05-01', ' 3 '"
    warehouse.load(interactions=said).build("--select", "stg_as_of", "stg_interactions")
    rows = warehouse.query("select user_id, occurred_at, value from recudf.stg_interactions order by 1")
    assert rows == [("a", None, None), ("b", datetime(2024, 5, 1), 3.0)]


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.mark.slow
def test_odd_ids_through_load_build_and_recommendations(tmp_path):
    """Folder and file have odd names as well. Everybody has seen one item and gets all others."""
    events = [{"user_id": user, "item_id": item} for user, item in zip(IDS, IDS[1:] + IDS[:1], strict=True)]
    files = {
        "items.json": json.dumps([{"item_id": i, "title": f"film {i}"} for i in IDS]),
        "interactions.jsonl": "\n".join(map(json.dumps, events)),
        "texts.json": json.dumps(
            [{"user_id": i, "text_id": i, "item_id": i, "text": f"a good film, {i}"} for i in IDS]
        ),
    }
    database = tmp_path / "a {{ b }} house é.duckdb"
    assert run("load", folder(tmp_path / 'o\'shop; "1"', files), "--database", database).exit_code == 0
    built = run(
        "build", "--database", database, "--quiet", *UNTESTED, "--vars", "{recommendations_per_user: 100}"
    )
    assert built.exit_code == 0, built.output
    warehouse = Warehouse(database)
    seen = {(event["user_id"], event["item_id"]) for event in events}
    expected = {(user, item) for user in IDS for item in IDS} - seen
    found = warehouse.query("select user_id, item_id from recudf.fct_recommendations")
    assert len(found) == len(expected)
    assert set(found) == expected
    assert sorted(user for (user, *_) in warehouse.rows("dim_users")) == sorted(IDS)
    assert sorted(text for (text,) in warehouse.query("select text_id from recudf.stg_texts")) == sorted(IDS)
    references = {
        r
        for (r,) in warehouse.query(
            "select distinct reason_ref_id from recudf.fct_recommendations where reason_ref_id is not null"
        )
    }
    assert references <= set(IDS)
    assert not [p for p in tmp_path.iterdir() if p.name not in (database.name, ".recudf", 'o\'shop; "1"')]
