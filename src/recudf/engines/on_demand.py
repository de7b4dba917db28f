"""Cursors that get a public name with the first statement that could call it.

dbt opens a cursor for each model and each test, and few of them call a function, while all macros take some
20 ms to create. A statement can call a function whose name is in its text, or in the definition of a view, a
macro, a default or a constraint that it meets. A macro, and what a database holds when it is opened, are met
by their names, and get all; once a statement makes another such definition every cursor gets all.
"""

from __future__ import annotations

import re
from typing import Any

import duckdb

from recudf.engines.macros import macro, macro_names, new_session
from recudf.settings import Settings

WORD = re.compile(r"\w+")
# what keeps an expression for later statements, and what brings definitions along that nobody has looked at
DEFINITION = re.compile(
    r"\bcreate\s+(?:\w+\s+)*?(?:view|macro|function)\b"
    r"|\btable\s+(?:if\s+not\s+exists\s+)?(?:\"[^\"]*\"|[^\s(\"])+\s*\("
    r"|\balter\s+table\b"
)
FILLED = re.compile(r";\s*insert\b")
GAP = r"(?:\s|/\*.*?\*/|--[^\n]*\n)*"
MACRO = re.compile(
    rf"{GAP}create\s+(?:or\s+replace\s+)?macro\s+(?:(?:\w+|\"[^\"]*\")\.)?(\w+)\s*\([^;]*$", re.DOTALL
)
ENDS = re.compile(r"\b(?:rollback|abort)\b", re.IGNORECASE)
ELSEWHERE = {"attach", "import"}
DEFINITIONS = """
    select view_name, sql from duckdb_views() where not internal
    union all select table_name, sql from duckdb_tables() where not internal
    union all
    select function_name, macro_definition from duckdb_functions()
    where not internal and macro_definition is not null
"""
# what a cursor does without a new statement; `query`, `sql` and all others may run one
PLAIN = {
    "begin", "close", "commit", "description", "fetchall", "fetchmany", "fetchone",
    "interrupt", "register", "rollback", "rowcount", "unregister",
}  # fmt: skip


class Definitions:
    """Whether something in the databases of a connection calls a function by its public name."""

    def __init__(self, settings: Settings) -> None:
        self.all = frozenset(macro_names(settings))
        self._names = set(self.all)
        self._call = re.compile(rf'\b(?:{"|".join(sorted(self._names))})"?{GAP}\(', re.IGNORECASE | re.DOTALL)
        self._held: set[str] = set()  # names of what calls one
        self._looked = False
        self.call = False

    def look(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Look at what the databases hold, once: later definitions come by `names_in`."""
        if self._looked:
            return
        self._looked = True
        held = [(name.lower(), sql or "") for name, sql in cursor.execute(DEFINITIONS).fetchall()]
        calling = {name for name, sql in held if self._call.search(sql)}
        words = [(name, set(WORD.findall(sql.lower()))) for name, sql in held] if calling else []
        before = 0
        while before < len(calling):  # what reads one of them calls as well
            before = len(calling)
            calling |= {name for name, met in words if not calling.isdisjoint(met)}
        # a name of several words is in no statement as one
        self.call = not all(WORD.fullmatch(name) for name in calling)
        self._hold(calling)

    def _hold(self, calling: set[str]) -> None:
        """From now on these names are met as the public ones are."""
        self._held |= calling
        self._names |= calling

    def names_in(self, sql: str) -> frozenset[str]:
        """The public names that a statement could call; notes when it defines something that could."""
        text = sql.lower()
        words = set(WORD.findall(text))
        named = not self._names.isdisjoint(words)
        if named and (defined := MACRO.match(text)):
            self._hold({defined[1]})
            return self.all
        passed_on = not self._held.isdisjoint(words) and ("rename" in words or DEFINITION.search(text))
        if passed_on or not words.isdisjoint(ELSEWHERE):
            self.call = True
        elif named and not self.call:
            # dbt fills a table of typed columns in the same text
            kept = (FILLED.split(text[found.start() :])[0] for found in DEFINITION.finditer(text))
            self.call = any(self._call.search(expression) for expression in kept)
        if self.call or not self._held.isdisjoint(words):
            return self.all
        return self.all & words


class CursorOnDemand:
    """A cursor of DuckDB's whose public names are created before the first statement that could call them."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, settings: Settings, definitions: Definitions
    ) -> None:
        self._cursor = cursor
        self._settings = settings
        self._definitions = definitions
        self._session: int | None = None
        self._created: set[str] = set()

    def execute(self, sql: Any, *values: Any) -> Any:
        """As DuckDB's; a statement that DuckDB has parsed counts as one that could call any function."""
        self._create(self._definitions.names_in(sql) if isinstance(sql, str) else self._definitions.all)
        if not isinstance(sql, str) or ENDS.search(sql):
            self._created.clear()  # those created in the transaction are gone
        return self._cursor.execute(sql, *values)

    def rollback(self) -> Any:
        """As DuckDB's."""
        self._created.clear()
        return self._cursor.rollback()

    def __getattr__(self, name: str) -> Any:
        if name not in PLAIN:
            self._definitions.call = True
            self._create(self._definitions.all)
        return getattr(self._cursor, name)

    def _create(self, names: frozenset[str]) -> None:
        for name in sorted(names - self._created):
            if self._session is None:
                self._session = new_session(self._cursor)
            self._cursor.execute(macro(name, self._settings, self._session))
            self._created.add(name)
