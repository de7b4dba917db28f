"""recudf load: formats, types, several folders. What cannot be loaded is in tests/bad_inputs/test_bad_load.py and test_bad_files.py."""

import gzip
import json
from datetime import date, datetime

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from recudf.cli import main


@pytest.fixture
def database(tmp_path):
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def load(database):
    def run(*arguments):
        return CliRunner().invoke(main, ["load", *map(str, arguments), "--database", str(database)])

    return run


@pytest.fixture
def rows(database):
    def query(statement):
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute(statement).fetchall()

    return query


def folder(tmp_path, name="shop", **files):
    """A folder with text files; `items_csv="..."` writes items.csv."""
    path = tmp_path / name
    path.mkdir(parents=True)
    for file, text in files.items():
        stem, _, extension = file.rpartition("_")
        (path / f"{stem}.{extension}").write_text(text)
    return path


def types(rows, table):
    return {name: type_ for name, type_, *_ in rows(f"describe raw.{table}")}


ITEMS = "item_id,title\n007,Tent\n8,Stove\n"


def test_csv_ids_keep_their_text_and_values_get_types(load, rows, tmp_path):
    events = "user_id,item_id,value,occurred_at,event_type,price\n01,007,4.5,2024-01-31 18:00:00,rating,9\n02,8,,,,10\n"
    assert load(folder(tmp_path, items_csv=ITEMS, interactions_csv=events)).exit_code == 0
    assert rows("select item_id, title from raw.items order by all") == [("007", "Tent"), ("8", "Stove")]
    assert rows("select user_id, item_id, value, occurred_at, source from raw.interactions order by 1") == [
        ("01", "007", 4.5, datetime(2024, 1, 31, 18), "shop"),
        ("02", "8", None, None, "shop"),
    ]
    found = types(rows, "interactions")
    assert (found["value"], found["occurred_at"], found["price"]) == ("DOUBLE", "TIMESTAMP", "BIGINT")


@pytest.mark.parametrize("extension", ["json", "jsonl", "ndjson"])
def test_json(load, rows, tmp_path, extension):
    records = [{"item_id": 7, "title": "1984"}, {"item_id": "007", "title": "2024-01-01", "more": 1}]
    text = json.dumps(records) if extension == "json" else "\n".join(map(json.dumps, records))
    assert load(folder(tmp_path, **{f"items_{extension}": text})).exit_code == 0
    assert rows("select item_id, title from raw.items order by all") == [("007", "2024-01-01"), ("7", "1984")]


def test_gzipped_csv(load, rows, tmp_path):
    path = folder(tmp_path)
    (path / "items.csv.gz").write_bytes(gzip.compress(ITEMS.encode()))
    assert load(path).exit_code == 0
    assert rows("select count(*) from raw.items") == [(2,)]


def test_parquet_types(load, rows, tmp_path):
    path = folder(tmp_path)
    utc = pa.timestamp("us", tz="Europe/Paris")
    table = pa.table(
        {
            "USER_ID": pa.array([7.0, None]),
            "item_id": pa.array([1 << 60, 2]),
            "value": pa.array([1, 2], pa.int8()),
            "occurred_at": pa.array([datetime(2024, 7, 1, 12), None], utc),  # 12:00 UTC, 14:00 in Paris
            "event_type": pa.array(["view", "cart"]).dictionary_encode(),
        }
    )
    pq.write_table(table, path / "interactions.parquet")
    pq.write_table(pa.table({"item_id": ["a"], "published_at": [date(2024, 1, 2)]}), path / "items.parquet")
    assert load(path).exit_code == 0
    assert rows("select user_id, item_id, value, occurred_at from raw.interactions order by item_id") == [
        ("7", str(1 << 60), 1.0, datetime(2024, 7, 1, 12)),
        (None, "2", 2.0, None),
    ]
    assert rows("select published_at from raw.items") == [(datetime(2024, 1, 2),)]


def test_times_with_an_offset_become_utc(load, rows, tmp_path):
    text = "user_id,item_id,occurred_at\nu,i,2024-01-01T00:00:00+02:00\nv,i,2024-01-01 05:00:00\n"
    assert load(folder(tmp_path, interactions_csv=text)).exit_code == 0
    found = rows("select occurred_at from raw.interactions order by user_id")
    assert found == [(datetime(2023, 12, 31, 22),), (datetime(2024, 1, 1, 5),)]


def test_folders_are_united_by_name_and_source_is_filled(load, rows, tmp_path):
    web = folder(tmp_path, "web", interactions_csv="item_id,user_id,source\na,u,\nb,u,partner\n")
    app = folder(tmp_path, "app's [1]*", interactions_csv="user_id,item_id,value\nv,c,2\n", items_csv=ITEMS)
    assert load(web, app).exit_code == 0
    found = rows("select user_id, item_id, value, source from raw.interactions order by item_id")
    assert found == [("u", "a", None, "web"), ("u", "b", None, "partner"), ("v", "c", 2.0, "app's [1]*")]


QUOTES = "'\";"  # not in the name of a database


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "it's",
        'quo"ted',
        "x'; drop table y; --",
        "[abc]",
        "star*",
        "who?",
        "key=value",
        "ünï",
        "$1 {x}",
    ],
)
def test_hostile_folder_and_database_names(tmp_path, name):
    path = folder(tmp_path, name, interactions_csv="user_id,item_id\nu,i\n")
    database = tmp_path / f"{name.translate(str.maketrans('', '', QUOTES))}.duckdb"
    result = CliRunner().invoke(main, ["load", str(path), "--database", str(database)])
    assert result.exit_code == 0, result.output
    with duckdb.connect(str(database)) as connection:
        assert connection.execute("select * from raw.interactions").fetchall() == [("u", "i", name)]


def test_hostile_column_names(load, rows, tmp_path):
    path = folder(tmp_path)
    odd = {'we"ird': [1], "it's": [2], "a b": [3], "select": [4], "item_id": ["i"]}
    pq.write_table(pa.table(odd), path / "items.parquet")
    result = load(path)
    assert result.exit_code == 0, result.output
    assert rows('select "we""ird", "it\'s", "a b", "select" from raw.items') == [(1, 2, 3, 4)]
    assert 'we"ird' in result.output


def test_a_second_load_replaces_and_drops_what_is_not_there(load, rows, tmp_path):
    load(folder(tmp_path, "old", items_csv=ITEMS, users_csv="user_id\nu\n"))
    result = load(folder(tmp_path, "new", items_csv="item_id\nx\n"))
    assert "raw.users" in result.output
    assert rows("select item_id from raw.items") == [("x",)]
    assert rows("select table_name from duckdb_tables()") == [("items",)]


def test_tables_of_others_stay(load, rows, tmp_path, database):
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema raw; create table raw.mine as select 1 a; create table users as select 2 b"
        )
    assert load(folder(tmp_path, items_csv=ITEMS)).exit_code == 0
    assert rows("select * from raw.mine, users") == [(1, 2)]


def test_empty_table_unknown_files_and_unused_columns_are_reported(load, tmp_path):
    path = folder(
        tmp_path,
        items_csv="item_id,colour\n",
        notes_txt="x",
        prices_csv="a\n1\n",
        users_csv="user_id,age\nu,3\n",
    )
    (path / ".hidden").write_text("")
    plain = load(path)
    assert plain.exit_code == 0
    assert "colour" in plain.output
    assert "none" in plain.output
    report = json.loads(load(path, "--json").output)
    assert report["tables"] == [
        {"input": "items", "rows": 0, "files": [str(path / "items.csv")], "unused_columns": ["colour"]},
        {"input": "users", "rows": 1, "files": [str(path / "users.csv")], "unused_columns": []},
    ]
    assert report["ignored"] == [str(path / "notes.txt"), str(path / "prices.csv")]


def test_new_files_can_be_opened_by_duckdb_1_2(load, rows, tmp_path):
    assert load(folder(tmp_path, items_csv=ITEMS)).exit_code == 0
    (tags,) = rows("select tags from duckdb_databases() where database_name = 'warehouse'")[0]
    assert "v1.2.0" in str(tags)


def test_real_data(load, rows, data):
    assert load(data("movies")).exit_code == 0
    assert rows("select count(*), count(distinct user_id) from raw.interactions") == [(100836, 610)]
