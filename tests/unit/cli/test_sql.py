"""recudf sql: one statement, a pipe, formats, errors, the shell."""

import csv
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner

import recudf
from recudf.cli import main, sql
from recudf.cli.shell import is_complete


@pytest.fixture
def run(tmp_path):
    def invoke(*arguments, stdin=None):
        return CliRunner().invoke(
            main, ["sql", *arguments, "--database", str(tmp_path / "x.duckdb")], input=stdin
        )

    return invoke


def test_a_table_with_a_function_of_ours(run):
    result = run("select round(cosine_similarity([0.2, 0.3, 0.5], [0.1, 0.4, 0.3]), 4) as similarity")
    assert result.exit_code == 0, result.output
    assert "0.9226" in result.output
    assert "similarity" in result.output


@pytest.mark.parametrize("comment", ["-- two?\n", "--\n", "/* -- */ "])
def test_a_statement_may_begin_with_a_comment(run, comment):
    result = run(comment + "select 1 + 1 as two", "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == [{"two": 2}]
    assert "No such option '--two'" in run("--two").output


def test_json(run):
    query = "select 1 as a, null as b, 'ü\"' as c, [1.5, 'nan'::double] as d, {'x': date '2024-01-02'} as e, 1.25 as f"
    expected = {"a": 1, "b": None, "c": 'ü"', "d": [1.5, None], "e": {"x": "2024-01-02"}, "f": 1.25}
    assert json.loads(run(query, "--format", "json").output) == [expected]
    assert json.loads(run("select 1 as a where false", "--format", "json").output) == []
    many = json.loads(run("from range(2500)", "--format", "json").output)
    assert [row["range"] for row in many] == list(range(2500))


def test_csv(run):
    result = run(
        """select 'a,"b"' as "x y", null as n, [1, 2] as l union all select 'c', 2, null""", "--format", "csv"
    )
    assert list(csv.reader(io.StringIO(result.output))) == [
        ["x y", "n", "l"],
        ['a,"b"', "", "[1, 2]"],
        ["c", "2", ""],
    ]


def test_statements_from_a_pipe_run_once_each(run):
    script = (
        "create table t as select 1 as a; insert into t values (5) returning a; select count(*) as n from t;"
    )
    result = run("--format", "csv", stdin=script)
    assert result.output.split()[-4:] == ["a", "5", "n", "2"]
    assert "5" in run("insert into t values (5) returning a").output
    assert json.loads(run("select count(*) as n from t", "--format", "json").output) == [{"n": 3}]


def test_read_only(run):
    run("create table t as select 1 as a")
    result = run("insert into t values (2)", "--read-only")
    assert result.exit_code == 1
    assert "read-only" in result.output
    assert json.loads(run("from t", "--read-only", "--format", "json").output) == [{"a": 1}]


def test_read_only_makes_no_file(run, tmp_path):
    assert run("select 1", "--read-only").exit_code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("selec", "error: Parser Error: syntax error"),
        ("from nothing", "error: Catalog Error: Table with name nothing does not exist"),
        ("select cosine_topk([1.0], 'nowhere', 3)", "error: no index 'nowhere'"),
    ],
)
def test_errors_are_messages(run, statement, message):
    result = run(statement)
    assert result.exit_code == 1
    assert result.output.startswith(message)
    assert "Traceback" not in result.output
    assert "Python exception" not in result.output


def test_not_a_database(run, tmp_path):
    (tmp_path / "x.duckdb").write_text("no database" * 1000)
    result = run("select 1")
    assert (result.exit_code, "is not a DuckDB database" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("lines", "complete"),
    [
        ([], False),
        (["select 1"], False),
        (["select 1;"], True),
        (["select 1 ; "], True),
        (["select 'a;"], False),
        (["select 'a;", "b';"], True),
        (["select 'it''s';"], True),
        (["select 1 -- don't", ";"], True),
    ],
)
def test_where_a_statement_ends(lines, complete):
    assert is_complete(lines) is complete


ENDLESS = "select count(*) from range(10000000) a, range(1000000) b"


def hear_ctrl_c():
    """A process started in the background of a script ignores Ctrl-C, and so do its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_stops_one_statement(tmp_path):
    command = [sys.executable, "-m", "recudf", "sql", f"select 'ready' as r; {ENDLESS}", "--format", "csv"]
    database = str(tmp_path / "x.duckdb")
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, "--database", database],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=hear_ctrl_c,
    ) as process:
        assert [process.stdout.readline(), process.stdout.readline()] == ["r\n", "ready\n"]
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 1
    assert "Aborted" in errors
    assert "Traceback" not in errors


@pytest.fixture
def ctrl_c():
    """Ctrl-C is heard, also where the tests were started with it ignored, as in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_at_any_moment_ends_the_statement(monkeypatch):
    """It comes while the main thread does something else than wait: as it starts the thread that runs it."""
    signals = iter([signal.SIGINT])

    class Event(threading.Event):
        def wait(self, timeout=None):
            for number in signals:
                signal.raise_signal(number)
            return super().wait(timeout)

    with recudf.connect() as connection:
        before = signal.getsignal(signal.SIGINT)
        others = set(threading.enumerate())  # those of tests before may end meanwhile
        monkeypatch.setattr(threading, "Event", Event)
        try:
            with pytest.raises(KeyboardInterrupt):
                sql.run(connection, ENDLESS, sql.print_csv)
            monkeypatch.undo()
            assert set(threading.enumerate()) <= others
        finally:
            while not set(threading.enumerate()) <= others:
                connection.interrupt()
                time.sleep(0.1)
        assert connection.execute("select 1").fetchall() == [(1,)]
        assert signal.getsignal(signal.SIGINT) is before


class Terminal:
    """`recudf sql` at a terminal of its own."""

    def __init__(self, home):
        self.unread = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            hear_ctrl_c()
            os.chdir(home)
            os.execve(
                sys.executable,
                [sys.executable, "-m", "recudf", "sql"],
                os.environ | {"HOME": str(home), "TERM": "dumb"},
            )

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text, seconds=60):
        """Read up to a text; what comes after it is kept for the next call."""
        end = time.monotonic() + seconds
        while text not in self.unread:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"no {text!r} in {self.unread!r}"
            self.unread += os.read(self.fd, 65536).decode(errors="replace")
        self.unread = self.unread.partition(text)[2]

    def wait_for_end(self):
        for _ in range(300):
            if os.waitpid(self.pid, os.WNOHANG) != (0, 0):
                os.close(self.fd)
                return
            time.sleep(0.1)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("the shell did not end")


def test_shell(tmp_path):
    terminal = Terminal(tmp_path)
    terminal.wait_for("recudf> ")
    terminal.type("select 40 +\n")
    terminal.wait_for("...> ")
    terminal.type("2 as answer;\n")
    terminal.wait_for("42")
    terminal.type("selec;\n")
    terminal.wait_for("error: Parser Error")
    terminal.wait_for("recudf> ")
    terminal.type(f"{ENDLESS};\n")
    time.sleep(1)
    terminal.type("\x03")
    terminal.wait_for("cancelled")
    terminal.wait_for("recudf> ")
    terminal.type("select 20 + 3 as again;\n")
    terminal.wait_for("23")
    terminal.type(".quit\n")
    terminal.wait_for_end()
    history = tmp_path / ".recudf_history"
    assert not history.exists() or "2 as answer;" in history.read_text()
