"""Databases, models and disks that are not as they should be: what the commands say, their exit codes, and what stays."""

import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from test_bad_load import folder

import recudf
from recudf.engines.loading import load
from recudf.settings import EncoderSettings, Settings

FILES = {
    "items.csv": "item_id,title\n" + "".join(f"i{i},good film {i}\n" for i in range(30)),
    "interactions.csv": "user_id,item_id\n" + "".join(f"u{i % 10},i{i * 7 % 30}\n" for i in range(100)),
}
EVERY = [["load", "shop"], ["build"], ["evaluate"], ["sql", "select 1"], ["sql", "select 1", "--read-only"]]


@pytest.fixture
def run(small_encoder, tmp_path):
    """Runs recudf as a process of its own, in tmp_path, with limits that `before` sets; no traceback may ever show."""

    def run_recudf(*arguments, before=None, text=None, **variables):
        command = [sys.executable, "-m", "recudf", *map(str, arguments)]
        environment = {**small_encoder, "NO_COLOR": "1", **variables}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, preexec_fn=before, input=text or b"", capture_output=True, check=False, timeout=300,
        )  # fmt: skip
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
        assert done.returncode in (0, 1, 2)
        return done

    return run_recudf


@pytest.fixture
def shop(tmp_path):
    return folder(tmp_path / "shop", FILES)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A loaded database, with a table of somebody else's."""
    path = tmp_path_factory.mktemp("loaded")
    load(path / "shop.duckdb", [folder(path / "shop", FILES)])
    with duckdb.connect(str(path / "shop.duckdb")) as connection:
        connection.execute("create table mine as select 42 as x")
    return path / "shop.duckdb"


@pytest.fixture
def database(loaded, shop, tmp_path):
    """A copy to break."""
    return Path(shutil.copy(loaded, tmp_path / "shop.duckdb"))


def tables(database):
    """Names of all tables; the file can be opened and read."""
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select x from mine").fetchall() == [(42,)]
        assert connection.execute("select count(title) from raw.items").fetchall() == [(30,)]
        return sorted(
            f"{s}.{t}"
            for s, t in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        )


LOADED = ["main.mine", "raw.interactions", "raw.items"]


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
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        for command in EVERY:
            done = run(*command, "--database", database)
            assert done.returncode == 1
            assert f"{database} is in use by another process: close it there, or wait" in done.stderr
            assert f"(PID {holder.pid})" in done.stderr
        holder.stdin.close()
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


def mount(path, *options):
    """Mount a small disk at a folder, or change how it is mounted; skips where that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(path)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 3 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    mount(path, "size=3m")
    yield path
    subprocess.run(["umount", str(path)], check=True)


@pytest.mark.parametrize(
    "command", [["load", "shop"], ["build", "--in-place"], ["sql", "create table t as select 1"]]
)
def test_a_disk_that_may_only_be_read(run, database, small_disk, command):
    target = shutil.copy(database, small_disk / "shop.duckdb")
    mount(small_disk, "remount", "ro")
    done = run(*command, "--database", target)
    assert done.returncode == 1
    assert f"cannot write {target}: give another --database, or change its permissions" in done.stderr
    assert "Read-only file system" in done.stderr
    assert tables(target) == LOADED
    done = run("sql", "select x from mine", "--read-only", "--format", "csv", "--database", target)
    assert (done.returncode, done.stdout) == (0, "x\n42\n")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write any file")
@pytest.mark.parametrize(
    "command", [["load", "shop"], ["build", "--in-place"], ["sql", "create table t as select 1"]]
)
def test_a_file_that_may_only_be_read(run, database, command):
    database.chmod(0o444)
    done = run(*command, "--database", database)
    assert done.returncode == 1
    assert f"cannot write {database}: give another --database, or change its permissions" in done.stderr
    assert tables(database) == LOADED


@pytest.fixture
def big(tmp_path):
    """A folder with 6 MB of events that do not compress."""
    draw = random.Random(1)
    rows = "".join(f"u{i % 10},i{i % 30},{draw.randbytes(50).hex()}\n" for i in range(60_000))
    return folder(
        tmp_path / "big",
        {"items.csv": FILES["items.csv"], "interactions.csv": "user_id,item_id,source\n" + rows},
    )


REMEDY = "free some space, or give a --database on another disk"


def test_no_space_for_a_load(run, database, small_disk, big):
    target = shutil.copy(database, small_disk / "shop.duckdb")
    done = run("load", big, "--database", target)
    assert done.returncode == 1, done.stderr
    assert f'"{target}' in done.stderr
    assert f"No space left on device: {REMEDY}" in " ".join(done.stderr.split())
    assert tables(target) == LOADED
    done = run("load", big, "--database", small_disk / "new.duckdb")
    assert (done.returncode, REMEDY in done.stderr) == (1, True)
    assert [p.name for p in small_disk.iterdir()] == ["shop.duckdb"]


@pytest.mark.parametrize("in_place", [["--in-place"], []])
def test_no_space_for_a_build(run, database, small_disk, in_place):
    target = shutil.copy(database, small_disk / "shop.duckdb")
    done = run("build", *in_place, "--database", target)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"error: no space left for {target}: a build needs " in done.stderr
    assert "are free: free some, or move the database to another disk" in done.stderr
    assert tables(target) == LOADED
    assert [p.name for p in small_disk.iterdir()] == ["shop.duckdb"]


def no_file_beyond(size):
    """What a full disk looks like, without a disk: Linux refuses to write more into any one file."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_load_into_a_file_that_may_not_grow(run, database, big):
    done = run(
        "load", big, "--database", database, before=no_file_beyond(database.stat().st_size + (1 << 20))
    )
    assert done.returncode == 1, done.stderr
    assert f"File too large: {REMEDY}" in " ".join(done.stderr.split())
    assert tables(database) == LOADED


@pytest.mark.slow
@pytest.mark.parametrize("in_place", [["--in-place"], []])
def test_a_build_into_a_file_that_may_not_grow(run, database, big, in_place):
    assert run("load", big, "--database", database).returncode == 0
    before = database.stat().st_size
    # enough for every file of dbt's own
    done = run(
        "build",
        "--quiet",
        *in_place,
        "--exclude-resource-type",
        "unit_test",
        "--database",
        database,
        before=no_file_beyond(max(before + (2 << 20), 6 << 20)),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "File too large" in done.stdout
    assert "error: the build failed" in done.stderr
    assert set(LOADED) <= set(tables(database))
    assert run("sql", "create table later as from raw.items", "--database", database).returncode == 0


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
