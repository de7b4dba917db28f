"""What a build leaves behind: a file that DuckDB 1.2 opens, with tables alone, readable without recudf."""

import duckdb
import pytest


def test_the_storage_format_is_that_of_1_2(built):
    with built.connection() as connection:
        ((tags,),) = connection.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert tags["storage_version"] == "v1.2.0+"
    # serialization version in the header of the file: DuckDB 1.2 wrote 65 at most
    header = built.path.read_bytes()[:24]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") <= 65


def test_nothing_but_tables_and_macros_is_left(built):
    """No view, which would break for every other client; the macro over a function breaks for whoever calls it."""
    assert built.query("select view_name from duckdb_views() where not internal") == []
    macros = built.query(
        "select schema_name, function_name from duckdb_functions() where not internal order by all"
    )
    assert macros == [("recudf", name) for name in ("recommend_for", "recommend_without", "why_not")]
    assert built.query("select answer from recudf.why_not('nobody', 'nothing')") == [
        ("there is no such user",)
    ]
    with pytest.raises(duckdb.CatalogException, match="embed"):
        built.query("from recudf.recommend_for('a text', 3)")
    assert built.query("select count(*) from duckdb_tables() where schema_name = 'recudf'") != [(0,)]


def test_marts_hold_scalars_that_bi_tools_read(built):
    odd = built.query("""
        select table_name, column_name, data_type from duckdb_columns()
        where schema_name = 'recudf' and (table_name like 'dim\\_%' escape '\\' or table_name like 'fct\\_%' escape '\\')
            and data_type not in ('VARCHAR', 'BIGINT', 'INTEGER', 'FLOAT', 'DOUBLE', 'BOOLEAN', 'TIMESTAMP', 'DATE')""")
    assert odd == []


def test_every_table_is_read_without_recudf(built):
    for schema, table in built.query(
        "select schema_name, table_name from duckdb_tables() where schema_name like 'recudf%'"
    ):
        assert built.query(f'select count(*) from (select * from "{schema}"."{table}")') != []


def test_an_older_duckdb_opens_it(built):
    """Runs where the installed DuckDB is one; elsewhere the format above stands for it."""
    if duckdb.__version__ >= "2":
        pytest.skip("no older DuckDB is installed here")
    assert built.query("select count(*) > 0 from recudf.fct_recommendations") == [(True,)]
