"""`recudf serve`: the report at an address of this machine, always of the build that is there."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import click

from recudf.cli import options


@click.command(epilog="Example: recudf serve --database shop.duckdb --port 8765")
@options.database
@options.users
@options.max_users
@options.schema
@click.option("--port", type=click.IntRange(0, 65535), default=8765, help="0 takes a free one.")
def serve(database: Path, users: tuple[str, ...], max_users: int, schema: str, port: int) -> None:
    """Show the report at http://127.0.0.1:8765/ until Ctrl-C.

    The page is that of `recudf report`, made anew when it is asked for and the file has changed, as after a
    build. The database, which may also be marts.duckdb of `recudf publish`, is only read. Nobody but this
    machine can connect; whoever uses this machine can.
    """
    from recudf.cli.project import check_database
    from recudf.engines.reports import Limits, read_report
    from recudf.report import page
    from recudf.report.serving import Server

    def make() -> str:
        check_database(database, read_only=True)
        return page(read_report(database, schema, users, Limits(users=max_users)))

    def state() -> Hashable:
        if not database.exists():
            return None
        found = database.stat()
        return (str(database.resolve()), found.st_ino, found.st_mtime_ns, found.st_size)

    make()  # what is wrong is told at once
    with Server(make, state, port) as server:
        click.echo(f"{server.url}  (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("", err=True)
