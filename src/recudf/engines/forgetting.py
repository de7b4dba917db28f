"""Forget people: their rows, what they alone wrote, and every table that was made with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import duckdb

from recudf.engines.built import tables_of
from recudf.engines.duckdb import open_database
from recudf.engines.files import literal, quoted
from recudf.engines.loading import REQUESTS
from recudf.engines.loading import SCHEMA as RAW
from recudf.engines.rewriting import rewritten
from recudf.engines.splits import SCRATCH
from recudf.engines.unchanged import SHARED
from recudf.engines.user_ids import USER_COLUMNS, as_held
from recudf.errors import InputError
from recudf.inputs import BLANKS, INPUTS

# made by builds, and kept from one to the next: the rows of others stay
HISTORIES = ("fct_runs", "fct_recommendation_history")
# of whom there is a row that names them as a user
NAMED = ("stg_users", "dim_users", "fct_recommendation_history")
SENTENCE = 20  # characters; a shorter text may be a word of the catalogue as well


@dataclass
class Receipt:
    """What was done, in rows.

    asked: ids. unknown: those that no input and no table of a build names as a user. deleted: rows by table.
    dropped: tables that builds made, with their rows that named somebody of these. texts: that these people
    alone wrote. embeddings, answers: vectors of texts that nobody and no item has now, and answers of a
    language model, deleted. requests: of raw.forget_requests that are kept, so that a later load
    does not bring these people back. left: columns that are not recudf's in which a value equals an id, and
    columns in which one equals a sentence that they alone wrote, with the number of such rows.
    """

    asked: int
    unknown: list[str]
    texts: int = 0
    deleted: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    embeddings: int = 0
    answers: int = 0
    requests: int = 0
    left: dict[str, int] = field(default_factory=dict)


def forget(database: Path, users: Sequence[str]) -> Receipt:
    """Rewrite the database as if these users had never been in the inputs that `recudf load` wrote.

    All tables that a build made are dropped, groups and topics among them: the next build fits all anew.
    Raises InputError where none of the users is known; then, and when anything fails, nothing is changed.
    """
    if not database.exists():
        raise InputError(f"{database} does not exist: give the --database that holds the users")
    ids = sorted({user.strip(BLANKS) for user in users})
    if "" in ids:
        raise InputError("a blank id names nobody: give the ids of users")
    # of a link the file itself, which would stay where it is
    with rewritten(database.resolve()) as copy, open_database(copy) as connection:
        ids = sorted(set(as_held(connection, _builds(connection), ids)))
        receipt = _Forgetter(connection, ids).forget()
        if receipt.unknown == ids:
            raise InputError(f"no user {', '.join(map(repr, ids))} in {database}: nothing was changed")
        return receipt


def forget_requested(database: Path) -> Receipt:
    """The same of everybody whom raw.forget_requests names, from the time of the request on; it keeps its
    rows.

    Nothing is done where none of them is in the database any more. Raises InputError where there is no such
    table.
    """
    if not database.exists():
        raise InputError(f"{database} does not exist: give the --database that holds the users")
    with closing(open_database(database, read_only=True)) as connection:
        ids = _requested(connection)
        forgetter = _Forgetter(connection, ids, keeps_requests=True)
        receipt = Receipt(len(ids), forgetter.unknown(), requests=len(ids))
    if receipt.unknown == ids:
        return receipt
    with rewritten(database.resolve()) as copy, open_database(copy) as connection:
        receipt = _Forgetter(connection, _requested(connection), keeps_requests=True).forget()
        receipt.requests = receipt.asked
        return receipt


def _requested(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Ids that have asked by now."""
    if REQUESTS not in tables_of(connection, RAW):
        raise InputError(
            f"there is no {RAW}.{REQUESTS}: load a file {REQUESTS} with user_id and requested_at, or name "
            "the users"
        )
    columns = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ? "
            "and database_name = current_database()",
            [RAW, REQUESTS],
        ).fetchall()
    }
    due = "requested_at is null or requested_at <= now() at time zone 'UTC'"
    rows = connection.execute(
        f"select distinct {_trimmed('user_id')} as user_id from {RAW}.{REQUESTS} "
        f"where user_id is not null and ({due if 'requested_at' in columns else 'true'}) order by all"
    ).fetchall()
    return [user for (user,) in rows if user]


class _Forgetter:
    """keeps_requests: rows of raw.forget_requests stay."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, users: list[str], keeps_requests: bool = False
    ) -> None:
        self.connection = connection
        self.users = users
        self.inputs = [name for name in tables_of(connection, RAW) if name in INPUTS]
        self.changed = [name for name in self.inputs if not keeps_requests or name != REQUESTS]
        self.builds = _builds(connection)
        connection.execute("create temp table forgotten as select unnest(?::varchar[]) as value", [users])

    def forget(self) -> Receipt:
        receipt = Receipt(len(self.users), self.unknown())
        receipt.texts = self._note_texts()
        self._note_hashes()
        for name in self.changed:
            columns = [c for c in USER_COLUMNS if c in self._columns(RAW, name)]
            self._delete(RAW, name, columns, receipt)
        for schema in self.builds:
            self._forget_build(schema, receipt)
        self.connection.execute(f"drop schema if exists {SCRATCH} cascade")
        receipt.embeddings = self._delete_embeddings()
        receipt.answers = self._drop_answers()
        receipt.left = self._left()
        return receipt

    def unknown(self) -> list[str]:
        """Those whom nothing names."""
        places = [(RAW, name) for name in self.changed]
        places += [(schema, name) for schema in self.builds for name in NAMED]
        known: set[str] = set()
        for schema, table in places:
            for column in USER_COLUMNS:
                if column in self._columns(schema, table):
                    rows = self.connection.execute(
                        f"select distinct {_trimmed(column)} from {_name(schema, table)} "
                        f"where {_is_forgotten([column])}"
                    ).fetchall()
                    known |= {value for (value,) in rows}
        return [user for user in self.users if user not in known]

    def _note_texts(self) -> int:
        """Write the temporary table own_texts (text): what only they wrote. Returns their number."""
        written = [
            f"select {_trimmed('user_id')} as user_id, {_trimmed('text')} as text from {name}"
            for name in self._texts()
        ]
        nothing = "select null::varchar as user_id, null::varchar as text where false"
        everything = " union all ".join([nothing, *written])
        self.connection.execute(f"create temp table written as {everything}")
        theirs = "user_id in (from forgotten)"
        self.connection.execute(
            f"create temp table own_texts as select text from written where {theirs} and text != '' "
            f"except select text from written where coalesce(not {theirs}, true)"
        )
        ((texts,),) = self.connection.execute("select count(*) from own_texts").fetchall()
        return int(texts)

    def _texts(self) -> list[str]:
        """Relations with what users wrote: user_id, text."""
        places = [(RAW, "texts"), *((schema, "stg_texts") for schema in self.builds)]
        return [_name(*place) for place in places if {"user_id", "text"} <= self._columns(*place)]

    def _note_hashes(self) -> None:
        """Write the temporary table used (text_hash): of texts that others, items or recudf itself have."""
        used = [
            "select sha256(text) as text_hash from written "
            "where text not in (from own_texts) and text is not null"
        ]
        used += [
            f"select text_hash from {_name(schema, table)}"
            for schema in self.builds
            for table in ("int_item_texts", "int_sentiment_prototypes")
            if "text_hash" in self._columns(schema, table)
        ]
        self.connection.execute(f"create temp table used as {' union '.join(used)}")

    def _forget_build(self, schema: str, receipt: Receipt) -> None:
        """Drop what a build makes anew; of what is kept from build to build delete rows that name them."""
        ours = _tables_of_project()
        for table in tables_of(self.connection, schema):
            columns = self._columns(schema, table, kind="VARCHAR")
            if table in HISTORIES:
                self._delete(schema, table, [c for c in USER_COLUMNS if c in columns], receipt)
            elif table in ours:
                found = self._count(_name(schema, table), _is_forgotten(sorted(columns)))
                receipt.dropped[f"{schema}.{table}"] = found
                self.connection.execute(f"drop table {_name(schema, table)}")

    def _delete(self, schema: str, table: str, columns: Sequence[str], receipt: Receipt) -> None:
        if columns:
            ((rows,),) = self.connection.execute(
                f"delete from {_name(schema, table)} where {_is_forgotten(columns)}"
            ).fetchall()
            receipt.deleted[f"{schema}.{table}"] = int(rows)

    def _delete_embeddings(self) -> int:
        """Those of texts that nobody has now, and those of encoders that were fitted with their texts."""
        if "text_hash" not in self._columns(SHARED, "int_text_embeddings"):
            return 0
        ((rows,),) = self.connection.execute(
            f"delete from {SHARED}.int_text_embeddings "
            "where text_hash not in (from used) or starts_with(fingerprint, 'lexical-')"
        ).fetchall()
        return int(rows)

    def _drop_answers(self) -> int:
        """All: names and summaries are of groups and topics that they were part of."""
        if not self._columns(SHARED, "int_llm_answers"):
            return 0
        rows = self._count(f"{SHARED}.int_llm_answers", "true")
        self.connection.execute(f"drop table {SHARED}.int_llm_answers")
        return rows

    def _left(self) -> dict[str, int]:
        """Where an id still stands as a value, columns apart that hold something else by what they mean, and
        where a sentence of theirs does: rows by column."""
        found: dict[str, int] = {}
        sentences = f"select text from own_texts where length(text) >= {SENTENCE}"
        tables = self.connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = current_database() and not temporary order by all"
        ).fetchall()
        for schema, table in tables:
            texts = self._columns(schema, table, kind="VARCHAR")
            for column in sorted(self._columns(schema, table)):
                conditions = [f"{_trimmed(column)} in ({sentences})"] if column in texts else []
                if not self._is_ours(schema, table, column):
                    conditions.append(_is_forgotten([column]))
                if conditions and (rows := self._count(_name(schema, table), " or ".join(conditions))):
                    found[f"{schema}.{table}.{column}"] = rows
        return found

    def _is_ours(self, schema: str, table: str, column: str) -> bool:
        if schema == RAW and table in self.inputs:
            return column in INPUTS[table].columns
        return schema == SHARED or (schema in self.builds and table in HISTORIES)

    def _count(self, relation: str, condition: str) -> int:
        ((rows,),) = self.connection.execute(f"select count(*) from {relation} where {condition}").fetchall()
        return int(rows)

    def _columns(self, schema: str, table: str, kind: str | None = None) -> set[str]:
        """Names of the columns whose values may be an id or a text, or of one type alone; none of a view."""
        rows = self.connection.execute(
            "select column_name, data_type from duckdb_columns() join duckdb_tables() "
            "using (database_name, schema_name, table_name) "
            "where database_name = current_database() and schema_name = ? and table_name = ?",
            [schema, table],
        ).fetchall()
        return {name for name, type_ in rows if type_ == kind or (kind is None and _may_name(type_))}


def _builds(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Schemas that a build made."""
    rows = connection.execute(
        "select schema_name from duckdb_tables() where table_name = 'stg_as_of' "
        "and database_name = current_database() order by schema_name"
    ).fetchall()
    return [schema for (schema,) in rows if schema != SCRATCH]


def _may_name(type_: str) -> bool:
    return type_ in ("VARCHAR", "UUID") or ("INT" in type_ and not type_.endswith("]") and "(" not in type_)


def _name(schema: str, table: str) -> str:
    return f"{quoted(schema)}.{quoted(table)}"


def _trimmed(column: str) -> str:
    """A value as builds read it."""
    return f"trim(cast({quoted(column)} as varchar), {literal(BLANKS)})"


def _is_forgotten(columns: Iterable[str]) -> str:
    return " or ".join(f"{_trimmed(column)} in (from forgotten)" for column in columns) or "false"


def _tables_of_project() -> set[str]:
    """Names of all models and seeds of this version of recudf."""
    project = Path(str(resources.files("recudf.dbt_project")))
    models = (project / "models").rglob("*.sql")
    return {path.stem for path in [*models, *(project / "seeds").glob("*.csv")]}
