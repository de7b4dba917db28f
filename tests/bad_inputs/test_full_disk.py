"""A disk that fills up in the middle of a build: a message that says what to do, no traceback, nothing lost, and the next build
with space is like any other."""

import subprocess
import sys
import time

import pytest
from test_bad_files import LOADED, database, loaded, mount, run, shop, tables  # noqa: F401 (fixtures)
from warehouse import Warehouse, marts

BUILD = ["build", "--quiet", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


@pytest.fixture
def disk(tmp_path):
    """A folder on a disk of 60 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    mount(path, "size=60m")
    yield path
    subprocess.run(["umount", str(path)], check=True)


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


@pytest.mark.parametrize(
    "moment", [m if m == "dbt logs" else pytest.param(m, marks=pytest.mark.slow) for m in MOMENTS]
)
def test_a_disk_that_fills_up(run, database, disk, small_encoder, moment):  # noqa: F811
    begins, options = MOMENTS[moment]
    target = disk / "shop.duckdb"
    target.write_bytes(database.read_bytes())
    code, said = build_while_full(disk, small_encoder, begins, *options)
    assert code == 1, said
    assert (disk / "filler").exists()
    assert "No space left on device" in said
    assert "free some space, or give a --database on another disk" in said
    assert "Traceback" not in said, said
    assert len(said) < 20_000
    (disk / "filler").unlink()
    assert tables(target) == LOADED or options
    assert set(LOADED) <= set(tables(target))
    for path in (target, database):  # the other one was never disturbed
        done = run(*BUILD, "--database", path)
        assert done.returncode == 0, done.stdout + done.stderr
    for mart in marts():
        assert Warehouse(target).rows(mart) == Warehouse(database).rows(mart)
