"""`recudf sql`: one statement, a script from a pipe, or a shell, with the functions registered."""

from __future__ import annotations

import csv
import json
import math
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from recudf import interrupts
from recudf.cli import options

if TYPE_CHECKING:
    import duckdb

Printer = Callable[["duckdb.DuckDBPyConnection", "duckdb.Statement"], None]


class _Statement(click.Command):
    """Takes a statement that begins with a comment for what it is, and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {arg}" if re.match(r"--\s", arg) else arg for arg in args])


@click.command(cls=_Statement, epilog="Example: recudf sql \"select embed('a tent for two')\" --format json")
@click.argument("statement", required=False)
@options.database
@click.option("--read-only", is_flag=True, help="Change nothing; other readers may open the file too.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How results are printed; table shortens long ones.",
)
def sql(statement: str | None, database: Path, read_only: bool, output: str) -> None:
    """Run STATEMENT and print its result; without one, what comes through a pipe, or a shell.

    In the shell a statement ends with ';', Ctrl-C cancels a statement and .quit leaves.
    """
    from recudf.engines.duckdb import connect

    printer = PRINTERS[output]
    connection = connect(database, read_only=read_only)
    try:
        if statement is None and sys.stdin.isatty():
            from recudf.cli.shell import shell

            shell(lambda text: run(connection, text, printer))
        else:
            run(connection, sys.stdin.read() if statement is None else statement, printer)
    finally:
        connection.close()


def run(connection: duckdb.DuckDBPyConnection, text: str, printer: Printer) -> None:
    """Run the statements of a text one after the other and print what they return.

    They run in a thread of their own: the main thread stays free to hear Ctrl-C, which DuckDB otherwise
    notices only between two of its tasks. Then KeyboardInterrupt is raised and the connection can go on.
    """
    text.encode()  # DuckDB has no message for a text that is not UTF-8
    errors: list[BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            _run(connection, text, printer)
        except BaseException as error:  # raised again in the main thread
            errors.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=work)
    with _ctrl_c() as cancelled:
        thread.start()
        while not done.wait(0.1):
            if cancelled.is_set():  # again and again, as it may have come between two statements
                connection.interrupt()
        thread.join()
    if cancelled.is_set():
        raise KeyboardInterrupt
    if errors:
        raise errors[0]


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """In this block Ctrl-C sets an event, and does not break into whatever the main thread does.

    An ignored one, and one outside the main thread, stays what it is.
    """
    heard = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def hear(_number: int, _frame: FrameType | None) -> None:
        heard.set()
        interrupts.raise_generation()

    is_ours = threading.current_thread() is threading.main_thread() and callable(before)
    if is_ours:
        signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, before)


def _run(connection: duckdb.DuckDBPyConnection, text: str, printer: Printer) -> None:
    import duckdb

    for statement in connection.extract_statements(text):
        if duckdb.ExpectedResultType.QUERY_RESULT in statement.expected_result_type:
            printer(connection, statement)
        else:
            connection.execute(statement)


def print_table(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
    """Print a box for people."""
    import duckdb

    if statement.type in (duckdb.StatementType.CREATE, duckdb.StatementType.EXPLAIN):
        for row in connection.execute(statement).fetchall():
            if statement.type == duckdb.StatementType.EXPLAIN:
                click.echo(row[1])
        return
    relation = connection.sql(statement.query)
    if relation is not None:
        click.echo(str(relation).rstrip("\n"))


def print_csv(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
    """Print a header and rows; NULL is empty."""
    cursor = connection.execute(statement)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(column[0] for column in cursor.description)
    while rows := cursor.fetchmany(1000):
        writer.writerows([_flat(value) for value in row] for row in rows)


def print_json(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
    """Print a list of objects, one to a line."""
    cursor = connection.execute(statement)
    names = [column[0] for column in cursor.description]
    before = "["
    while rows := cursor.fetchmany(1000):
        for row in rows:
            record = {name: _plain(value) for name, value in zip(names, row, strict=True)}
            click.echo(before + json.dumps(record, ensure_ascii=False, default=str), nl=False)
            before = ",\n "
    click.echo("[]" if before == "[" else "]")


def _flat(value: Any) -> Any:
    """A value for one CSV field: nested ones as JSON."""
    nested = isinstance(value, dict | list | tuple)
    return json.dumps(_plain(value), ensure_ascii=False, default=str) if nested else value


def _plain(value: Any) -> Any:
    """A value that JSON has: NaN and infinity become null."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


PRINTERS: dict[str, Printer] = {"table": print_table, "csv": print_csv, "json": print_json}
