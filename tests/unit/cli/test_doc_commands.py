"""Commands of the documentation: every one is known to the command line, and those of the tutorial and of the pages
that people follow are run on the sample, in the order of their page. What is not run says why."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from recudf.cli import main

ROOT = Path(__file__).parents[3]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "dbt_project/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
OTHERS = {
    "git": "gets this repository",
    "cd": "goes where the next command says",
    "eval": "test_completion.py runs the script in the shells",
    "pip": "test_pins.py and the installation of every test run",
    "python": "scripts of a reader's own; test_superset.py runs that of docs/bi",
    "dbt": "test_foreign_project.py runs dbt alone",
    "export": "addresses and keys of a reader's own",
    "mf": "needs an environment of its own: docs/bi.md says what was run",
    "superset": "needs an environment of its own: docs/bi.md says what was run",
}
# pages whose commands are run from top to bottom, on a copy of the built sample as shop.duckdb
RUN = {
    ROOT / name
    for name in (
        "README.md",
        *(
            f"docs/{page}.md"
            for page in ("tutorial", "install", "publish", "report", "operations", "privacy")
        ),
        *(f"docs/{page}.md" for page in ("metrics", "bi")),
    )
}
BEGINS_WITH_NOTHING = {ROOT / "README.md", ROOT / "docs/tutorial.md"}
ELSEWHERE = {
    ROOT / "docs/llm.md": "test_llm.py, with a server of its own",
    ROOT / "docs/spark.md": "test_spark.py and test_spark_fits.py, with Java",
}
NOT_RUN = {
    "recudf publish --to": "test_publish_store.py and test_publish_postgres.py",
    "recudf serve": "test_serve.py",
    "recudf completion": "test_completion.py",
}
# places of a reader's own, and those of the test
PLACES = {
    "/srv/bi/shop": "published",
    "/srv/apart/users.csv": "users.csv",
    "/etc/recudf/user.key": "user.key",
}


def blocks(page):
    """Each command of each console block, without what is printed and without comments."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        yield [
            re.sub(r"\s+# .*$", "", part).strip()
            for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)
            for part in re.split(r" && ", line)
        ]


def is_run(command):
    return command.startswith("recudf ") and not command.startswith(tuple(NOT_RUN))


ALL = sorted({(page.name, command) for page in PAGES for block in blocks(page) for command in block})


@pytest.mark.parametrize(("page", "command"), [pytest.param(*c, id=f"{c[0]}: {c[1]}"[:70]) for c in ALL])
def test_a_command_is_known(page, command):
    """recudf's with all its options and values, make's as a target."""
    first, *arguments = shlex.split(re.split(r" > ", command)[0])
    if first == "make":
        target = next(a for a in arguments if "=" not in a)
        assert re.search(rf"^{re.escape(target)}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    elif first == "recudf":
        name, *arguments = arguments
        context = click.Context(main, info_name="recudf", **main.context_settings)
        found = main.get_command(context, name)
        assert found is not None, name
        found.make_context(name, arguments, parent=context)
    else:
        assert first in OTHERS


def test_there_are_commands():
    assert len([c for _, c in ALL if c.startswith("recudf ")]) > 30


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with exports/ and the sample built from them, with the encoder that comes with recudf."""
    folder = tmp_path_factory.mktemp("reader")
    for command in (
        "sample exports",
        "load exports --database built.duckdb",
        "build --quiet --database built.duckdb",
    ):
        assert run(f"recudf {command}", folder).returncode == 0
    return folder


def run(command, folder, variables=()):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RECUDF_")} | dict(variables)
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_every_page_is_run_or_says_where():
    told = {page for page in PAGES if any(is_run(c) for block in blocks(page) for c in block)}
    assert told == RUN | set(ELSEWHERE)


@pytest.mark.slow
@pytest.mark.timeout(3600)  # some evaluate several times
@pytest.mark.parametrize("page", sorted(RUN), ids=lambda page: page.name)
def test_the_commands_of_a_page_run(shop, page, tmp_path):
    """A block that sets a key begins with no database, which would hold true ids of users."""
    shutil.copytree(shop / "exports", tmp_path / "exports")
    (tmp_path / "user.key").write_text("a key of this test alone")
    if page.name == "privacy.md":
        (tmp_path / "exports" / "forget_requests.csv").write_text("user_id,requested_at\nu0099,2025-01-31\n")
    done = 0
    for block in blocks(page):
        variables, folder, key = {}, tmp_path, "RECUDF_USER_KEY" in " ".join(block)
        database = tmp_path / "shop.duckdb"
        if key:
            database.unlink(missing_ok=True)
        elif not database.exists() and page not in BEGINS_WITH_NOTHING:
            shutil.copy(shop / "built.duckdb", database)
        for command in block:
            for theirs, ours in PLACES.items():
                command = command.replace(theirs, ours)
            first, *rest = shlex.split(re.split(r" > ", command)[0])
            if first == "export":
                variables |= dict(pair.split("=", 1) for pair in rest)
            if first == "cd" and (folder / rest[0]).is_dir():
                folder = folder / rest[0]
            if not is_run(command):
                continue
            if "--published" in command or "--rollback" in command:  # of what was published before
                run("recudf publish published --database shop.duckdb", tmp_path)
            result = run(command, folder, variables)
            assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
            done += 1
        if key:
            database.unlink()
    assert done > 0
