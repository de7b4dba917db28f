"""Errors as people want to read them: one line on stderr, no traceback, an exit code that means something."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from recudf.errors import EncoderError, InputError, RecudfError, UnknownHandleError, VectorError

# "Invalid Input Error: Python exception occurred while executing the UDF: VectorError: the message"
_FROM_FUNCTION = re.compile(
    r"^.*?Python exception occurred while executing the UDF: (?:[\w.]+: )?", re.DOTALL
)

_FREE_SPACE = "free some space, or give a --database on another disk"

# what a message of DuckDB, of dbt or of the system says, and what to do about it
REMEDIES = {
    "No space left on device": _FREE_SPACE,
    "File too large": _FREE_SPACE,
    "Disk quota exceeded": _FREE_SPACE,
    "Out of Memory Error": (
        "DuckDB's memory_limit is reached: raise it (RECUDF_MEMORY_LIMIT, or memory_limit in the settings of "
        "your profile), or take fewer threads (RECUDF_THREADS, or --threads)"
    ),
    "Could not set lock": (
        "another process has the database open: close it there; or let `recudf build` work beside it, "
        "which readers do not disturb"
    ),
}


# the page of docs/ that has more: by the kind of an error, and by what a message says
PAGES: dict[type[RecudfError], str] = {
    EncoderError: "encoders.md",
    UnknownHandleError: "functions.md#vector_index",
    VectorError: "functions.md#sql-functions",
}
PAGES_BY_MESSAGE = {
    "in use by another process": "operations.md#locks",
    "another run of recudf publishes": "publish.md#while-others-read",
    "another run of recudf works": "operations.md#locks",
    "Could not set lock": "operations.md#locks",
    "memory_limit": "operations.md#memory",
    "cannot publish to": "publish.md",
    "free some space": "operations.md#disk",
    "no space left": "operations.md#disk",
    "the build failed": "operations.md#kills",
    "holds no inputs": "architecture.md#inputs",
}


def is_plain() -> bool:
    """Whether nothing is coloured: with NO_COLOR, and on a terminal that knows no colours."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


class Failed(click.ClickException):
    """Something failed while running."""

    exit_code = 1

    def __init__(self, message: str, page: str | None = None) -> None:
        super().__init__(message)
        self.page = page  # of docs/, with an anchor

    def show(self, file: object = None) -> None:  # noqa: ARG002 (click's signature)
        """Write the message to stderr, and which page has more about it."""
        message = self.format_message()
        color = False if is_plain() else None
        click.echo(f"{click.style('error:', fg='red', bold=True)} {message}", err=True, color=color)
        if page := self.page or page_of(message):
            click.echo(f"see docs/{page}", err=True)


class WrongInput(Failed):
    """An option or an input does not fit."""

    exit_code = 2


@contextmanager
def reported() -> Iterator[None]:
    """Turn the errors of recudf, of DuckDB and of the file system into messages with exit codes."""
    try:
        yield
    except InputError as error:
        raise WrongInput(str(error), PAGES.get(type(error))) from None
    except RecudfError as error:
        raise Failed(str(error), PAGES.get(type(error))) from None
    except UnicodeError as error:  # a lone surrogate is what a byte of the command line becomes
        raise WrongInput(f"text that is not UTF-8 ({error}): write it as UTF-8") from None
    except BrokenPipeError:  # the reader of a pipe has seen enough, as in `| head`: click knows what to do
        raise
    except OSError as error:
        raise Failed(explain(error)) from None
    except Exception as error:
        if not is_duckdb_error(error):
            raise
        raise Failed(explain(error)) from None


def explain(error: Exception) -> str:
    """The message of an error, without what DuckDB wraps around that of a Python function."""
    if isinstance(error, OSError) and error.strerror:
        message = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    else:
        message = _FROM_FUNCTION.sub("", str(error)).strip()
    found = remedy(message)
    return f"{message}: {found}" if found else message


def page_of(message: str) -> str | None:
    """The page of docs/ about what a message says; None where there is nothing more to say."""
    return next((page for sign, page in PAGES_BY_MESSAGE.items() if sign in message), None)


def remedy(message: str) -> str | None:
    """What to do about an error that has nothing to do with the SQL; None where there is nothing to say."""
    return next((what for sign, what in REMEDIES.items() if sign in message), None)


def is_duckdb_error(error: BaseException | None) -> bool:
    """Whether DuckDB has raised it, which need not have been imported."""
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(error, duckdb.Error)
