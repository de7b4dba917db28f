"""Databases, models, settings and statements that are not as they should be: what the commands say, their exit codes,
and what stays."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest
from shops import LOADED, held, tables

import recudf
from recudf.settings import EncoderSettings, Settings

EVERY = [["load", "shop"], ["build"], ["evaluate"], ["sql", "select 1"], ["sql", "select 1", "--read-only"]]


@pytest.mark.parametrize(
    "content",
    [b"my diary" * 1000, b"hi", b"", b"SQLite format 3\0" + bytes(5000)],
    ids=["text", "short", "empty", "sqlite"],
)
def test_a_file_that_is_no_database(run, shop, tmp_path, content):
    (tmp_path / "diary.duckdb").write_bytes(content)
    for command in EVERY if len(content) == 8000 else EVERY[:1]:
        done = run(*command, "--database", "diary.duckdb")
        assert (done.returncode, done.stdout) == (1, "")
        assert (
            done.stderr
            == "error: diary.duckdb is not a DuckDB database: give another --database, or move that file away\n"
        )
    assert (tmp_path / "diary.duckdb").read_bytes() == content
    assert {p.name for p in tmp_path.iterdir()} <= {"diary.duckdb", "shop", ".recudf"}


def test_a_database_that_is_cut_short(run, database, tmp_path):
    whole = database.read_bytes()
    (tmp_path / "half.duckdb").write_bytes(whole[:20_000])
    for command in EVERY:
        done = run(*command, "--database", "half.duckdb")
        assert done.returncode == 1
        assert (
            "half.duckdb is cut short or damaged: restore it, or move it away, load and build anew"
            in done.stderr
        )
    assert (tmp_path / "half.duckdb").read_bytes() == whole[:20_000]


def test_a_database_that_another_process_holds(run, database):
    with held(database) as pid:
        for command in EVERY:
            done = run(*command, "--database", database)
            assert done.returncode == 1
            assert f"{database} is in use by another process: close it there, or wait" in done.stderr
            assert f"(PID {pid})" in done.stderr
    assert tables(database) == LOADED


def test_paths_that_lead_nowhere(run, shop):
    done = run("load", shop, "--database", "no/where.duckdb")
    assert (done.returncode, done.stderr) == (
        1,
        "error: cannot open no/where.duckdb: there is no folder no: make it first\n",
    )
    done = run("load", shop, "--database", "shop")
    assert done.returncode == 2
    assert "'shop' is a directory" in done.stderr
    done = run("sql", "select 1", "--read-only", "--database", "missing.duckdb")
    assert done.returncode == 1
    assert "cannot open missing.duckdb" in done.stderr
    assert "database does not exist" in done.stderr
    for command in ("build", "evaluate"):
        done = run(command, "--database", "missing.duckdb")
        assert (done.returncode, done.stderr) == (
            2,
            "error: missing.duckdb does not exist: run `recudf load DIR --database missing.duckdb` first\n",
        )


def test_evaluate_without_build(run, database):
    done = run("evaluate", "--database", database)
    assert done.returncode == 2
    assert "no finished build in schema recudf" in done.stderr
    assert "run `recudf build` first" in done.stderr
    assert tables(database) == LOADED


SETTINGS = [
    (
        {"RECUDF_ENCODER": "/no/such/model"},
        1,
        "there is no encoder '/no/such/model': give the path of a folder, or a name on the hub",
    ),
    (
        {"RECUDF_ENCODER": "no-such-model", "HF_HUB_OFFLINE": "1"},
        1,
        "there is no encoder 'no-such-model': give the path of a folder",
    ),
    ({"RECUDF_ENCODER": "shop"}, 1, "shop is no model: the folder has neither modules.json nor config.json"),
    ({"RECUDF_DEVICE": "tpu"}, 2, "device is 'tpu': choose one of auto, cpu, cuda, mps"),
    ({"RECUDF_DTYPE": "int8"}, 2, "dtype is 'int8': choose one of auto, fp32, bf16, fp16"),
    ({"RECUDF_MAX_TOKENS": "many"}, 2, "max_tokens is 'many': give a whole number"),
    ({"RECUDF_BATCH_TOKENS": "0"}, 2, "batch_tokens is 0: give at least 1"),
    ({"RECUDF_INDEX_MEMORY_BYTES": "2GB"}, 2, "index_memory_bytes is '2GB': give a whole number"),
    ({"RECUDF_PROGRESS": "loud"}, 2, "progress is 'loud': choose one of auto, bar, lines, off"),
]


@pytest.mark.parametrize(("variables", "code", "said"), SETTINGS, ids=[str(s[0]) for s in SETTINGS])
def test_settings_without_meaning(run, database, variables, code, said):
    done = run("sql", "select 1", "--database", database, **variables)
    assert done.returncode == code
    assert done.stderr.startswith(f"error: {said}")
    if code == 2:
        done = run("build", "--database", database, **variables)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"error: {said}")
    assert tables(database) == LOADED


@pytest.mark.slow
def test_a_build_with_a_model_that_is_not_there(run, database):
    done = run("build", "--database", database, RECUDF_ENCODER="/no/such/model")
    assert done.returncode == 1
    assert "there is no encoder '/no/such/model': give the path of a folder" in done.stdout
    assert tables(database) == LOADED


def test_altered_weights(run, tiny_encoder, tmp_path):
    """A file cut short cannot be loaded; bundled weights that differ by a byte are refused (tests/unit/encoders)."""
    model = Path(shutil.copytree(tiny_encoder, tmp_path / "model"))
    (weights,) = model.rglob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:1000])
    connection = recudf.connect(settings=Settings(EncoderSettings(str(model))))
    with pytest.raises(duckdb.Error, match=f"encoder '{model}' cannot be loaded from {model}: .*header"):
        connection.execute("select embed('good film')")
    assert connection.execute("select embed(null)").fetchall() == [(None,)]
    (model / "modules.json").write_text("{")
    done = run("sql", "select 1", RECUDF_ENCODER=str(model))
    assert done.returncode == 1
    assert "modules.json is not JSON" in done.stderr


STATEMENTS = [
    ("selec 1", 1, "Parser Error: syntax error at or near"),
    ("select * from nowhere", 1, "Table with name nowhere does not exist"),
    (
        "select cosine_topk([1, 2], 'nowhere', 1)",
        1,
        "no index 'nowhere' in this process: make it with vector_index(id, vector)",
    ),
    ("select vector_unit(['nan'::float])", 1, "holds NaN or infinity: remove the row"),
    (b"select 'a\xff'", 2, "text that is not UTF-8"),
]


@pytest.mark.parametrize(("statement", "code", "said"), STATEMENTS)
def test_statements(run, database, statement, code, said):
    given = statement if isinstance(statement, bytes) else statement.encode()
    for done in (
        run("sql", os.fsdecode(given), "--database", database),
        run("sql", "--database", database, text=given),
    ):
        assert done.returncode == code
        assert done.stderr.startswith("error: ")
        assert said in done.stderr
        assert "UDF" not in done.stderr


def test_help_tells_the_exit_codes(run):
    said = " ".join(run("--help").stdout.split())
    assert (
        "0 fine; 1 something failed while running (a build, a query, a locked file); 2 a wrong option or input"
        in said
    )
