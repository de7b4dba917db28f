"""The public names of functions in DuckDB: a temporary macro each on one cursor, which casts arguments, fills
in those left out and calls the private function."""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
import weakref
from collections.abc import Iterator

import duckdb
import pyarrow as pa

from recudf.functions import AggregateFunction, Argument, Function, discover, statements
from recudf.search.store import STORE
from recudf.settings import Settings

CREATED = re.compile(r"temp macro (\w+)")
_sessions = itertools.count()


def create_macros(cursor: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Create the public names on one cursor, as temporary macros.

    They tell functions that use indexes for which statement of which cursor they work.
    """
    session = new_session(cursor)
    for name in macro_names(settings):
        cursor.execute(macro(name, settings, session))


def new_session(cursor: duckdb.DuckDBPyConnection) -> int:
    """A number for a cursor, which owns the indexes that its statements make."""
    session = next(_sessions)
    weakref.finalize(cursor, STORE.end_session, session)
    return session


@functools.cache
def macro_names(settings: Settings) -> tuple[str, ...]:
    """The public names, in lower case: of the functions, then of sql/macros. None of them needs another."""
    return tuple(name.lower() for name in (*_functions(settings), *sql_macros()))


def macro(name: str, settings: Settings, session: int) -> str:
    """The statement that creates a public name, given in lower case, for a session."""
    if name in sql_macros():
        return sql_macros()[name]
    function = _functions(settings)[name]
    overloads = ", ".join(_overloads(function, private_name(function, settings), session))
    return f"create or replace temp macro {function.name}{overloads}"


@functools.cache
def _functions(settings: Settings) -> dict[str, Function]:
    return {function.name.lower(): function for function in discover(settings)}


@functools.cache
def sql_macros() -> dict[str, str]:
    """The CREATE MACRO statements of sql/macros, by name."""
    return {CREATED.findall(statement)[0].lower(): statement for statement in statements("macros")}


def private_name(function: Function, settings: Settings) -> str:
    """What a function is called on the database instance; other settings make it another one."""
    digest = hashlib.blake2b(repr(settings).encode(), digest_size=6).hexdigest()
    return f"_recudf_{function.name}_{digest}"


def sql_type(type_: pa.DataType) -> str:
    """DuckDB's name of an Arrow type."""
    if pa.types.is_struct(type_):
        return "STRUCT(" + ", ".join(f'"{field.name}" {sql_type(field.type)}' for field in type_) + ")"
    if pa.types.is_fixed_size_list(type_):
        return f"{sql_type(type_.value_type)}[{type_.list_size}]"
    if pa.types.is_list(type_):
        return f"{sql_type(type_.value_type)}[]"
    return _SQL_TYPES[type_]


_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
}


def _overloads(function: Function, private: str, session: int) -> Iterator[str]:
    user = [f"{session}::bigint", "current_query_id()::bigint"] if function.uses_indexes else []
    required = sum(not argument.optional for argument in function.arguments)
    for given in range(required, len(function.arguments) + 1):
        names = ", ".join(argument.name for argument in function.arguments[:given])
        values = [_cast(argument, index < given) for index, argument in enumerate(function.arguments)]
        if isinstance(function, AggregateFunction):
            # aggregates of one operator see rows in one order; a list of structs takes 5x as long
            yield f"({names}) as {private}({', '.join([*(f'list({value})' for value in values), *user])})"
        else:
            yield f"({names}) as {private}({', '.join([*values, *user]) or 'true'})"


def _cast(argument: Argument, given: bool) -> str:
    value = argument.name if given else "null"
    return value if isinstance(argument.type, str) else f"cast({value} as {sql_type(argument.type)})"
