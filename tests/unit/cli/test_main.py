"""The group: help, version, exit codes, python -m recudf, recudf sample."""

import json
import subprocess
import sys

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
