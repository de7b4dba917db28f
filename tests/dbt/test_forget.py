"""`recudf forget`: no byte of people or of what they alone wrote is left, and the next build never saw them."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time

import duckdb
import pytest
from click.testing import CliRunner
from warehouse import Warehouse, marts

from recudf.cli import main


def forget(path, *arguments):
    result = CliRunner().invoke(main, ["forget", *arguments, "--database", str(path), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(path, *arguments):
    result = CliRunner().invoke(main, ["forget", *arguments, "--database", str(path)])
    assert result.exit_code in (1, 2), result.output
    return result.output


def uncompressed(path, to):
    """A copy of a database in which every string stands as it is."""
    with duckdb.connect() as connection:
        connection.execute("pragma force_compression = 'uncompressed'")
        connection.execute(f"attach '{path}' as a (read_only); attach '{to}' as b (storage_version 'v1.2.0')")
        connection.execute("copy from database a to b; detach b")
    return to


def traces(path, ids, texts):
    """Which ids, as words, and which texts the bytes of a file hold."""
    content = path.read_bytes()
    words = set(re.findall(rb"u\d{4}(?![0-9])", content))
    return {i for i in ids if i.encode() in words} | {text for text in texts if text.encode() in content}


@pytest.fixture
def shop(built, tmp_path):
    """The built sample, uncompressed, with tables and a view of somebody else."""
    shop = Warehouse(uncompressed(built.path, tmp_path / "shop.duckdb"))
    return shop.run(
        "create schema mine",
        "create table mine.customers as select distinct trim(user_id) as customer, 7 as visits from raw.interactions",
        "create table mine.orders (id integer primary key, note varchar default 'none', check (id > 0))",
        "insert into mine.orders values (1, 'first')",
        "create view mine.fans as select user_id from recudf.dim_users",
        "create index by_note on mine.orders (note)",
    )


@pytest.fixture
def people(shop):
    """A tenth of the users, the sentences that they alone wrote, and a user who stays."""
    users = [user for (user,) in shop.query("select user_id from recudf.dim_users order by user_id")]
    chosen = users[3::10]
    texts = shop.query(
        "select text from recudf.stg_texts group by text having bool_and(list_contains(?, user_id)) and length(text) > 20",
        chosen,
    )
    assert len(chosen) >= 10
    assert len(texts) >= 10
    return chosen, [text for (text,) in texts], users[0]


def test_no_byte_of_them_is_left(shop, people, tmp_path):
    ids, texts, other = people
    assert traces(shop.path, ids, texts) == {*ids, *texts}
    assert traces(shop.path, [other], []) == {other}
    shop.run("drop table mine.customers")
    beside = tmp_path / ".recudf" / "shop"
    (beside / "building").mkdir(parents=True)
    shutil.copy(shop.path, beside / "building" / "shop.duckdb")
    (beside / "logs").mkdir()
    (beside / "logs" / "dbt.log").write_text(f"a failure of {ids[0]}")
    forget(shop.path, *ids)
    for path in (shop.path, uncompressed(shop.path, tmp_path / "plain.duckdb")):
        assert traces(path, ids, texts) == set()
    assert traces(tmp_path / "plain.duckdb", [other], []) == {other}
    left = [p.name for p in tmp_path.rglob("*") if p.is_file() and p.name != "plain.duckdb"]
    assert sorted(left) == ["lock.duckdb", "shop.duckdb"]


def test_rows_are_deleted_where_they_name_them_and_nowhere_else(shop, people):
    ids, texts, _ = people
    inputs = [
        name for (name,) in shop.query("select table_name from duckdb_tables() where schema_name = 'raw'")
    ]
    columns = {
        name: [c for c, *_ in shop.query(f"describe raw.{name}") if c in ("user_id", "other_user_id")]
        for name in inputs
    }
    before = {}
    for name, users in columns.items():
        named = " or ".join(f"trim({c}, ' \t\n\r') in (select unnest(?))" for c in users) or "false"
        values = [ids] * len(users)
        before[name] = shop.query(
            f"select * from raw.{name} where not coalesce({named}, false) order by all", *values
        )
    rows = {name: shop.query(f"select count(*) from raw.{name}")[0][0] for name in inputs}
    receipt = forget(shop.path, *ids)
    for name in inputs:
        assert shop.query(f"from raw.{name} order by all") == before[name]
        if columns[name]:
            assert receipt["deleted"][f"raw.{name}"] == rows[name] - len(before[name])
    assert receipt["asked"] == len(ids)
    assert (receipt["unknown"], receipt["texts"] >= len(texts)) == ([], True)
    assert sum(rows[name] - len(before[name]) for name in ("interactions", "texts")) > 100


def test_what_builds_share_and_keep_loses_them_alone(shop, people):
    ids, _, _ = people
    history = shop.query(
        "from recudf.fct_recommendation_history where not list_contains(?, user_id) order by all", ids
    )
    kept = shop.query(
        """
        select text_hash, vector from recudf_embeddings.int_text_embeddings
        where text_hash in (
            select text_hash from recudf.stg_texts where not list_contains(?, user_id)
            union select text_hash from recudf.int_item_texts union select text_hash from recudf.int_sentiment_prototypes
        ) order by text_hash""",
        ids,
    )
    ((embedded,),) = shop.query("select count(*) from recudf_embeddings.int_text_embeddings")
    runs = shop.rows("fct_runs", without=())
    shop.run(
        "create table recudf_embeddings.int_llm_answers as select 'what of them' as content from range(4)",
        "create schema recudf_replay; create table recudf_replay.split_hidden as from raw.interactions",
    )
    receipt = forget(shop.path, *ids)
    assert receipt["answers"] == 4
    assert shop.query(
        "select schema_name, table_name from duckdb_tables() where table_name = 'int_llm_answers' or schema_name = 'recudf_replay'"
    ) == []  # fmt: skip
    assert shop.query("from recudf.fct_recommendation_history order by all") == history
    assert (
        shop.query("select text_hash, vector from recudf_embeddings.int_text_embeddings order by text_hash")
        == kept
    )
    assert receipt["embeddings"] == embedded - len(kept) > 10
    assert shop.rows("fct_runs", without=()) == runs
    found = shop.query("select table_name from duckdb_tables() where schema_name = 'recudf' order by all")
    assert found == [("fct_recommendation_history",), ("fct_runs",)]
    assert receipt["dropped"]["recudf.dim_users"] == len(ids)
    assert receipt["dropped"]["recudf.event_types"] == 0


def test_tables_of_others_are_told_and_left(shop, people):
    ids, *_ = people
    receipt = forget(shop.path, *ids, "nobody")
    assert receipt["unknown"] == ["nobody"]
    assert receipt["left"] == {"mine.customers.customer": len(ids)}
    assert shop.query("select count(*) from mine.customers where list_contains(?, customer)", ids) == [
        (len(ids),)
    ]
    assert shop.query("from mine.orders") == [(1, "first")]
    with pytest.raises(duckdb.ConstraintException):
        shop.run("insert into mine.orders values (1, 'again')")
    assert shop.query("select view_name from duckdb_views() where schema_name = 'mine'") == [("fans",)]
    assert shop.query("select index_name from duckdb_indexes()") == [("by_note",)]
    with shop.connection() as connection:
        ((tags,),) = connection.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert tags["storage_version"] == "v1.2.0+"


def test_what_cannot_be_done_changes_nothing(shop, people, tmp_path):
    ids, *_ = people
    before = shop.path.read_bytes()
    assert "no user 'nobody', 'u9999' in" in refused(shop.path, "u9999", "nobody")
    assert "a blank id names nobody" in refused(shop.path, ids[0], " ")
    assert "does not exist" in refused(tmp_path / "no.duckdb", "x")
    assert f"{tmp_path} holds nothing published" in refused(shop.path, ids[0], "--published", str(tmp_path))
    reads = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", reads, str(shop.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout.readline() == b"open\n"
        assert "is in use by another process: close it there" in refused(shop.path, ids[0])
        reader.stdin.close()
    assert shop.path.read_bytes() == before
    assert not list(tmp_path.glob(".recudf/shop/forgetting"))
    forget(shop.path, ids[0])


def test_a_killed_one_changes_nothing_and_the_next_one_clears_up(shop, people, tmp_path):
    ids, *_ = people
    shop.run("drop table mine.customers")
    before, working = shop.path.read_bytes(), tmp_path / ".recudf" / "shop" / "forgetting"
    command = [sys.executable, "-m", "recudf", "forget", *ids, "--database", str(shop.path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (working / "shop.duckdb").exists():
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert working.exists()  # else it was quicker than this test
    assert shop.path.read_bytes() == before
    forget(shop.path, *ids)
    assert not working.exists()
    assert traces(shop.path, ids, []) == set()


def test_of_a_link_the_file_is_rewritten(shop, people, tmp_path):
    ids, *_ = people
    shop.run("drop table mine.customers")
    link = tmp_path / "elsewhere" / "shop.duckdb"
    link.parent.mkdir()
    link.symlink_to(shop.path)
    forget(link, *ids)
    assert link.is_symlink()
    assert traces(shop.path, ids, []) == set()


def test_published_versions_are_deleted(shop, people, tmp_path):
    ids, *_ = people
    to = tmp_path / "to"
    for _ in range(2):
        assert CliRunner().invoke(main, ["publish", str(to), "--database", str(shop.path)]).exit_code == 0
    versions = sorted(p.name for p in (to / "versions").iterdir())
    receipt = forget(shop.path, ids[0], "--published", str(to))
    assert receipt["published"] == {str(to): versions}
    assert [p.name for p in to.rglob("*")] == [".lock.duckdb", "versions"] or [
        p.name for p in to.rglob("*")
    ] == ["versions", ".lock.duckdb"]


def test_without_a_build(tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb").load(
        interactions="select * from (values ('a', 'x'), (' a ', 'y'), ('b', 'x')) as t(user_id, item_id)",
        relations="select 'b' as user_id, 'a' as other_user_id",
        blocklist="select null::varchar as user_id, 'x' as item_id",
    )
    receipt = forget(shop.path, "a")
    assert receipt["deleted"] == {"raw.blocklist": 0, "raw.interactions": 2, "raw.relations": 1}
    assert shop.query("from raw.interactions") == [("b", "x")]
    assert shop.query("from raw.blocklist") == [(None, "x")]


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{}, {"encoder": "lexical"}])
def test_the_next_build_equals_one_that_never_saw_them(shop, people, tmp_path, variables):
    """All marts, of groups and topics as well, beside a build on inputs cut by hand; it has the same vectors."""
    ids, *_ = people
    if variables:
        shop.build(**variables)
    original, never = tmp_path / "original.duckdb", Warehouse(tmp_path / "never.duckdb")
    shutil.copy(shop.path, original)
    forget(shop.path, *ids)
    named = {
        name: [c for (c,) in shop.query("select column_name from duckdb_columns() where table_name = ? and schema_name = 'raw' and column_name like '%user_id'", name)]
        for (name,) in shop.query("select table_name from duckdb_tables() where schema_name = 'raw'")
    }  # fmt: skip
    with duckdb.connect(str(never.path)) as connection:
        connection.execute(f"attach '{shop.path}' as forgot (read_only)")
        connection.execute("create schema raw; create schema recudf_embeddings")
        connection.execute(
            "create table recudf_embeddings.int_text_embeddings as from forgot.recudf_embeddings.int_text_embeddings"
        )
        connection.execute("detach forgot")
        connection.execute(f"attach '{original}' as original (read_only)")
        for name, columns in named.items():
            cut = " and ".join(
                f"coalesce(trim({c}, ' \t\n\r') not in (select unnest(?)), true)" for c in columns
            )
            connection.execute(
                f"create table raw.{name} as from original.raw.{name} where {cut or 'true'}",
                [ids] * len(columns),
            )
    shop.build(**variables)
    never.build(**variables)
    for mart in marts():
        if mart == "fct_recommendation_history":
            continue
        assert shop.rows(mart) == never.rows(mart), mart
    now = "as_of = (select as_of from recudf.stg_as_of)"
    assert shop.rows("fct_recommendation_history", where=now) == never.rows("fct_recommendation_history")
