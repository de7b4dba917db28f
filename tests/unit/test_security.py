"""What SECURITY.md says of the code: nothing is unpickled, no text is run as Python, no process and, but for what a user
has asked for by name, no socket is opened."""

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import recudf

PACKAGE = Path(recudf.__file__).parent
UDFS = Path(importlib.import_module("recudf.udfs").__path__[0])
FILES = sorted([*PACKAGE.rglob("*.py"), *UDFS.rglob("*.py")])

UNPICKLING = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
NETWORK = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "ftplib", "smtplib", "asyncio"}
HARMLESS = {"urllib.parse"}  # takes addresses apart, opens none
PROCESSES = {"subprocess", "multiprocessing", "pty", "code", "ctypes"}
CALLS = {"eval", "exec", "compile", "__import__", "execfile"}
METHODS = {
    ("torch", "load"), ("np", "load"), ("numpy", "load"), ("os", "system"), ("os", "popen"), ("os", "fork"),
    ("yaml", "load"), ("yaml", "unsafe_load"), ("yaml", "full_load"), ("importlib", "exec_module"), ("runpy", "run_path"),
}  # fmt: skip


def found_in(source):
    """What of the above a source imports or calls."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names if alias.name not in HARMLESS}
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").split(".")[0]} if node.module not in HARMLESS else set()
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names = {node.func.id} & CALLS
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = {".".join(pair) for pair in METHODS & {(node.value.id, node.attr)}}
        else:
            continue
        yield from names & (UNPICKLING | NETWORK | PROCESSES | CALLS | {".".join(pair) for pair in METHODS})


ALLOWED = {
    "llm/client.py: urllib", "llm/client.py: http",  # asks the language model that a user has set
    "report/serving.py: http",  # `recudf serve`, for this machine alone
}  # fmt: skip


def test_nothing_is_unpickled_run_or_sent():
    assert len(FILES) > 50
    found = {
        f"{path.parent.name}/{path.name}: {name}"
        for path in FILES
        for name in found_in(path.read_text("utf-8"))
    }
    assert found == ALLOWED


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from joblib import load", "import urllib.request", "eval(text)", "import torch\ntorch.load(f)",
        "from urllib import request", "from http.server import HTTPServer", "def f():\n    import subprocess", "import yaml\nyaml.load(text)", "import os\nrun = os.system",
    ],
)  # fmt: skip
def test_each_would_be_found(source):
    assert list(found_in(source))


def test_the_weights_on_security_md_are_those_that_are_checked():
    from recudf.encoders.files import BUNDLED_SHA256

    root = Path(__file__).parents[2]
    assert BUNDLED_SHA256 in (root / "SECURITY.md").read_text("utf-8")


def test_loading_and_encoding_unpickle_nothing(tiny_encoder, tmp_path):
    """Not what the libraries underneath do, either: Python tells every class that an unpickler looks up."""
    script = """
import json, sys
seen = set()
def hook(event, arguments):
    if event == "pickle.find_class":
        seen.add(".".join(arguments))
sys.addaudithook(hook)
import recudf
recudf.connect().execute("select embed('a tent')").fetchall()
before = sorted(seen)
import pickle
pickle.loads(pickle.dumps(recudf.Settings()))
print(json.dumps([before, sorted(seen)]))
"""
    environment = {"RECUDF_ENCODER": str(tiny_encoder), "PATH": "", "HOME": str(tmp_path)}
    environment |= {"PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    seen, known = json.loads(run.stdout.splitlines()[-1])
    assert seen == []
    assert "recudf.settings.Settings" in known
