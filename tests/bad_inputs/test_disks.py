"""Disks that may only be read, that are full, or fill up in the middle of a build: a message that says what to do, no
traceback, nothing lost."""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shops import BUILD, LOADED, tables
from warehouse import Warehouse, marts

REMEDY = "free some space, or give a --database on another disk"


def mount(path, *options):
    """Mount a small disk at a folder, or change how it is mounted; skips where that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(path)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")


@pytest.fixture
def disk(tmp_path):
    """Mounts a disk of a size, such as 3m; returns its folder."""
    path = tmp_path / "disk"

    def mounted(size):
        path.mkdir()
        mount(path, f"size={size}")
        return path

    yield mounted
    if path.is_mount():
        subprocess.run(["umount", str(path)], check=True)


@pytest.mark.parametrize(
    "command", [["load", "shop"], ["build", "--in-place"], ["sql", "create table t as select 1"]]
)
def test_a_disk_that_may_only_be_read(run, database, disk, command):
    place = disk("3m")
    target = shutil.copy(database, place / "shop.duckdb")
    mount(place, "remount", "ro")
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


def test_no_space_for_a_load(run, database, disk, big):
    place = disk("3m")
    target = shutil.copy(database, place / "shop.duckdb")
    done = run("load", big, "--database", target)
    assert done.returncode == 1, done.stderr
    assert f'"{target}' in done.stderr
    assert f"No space left on device: {REMEDY}" in " ".join(done.stderr.split())
    assert tables(target) == LOADED
    done = run("load", big, "--database", place / "new.duckdb")
    assert (done.returncode, REMEDY in done.stderr) == (1, True)
    assert [p.name for p in place.iterdir()] == ["shop.duckdb"]


@pytest.mark.parametrize("in_place", [["--in-place"], []])
def test_no_space_for_a_build(run, database, disk, in_place):
    place = disk("3m")
    target = shutil.copy(database, place / "shop.duckdb")
    done = run("build", *in_place, "--database", target)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"error: no space left for {target}: a build needs " in done.stderr
    assert "are free: free some, or move the database to another disk" in done.stderr
    assert tables(target) == LOADED
    assert [p.name for p in place.iterdir()] == ["shop.duckdb"]


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


def fill(path):
    """Write whatever fits into a file."""
    with path.open("ab", buffering=0) as file:
        size = 1 << 20
        while size >= 512:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2


def build_while_full(path, environment, begins, *options):
    """A build on a disk that is full from the moment on when `begins` says so; what it said."""
    said = path.with_name("said")  # not a pipe: nobody reads it meanwhile
    with said.open("w") as file:
        command = [sys.executable, "-m", "recudf", *BUILD, *options, "--database", str(path / "shop.duckdb")]
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file, cwd=path.parent)
        while process.poll() is None:
            if begins(path):
                fill(path / "filler")
            time.sleep(0.01)
    return process.returncode, said.read_text()


MOMENTS = {
    "dbt logs": (lambda disk: any(disk.rglob("dbt.log")), []),
    "dbt has parsed": (lambda disk: any(disk.rglob("manifest.json")), []),
    "tables are written": (lambda disk: any(disk.rglob("building/*.wal")), []),
    "tables are written in place": (lambda disk: any(disk.glob("*.wal")), ["--in-place"]),
}


@pytest.mark.slow
def test_a_disk_that_fills_up(database, disk, small_encoder):
    fill_up(database, disk("60m"), small_encoder, "dbt logs")


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_build_with_space_is_like_any_other(run, database, disk, small_encoder, moment):
    target = fill_up(database, disk("60m"), small_encoder, moment)
    for path in (target, database):  # the other one was never disturbed
        done = run(*BUILD, "--database", path)
        assert done.returncode == 0, done.stdout + done.stderr
    for mart in marts():
        assert Warehouse(target).rows(mart) == Warehouse(database).rows(mart)


def fill_up(database, place, small_encoder, moment):
    """Have the disk be full from a moment of the build on, look at what it says and leaves, and make space again."""
    begins, options = MOMENTS[moment]
    target = Path(shutil.copy(database, place / "shop.duckdb"))
    code, said = build_while_full(place, small_encoder, begins, *options)
    assert code == 1, said
    assert (place / "filler").exists()
    assert "No space left on device" in said
    assert REMEDY in said
    assert "Traceback" not in said, said
    assert len(said) < 20_000
    (place / "filler").unlink()
    assert tables(target) == LOADED or options
    assert set(LOADED) <= set(tables(target))
    return target
