"""The schema that BI may read: views of the marts, and nothing else."""

import pytest
from test_small_cells import OF_ONE_USER
from warehouse import copied, marts

SOME = (
    "--select",
    "stg_as_of",
    "dim_groups",
    "dim_users",
    "dim_interests",
    "fct_group_segments",
    "fct_recommendations",
    "fct_runs",
)


def shown(shop, schema="bi"):
    """{view: columns} of a schema; it has no tables."""
    assert shop.query("select count(*) from duckdb_tables() where schema_name = ?", schema) == [(0,)]
    rows = shop.query(
        "select view_name, list(column_name order by column_index) from duckdb_views() join duckdb_columns() on view_name = table_name and duckdb_views.schema_name = duckdb_columns.schema_name where duckdb_views.schema_name = ? group by all",
        schema,
    )
    return dict(rows)  # fmt: skip


@pytest.fixture(scope="module")
def shop(built, tmp_path_factory):
    return copied(built, tmp_path_factory, "bi")


def test_bi_gets_views_of_the_marts_and_later_without_users(shop):
    shop.build(*SOME, bi_schema="bi")
    assert shown(shop).keys() == set(SOME[2:])
    assert shop.query("from bi.dim_users order by all") == shop.query("from recudf.dim_users order by all")
    shop.build(*SOME, bi_schema="bi", bi_marts="without_users")
    found = shown(shop)
    assert found.keys() == {"dim_groups", "dim_interests", "fct_group_segments", "fct_runs"}
    users = [user for (user,) in shop.query("select user_id from recudf.dim_users")]
    assert users
    for view, columns in found.items():
        for column in columns:
            ((named,),) = shop.query(
                f"select count(*) from bi.{view} where list_has_any(split(cast({column} as varchar), ', '), ?)",
                users,
            )
            assert named == 0, (view, column)
    assert shop.query("select size from bi.dim_groups order by all") == shop.query(
        "select size from recudf.dim_groups order by all"
    )


@pytest.mark.slow
def test_every_mart_without_rows_of_users_is_shown(shop):
    """... as far as test_small_cells knows what a mart is of."""
    shop.build("--select", "stg_as_of", "path:models/marts", bi_schema="all_marts", bi_marts="without_users")
    built = {
        name for (name,) in shop.query("select table_name from duckdb_tables() where schema_name = 'recudf'")
    }
    wanted = {*marts(), "fct_runs", "fct_metrics"} - OF_ONE_USER.keys()
    assert shown(shop, "all_marts").keys() == wanted & built


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"bi_schema": "recudf"}, "bi_schema is 'recudf': name another schema than that of the tables"),
        ({"bi_schema": 'b"i'}, "write the name of a schema without quotes"),
        ({"bi_schema": "bi", "bi_marts": "some"}, "bi_marts is 'some': give all or without_users"),
    ],
)
def test_wrong_values_are_named(shop, settings, said):
    assert said in shop.try_build("--select", "dim_users", **settings).output
