"""The input forget_requests: builds leave these people out, and `recudf forget --requests` erases what is left."""

import json

import pytest
from click.testing import CliRunner
from warehouse import Warehouse, copied, marts

from recudf.cli import main

# one who did and wrote, one friend of others, one request for later, one blank
REQUESTS = """select * from (values ('u0003', timestamp '2024-01-01'), (' u0007 ', null), ('u0009', timestamp '2999-01-01'), (' ', null))
    as t (user_id, requested_at)"""
GONE, KEPT = ("u0003", "u0007"), "u0009"
# what is fitted on everybody and tells of none of them by name
KEPT_ELSEWHERE = {"raw", "recudf_embeddings"}


def forget(path, *arguments, ok=True):
    result = CliRunner().invoke(main, ["forget", *arguments, "--database", str(path)])
    assert (result.exit_code == 0) is ok, result.output
    return result


@pytest.fixture(scope="module")
def shop(built, tmp_path_factory):
    """Built with everybody, so that the histories know them, and again with the requests, by dbt alone."""
    shop = copied(built, tmp_path_factory, "requests")
    history = "select count(distinct user_id) from recudf.fct_recommendation_history where user_id in ('u0003', 'u0007')"
    assert shop.query(history) == [(2,)]
    return shop.load(forget_requests=REQUESTS).build()


@pytest.fixture(scope="module")
def without(tmp_path_factory, sample):
    """The same by hand: a build of inputs that these people were taken out of."""
    named = {
        "interactions": ["user_id"],
        "texts": ["user_id"],
        "users": ["user_id"],
        "relations": ["user_id", "other_user_id"],
    }
    shop = Warehouse(tmp_path_factory.mktemp("without") / "shop.duckdb").load(**sample.inputs)
    for table, columns in named.items():
        for column in columns:
            shop.run(f"delete from raw.{table} where trim({column}) in ('u0003', 'u0007')")
    return shop.build()


def columns_naming(shop, users, schemas_left=()):
    """Columns of tables in which an id stands as a value."""
    with shop.connection() as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name) "
            "where not temporary and data_type = 'VARCHAR'"
        ).fetchall()
        return {
            f"{schema}.{table}.{column}"
            for schema, table, column in columns
            if schema not in schemas_left
            and connection.execute(
                f'select 1 from "{schema}"."{table}" where trim("{column}") in {tuple(users)} limit 1'
            ).fetchone()
        }


@pytest.mark.slow
def test_a_build_leaves_them_out_of_every_table_of_its_own(shop):
    assert columns_naming(shop, GONE, KEPT_ELSEWHERE) == set()
    assert columns_naming(shop, GONE) == {
        "raw.forget_requests.user_id", "raw.interactions.user_id", "raw.texts.user_id", "raw.users.user_id",
        "raw.relations.user_id", "raw.relations.other_user_id",
    }  # fmt: skip


@pytest.mark.slow
def test_a_request_counts_from_its_time_on(shop):
    assert shop.query(f"select count(*) from recudf.dim_users where user_id = '{KEPT}'") == [(1,)]
    ((later,),) = shop.query("select valid_until from recudf.fct_runs order by started_at desc limit 1")
    assert later.year == 2999  # until then a build of the same inputs is the same


@pytest.mark.slow
def test_marts_are_those_of_a_build_without_them(shop, without):
    """... but for what goes on from the fits that they had a part in: groups, topics and what they name."""
    for mart in (
        "dim_users",
        "dim_items",
        "fct_recommendations",
        "fct_people_to_follow",
        "fct_user_neighbors",
    ):
        by_fits = ("run_id", "group_id", "top_interests")
        assert shop.rows(mart, without=by_fits) == without.rows(mart, without=by_fits), mart
    assert {m for m in marts() if not shop.query(f"select 1 from recudf.{m} limit 1")} == {
        m for m in marts() if not without.query(f"select 1 from recudf.{m} limit 1")
    }


@pytest.mark.slow
def test_a_look_back_leaves_them_out_as_well(shop):
    shop.build("--select", "+stg_users", schema="recudf_back", as_of="2023-06-01")
    assert shop.query("select count(*) from recudf_back.stg_users where user_id in ('u0003', 'u0007')") == [
        (0,)
    ]
    shop.run("drop schema recudf_back cascade")


@pytest.mark.slow
def test_forget_requests_erases_the_rest_and_keeps_the_requests(shop):
    """Later requests stay, and so do the ids of the requests: with them another load does not bring anybody back."""
    receipt = json.loads(forget(shop.path, "--requests", "--json").stdout)
    assert (receipt["asked"], receipt["requests"], receipt["unknown"]) == (2, 2, [])
    assert receipt["deleted"]["raw.interactions"] > 0
    assert "raw.forget_requests" not in receipt["deleted"]
    assert columns_naming(shop, GONE) == {"raw.forget_requests.user_id"}
    again = forget(shop.path, "--requests")
    assert "nothing to do: none of 2 who asked is in the database" in again.stdout
    assert shop.query("select count(*) from raw.forget_requests") == [(4,)]
    # to forget the request, too
    receipt = json.loads(forget(shop.path, GONE[0], "--json").stdout)
    assert receipt["deleted"]["raw.forget_requests"] == 1


def test_who_asks_for_neither_or_both_is_told(built, warehouse):
    assert "name the users, or give --requests, and not both" in forget(built.path, ok=False).output
    assert "not both" in forget(built.path, "u1", "--requests", ok=False).output
    warehouse.load(items="select 'i' as item_id")
    assert (
        "there is no raw.forget_requests: load a file forget_requests"
        in forget(warehouse.path, "--requests", ok=False).output
    )


def test_a_later_load_keeps_the_requests(tmp_path):
    """... which another file of them replaces."""
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    for folder in ("first", "second"):
        (tmp_path / folder / "interactions.csv").write_text("user_id,item_id\nu1,i1\nu2,i1\n")
    (tmp_path / "first" / "forget_requests.csv").write_text("user_id,requested_at\nu1,2024-01-01\n")
    shop = Warehouse(tmp_path / "shop.duckdb")
    for folder in ("first", "second"):
        done = CliRunner().invoke(main, ["load", str(tmp_path / folder), "--database", str(shop.path)])
        assert done.exit_code == 0, done.output
    shop.build("--select", "stg_as_of", "stg_interactions")
    assert shop.query("select user_id from recudf.stg_interactions") == [("u2",)]
