"""`recudf forget`: no byte of people or of what they alone wrote is left, and the next build never saw them."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

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


OTHERS = (
    "create schema mine",
    "create table mine.customers as select 'u0094' as customer, 7 as visits",
    "create table mine.orders (id integer primary key, note varchar default 'none', check (id > 0))",
    "insert into mine.orders values (1, 'first')",
    "create view mine.fans as select user_id from recudf.dim_users",
    "create index by_note on mine.orders (note)",
)
LEFT_BY_BUILDS = (
    "create table recudf_embeddings.int_llm_answers as select 'what of them' as content from range(4)",
    "create schema recudf_replay",
    "create table recudf_replay.split_hidden as from raw.interactions",
)


@dataclass
class Case:
    """before, after: the built sample, uncompressed, with tables of somebody else. ids: a tenth of the users, and
    texts the sentences that they alone wrote. other: a user who stays."""

    before: Warehouse
    after: Warehouse
    ids: list
    texts: list
    other: str
    receipt: dict


def people(shop):
    """A tenth of the users."""
    users = [user for (user,) in shop.query("select user_id from recudf.dim_users order by user_id")]
    return users[3::10], users[0]


@pytest.fixture(scope="module")
def case(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("forget")
    (folder / "before").mkdir()
    before = Warehouse(uncompressed(built.path, folder / "before" / "shop.duckdb"))
    before.run(*OTHERS, *LEFT_BY_BUILDS)
    ids, other = people(before)
    texts = before.query(
        "select text from recudf.stg_texts group by text having bool_and(list_contains(?, user_id)) and length(text) > 20",
        ids,
    )
    after = Warehouse(shutil.copy(before.path, folder / "shop.duckdb"))
    beside = folder / ".recudf" / "shop"
    (beside / "building").mkdir(parents=True)
    shutil.copy(before.path, beside / "building" / "shop.duckdb")
    (beside / "logs").mkdir()
    (beside / "logs" / "dbt.log").write_text(f"a failure of {ids[0]}")
    receipt = forget(after.path, *ids, "nobody")
    return Case(before, after, ids, [text for (text,) in texts], other, receipt)


@pytest.fixture
def shop(built, tmp_path):
    """A copy of the built sample."""
    return Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))


def test_no_byte_of_them_is_left(case, tmp_path):
    """But one id in a table of somebody else. DuckDB may compress strings: hence a copy that is not."""
    assert len(case.ids) >= 10
    assert len(case.texts) >= 10
    assert traces(case.before.path, case.ids, case.texts) == {*case.ids, *case.texts}
    assert traces(case.before.path, [case.other], []) == {case.other}
    plain = uncompressed(case.after.path, tmp_path / "plain.duckdb")
    assert traces(plain, case.ids, case.texts) == {"u0094"}
    assert traces(case.after.path, case.ids, case.texts) <= {"u0094"}
    assert traces(plain, [case.other], []) == {case.other}
    folder = case.after.path.parent
    left = [p.name for p in folder.rglob("*") if p.is_file() and "before" not in p.parts]
    assert sorted(left) == ["lock.duckdb", "shop.duckdb"]


def test_rows_are_deleted_where_they_name_them_and_nowhere_else(case):
    inputs = [
        name
        for (name,) in case.before.query("select table_name from duckdb_tables() where schema_name = 'raw'")
    ]
    for name in inputs:
        described = case.before.query(f"describe raw.{name}")
        columns = [c for c, *_ in described if c in ("user_id", "other_user_id")]
        named = " or ".join(f"trim({c}, ' \t\n\r') in (select unnest(?))" for c in columns) or "false"
        kept = case.before.query(
            f"select * from raw.{name} where not coalesce({named}, false) order by all",
            *[case.ids] * len(columns),
        )
        assert case.after.query(f"from raw.{name} order by all") == kept
        ((rows,),) = case.before.query(f"select count(*) from raw.{name}")
        assert case.receipt["deleted"].get(f"raw.{name}", 0) == rows - len(kept)
    assert case.receipt["deleted"]["raw.interactions"] > 100
    assert case.receipt["deleted"]["raw.texts"] > 10
    assert case.receipt["asked"] == len(case.ids) + 1
    assert case.receipt["unknown"] == ["nobody"]
    assert case.receipt["texts"] >= len(case.texts)


def test_what_builds_share_and_keep_loses_them_alone(case):
    before, after = case.before, case.after
    history = "from recudf.fct_recommendation_history where not list_contains(?, user_id) order by all"
    assert after.query(history, []) == before.query(history, case.ids) != []
    used = before.query(
        """
        select text_hash, vector from recudf_embeddings.int_text_embeddings
        where text_hash in (
            select text_hash from recudf.stg_texts where not list_contains(?, user_id)
            union select text_hash from recudf.int_item_texts union select text_hash from recudf.int_sentiment_prototypes
        ) order by text_hash""",
        case.ids,
    )
    vectors = "select text_hash, vector from recudf_embeddings.int_text_embeddings order by text_hash"
    assert after.query(vectors) == used
    assert case.receipt["embeddings"] == len(before.query(vectors)) - len(used) > 10
    assert case.receipt["answers"] == 4
    assert after.rows("fct_runs", without=()) == before.rows("fct_runs", without=())
    tables = after.query(
        "select schema_name, table_name from duckdb_tables() where schema_name like 'recudf%' order by all"
    )
    assert tables == [
        ("recudf", "fct_recommendation_history"),
        ("recudf", "fct_runs"),
        ("recudf_embeddings", "int_text_embeddings"),
    ]
    assert case.receipt["dropped"]["recudf.dim_users"] == len(case.ids)
    assert case.receipt["dropped"]["recudf.event_types"] == 0


def test_tables_of_others_are_told_and_left(case):
    after = case.after
    assert case.receipt["left"] == {"mine.customers.customer": 1}
    assert after.query("from mine.customers") == [("u0094", 7)]
    assert after.query("from mine.orders") == [(1, "first")]
    with pytest.raises(duckdb.ConstraintException):
        after.run("insert into mine.orders values (1, 'again')")
    assert after.query("select view_name from duckdb_views() where schema_name = 'mine'") == [("fans",)]
    assert after.query("select index_name from duckdb_indexes()") == [("by_note",)]
    with after.connection() as connection:
        ((tags,),) = connection.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert tags["storage_version"] == "v1.2.0+"


def test_what_cannot_be_done_changes_nothing(shop, tmp_path):
    (somebody, *_), _ = people(shop)
    before = shop.path.read_bytes()
    assert "no user 'nobody', 'u9999' in" in refused(shop.path, "u9999", "nobody")
    assert "a blank id names nobody" in refused(shop.path, somebody, " ")
    assert "does not exist" in refused(tmp_path / "no.duckdb", "x")
    assert f"{tmp_path} holds nothing published" in refused(shop.path, somebody, "--published", str(tmp_path))
    reads = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", reads, str(shop.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout.readline() == b"open\n"
        assert "is in use by another process: close it there" in refused(shop.path, somebody)
        reader.stdin.close()
    assert shop.path.read_bytes() == before
    assert not list(tmp_path.glob(".recudf/shop/forgetting"))


def test_a_killed_one_changes_nothing_and_the_next_one_clears_up(shop, tmp_path):
    """The next one is given a link, of which the file itself is rewritten, and a folder of publish."""
    (somebody, *_), _ = people(shop)
    before, working = shop.path.read_bytes(), tmp_path / ".recudf" / "shop" / "forgetting"
    command = [sys.executable, "-m", "recudf", "forget", somebody, "--database", str(shop.path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (working / "shop.duckdb").exists():
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert working.exists()  # else it was quicker than this test
    assert shop.path.read_bytes() == before
    to = tmp_path / "to"
    for _ in range(2):
        assert CliRunner().invoke(main, ["publish", str(to), "--database", str(shop.path)]).exit_code == 0
    versions = sorted(p.name for p in (to / "versions").iterdir())
    link = tmp_path / "elsewhere" / "shop.duckdb"
    link.parent.mkdir()
    link.symlink_to(shop.path)
    receipt = forget(link, somebody, "--published", str(to))
    assert not working.exists()
    assert link.is_symlink()
    assert traces(shop.path, [somebody], []) == set()
    assert receipt["published"] == {str(to): versions}
    assert sorted(p.name for p in to.rglob("*")) == [".lock.duckdb", "versions"]


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
def test_the_next_build_equals_one_that_never_saw_them(shop, tmp_path, variables):
    """All marts, of groups and topics as well, beside a build on inputs cut by hand; it has the same vectors."""
    ids, _ = people(shop)
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
