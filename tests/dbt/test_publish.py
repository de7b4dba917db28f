"""`recudf publish`: what it writes, beside the marts; swaps, kills, full disks and readers in other processes."""

import csv
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from warehouse import Warehouse, marts

from recudf.cli import main

MARTS = sorted([*marts(), "fct_metrics", "fct_runs"])


def publish(path, to, *options):
    result = CliRunner().invoke(main, ["publish", str(to), "--database", str(path), "--json", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(path, to, *options):
    result = CliRunner().invoke(main, ["publish", str(to), "--database", str(path), *options])
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    return result.output


def current(to):
    return (to / "current").resolve().name


def files(to):
    """Everything below a folder, apart from the lock."""
    return sorted(
        str(p.relative_to(to)) for p in to.rglob("*") if p.is_file() and not p.name.startswith(".lock")
    )


@pytest.fixture(scope="module")
def published(built, tmp_path_factory):
    """The folder, and what the command said."""
    folder = tmp_path_factory.mktemp("published")
    return folder, publish(built.path, folder, "--vectors")


@pytest.fixture
def shop(built, tmp_path):
    """A copy of the built sample, to be changed."""
    return Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))


def test_the_marts_are_those_of_the_warehouse_row_by_row(built, published):
    place = published[0] / "current"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built.path}' as built (read_only)")
        connection.execute(f"attach '{place / 'marts.duckdb'}' as copy (read_only)")
        found = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'copy' order by all"
        ).fetchall()
        assert found == [("recudf", name) for name in MARTS]
        for mart in MARTS:
            assert (
                connection.execute(f"describe copy.recudf.{mart}").fetchall()
                == connection.execute(f"describe built.recudf.{mart}").fetchall()
            )
            rows = pq.read_table(place / "parquet" / f"{mart}.parquet")
            assert not any(pa.types.is_nested(field.type) for field in rows.schema)
            for copy in (f"copy.recudf.{mart}", "rows"):
                for one, other in ((f"built.recudf.{mart}", copy), (copy, f"built.recudf.{mart}")):
                    more = f"(from {one}) except all (from {other})"
                    assert connection.execute(f"select count(*) from ({more})").fetchall() == [(0,)]


def test_the_storage_format_is_that_of_1_2(published):
    """The version that DuckDB tells, and the serialization version in the file: 1.2 wrote 65 at most."""
    path = published[0] / "current" / "marts.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as marts (read_only)")
        ((tags,),) = connection.execute(
            "select tags from duckdb_databases() where database_name = 'marts'"
        ).fetchall()
    assert tags["storage_version"] == "v1.2.0+"
    header = path.read_bytes()[:24]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") <= 65


def test_vectors_are_lists_of_floats_without_null(built, published, tmp_path, shop):
    place = published[0] / "current" / "parquet"
    for name, key in (("vec_items", "item_id"), ("vec_users", "user_id"), ("vec_texts", "text_hash")):
        rows = pq.read_table(place / f"{name}.parquet")
        assert rows.schema.field("vector").type in (
            pa.list_(pa.float32()),
            pa.list_(pa.field("element", pa.float32())),
        )
        expected = built.query(f"select {key}, vector::float[] from recudf.{name} order by {key}")
        assert list(zip(rows[key].to_pylist(), rows["vector"].to_pylist(), strict=True)) == expected
    shop.run("insert into recudf.vec_items by name select 'blank' as item_id, 'x' as fingerprint")
    said = publish(shop.path, tmp_path / "to", "--vectors")
    rows = pq.read_table(tmp_path / "to" / "current" / "parquet" / "vec_items.parquet")
    assert (rows["vector"].null_count, "blank" in rows["item_id"].to_pylist()) == (0, False)
    assert {"name": "vec_items", "rows": rows.num_rows}.items() <= {t["name"]: t for t in said["tables"]}[
        "vec_items"
    ].items()


def test_csv_is_as_excel_reads_it(shop, tmp_path):
    """A mark of UTF-8; NULL is empty; no text is a formula, and a number stays one."""
    titles = ["=1+1", "+31 20", "-5", "@home", 'Käse, "à la" 茶', "\ttab", "- a dash", "two\nlines"]
    items = [i for (i,) in shop.query("select item_id from recudf.dim_items order by 1 limit 9")]
    with shop.connection() as connection:
        for item, title in zip(items, [*titles, None], strict=True):
            connection.execute("update recudf.dim_items set title = ? where item_id = ?", [title, item])
    publish(shop.path, tmp_path / "to", "--csv")
    folder = tmp_path / "to" / "current" / "csv"
    assert sorted(p.stem for p in folder.iterdir()) == MARTS
    assert (folder / "dim_items.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    with (folder / "dim_items.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["item_id"]: row for row in csv.DictReader(file)}
    assert [rows[item]["title"] for item in items] == [
        *("'=1+1", "'+31 20", "-5", "'@home", titles[4], "'\ttab", "'- a dash", "two\nlines", "")
    ]
    assert len(rows) == shop.query("select count(*) from recudf.dim_items")[0][0]


def test_the_manifest_has_the_build_and_the_checksum_of_every_file(built, published):
    folder, said = published
    place = folder / "current"
    manifest = json.loads((place / "manifest.json").read_text())
    assert manifest.items() <= said.items()
    assert said["version"] == current(folder)
    ((run_id, fingerprint, as_of),) = built.query(
        "select run_id, fingerprint, as_of::varchar from recudf.fct_runs"
    )
    assert [manifest[k] for k in ("run_id", "fingerprint", "as_of")] == [run_id, fingerprint, as_of]
    assert {f["path"] for f in manifest["files"]} | {"manifest.json"} == {
        str(p.relative_to(place.resolve())) for p in place.resolve().rglob("*") if p.is_file()
    }
    for file in manifest["files"]:
        content = (place / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    for table in manifest["tables"]:
        assert built.query(f"select count(*) from recudf.{table['name']}") == [(table["rows"],)] or table[
            "name"
        ].startswith("vec_")
    assert manifest["earlier"] == []


def test_equal_tables_are_equal_parquet(built, published, tmp_path):
    other = publish(built.path, tmp_path / "to", "--vectors")
    parquet = {f["path"]: f["sha256"] for f in other["files"] if f["path"].startswith("parquet/")}
    assert parquet == {
        f["path"]: f["sha256"] for f in published[1]["files"] if f["path"].startswith("parquet/")
    }


def test_what_lies_around_is_not_published_and_an_earlier_build_is_told(shop, tmp_path):
    shop.run(
        "create table recudf.fct_mine as select 1 as x, 'r' as run_id, now()::timestamp as as_of",
        "alter table recudf.fct_interest_rules drop column run_id",
        "update recudf.dim_groups set run_id = 'before'",
        "create schema other; create table other.dim_users as from recudf.dim_users",
    )
    said = publish(shop.path, tmp_path / "to")
    assert [t["name"] for t in said["tables"]] == [m for m in MARTS if m != "fct_interest_rules"]
    assert said["earlier"] == ["dim_groups"]
    assert "note: of an earlier build: dim_groups" in CliRunner().invoke(
        main, ["publish", str(tmp_path / "to"), "--database", str(shop.path)]
    ).output  # fmt: skip


def test_no_text_of_a_user_is_published(built, published):
    """Texts of a sentence; a text of a word or two may be a word that an interest is named by."""
    sentences = {
        text for (text,) in built.query("select distinct text from recudf.stg_texts") if len(text.split()) > 3
    }
    assert len(sentences) > 50
    values = set()
    for mart in MARTS:
        for column in pq.read_table(published[0] / "current" / "parquet" / f"{mart}.parquet").columns:
            if pa.types.is_string(column.type):
                values |= set(column.drop_null().unique().to_pylist())
    content = "\n".join(values)
    assert [text for text in sentences if text in content] == []


def test_old_versions_stay_as_many_as_asked_and_one_can_go_back(built, tmp_path):
    to = tmp_path / "to"
    names = [publish(built.path, to)["version"] for _ in range(3)]
    assert sorted(p.name for p in (to / "versions").iterdir()) == names == sorted(names)
    assert current(to) == names[2]
    back = publish(tmp_path / "not there.duckdb", to, "--rollback")
    assert (back["version"], current(to), back["run_id"] is not None) == (names[1], names[1], True)
    publish(built.path, to, "--rollback")
    assert current(to) == names[0]
    assert f"has no version before {names[0]}" in refused(built.path, to, "--rollback")
    assert current(to) == names[0]
    last = publish(built.path, to, "--keep", "2")
    assert last["deleted"] == names[:2]
    assert sorted(p.name for p in (to / "versions").iterdir()) == [names[2], last["version"]]


def test_a_reader_keeps_what_it_has_opened(built, tmp_path):
    to = tmp_path / "to"
    publish(built.path, to)
    with duckdb.connect(str(to / "current" / "marts.duckdb"), read_only=True) as reader:
        before = reader.execute("select count(*) from recudf.dim_users").fetchall()
        publish(built.path, to, "--keep", "1")
        assert reader.execute("select count(*) from recudf.dim_users").fetchall() == before
        assert reader.execute("select count(*) from recudf.fct_user_interests").fetchall() != [(0,)]


def test_a_published_file_cannot_be_written_by_mistake(published):
    path = published[0] / "current" / "marts.duckdb"
    assert path.stat().st_mode & 0o222 == 0


def start(path, to, *options, **more):
    command = [sys.executable, "-m", "recudf", "publish", str(to), "--database", str(path), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


@pytest.mark.parametrize("moment", ["marts.duckdb", "parquet/fct_user_interests.parquet", "manifest.json"])
def test_a_killed_publish_leaves_the_version_before(built, tmp_path, moment):
    to = tmp_path / "to"
    before = publish(built.path, to, "--vectors")["version"]
    while True:
        process = start(built.path, to, "--vectors")
        while process.poll() is None and not (to / "versions" / ".unfinished" / moment).exists():
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if (to / "versions" / ".unfinished").exists():
            break
        before = current(to)  # it was quicker
    assert current(to) == before
    copy = Warehouse(to / "current" / "marts.duckdb", shared=True)
    assert copy.rows("dim_users", without=()) == built.rows("dim_users", without=())
    after = publish(built.path, to, "--keep", "1")["version"]
    assert sorted(p.name for p in (to / "versions").iterdir()) == [after]


@pytest.mark.parametrize("size", [100_000, 1 << 20])
def test_a_full_disk_leaves_the_version_before_and_nothing_half(built, tmp_path, size):
    to = tmp_path / "to"
    publish(built.path, to)
    before = files(to)
    process = start(
        built.path,
        to,
        "--vectors",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    output, _ = process.communicate()
    assert process.returncode == 1
    assert f"error: cannot publish to {to}: " in output
    assert "free some space" in output
    assert "Traceback" not in output
    assert files(to) == before


def test_a_folder_that_cannot_be_written(built, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot publish to" in refused(built.path, tmp_path / "file" / "to")
    (tmp_path / "mine" / "current").mkdir(parents=True)
    assert "was not made by `recudf publish`" in refused(built.path, tmp_path / "mine")
    assert list((tmp_path / "mine" / "current").iterdir()) == []
    assert "holds nothing published" in refused(built.path, tmp_path / "new", "--rollback")
    assert "does not exist" in refused(tmp_path / "no.duckdb", tmp_path / "to")
    assert not (tmp_path / "to").exists()
    assert refused(built.path, tmp_path / "to", "--keep", "0")


def test_one_publisher_at_a_time(built, tmp_path):
    to = tmp_path / "to"
    to.mkdir()
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(to / ".lock.duckdb")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        assert f"another run of recudf publishes to {to}: wait until it is done" in refused(built.path, to)
        other.stdin.close()
    publish(built.path, to)


READER = """
import json, sys, time, pathlib, duckdb, pyarrow.parquet as pq
to, reads = pathlib.Path(sys.argv[1]), 0
while not (to.parent / "stop").exists() or not reads:
    with duckdb.connect(str(to / "current" / "marts.duckdb"), read_only=True) as c:
        counts = c.execute(
            "select (select count(*) from recudf.fct_recommendations), (select count(distinct x) from recudf.dim_groups),"
            " (select min(x) from recudf.dim_groups), (select min(x) from recudf.dim_users)"
        ).fetchall()[0]
    assert counts[0] > 0 and counts[1] == 1 and counts[2] == counts[3], counts
    version = (to / "current").resolve()  # files that belong together
    rows = {t["name"]: t["rows"] for t in json.loads((version / "manifest.json").read_text())["tables"]}
    for name in ("dim_users", "fct_recommendations"):
        assert pq.read_table(version / "parquet" / f"{name}.parquet").num_rows == rows[name]
    reads += 1
    time.sleep(float(sys.argv[2]))
print(reads)
"""


def read_while_publishing(shop, to, readers, publishes, pause):
    """Versions differ in a column x; no reader may fail, or see rows of two of them. Returns their reads."""
    shop.run("alter table recudf.dim_groups add x int", "alter table recudf.dim_users add x int")

    def publish_next(x):
        shop.run(f"update recudf.dim_groups set x = {x}", f"update recudf.dim_users set x = {x}")
        publish(shop.path, to)

    publish_next(0)
    command = [sys.executable, "-c", READER, str(to), str(pause)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(readers)
    ]
    try:
        for x in range(1, publishes + 1):
            publish_next(x)
    finally:
        (to.parent / "stop").write_text("")
        said = [(process.communicate(), process.returncode) for process in running]
    assert [error for (_, error), code in said if code] == []
    return [int(output) for (output, _), _ in said]


def test_readers_are_not_disturbed(shop, tmp_path):
    assert min(read_while_publishing(shop, tmp_path / "to", readers=3, publishes=4, pause=0.05)) > 0


@pytest.mark.slow
def test_fifty_readers_are_not_disturbed(shop, tmp_path):
    assert min(read_while_publishing(shop, tmp_path / "to", readers=50, publishes=15, pause=1)) > 0


def test_an_older_duckdb_reads_it(published):
    """RECUDF_OLD_DUCKDB: a Python whose duckdb is of 1.2 or later; elsewhere the format above stands for it."""
    python = os.environ.get("RECUDF_OLD_DUCKDB")
    if not python:
        pytest.skip("RECUDF_OLD_DUCKDB names no Python with an older DuckDB")
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(c.sql('from recudf.dim_users').fetchall() != [])"
    path = published[0] / "current" / "marts.duckdb"
    assert subprocess.check_output([python, "-c", code, str(path)], text=True) == "True\n"
