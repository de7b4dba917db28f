"""A build as of a moment on all data equals a build on data truncated by hand."""

from datetime import datetime, timedelta

import click
import pytest
from warehouse import Warehouse, marts

CUTS = {
    "interactions": "occurred_at",
    "texts": "created_at",
    "users": "created_at",
    "items": "published_at",
    "memberships": "valid_from",
    "group_interactions": "occurred_at",
    "relations": "occurred_at",
}


def add_groups(warehouse, moment):
    """Five given groups, some of whose members join, and some of whose events happen, after the moment."""
    after = f"'{moment + timedelta(seconds=1)}'::timestamp"
    users = "select distinct trim(user_id) as user_id from raw.interactions"
    warehouse.load(
        memberships=f"""
            select 'g' || hash(user_id) % 5 as group_id, user_id, case when hash(user_id) % 3 = 0 then {after} end as valid_from
            from ({users})
            union all select 'g0', user_id, null from ({users}) where hash(user_id) % 7 = 1""",
        group_interactions=f"""
            select 'g' || hash(item_id) % 5 as group_id, item_id, 'purchase' as event_type, occurred_at
            from raw.interactions where hash(item_id) % 6 = 0
            union all select 'g9', min(item_id), 'purchase', {after} from raw.items""",
    )


def add_rows_around(warehouse, moment):
    """Rows at the border, after it, far off, undated, and at impossible times."""
    after = moment + timedelta(seconds=1)
    users = [u for (u,) in warehouse.query("select distinct trim(user_id) from raw.interactions order by 1")]
    (late_item,), *_ = warehouse.query("select max(item_id) from raw.items")
    times = [after, datetime(2999, 1, 1), datetime(1970, 1, 1), None]
    events = [(users[i], late_item, time) for i, time in enumerate(times)]
    events += [("only after", late_item, after), ("only in 2999", late_item, datetime(2999, 1, 1))]
    with warehouse.connection() as connection:
        for user, item, time in events:
            connection.execute(
                "insert into raw.interactions by name select ? as user_id, ? as item_id, 'purchase' as event_type, ?::timestamp as occurred_at",
                [user, item, time],
            )
        for number, (user, time) in enumerate([(users[0], after), (users[1], None), ("writes after", after)]):
            connection.execute(
                "insert into raw.texts by name select ? as text_id, ? as user_id, 'a blue guitar' as text, ?::timestamp as created_at",
                [f"added-{number}", user, time],
            )
        connection.execute(
            "insert into raw.items by name select 'after' as item_id, 'Published after' as title, ?::timestamp as published_at",
            [after],
        )
        # the same item, listed twice: what is published later must not show before
        connection.execute(
            "insert into raw.items by name select item_id, 'A later title' as title, ?::timestamp as published_at from raw.items where item_id = ?",
            [after, late_item],
        )
        connection.execute(
            "insert into raw.users by name select 'joins after' as user_id, ?::timestamp as created_at",
            [after],
        )


def truncate(warehouse, moment, names):
    """The schema raw_cut: rows up to the moment, and undated ones."""
    for name in names:
        rows = f"select * from raw.{name} where {CUTS[name]} is null or {CUTS[name]} <= '{moment}'::timestamp"
        warehouse.load("raw_cut", **{name: rows})
        assert warehouse.query(f"select count(*) from raw_cut.{name}") < warehouse.query(
            f"select count(*) from raw.{name}"
        )


def assert_equal(warehouse, schema, other):
    """Every mart, row by row."""
    for mart in marts():
        # the history tells a build that was told where to look from
        rows, others = (
            warehouse.rows(mart, schema=s, without=("run_id", "is_replay")) for s in (schema, other)
        )
        assert rows == others, mart
    assert len(warehouse.rows("fct_recommendations", schema=schema)) > 100
    assert warehouse.query(f"select count(*) from {schema}.dim_groups where kind = 'given'") == [(5,)]
    strategies = (
        f"select count(distinct strategy) from {schema}.fct_group_recommendations where group_id = 'g0'"
    )
    assert warehouse.query(strategies) == [(8,)]


SETTINGS = {
    "default": {"encoder": "default"},
    "lexical": {"encoder": "lexical"},
    "learned": {"encoder": "default", "ranking": "learned"},
}


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow) for name in SETTINGS],
)
def cut(request, tmp_path_factory, sample):
    """The sample with rows around a moment in its middle that is an event's time: (warehouse, moment). By an encoder
    that knows what it knows, and by one that is fitted on what a build may see."""
    warehouse = Warehouse(tmp_path_factory.mktemp("as_of") / "shop.duckdb").load(**sample.inputs)
    (moment,), *_ = warehouse.query("select quantile_disc(occurred_at, 0.6) from raw.interactions")
    add_groups(warehouse, moment)
    add_rows_around(warehouse, moment)
    truncate(warehouse, moment, CUTS)
    variables = SETTINGS[request.param]
    warehouse.build(schema="replayed", as_of=str(moment), **variables)
    warehouse.build(schema="truncated", as_of=str(moment), raw_schema="raw_cut", **variables)
    return warehouse, moment, variables


def test_as_of_equals_data_truncated_by_hand(cut):
    assert_equal(cut[0], "replayed", "truncated")


@pytest.mark.slow
def test_the_latest_event_is_as_of_where_no_var_is(cut):
    """On truncated data as_of need not be said: the moment is an event's time, and 2999 and 1970 are no times."""
    warehouse, moment, variables = cut
    warehouse.build(schema="unsaid", raw_schema="raw_cut", **variables)
    assert warehouse.query("select * from unsaid.stg_as_of") == [(moment, False)]
    assert_equal(warehouse, "replayed", "unsaid")


def test_what_lies_after_is_not_there(cut):
    warehouse, moment, _ = cut
    known = {user for (user, *_) in warehouse.rows("dim_users", schema="replayed")}
    assert not known & {"only after", "only in 2999", "writes after", "joins after"}
    assert warehouse.query(
        "select count(*) from replayed.dim_items where item_id = 'after' or title = 'A later title'"
    ) == [(0,)]
    assert warehouse.query("select max(occurred_at) from replayed.stg_interactions") == [(moment,)]
    assert warehouse.query("select count(*) from replayed.stg_interactions where occurred_at is null") == [
        (1,)
    ]
    assert warehouse.query("select count(*) from replayed.stg_texts where created_at is null") == [(1,)]
    assert warehouse.query("select count(*), min(as_of) from replayed.stg_as_of") == [(1, moment)]


def cut_what_is_loaded(warehouse, moment):
    """The schema raw_cut: every input of a real dataset, which may lack times, or hold none."""
    rows = warehouse.query("select table_name, column_name from duckdb_columns() where schema_name = 'raw'")
    for table in {table for table, _ in rows}:
        time = CUTS.get(table)
        kept = f"where {time} is null or {time} <= '{moment}'::timestamp" if (table, time) in rows else ""
        warehouse.load("raw_cut", **{table: f"select * from raw.{table} {kept}"})


def cells(warehouse, schema):
    """How many values of marts are compared."""
    rows = {mart: warehouse.rows(mart, schema=schema) for mart in marts()}
    return sum(len(found) * len(found[0]) for found in rows.values() if found)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["ml-100k", "movies", "instruments", "douban"])
def test_as_of_on_real_data(name, data, tmp_path, capsys):
    """Three past moments each; both builds of a moment start without earlier groups."""
    from recudf.engines.loading import load

    warehouse = Warehouse(tmp_path / "real.duckdb")
    load(warehouse.path, [data(name)])
    for share in (0.3, 0.6, 0.9):
        (moment,), *_ = warehouse.query("select quantile_disc(occurred_at, ?) from raw.interactions", share)
        cut_what_is_loaded(warehouse, moment)
        warehouse.build(schema="replayed", as_of=str(moment))
        warehouse.build(schema="truncated", as_of=str(moment), raw_schema="raw_cut")
        assert_equal(warehouse, "replayed", "truncated")
        assert warehouse.query("select max(occurred_at) from replayed.stg_interactions") == [(moment,)]
        with capsys.disabled():
            click.echo(f"\n{name} as of {moment}: {cells(warehouse, 'replayed'):,} cells equal")
        warehouse.run("drop schema replayed cascade", "drop schema truncated cascade")
