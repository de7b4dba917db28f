"""`recudf doctor`: what it finds before the first build, after it, and of what is put into inputs and tables on purpose."""

import json
import shutil
import subprocess
import sys

import duckdb
import pytest
from click.testing import CliRunner
from warehouse import Warehouse

from recudf.cli import main
from recudf.doctor.machine import Inputs
from recudf.engines.examining_inputs import extent, mapped_inputs


def examine(path, *options, code=0):
    """Findings by check: (level, found, remedy)."""
    result = CliRunner().invoke(main, ["doctor", "--database", str(path), "--json", *options])
    assert result.exit_code == code, result.output
    found = {}
    for each in json.loads(result.stdout):
        found.setdefault(each["check"], []).append((each["level"], each["found"], each["remedy"]))
    return found


def levels(found):
    return {level for findings in found.values() for level, *_ in findings}


@pytest.fixture(scope="module")
def built(built, tmp_path_factory):
    """A copy of its own: doctor opens a file for writing, which other processes would meet."""
    return Warehouse(shutil.copy(built.path, tmp_path_factory.mktemp("examined") / "shop.duckdb"))


@pytest.fixture
def shop(built, tmp_path):
    """A copy of the built sample, to be changed."""
    return Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))


def test_before_there_is_anything(tmp_path):
    found = examine(tmp_path / "no.duckdb")
    assert found["file"] == [
        ("note", f"{tmp_path / 'no.duckdb'} does not exist", f"run `recudf load DIR --database {tmp_path / 'no.duckdb'}`")
    ]  # fmt: skip
    assert found["encoder"][0][0] == "ok"
    Warehouse(tmp_path / "empty.duckdb").run("create table t as select 1")
    found = examine(tmp_path / "empty.duckdb", code=1)
    assert found["inputs"][0][:2] == ("wrong", "there are none")


def test_of_a_build_nothing_is_wrong_and_nothing_is_changed(built):
    before = built.path.read_bytes()
    found = examine(built.path)
    assert levels(found) == {"ok", "note"}
    assert found["storage version"] == [("ok", "v1.2.0: opened by DuckDB 1.2 and later", None)]
    ((fingerprint,),) = built.query("select fingerprint from recudf.fct_runs")
    assert found["vectors"] == [("ok", f"of one encoder, {fingerprint}", None)]
    ((users, bots),) = built.query("select count(*), count(*) filter (is_bot) from recudf.int_users_flagged")
    assert found["users"][0][1].startswith(f"{bots} of {users} users are bot-like")
    assert ("note", "fct_metrics is empty", "run `recudf evaluate`") in found["models"]
    assert built.path.read_bytes() == before
    said = CliRunner().invoke(main, ["doctor", "--database", str(built.path)]).output
    assert "note   models: fct_metrics is empty\n         -> run `recudf evaluate`" in said
    assert said.endswith("nothing is wrong\n")


def test_inputs_of_poor_quality(tmp_path):
    """Counted by hand: ten events, of which 2 without a user, 1 twice, 1 in the future, 1 of 1970, 7 of no item."""
    shop = Warehouse(tmp_path / "shop.duckdb").load(
        items="select 'i' || i as item_id, null as title from range(3) as t(i)",
        interactions="""select * from (values
            ('u1', 'i0', '2024-01-01'), ('u1', 'i0', '2024-01-01'), (' ', 'i1', '2024-01-01'), (null, 'x', '2024-01-02'),
            ('u2', 'x', '2999-01-01'), ('u2', 'x', '1970-01-01'), ('u3', 'x', 'soon'), ('u4', 'x', null),
            ('u5', 'x', null), ('u6', 'x', null)) as t(user_id, item_id, occurred_at)""",
        texts="select 'u1' as user_id, repeat('漢字', 50 + i::int) as text from range(5) as t(i)",
        relations="select 'u1' as user_id",
    )
    found = examine(shop.path, code=1)
    events = {text: level for level, text, _ in found["input interactions"]}
    assert events == {
        "user_id is NULL or blank in 20.0% of 10 rows, which a build leaves out": "note",
        "1 of 10 rows are there more than once": "note",
        "1 of 10 rows are dated in the future": "note",
        "1 of 10 rows are dated before 1980": "note",
        "1 of 10 rows have a time that is none": "note",
        "10 rows in raw.interactions": "ok",
    }
    assert found["input relations"][0][:2] == ("wrong", "raw.relations has no column other_user_id")
    assert found["items of events"][0][:2] == ("wrong", "7 of 10 events name no item of raw.items")
    assert found["input items"][0][1] == "100.0% of 3 have neither title nor description"
    assert found["characters"][0][:2] == (
        "wrong",
        "100.0% of the characters of 5 texts are unknown to the encoder",
    )
    assert "characters" not in examine(shop.path, "--vars", "{encoder: lexical}", code=1)
    # 5 texts, 10 events, 6 users: 21 MiB + 35 kB + 1.5 kB + 57 kB, and the texts' characters
    assert " MiB now, some 21 once built; " in found["disk"][0][1]
    assert found["memory"][0][1].startswith("some 0.9 GiB for a first build, of ")
    assert found["build"] == [("note", "none in the schema recudf", "run `recudf build`")]


def test_inputs_that_are_mapped(tmp_path):
    shop = Warehouse(tmp_path / "shop.duckdb").load(
        schema="Mine", products="select 'i1' as sku, 'a red guitar' as name"
    )
    mapping = {
        "inputs": {"items": {"relation": "mine.products", "columns": {"item_id": "sku", "title": "name"}}}
    }
    found = examine(shop.path, "--vars", json.dumps(mapping))
    assert found["input items"] == [("ok", "1 rows in Mine.products", None)]
    mapping["inputs"]["texts"] = "mine.reviews"
    found = examine(shop.path, "--vars", json.dumps(mapping), code=1)
    assert found["input texts"][0][:2] == ("wrong", "is mapped to mine.reviews, which does not exist")
    result = CliRunner().invoke(main, ["doctor", "--database", str(shop.path), "--vars", "[1"])
    assert (result.exit_code, "--vars is '[1': give a mapping" in result.output) == (2, True)


def test_foreign_and_mixed_vectors(shop, tiny_encoders, monkeypatch):
    ((fingerprint,),) = shop.query("select fingerprint from recudf.fct_runs")
    shop.run(
        "insert into recudf_embeddings.int_text_embeddings by name "
        "select 'x' as text_hash, 'old' as fingerprint, 'r' as run_id from range(3)"
    )
    found = examine(shop.path)
    assert found["embeddings"][0][:2] == ("note", "3 of encoders that recudf does not use")
    monkeypatch.setenv("RECUDF_ENCODER", str(tiny_encoders[1]))
    level, text, _ = examine(shop.path)["vectors"][0]
    assert (level, text.startswith(f"of the encoder {fingerprint}, and the one that is set now is ")) == (
        "note",
        True,
    )
    shop.run("update recudf.vec_items set fingerprint = 'other' where item_id < 'i0010'")
    found = examine(shop.path, code=1)
    assert found["vectors"][0][:2] == (
        "wrong",
        f"of 2 encoders: {', '.join(sorted([fingerprint, 'other']))}: they cannot be compared",
    )


def test_an_encoder_that_is_not_there(built, tmp_path, monkeypatch):
    """What does not need it is looked at all the same."""
    monkeypatch.setenv("RECUDF_ENCODER", str(tmp_path / "none"))
    found = examine(built.path, code=1)
    assert [found[check][0][0] for check in ("encoder", "input items", "vectors", "build")] == [
        "wrong",
        "ok",
        "ok",
        "ok",
    ]
    assert "characters" not in found
    found = examine(built.path, "--vars", "{encoder: lexical}")
    assert found["encoder"][0][0] == "ok"
    result = CliRunner().invoke(
        main, ["doctor", "--database", str(built.path), "--vars", "{encoder: french}"]
    )
    assert result.exit_code == 2
    assert "the var encoder is 'french': known here are default, lexical" in result.output


def test_versions_and_models(shop):
    shop.run("update recudf.fct_runs set recudf_version = '99.0'", "drop table recudf.fct_interest_trends")
    found = examine(shop.path, code=1)
    assert found["build"][0][0] == "wrong"
    assert ("note", "not built: fct_interest_trends") in [finding[:2] for finding in found["models"]]
    shop.run("update recudf.fct_runs set recudf_version = '0.0.1'")
    assert examine(shop.path)["build"][0][0] == "note"


def test_who_holds_the_file(shop):
    hold = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'r');"
        "print('open', flush=True); sys.stdin.read()"
    )
    for mode, level, what in (("r", "note", "reads it"), ("w", "wrong", "has it open for writing")):
        command = [sys.executable, "-c", hold, str(shop.path), mode]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout.readline() == b"open\n"
            found = examine(shop.path, code=int(level == "wrong"))["file"]
            assert [f[:2] for f in found] == [(level, f"{shop.path}: process {other.pid} {what}")]
            other.stdin.close()


def test_files_that_are_none_or_of_a_newer_format(tmp_path):
    (tmp_path / "text.duckdb").write_text("no database" * 1000)
    found = examine(tmp_path / "text.duckdb", code=1)
    assert found["file"][0][0] == "wrong"
    assert "is not a DuckDB database" in found["file"][0][1]
    with duckdb.connect(str(tmp_path / "new.duckdb")) as connection:
        connection.execute(
            "create schema raw; create table raw.items as select 'a' as item_id, 'a red guitar' as title"
        )
    found = examine(tmp_path / "new.duckdb")
    assert found["storage version"][0][0] == "note"
    assert "BI tools with an older DuckDB cannot open it" in found["storage version"][0][1]


def test_the_size_of_inputs_is_counted(tmp_path):
    """Of two items one has words, six characters; of texts there are three with eleven, and two different ones."""
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("""
            create schema raw;
            create table raw.items as
                from (values ('i1', 'tent', 'ab'), ('i2', ' ', null)) as t(item_id, title, category);
            create table raw.texts as
                from (values ('u1', 'abc'), ('u2', 'abc'), ('u2', 'fghij')) as t(user_id, text);
            create table raw.interactions as
                from (values ('u1', 'i1'), ('u1', 'i2'), ('u2', 'i1')) as t(user_id, item_id)""")
        inputs, _ = mapped_inputs(connection, {})
        assert extent(connection, inputs) == Inputs(texts=3, characters=6 + 11, events=3, users=2)
