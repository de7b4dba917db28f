"""A shop and recudf as a process of its own; builds use the warehouse of tests/dbt, with the tiny encoder."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from recudf.engines.loading import load

sys.path.insert(0, str(Path(__file__).parents[1] / "dbt"))

from shops import FILES, folder


@pytest.fixture
def small_encoder(tiny_encoder, monkeypatch):
    """Commands and builds of the test embed with the tiny encoder, without a bar of progress."""
    monkeypatch.setenv("RECUDF_ENCODER", str(tiny_encoder))
    monkeypatch.setenv("RECUDF_PROGRESS", "off")
    return dict(os.environ)


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


@pytest.fixture
def big(tmp_path):
    """A folder with 6 MB of events that do not compress."""
    draw = random.Random(1)
    rows = "".join(f"u{i % 10},i{i % 30},{draw.randbytes(50).hex()}\n" for i in range(60_000))
    return folder(
        tmp_path / "big",
        {"items.csv": FILES["items.csv"], "interactions.csv": "user_id,item_id,source\n" + rows},
    )
