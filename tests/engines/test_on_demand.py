"""The public names on dbt's cursors: there for every statement that calls one, and not created for others."""

import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials, PluginConfig
from dbt.adapters.duckdb.environments.local import LocalEnvironment

import recudf

CALL = "select cosine_similarity([1.0, 0.0], [1.0, 0.0])"


@pytest.fixture
def open_cursor(tmp_path):
    """Opens a cursor as dbt does, all on one database; `reopen=True` closes those open, and so the file, before."""
    plugins = [PluginConfig(module="recudf.dbt_plugin", alias="recudf")]
    environment = LocalEnvironment(
        DuckDBCredentials(path=str(tmp_path / "shop.duckdb"), schema="main", keep_open=False, plugins=plugins)
    )
    handles = []

    def close():
        while handles:
            handles.pop().close()

    def opened(reopen=False):
        if reopen:
            close()
            assert environment.conn is None
        handles.append(environment.handle())
        return handles[-1].cursor()

    yield opened
    close()


def macros(cursor):
    """How many macros of ours this cursor has; the question names none of them."""
    sql = "select count(*) from duckdb_functions() where database_name = 'temp' and not internal"
    return cursor.execute(sql).fetchall()[0][0]


def test_a_cursor_that_calls_nothing_gets_no_macros(open_cursor):
    cursor = open_cursor()
    cursor.execute("create table t as select 1 as embedded, 'cosine' as cosine_similarity_of")
    assert cursor.execute("select * from t").fetchall() == [(1, "cosine")]
    cursor.execute("create table u (embed int); insert into u select 1 as embed")
    cursor.execute(f"create table v (x double); insert into v {CALL}")
    assert macros(open_cursor()) == 0


@pytest.mark.parametrize(
    "call", [CALL, CALL.upper(), CALL.replace("cosine_similarity", '"cosine_similarity" ')]
)
def test_a_call_finds_its_function(open_cursor, call):
    cursor = open_cursor()
    assert cursor.execute(call).fetchall() == [(1,)]
    assert macros(cursor) == 1
    assert macros(open_cursor()) == 0


def test_a_second_statement_gets_what_it_calls_too(open_cursor):
    cursor = open_cursor()
    cursor.execute(CALL)
    both = "select cosine_similarity([1.0], [2.0]), pearson_similarity([1.0, 2.0], [1.0, 3.0])"
    assert cursor.execute(both).fetchall() == [(1, 1)]
    assert macros(cursor) == 2


def test_an_index_is_known_to_later_statements_of_a_cursor(open_cursor):
    cursor = open_cursor()
    cursor.execute("create temp table i as select vector_index('a', [1.0, 0.0]::float[2]) as handle")
    assert macros(cursor) == 1
    found = cursor.execute("select cosine_topk([2.0, 0.0]::float[2], handle, 1)[1].id from i").fetchall()
    assert found == [("a",)]


def test_values_are_bound(open_cursor):
    assert open_cursor().execute("select cosine_similarity(?, [0.0, 1.0])", [[0.0, 2.0]]).fetchall() == [(1,)]


@pytest.mark.parametrize(
    "definition",
    [
        f"create view kept as {CALL} as x",
        f"create or replace view kept as {CALL} as x".replace("(", " /* of two\nvectors */ -- (\n (", 1),
        f"create table u (embed int); insert into u select 1; create view kept as {CALL} as x",
        f"create or replace macro twice() as table {CALL} as x; create view kept as from twice()",
        "create table kept(y int, x double default cosine_similarity([1.0], [2.0])); insert into kept(y) values (1)",
        'create table "kept" (y int, x double as (cosine_similarity([1.0], [2.0]))); insert into kept values (1)',
    ],
)
@pytest.mark.parametrize("reopened", [False, True])
def test_what_is_defined_over_a_function_works_on_every_cursor(open_cursor, definition, reopened):
    open_cursor().execute(definition)
    assert open_cursor(reopened).execute("select x from kept").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "definition",
    [
        "create view renamed as from kept",
        "alter view kept rename to renamed",
        'create view "a b" as from kept; create view renamed as from "a b"',
    ],
)
def test_what_a_file_holds_is_met_by_its_name(open_cursor, definition):
    """... and no other statement gets names for it, until something else passes it on."""
    open_cursor().execute(f"create macro twice() as table {CALL} as x; create view kept as from twice()")
    cursor = open_cursor(True)
    cursor.execute("create table t as select 1 as x")
    assert cursor.execute("from t").fetchall() == [(1,)]
    assert macros(cursor) == 0
    assert cursor.execute("from main.KEPT").fetchall() == [(1,)]
    open_cursor().execute(definition)
    assert open_cursor().execute("from renamed").fetchall() == [(1,)]
    assert open_cursor(True).execute("from renamed").fetchall() == [(1,)]


def test_a_macro_is_met_by_its_name_at_once(open_cursor):
    """... also below the comment that dbt puts before each statement."""
    open_cursor().execute(
        f'/* {{"app": "dbt"}} */\n create or replace macro "main".twice() as table ( {CALL} as x )'
    )
    cursor = open_cursor()
    cursor.execute("create table t as select 1 as x")
    assert macros(cursor) == 0
    assert cursor.execute("from twice()").fetchall() == [(1,)]


def test_an_attached_database_may_hold_such_definitions(open_cursor, tmp_path):
    with recudf.connect(tmp_path / "other.duckdb") as connection:
        connection.execute(f"create view kept as {CALL} as x")
    open_cursor().execute(f"attach '{tmp_path / 'other.duckdb'}'")
    assert open_cursor().execute("select x from other.kept").fetchall() == [(1,)]


@pytest.mark.parametrize("by_statement", [True, False])
def test_in_a_transaction_and_after_its_rollback(open_cursor, by_statement):
    cursor = open_cursor()
    cursor.execute("begin")
    cursor.execute("create table t as select 1 as x")
    assert cursor.execute(CALL).fetchall() == [(1,)]
    assert macros(cursor) == 1
    cursor.execute("rollback") if by_statement else cursor.rollback()
    assert macros(cursor) == 0
    assert cursor.execute(CALL).fetchall() == [(1,)]
    cursor.execute("begin")
    cursor.execute(f"create table t as {CALL} as x")
    cursor.execute("commit")
    assert open_cursor().execute("select x from t").fetchall() == [(1,)]


def test_other_ways_to_run_a_statement(open_cursor):
    assert open_cursor().sql(CALL).fetchall() == [(1,)]
    assert open_cursor().query(CALL).fetchall() == [(1,)]
