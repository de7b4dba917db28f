"""The group: help, version, exit codes, python -m recudf, recudf sample."""

import json
import subprocess
import sys

import click
import duckdb
import pytest
from click.testing import CliRunner

from recudf.cli import COMMANDS, demo, main
from recudf.engines.loading import load
from recudf.errors import InputError


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(command):
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert f"recudf {command}" in result.output.split("Example")[1]
    assert "Exit codes: 0 fine; 1 " in " ".join(result.output.split())


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_tells_what_happens_without_it(command):
    """A default, or words for it; a flag and what is given more than once have none."""
    found = main.get_command(click.Context(main), command)
    context = click.Context(found, parent=click.Context(main, **main.context_settings))
    for option in found.params:
        if isinstance(option, click.Option) and not option.is_flag and not option.multiple:
            said = option.get_help_record(context)[1]
            assert "default:" in said or said.startswith("Instead of"), option.name


def test_scripts_get_json_from_every_command_that_says_something():
    """completion prints a script, demo a show, serve an address, and sql has --format."""
    without = {
        name
        for name in COMMANDS
        if "as_json" not in [p.name for p in main.get_command(click.Context(main), name).params]
    }
    assert without == {"completion", "demo", "serve", "sql"}


def run_on_a_terminal(*arguments, **environment):
    """What a command writes where it believes to write to a terminal."""
    import os
    import pty

    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")} | {"TERM": "xterm"}
    inner, outer = pty.openpty()
    command = [sys.executable, "-m", "recudf", *arguments]
    subprocess.run(command, env=kept | environment, stdout=outer, stderr=outer, check=False)
    os.close(outer)
    said = b""
    try:
        while more := os.read(inner, 1 << 16):
            said += more
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(inner)
    return said.decode()


def test_errors_are_red_on_a_terminal_and_plain_elsewhere_and_with_no_color(tmp_path):
    missing = ["explain", "a", "b", "--database", str(tmp_path / "no.duckdb")]
    assert run_on_a_terminal(*missing).startswith("\x1b[31m\x1b[1merror:\x1b[0m ")
    assert run_on_a_terminal(*missing, NO_COLOR="1").startswith("error: ")
    assert CliRunner().invoke(main, missing).output.startswith("error: ")


def test_an_error_names_the_page_that_has_more(tmp_path):
    path = tmp_path / "shop.duckdb"
    holder = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        result = CliRunner().invoke(main, ["sql", "select 1", "--database", str(path)])
        other.stdin.close()
    assert (result.exit_code, result.output.splitlines()[-1]) == (1, "see docs/operations.md#locks")
    usual = CliRunner().invoke(main, ["sample", str(tmp_path / "x"), "--noise", "2"])
    assert "see docs/" not in usual.output


def test_init_says_what_it_wrote_for_scripts(tmp_path):
    said = json.loads(CliRunner().invoke(main, ["init", str(tmp_path / "shop"), "--json"]).output)
    assert sorted(said["written"]) == sorted(str(p) for p in (tmp_path / "shop").rglob("*") if p.is_file())
    again = json.loads(CliRunner().invoke(main, ["init", str(tmp_path / "shop"), "--json"]).output)
    assert (again["written"], "uses recudf already" in again["to_add"]) == ([], True)


def test_help_names_every_command_and_the_exit_codes():
    output = CliRunner().invoke(main, ["--help"]).output
    assert all(f"  {command} " in output for command in COMMANDS)
    assert "Exit codes" in output


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["load"], ["sample", "x", "--users", "many"], ["sql", "--format", "x"]]
)
def test_wrong_usage_is_2(arguments):
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_python_m_recudf_and_errors_without_traceback(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "recudf", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    assert run("--version").stdout.startswith("recudf, version ")
    bad = run("sample", "shop", "--noise", "2")
    assert (bad.returncode, bad.stderr) == (2, "error: noise is 2.0: give a share from 0 to 1\n")
    assert list(tmp_path.iterdir()) == []


def test_help_is_quick_to_import():
    code = "import sys; from recudf.cli import main; print([m for m in ('torch', 'dbt', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_sample_and_load_and_sql(tmp_path):
    run = CliRunner().invoke
    shop, database = tmp_path / "my shop", tmp_path / "shop.duckdb"
    made = run(main, ["sample", str(shop), "--interactions", "500", "--texts", "50", "--json"])
    assert json.loads(made.output)["rows"]["items"] == 240
    assert run(main, ["load", str(shop)], env={"RECUDF_DATABASE": str(database)}).exit_code == 0
    query = "select count(*) as n from raw.items where title is not null"
    result = run(main, ["sql", query, "--database", str(database), "--format", "json"])
    assert json.loads(result.output) == [{"n": 240}]


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, ["sample", str(tmp_path / "file" / "shop")])
    assert result.exit_code == 1
    assert "Not a directory" in result.output


def test_the_demo_leaves_a_database_alone_that_it_did_not_make(tmp_path):
    """Else its sample would replace the inputs of whoever types `recudf demo` beside their warehouse."""
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw; create table raw.items as select 'mine' as item_id")
    result = CliRunner().invoke(main, ["demo", "--database", str(path)])
    assert result.exit_code == 2
    assert f"{path} was not made by `recudf demo`" in result.output
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("from raw.items").fetchall() == [("mine",)]


def test_the_mark_of_the_demo_goes_with_its_inputs(tmp_path):
    path = tmp_path / "demo.duckdb"
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "items.csv").write_text("item_id,title\n1,tent\n")
    load(path, [tmp_path / "shop"])
    demo._mark(path)
    demo._require_own(path)
    load(path, [tmp_path / "shop"])
    with pytest.raises(InputError, match="was not made by"):
        demo._require_own(path)
