"""The shell of `recudf sql`: reads statements of several lines, runs them, and survives their errors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

from recudf.cli.errors import Failed, reported

HELP = (
    "End a statement with ';'. A line with nothing but ';' runs what there is. Ctrl-C cancels; .quit leaves."
)


def shell(run: Callable[[str], None]) -> None:
    """Read and run statements until .quit or the end of the input."""
    click.echo(HELP)
    history = _open_history()
    lines: list[str] = []
    while True:
        try:
            line = input("   ...> " if lines else "recudf> ")
        except EOFError:
            click.echo()
            break
        except KeyboardInterrupt:
            click.echo()
            lines = []
            continue
        if not lines and line.strip() in (".quit", ".exit"):
            break
        if not lines and line.strip() == ".help":
            click.echo(HELP)
            continue
        lines += [line] if line.strip() or lines else []
        if is_complete(lines):
            _run(run, "\n".join(lines))
            lines = []
    if history is not None:
        _save_history(history)


def is_complete(lines: list[str]) -> bool:
    """Whether a statement has ended: with ';' outside of quotes, or with a line of its own that is ';'."""
    if not lines or not lines[-1].rstrip().endswith(";"):
        return False
    return lines[-1].strip() == ";" or "\n".join(lines).count("'") % 2 == 0


def _run(run: Callable[[str], None], text: str) -> None:
    try:
        with reported():
            run(text)
    except Failed as failed:
        failed.show()
    except KeyboardInterrupt:
        click.echo("cancelled", err=True)


def _open_history() -> Path | None:
    """Have the arrow keys bring back lines, also of earlier shells, where Python has readline."""
    try:
        import readline
    except ImportError:
        return None
    history = Path.home() / ".recudf_history"
    with suppress(OSError):  # none yet
        readline.read_history_file(history)
    return history


def _save_history(history: Path) -> None:
    import readline

    readline.set_history_length(1000)
    with suppress(OSError):  # a home that cannot be written is no reason to fail
        readline.write_history_file(history)
