"""No step after the installation opens a connection: the whole chain in a process that is watched, and has no network where
the system can take it away."""

import os
import shutil
import subprocess
import sys

import pytest
from warehouse import UNTESTED

# Python loads it before anything else; processes that this one starts load it, too
WATCH = """
import os, sys

def _watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        with open(os.environ["WATCHED"], "a") as file:
            file.write(f"{event} {arguments[-1]!r}\\n")
        raise ConnectionRefusedError("no network at build time")

sys.addaudithook(_watch)
"""


def without_network():
    """A prefix that takes all networks away, even the process's own; nothing where that is not allowed."""
    prefix = ["unshare", "--net"]
    if not shutil.which("unshare"):
        return []
    return (
        prefix if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0 else []
    )


@pytest.fixture
def run(tmp_path, tiny_encoder):
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "watch"), os.environ.get("PYTHONPATH", "")]).rstrip(
            os.pathsep
        ),
        "WATCHED": str(tmp_path / "connections"),
        "RECUDF_ENCODER": str(tiny_encoder),
    }

    def run(*arguments, isolated=True):
        return subprocess.run(
            [*(without_network() if isolated else []), sys.executable, "-W", "ignore", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    run.connections = tmp_path / "connections"
    return run


def test_the_watch_sees_a_connection(run):
    done = run("-c", "import socket; socket.create_connection(('127.0.0.1', 9))", isolated=False)
    assert done.returncode != 0
    assert run.connections.read_text()


@pytest.mark.slow
def test_the_whole_chain_opens_no_connection(run):
    sizes = ("--users", "40", "--items", "40", "--interactions", "500", "--texts", "40", "--groups", "2")
    for arguments in (
        ("sample", "shop", *sizes),
        ("load", "shop", "--database", "shop.duckdb"),
        ("build", "--database", "shop.duckdb", "--quiet", *UNTESTED),
        ("evaluate", "--database", "shop.duckdb"),
        (
            "sql",
            "select count(*) > 0 as any, embed('a tent') is not null from recudf.fct_metrics",
            "--database",
            "shop.duckdb",
        ),
        ("init", "mine"),
    ):
        done = run("-m", "recudf", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    assert not run.connections.exists(), run.connections.read_text()
