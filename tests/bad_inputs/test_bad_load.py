"""Files that cannot be loaded, and odd ones that can: messages name file, column and value; nothing is half-written."""

import gzip
import io
import json
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from shops import folder

from recudf.cli import main

EVENTS = "user_id,item_id,occurred_at,value\n"
LONE = b"a\xed\xa0\x80b"  # how a lone surrogate would be written
BAD_TEXT = pa.Array.from_buffers(
    pa.string(), 1, [None, pa.py_buffer(np.array([0, 5], np.int32)), pa.py_buffer(LONE)]
)


def parquet(**columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


MANY = parquet(item_id=[f"item {i}" for i in range(1000)])

REFUSED = {
    # what is there is no text
    "csv in latin-1": ({"items.csv": "item_id,title\n1,Café\n".encode("latin-1")}, ["CSV Error on Line: 2", "not utf-8 encoded"]),
    "csv in utf-16": ({"items.csv": "item_id,title\n1,Café\n".encode("utf-16")}, ["items.csv", "not utf-8 encoded"]),
    "csv with a lone surrogate": ({"items.csv": b"item_id,title\n1," + LONE + b"\n"}, ["items.csv", "not utf-8 encoded"]),
    "parquet with a lone surrogate": ({"items.parquet": parquet(item_id=["a"], title=BAD_TEXT)}, [r'value "a\xED\xA0\x80b" is not valid UTF8']),
    "parquet with bytes": ({"items.parquet": parquet(item_id=["a"], title=[LONE])}, ["items.parquet", "is not valid UTF8"]),
    "json with a lone surrogate": ({"items.json": '[{"item_id": "a", "title": "a\\ud800b"}]'}, ["items.json", "no low surrogate in string"]),
    "json with bytes": ({"items.json": b'[{"item_id": "a", "title": "a\xff b"}]'}, ["items.json", "invalid UTF-8"]),
    # columns
    "no required column": ({"interactions.csv": "user_id,product\nu,i\n"}, ["no column item_id: add it, or rename one of user_id, product"]),
    "no required column, parquet": ({"texts.parquet": parquet(text=["hello"])}, ["texts.parquet: no column user_id: add it, or rename one of text"]),
    "no required column, json": ({"users.json": '[{"id": 1}]'}, ["users.json: no column user_id: add it, or rename one of id"]),
    "one of two columns": ({"blocklist.csv": "user_id\nu\n"}, ["blocklist.csv: no column item_id or category: add one, or rename one of user_id"]),
    # truncated, empty
    "half a parquet": ({"items.parquet": MANY[: len(MANY) // 2]}, ["items.parquet: cannot be read as parquet", "No magic bytes found at end"]),
    "a parquet with a hole": ({"items.parquet": MANY[:100] + bytes(2000) + MANY[2100:]}, ["items.parquet: cannot be loaded as items"]),
    "parquet of 4 bytes": ({"items.parquet": b"PAR1"}, ["items.parquet: cannot be read as parquet", "too small"]),
    "parquet of 0 bytes": ({"items.parquet": b""}, ["items.parquet: the file is empty: write at least its header, or remove it"]),
    "csv of 0 bytes": ({"items.csv": b""}, ["items.csv: the file is empty: write at least its header, or remove it"]),
    "csv of blank lines": ({"items.csv": "\n\n"}, ["items.csv: no column item_id: add it"]),
    "json of 0 bytes": ({"items.json": b""}, ["items.json: holds no objects: write a list of them or one a line, or remove the file"]),
    "json without objects": ({"items.json": "[]"}, ["items.json: holds no objects"]),
    "half a json": ({"items.json": '[{"item_id": "a"}, {"item_'}, ["items.json: cannot be read as json"]),
    "half a gzip": ({"items.csv.gz": gzip.compress(b"item_id\n" + b"abc\n" * 10000)[:40]}, ["items.csv.gz", "Unexpected end of GZIP"]),
    "no gzip": ({"items.csv.gz": b"item_id\na\n"}, ["items.csv.gz", "not a GZIP stream"]),
    # values
    "a month 13": ({"interactions.csv": EVENTS + "u,i,2024-13-01 00:00:00,\n"}, ["column occurred_at holds '2024-13-01 00:00:00': give times, as 2024-01-31 18:00:00, or leave it empty"]),
    "a year 999999": ({"interactions.csv": EVENTS + "u,i,999999-01-01 00:00:00,\n"}, ["column occurred_at holds '999999-01-01 00:00:00': give times"]),
    "times in words": ({"interactions.csv": EVENTS + "u,i,yesterday,\nu,j,2024-01-01,\n"}, ["column occurred_at holds 'yesterday': give times"]),
    "seconds since 1970": ({"interactions.csv": EVENTS + "u,i,1700000000,\n"}, ["column occurred_at is of type BIGINT: give times"]),
    "a value in words": ({"interactions.csv": EVENTS + "u,i,,good\nu,j,,3\n"}, ["column value holds 'good': give numbers, as 4.5, or leave it empty"]),
    "a decimal comma": ({"interactions.csv": EVENTS + 'u,i,,"4,5"\n'}, ["column value holds '4,5': give numbers"]),
    "a list as category": ({"items.json": '[{"item_id": 1, "category": ["a", "b"]}]'}, ["column category is of type VARCHAR[]: give plain text", "a|b|c"]),
    "a field of 3 MB in csv": ({"items.csv": "item_id,title\na," + "x" * 3_000_000 + "\n"}, ["items.csv", "Maximum line size"]),
    # names
    "no name that load knows": ({"notes.txt": "x"}, ["holds no file that load knows: name them items, interactions"]),
    "csv and parquet": ({"items.csv": "item_id\na\n", "items.parquet": MANY}, ["both items.csv and items.parquet hold items: keep one of them"]),
    "two spellings": ({"items.csv": "item_id\na\n", "ITEMS.CSV.GZ": gzip.compress(b"item_id\na\n")}, ["both ITEMS.CSV.GZ and items.csv hold items"]),
}  # fmt: skip


def load(*folders, database):
    return CliRunner().invoke(main, ["load", *map(str, folders), "--database", str(database)])


def query(database, statement):
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def database(tmp_path):
    """A database with items and users from an earlier load."""
    path = tmp_path / "shop.duckdb"
    earlier = folder(
        tmp_path / "earlier", {"items.csv": "item_id,title\n007,Tent\n", "users.csv": "user_id\nu\n"}
    )
    assert load(earlier, database=path).exit_code == 0
    return path


@pytest.mark.parametrize("case", REFUSED)
def test_refused(database, tmp_path, case):
    files, said = REFUSED[case]
    # relations come after the bad file's table, memberships before: neither may stay
    good = folder(
        tmp_path / "good",
        {"memberships.csv": "group_id,user_id\ng,u\n", "relations.csv": "user_id,other_user_id\nu,v\n"},
    )
    bad = folder(tmp_path / "bad", files)
    for target in (database, tmp_path / "new.duckdb"):
        result = load(good, bad, database=target)
        assert result.exit_code == 2, result.output
        assert result.output.startswith(f"error: {bad}")
        assert all(words in result.output for words in said), result.output
        assert len(result.output) < 600
    assert query(database, "select table_name from duckdb_tables() order by 1") == [("items",), ("users",)]
    assert query(database, "select item_id, title from raw.items") == [("007", "Tent")]
    assert not list(tmp_path.glob("new.duckdb*"))


def test_the_same_folder_twice_and_none(database, tmp_path):
    shop = folder(tmp_path / "shop", {"items.csv": "item_id\na\n"})
    (tmp_path / "link").symlink_to(shop)
    for twice in (shop, tmp_path / "link"):
        result = load(shop, twice, database=database)
        assert (result.exit_code, "is given twice: give each folder once" in result.output) == (2, True)
    assert (
        "does not exist: give a folder with files such as"
        in load(tmp_path / "nowhere", database=database).output
    )
    assert "is not a folder: give a folder" in load(shop / "items.csv", database=database).output
    assert (
        "holds no file that load knows: name them items"
        in load(folder(tmp_path / "empty", {}), database=database).output
    )
    assert query(database, "select title from raw.items") == [("Tent",)]


def test_headers_alone_are_tables_without_rows(tmp_path):
    files = {
        "items.csv": "item_id,title",
        "interactions.csv": EVENTS,
        "texts.parquet": parquet(user_id=pa.array([], pa.string()), text=pa.array([], pa.string())),
    }
    result = load(folder(tmp_path / "shop", files), database=tmp_path / "w.duckdb")
    assert (result.exit_code, result.output.count("none")) == (0, 3)
    types = query(
        tmp_path / "w.duckdb",
        "select column_name, data_type from duckdb_columns() where table_name = 'interactions'",
    )
    assert dict(types) == {
        "user_id": "VARCHAR",
        "item_id": "VARCHAR",
        "occurred_at": "TIMESTAMP",
        "value": "DOUBLE",
        "source": "VARCHAR",
    }


def test_times_of_any_century_and_any_value_are_kept_for_staging_to_judge(tmp_path):
    events = (
        EVENTS + "a,i,2999-01-01 00:00:00,-5\nb,i,1900-01-01 00:00:00,1e308\nc,i,infinity,nan\nd,i,,1e400\n"
    )
    assert (
        load(
            folder(tmp_path / "shop", {"interactions.csv": events}), database=tmp_path / "w.duckdb"
        ).exit_code
        == 0
    )
    found = query(
        tmp_path / "w.duckdb", "select occurred_at, value::varchar from raw.interactions order by user_id"
    )
    assert found == [
        (datetime(2999, 1, 1), "-5.0"),
        (datetime(1900, 1, 1), "1e+308"),
        (None, "nan"),
        (None, "inf"),
    ]


def test_dates_of_other_countries_and_truth_values(tmp_path):
    """As the CSV reader has understood them; a plain cast would have it read them again as ISO times and numbers."""
    events = EVENTS + "a,i,01/31/2024,true\nb,i,02/13/2024,false\nc,i,,\n"
    assert (
        load(
            folder(tmp_path / "shop", {"interactions.csv": events}), database=tmp_path / "w.duckdb"
        ).exit_code
        == 0
    )
    found = query(tmp_path / "w.duckdb", "select occurred_at, value from raw.interactions order by user_id")
    assert found == [(datetime(2024, 1, 31), 1.0), (datetime(2024, 2, 13), 0.0), (None, None)]


IDS = [
    "it's",
    'quo"te',
    "a b",
    "x'; drop table y; --",
    "日本 ü 😀",
    "x" * 300,
    "a|b",
    "$1 {{ v }} %s",
    "\\",
    "NULL",
    "007",
    "1e5",
]


@pytest.mark.parametrize("extension", ["csv", "json", "parquet"])
def test_any_id_comes_through(tmp_path, extension):
    quoted = "item_id\n" + "".join('"' + i.replace('"', '""') + '"\n' for i in IDS)
    content = {
        "csv": quoted,
        "json": json.dumps([{"item_id": i} for i in IDS]),
        "parquet": parquet(item_id=IDS),
    }[extension]
    shop = folder(tmp_path / 'it\'s a "shop"; --', {f"items.{extension}": content})
    assert load(shop, database=tmp_path / "a {b} é house.duckdb").exit_code == 0
    assert sorted(
        i for (i,) in query(tmp_path / "a {b} é house.duckdb", "select item_id from raw.items")
    ) == sorted(IDS)


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_long_texts_come_through(tmp_path, size):
    categories = "|".join(f"category {i}" for i in range(10_000))
    files = {
        "items.csv": f"item_id,title,category\na,{'x' * size},{categories}\n",
        "texts.json": json.dumps([{"user_id": "u", "text": "y" * size}]),
    }
    assert load(folder(tmp_path / "shop", files), database=tmp_path / "w.duckdb").exit_code == 0
    sizes = query(
        tmp_path / "w.duckdb",
        "select length(title), len(string_split(category, '|')), length(text) from raw.items, raw.texts",
    )
    assert sizes == [(size, 10_000, size)]


@pytest.mark.parametrize("name", ["it's", 'quo"te', "semi;colon", "raw", "Main", "temp", "system"])
@pytest.mark.parametrize("command", ["load", "build", "evaluate"])
def test_names_of_databases_that_nothing_can_be_built_in(tmp_path, name, command):
    shop, database = folder(tmp_path / "shop", {"items.csv": "item_id\na\n"}), tmp_path / f"{name}.duckdb"
    if command != "load":
        duckdb.connect(str(database)).close()
    result = CliRunner().invoke(
        main, [command, *([str(shop)] if command == "load" else []), "--database", str(database)]
    )
    assert result.exit_code == 2
    assert f"{database} has a name that tables cannot be built in: take one without quotes" in result.output
    assert database.exists() == (command != "load")
