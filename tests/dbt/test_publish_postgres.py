"""`recudf publish --to postgresql://...`, on a server: that of RECUDF_POSTGRES_URL, or one started from initdb."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from warehouse import Warehouse, marts

from recudf.cli import main

dbapi = pytest.importorskip("adbc_driver_postgresql.dbapi", reason="the extra postgres is not installed")
MARTS = sorted([*marts(), "fct_metrics", "fct_runs"])

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    """The URL of a server without databases of anybody's."""
    if "RECUDF_POSTGRES_URL" in os.environ:
        yield os.environ["RECUDF_POSTGRES_URL"]
        return
    if not shutil.which("initdb"):
        pytest.skip("neither RECUDF_POSTGRES_URL nor initdb is there")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = os.getuid() == 0  # for whom PostgreSQL does not run
    with tempfile.TemporaryDirectory(prefix="recudf-pg-") as folder:
        if root:
            shutil.chown(folder, "postgres")

        def run(*command):
            more = {"user": "postgres"} if root else {}
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **more)

        data = Path(folder) / "data"
        run("initdb", "-D", str(data), "-A", "trust", "-U", "test", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-D", str(data), "-o", options, "-l", str(data / "log"), "-w", "start")
        yield f"postgresql://test:geheim@127.0.0.1:{port}/postgres"
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


@pytest.fixture
def database(server, request):
    """The URL of an empty database."""
    name = "t" + str(abs(hash(request.node.name)))
    with dbapi.connect(server, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"create database {name}")
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    with dbapi.connect(server, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"drop database {name} with (force)")


@pytest.fixture
def shop(built, tmp_path):
    return Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))


def query(url, *statements):
    with dbapi.connect(url) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else None
        connection.commit()
        return rows


def publish(path, url, *options):
    return CliRunner().invoke(main, ["publish", "--to", url, "--database", str(path), *options])


def published(path, url):
    result = publish(path, url, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_marts_are_those_of_the_warehouse_cell_by_cell(shop, database):
    said = published(shop.path, database)
    found = query(database, "select tablename::text from pg_tables where schemaname = 'recudf' order by 1")
    assert [name for (name,) in found] == MARTS == sorted(t["name"] for t in said["tables"])
    for mart in MARTS:
        columns = [name for name, *_ in shop.query(f"describe recudf.{mart}")]
        text = ", ".join(f'"{c}"' for c in columns)
        expected = shop.query(f"select {text} from recudf.{mart}")
        assert sorted(query(database, f"select {text} from recudf.{mart}"), key=repr) == sorted(
            expected, key=repr
        ), mart


def test_types_and_characters_that_postgres_lacks(shop, database):
    shop.run(
        "alter table recudf.dim_groups add tiny tinyint", "update recudf.dim_groups set tiny = -3",
        "update recudf.dim_groups set name = 'a' || chr(0) || 'b''; drop table x; --\\'''",
    )  # fmt: skip
    published(shop.path, database)
    assert set(query(database, "select name, tiny from recudf.dim_groups")) == {
        ("ab'; drop table x; --\\'", -3)
    }
    shop.run("alter table recudf.dim_groups add more int[]")
    result = publish(shop.path, database)
    assert (result.exit_code, "dim_groups.more is of type INTEGER[]" in result.output) == (2, True)
    assert set(query(database, "select tiny from recudf.dim_groups")) == {(-3,)}


def test_views_rights_and_indexes_stay_and_readers_see_one_build(shop, database):
    shop.run("alter table recudf.dim_groups add x int", "alter table recudf.dim_users add x int")
    published(shop.path, database)
    query(
        database,
        "create view public.mine as select name, x from recudf.dim_groups",
        "create index by_user on recudf.fct_recommendations (user_id)",
        "drop role if exists reader",
        "create role reader",
        "grant usage on schema recudf to reader",
        "grant select on recudf.dim_users to reader",
    )
    both = "select (select max(x) from recudf.dim_groups), (select max(x) from recudf.dim_users)"
    with dbapi.connect(database) as connection, connection.cursor() as old:
        old.execute("set transaction isolation level repeatable read")
        old.execute(both)
        assert old.fetchall() == [(None, None)]
        shop.run("update recudf.dim_groups set x = 1", "update recudf.dim_users set x = 1")
        published(shop.path, database)  # waits for no reader
        old.execute(both)
        assert old.fetchall() == [(None, None)]
    assert query(database, both) == [(1, 1)]
    assert query(database, "select distinct x from public.mine") == [(1,)]
    assert query(database, "set role reader", "select count(*) > 0 from recudf.dim_users") == [(True,)]
    assert query(database, "select 1 from pg_indexes where indexname = 'by_user'") == [(1,)]
    query(database, "drop owned by reader", "drop role reader")


def test_a_mart_that_is_gone_goes_and_others_are_left_alone(shop, database):
    published(shop.path, database)
    query(database, "create table recudf.dim_mine as select 1 as x")
    shop.run("drop table recudf.fct_interest_rules", "alter table recudf.dim_groups add more varchar")
    published(shop.path, database)
    found = query(database, "select tablename::text from pg_tables where schemaname = 'recudf' order by 1")
    assert [n for (n,) in found] == sorted([*(m for m in MARTS if m != "fct_interest_rules"), "dim_mine"])
    assert query(database, "select count(more) from recudf.dim_groups") == [(0,)]
    # one that a view stands on cannot go: all stays as it was
    query(database, "create view public.mine as select user_id from recudf.fct_interest_history")
    shop.run("drop table recudf.fct_interest_history", "delete from recudf.dim_users")
    result = publish(shop.path, database)
    assert (result.exit_code, "view mine depends on table" in result.output) == (1, True), result.output
    assert query(database, "select count(*) > 0 from recudf.dim_users") == [(True,)]


def test_a_table_of_somebody_else_is_refused(shop, database):
    query(database, "create schema recudf", "create table recudf.dim_users as select 'me' as user_id")
    result = publish(shop.path, database)
    assert (result.exit_code, "recudf.dim_users that `recudf publish` did not make" in result.output) == (
        2,
        True,
    )
    assert query(database, "select * from recudf.dim_users") == [("me",)]
    assert query(database, "select count(*) from pg_tables where schemaname = 'recudf'") == [(1,)]


def test_forgotten_people_are_not_in_it(shop, database):
    command = ["forget", "u0001", "--database", str(shop.path), "--published", database]
    nothing = CliRunner().invoke(main, command)
    assert (nothing.exit_code, "holds nothing published" in nothing.output) == (2, True)
    published(shop.path, database)
    query(database, "create table recudf.dim_mine as select 1 as x")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert f"{len(MARTS)} published tables deleted" in done.output
    assert query(database, "select tablename::text from pg_tables where schemaname = 'recudf'") == [
        ("dim_mine",)
    ]


def test_one_publisher_at_a_time(shop, database):
    with dbapi.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('recudf publish recudf'))")
        assert "another run of recudf publishes to postgresql://" in publish(shop.path, database).output
    published(shop.path, database)


def test_what_postgres_cannot_do_is_refused_and_no_password_is_shown(shop, database):
    assert "no version before it" in publish(shop.path, database, "--rollback").output
    assert "--keep is for versions" in publish(shop.path, database, "--keep", "3").output
    for files in ("--vectors", "--csv"):
        assert "PostgreSQL takes no files" in publish(shop.path, database, files).output
    for url in (
        database + "x",
        database.replace("127.0.0.1", "127.0.0.1:1x"),
        "postgresql://a:geheim@127.0.0.1:1/b",
    ):
        result = publish(shop.path, url)
        assert (result.exit_code, "cannot publish to postgresql://" in result.output) == (1, True), (
            result.output
        )
        assert "geheim" not in result.output
