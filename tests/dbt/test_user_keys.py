"""Keyed hashes in place of users' ids: what a database, its logs and a published copy hold, and what the key opens."""

import csv
import json
import re

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from warehouse import UNTESTED, Warehouse

from recudf.cli import main

EXPLAINED = (
    "+fct_recommendations",
    "+fct_recommendation_parts",
    "+dim_users",
    "+dim_items",
    "+dim_interests",
)
KEY, OTHER = "the key of the test, long enough", "another key that is long enough"
ID = re.compile(rb"(?<![0-9a-f\\-])u\d{4}(?![0-9a-f])")


def run(*arguments, ok=True):
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert (result.exit_code == 0) is ok, result.output
    return result.output


@pytest.fixture
def keyed(monkeypatch):
    monkeypatch.setenv("RECUDF_USER_KEY", KEY)


@pytest.fixture(scope="module")
def exports(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    for name, table in sample.inputs.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def shop(exports, tmp_path_factory):
    """Loaded with a key, and built without one."""
    folder = tmp_path_factory.mktemp("keyed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECUDF_USER_KEY", KEY)
        run("load", exports, "--database", folder / "shop.duckdb", "--user-map", folder / "map.csv")
    run("build", "--database", folder / "shop.duckdb", *UNTESTED, "--select", *EXPLAINED)
    return Warehouse(folder / "shop.duckdb")


def test_no_true_id_is_in_the_database_or_beside_it(shop, sample):
    """... in no table, no byte of the file and no log; the key is nowhere."""
    folder = shop.path.parent
    users = {u.strip() for u in sample.inputs["interactions"]["user_id"].to_pylist() if u}
    assert len(users) > 50
    assert all(ID.fullmatch(user.encode()) or user == "bot" for user in users if user.startswith("u"))
    for file in (path for path in folder.rglob("*") if path.is_file() and path.name != "map.csv"):
        content = file.read_bytes()
        assert not ID.search(content), file
        assert KEY.encode() not in content, file
    for table in ("interactions", "texts", "users", "relations"):
        assert shop.query(f"select count(*) from raw.{table} where user_id not like 'p-%'") == [(0,)]
    assert shop.query("select count(*) from recudf.dim_users where user_id not like 'p-%'") == [(0,)]


def test_results_are_those_of_true_ids(shop, built):
    """What does not order by the id: counts, groups' sizes, evidence of interests."""
    for query in (
        "select count(*), sum(events), sum(items), sum(texts) from recudf.dim_users",
        "select item_id, events, users, texts from recudf.dim_items order by all",
        "select name, users from recudf.dim_interests where kind = 'category' order by all",
    ):
        assert shop.query(query) == built.query(query)


def test_the_map_tells_who_is_who_and_is_for_its_owner_alone(shop, keyed):
    file = shop.path.parent / "map.csv"
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open() as lines:
        rows = list(csv.DictReader(lines))
    known = {row["pseudonym"] for row in rows}
    assert {user for (user,) in shop.query("select user_id from recudf.stg_users")} <= known
    assert len({row["user_id"] for row in rows}) == len(known) == len(rows)


def test_explain_takes_the_true_id_where_the_key_is(shop, monkeypatch):
    with (shop.path.parent / "map.csv").open() as lines:
        true_ids = {row["pseudonym"]: row["user_id"] for row in csv.DictReader(lines)}
    ((user, item),) = shop.query(
        "select user_id, item_id from recudf.fct_recommendations order by all limit 1"
    )
    asked = ("explain", true_ids[user], item, "--database", shop.path)
    assert f"holds pseudonyms, and '{true_ids[user]}' is none: set RECUDF_USER_KEY" in run(*asked, ok=False)
    monkeypatch.setenv("RECUDF_USER_KEY", KEY)
    assert json.loads(run(*asked, "--json"))["user_id"] == user
    assert json.loads(run("explain", user, item, "--database", shop.path, "--json"))["user_id"] == user
    monkeypatch.setenv("RECUDF_USER_KEY", OTHER)
    assert "and the key given is" in run(*asked, ok=False)


def test_a_load_by_another_key_or_none_changes_nothing(shop, exports, monkeypatch, tmp_path):
    before = shop.query("select user_id from raw.users order by all")
    again = ("load", exports, "--database", shop.path)
    assert "holds pseudonyms, and there is no key: set RECUDF_USER_KEY" in run(*again, ok=False)
    monkeypatch.setenv("RECUDF_USER_KEY", OTHER)
    assert re.search(
        r"holds pseudonyms of the key [0-9a-f]{16}, and the key given is [0-9a-f]{16}", run(*again, ok=False)
    )
    monkeypatch.setenv("RECUDF_USER_KEY", KEY)
    run(*again)
    assert shop.query("select user_id from raw.users order by all") == before
    monkeypatch.delenv("RECUDF_USER_KEY")
    plain = ("load", exports, "--database", tmp_path / "plain.duckdb")
    run(*plain)
    assert "there is no key" in run(*plain, "--user-map", tmp_path / "map.csv", ok=False)
    monkeypatch.setenv("RECUDF_USER_KEY", KEY)
    assert "holds true ids of users of an earlier load" in run(*plain, ok=False)
    monkeypatch.setenv("RECUDF_USER_KEY", "short")
    assert "holds 5 characters: give at least 16" in run(*again, ok=False)


def test_forget_takes_the_true_id(shop, exports, tmp_path, monkeypatch):
    database = tmp_path / "shop.duckdb"
    monkeypatch.setenv("RECUDF_USER_KEY", KEY)
    run("load", exports, "--database", database)
    true_id = "u0003"
    receipt = json.loads(
        run("forget", true_id, "--database", database, "--json").partition("\nnext")[0].partition("\nnote")[0]
    )
    assert receipt["unknown"] == []
    assert receipt["deleted"]["raw.interactions"] > 0
    monkeypatch.delenv("RECUDF_USER_KEY")
    assert "holds pseudonyms, and 'u0004' is none: set RECUDF_USER_KEY" in run(
        "forget", "u0004", "--database", database, ok=False
    )


PARTS = (
    "--select",
    "+fct_user_neighbors",
    "stg_relations",
    "+dim_users",
    "fct_recommendation_history",
    "+fct_recommendations",
)


@pytest.mark.slow
def test_builds_make_pseudonyms_of_tables_that_are_there(warehouse, sample, monkeypatch):
    """The var pseudonyms: no table of the build has a true id; another key, or none, ends the build."""
    warehouse.load("theirs", **sample.inputs)
    settings = {"inputs": {name: f"theirs.{name}" for name in sample.inputs}, "pseudonyms": True}
    asked = warehouse.try_build(*PARTS, **settings)
    assert "the var pseudonyms is true, and there is no key: set RECUDF_USER_KEY" in asked.output
    monkeypatch.setenv("RECUDF_USER_KEY", KEY)
    warehouse.build(*PARTS, **settings)
    columns = warehouse.query(
        "select schema_name, table_name, column_name from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name) "
        "where schema_name != 'theirs' and not temporary and data_type = 'VARCHAR' and column_name in "
        "('user_id', 'other_user_id', 'neighbor_id', 'exemplars', 'text_id')"
    )
    assert {column for *_, column in columns} >= {"user_id", "other_user_id", "neighbor_id"}
    for schema, table, column in columns:
        assert warehouse.query(
            f"select count(*) from {schema}.{table} where regexp_matches({column}, '(^|[^0-9a-z-])u[0-9]{{4}}($|[^0-9a-f])')"
        ) == [(0,)], (table, column)
    monkeypatch.setenv("RECUDF_USER_KEY", OTHER)
    done = warehouse.try_build(*PARTS, **settings)
    assert re.search(
        "the tables of recudf have pseudonyms of the key [0-9a-f]{16}, and this build has pseudonyms of the key",
        done.output,
    )
    done = warehouse.try_build(*PARTS, inputs=settings["inputs"])
    assert "and this build has true ids of users: build as before" in done.output
    assert (
        "pseudonyms is 'yes': give true or false"
        in warehouse.try_build(*PARTS, **{**settings, "pseudonyms": "yes"}).output
    )
