"""Errors as people want to read them: one line on stderr, no traceback, an exit code that means something."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from recudf.errors import InputError, RecudfError

FAILED, USAGE = 1, 2

# "Invalid Input Error: Python exception occurred while executing the UDF: VectorError: the message"
_FROM_FUNCTION = re.compile(
    r"^.*?Python exception occurred while executing the UDF: (?:[\w.]+: )?", re.DOTALL
)


class CommandError(click.ClickException):
    """An error with a message for people and the exit code of its kind."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def show(self, file: object = None) -> None:  # noqa: ARG002 (click's signature)
        """Write the message to stderr."""
        click.echo(f"error: {self.format_message()}", err=True)


@contextmanager
def reported() -> Iterator[None]:
    """Turn the errors of recudf, of DuckDB and of the file system into CommandErrors."""
    try:
        yield
    except InputError as error:
        raise CommandError(str(error), USAGE) from None
    except RecudfError as error:
        raise CommandError(str(error), FAILED) from None
    except BrokenPipeError:  # the reader of a pipe has seen enough, as in `| head`: click knows what to do
        raise
    except OSError as error:
        raise CommandError(explain(error), FAILED) from None
    except Exception as error:
        if not _is_duckdb_error(error):
            raise
        raise CommandError(explain(error), FAILED) from None


def explain(error: Exception) -> str:
    """The message of an error, without what DuckDB wraps around that of a Python function."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return _FROM_FUNCTION.sub("", str(error)).strip()


def _is_duckdb_error(error: Exception) -> bool:
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(error, duckdb.Error)
