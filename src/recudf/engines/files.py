"""Read one Parquet, CSV or JSON file as a DuckDB query whose columns have the types of an input table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from recudf.errors import InputError
from recudf.inputs import ColumnType, InputTable

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
    "U",
)
FLOATS = ("FLOAT", "DOUBLE")


@dataclass(frozen=True)
class InputFile:
    """A file that holds an input table."""

    path: Path
    input: str
    format: str

    @classmethod
    def of(cls, path: Path) -> InputFile | None:
        """What a file holds, by its name; None if recudf knows no such name."""
        name = path.name.lower()
        extension = next((e for e in sorted(FORMATS, key=len, reverse=True) if name.endswith(e)), None)
        return None if extension is None else cls(path, name.removesuffix(extension), FORMATS[extension])


def typed_query(
    connection: duckdb.DuckDBPyConnection, file: InputFile, table: InputTable
) -> tuple[str, list[str]]:
    """A SELECT over the file, with the input's columns in its types, and the names of all columns.

    Text columns (ids above all) keep their text: '007' stays '007'. Times become UTC without zone.
    Raises InputError for an unreadable file, a missing column, and a value or type that does not fit.
    """
    try:
        types = _types(connection, file)
        _check_columns(file, table, types)
        reader = _reader(file, _reading_types(file, table, types))
        if file.format != "parquet":
            types = _describe(connection, reader)
        values = list(_values(connection, file, table, types, reader))
    except duckdb.Error as error:
        raise InputError(f"{file.path}: cannot be read as {file.format}: {first_line(error)}") from None
    return f"select {', '.join(values)} from {reader}", [_canonical(name, table) for name in types]


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A SQL string."""
    return "'" + value.replace("'", "''") + "'"


def first_line(error: Exception) -> str:
    """The first line of DuckDB's message; of a CSV error, which opens with where, what is wrong as well."""
    first, *others = str(error).strip().splitlines()
    if "CSV Error on Line" in first:
        what = [line for line in others if line.strip() and not line.startswith("Original Line")]
        return ": ".join([first, *what[:1]])[:300]
    return first


def _types(connection: duckdb.DuckDBPyConnection, file: InputFile) -> dict[str, str]:
    if file.format != "json" and file.path.stat().st_size == 0:
        raise InputError(f"{file.path}: the file is empty: write at least its header, or remove it")
    types = _describe(connection, _reader(file))
    if file.format == "json" and types == {"json": "JSON"}:
        raise InputError(
            f"{file.path}: holds no objects: write a list of them or one a line, or remove the file"
        )
    return types


def _describe(connection: duckdb.DuckDBPyConnection, reader: str) -> dict[str, str]:
    rows = connection.execute(f"describe select * from {reader}").fetchall()
    return {name: type_ for name, type_, *_ in rows}


def _reader(file: InputFile, types: dict[str, str] | None = None) -> str:
    """The table function that reads the file. Folders named like 'a=b' add no column."""
    # in a path, * ? and [ would be patterns
    path = literal("".join(f"[{c}]" if c in "*?[" else c for c in str(file.path.absolute())))
    fixed = "{" + ", ".join(f"{literal(n)}: {literal(t)}" for n, t in (types or {}).items()) + "}"
    if file.format == "parquet":
        return f"read_parquet({path}, hive_partitioning = false, binary_as_string = true)"
    options = f"{path}, hive_partitioning = false, sample_size = -1"
    if file.format == "csv":
        return f"read_csv({options}, header = true" + (f", types = {fixed})" if types else ")")
    return f"read_json({options}" + (f", columns = {fixed})" if types else ")")


def _reading_types(file: InputFile, table: InputTable, types: dict[str, str]) -> dict[str, str]:
    """Types to read text formats with: text columns as they are written; JSON wants all columns named."""
    text = {
        name: "VARCHAR"
        for name, type_ in types.items()
        if table.columns.get(name.lower()) == "VARCHAR" and not _is_nested(type_)
    }
    return text if file.format == "csv" else types | text


def _is_nested(type_: str) -> bool:
    return type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION"))


def _check_columns(file: InputFile, table: InputTable, types: dict[str, str]) -> None:
    found = {name.lower() for name in types}
    there = ", ".join(types)
    for name in table.required:
        if name not in found:
            raise InputError(f"{file.path}: no column {name}: add it, or rename one of {there}")
    if table.one_of and not found & set(table.one_of):
        raise InputError(
            f"{file.path}: no column {' or '.join(table.one_of)}: add one, or rename one of {there}"
        )


def _canonical(name: str, table: InputTable) -> str:
    return name.lower() if name.lower() in table.columns else name


def _values(
    connection: duckdb.DuckDBPyConnection,
    file: InputFile,
    table: InputTable,
    types: dict[str, str],
    reader: str,
) -> Iterator[str]:
    for name, type_ in types.items():
        column = quoted(name)
        wanted = table.columns.get(name.lower())
        if wanted is not None:
            column = _convert(column, name, type_, wanted, file)
            if type_ == "VARCHAR" and wanted != "VARCHAR":
                _check_values(connection, file, name, wanted, reader)
        yield f"{column} as {quoted(_canonical(name, table))}"


def _convert(column: str, name: str, type_: str, wanted: ColumnType, file: InputFile) -> str:
    """The SQL that turns a column of one type into the wanted one."""
    text = f"cast({column} as varchar)"
    if wanted == "VARCHAR" and not _is_nested(type_):
        if type_ in FLOATS and name.lower().endswith("id"):  # whole numbers that pandas has turned to 7.0
            whole = f"{column} = trunc({column}) and abs({column}) < 9007199254740992"
            return f"case when {whole} then cast(cast({column} as bigint) as varchar) else {text} end"
        return text
    if type_ == "VARCHAR":
        column = f"nullif(trim({column}), '')"
    # DuckDB moves a plain cast of a column into its CSV reader, which then reads neither true nor 31.12.2024
    if wanted == "DOUBLE" and type_ == "BOOLEAN":
        return f"case when {column} then 1.0 when not {column} then 0.0 end::double"
    if wanted == "TIMESTAMP" and type_ == "DATE":
        return f"make_timestamp(epoch_us({column}))"
    if wanted == "DOUBLE" and (type_ == "VARCHAR" or type_.startswith(NUMBERS)):
        return f"cast({column} as double)"
    if wanted == "TIMESTAMP" and type_ in ("VARCHAR", "TIMESTAMP WITH TIME ZONE"):
        return f"make_timestamp(epoch_us(cast({column} as timestamptz)))"
    if wanted == "TIMESTAMP" and type_.startswith("TIMESTAMP"):
        return f"cast({column} as timestamp)"
    raise InputError(f"{file.path}: column {name} is of type {type_}: give {_REMEDY[wanted]}")


def _check_values(
    connection: duckdb.DuckDBPyConnection, file: InputFile, name: str, wanted: ColumnType, reader: str
) -> None:
    value = f"nullif(trim({quoted(name)}), '')"
    target = "timestamptz" if wanted == "TIMESTAMP" else "double"
    bad: Any = connection.execute(
        f"select {value} from {reader} "
        f"where {value} is not null and try_cast({value} as {target}) is null limit 1"
    ).fetchone()
    if bad:
        raise InputError(
            f"{file.path}: column {name} holds {bad[0]!r}: give {_REMEDY[wanted]}, or leave it empty"
        )


_REMEDY: dict[ColumnType, str] = {
    "VARCHAR": "plain text, as 'a' or 'a|b|c'",
    "DOUBLE": "numbers, as 4.5",
    "TIMESTAMP": "times, as 2024-01-31 18:00:00",
}
