"""Spark: translate Arrow types, register functions, start a session.

A function becomes an Arrow UDF of its own name on one session; Spark hands it any number and type of
arguments, so the casts that an engine owes a kernel are made here, on the worker. What Spark sends to its
workers is the name of a function and the settings: the kernel is imported there, and with it what it keeps
per process, such as a loaded model. Nothing is registered beyond the session.
"""

from __future__ import annotations

import atexit
import dataclasses
import functools
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from recudf.engines.spark_gpus import on_card_of_task
from recudf.errors import InputError, ParameterError, RecudfError, WarehouseError
from recudf.functions import AggregateFunction, Argument, Function, check_arguments, discover, statements
from recudf.search.files import shared_at
from recudf.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONFIG = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "8192",  # texts that an encoder sorts by length at a time
    "spark.sql.execution.pyspark.udf.hideTraceback.enabled": "true",  # our messages say what to do
    "spark.sql.session.timeZone": "UTC",
}
_NEEDED = "pip install 'recudf[spark]', and Java 17 or 21 (set JAVA_HOME where it is not on the PATH)"


def connect(
    master: str = "local[*]",
    settings: Settings | None = None,
    warehouse: str | Path | None = None,
    config: Mapping[str, str] | None = None,
) -> SparkSession:
    """Start Spark, or take the session that runs, with all functions registered.

    warehouse: a folder for tables that outlive the session, with their catalogue (Hive's, in Derby); None
    leaves both to Spark. config: further options, which win over ours. Python workers run in this
    interpreter's environment unless PYSPARK_PYTHON says otherwise.
    Raises WarehouseError where Spark or Java is missing.
    """
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise WarehouseError(f"Spark is not installed: {_NEEDED}") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master)
    options = {**CONFIG, **(_catalogue(Path(warehouse).resolve()) if warehouse else {}), **(config or {})}
    for key, value in options.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except (PySparkRuntimeError, OSError) as error:
        raise WarehouseError(f"Spark does not start ({str(error).splitlines()[0]}): {_NEEDED}") from None
    return register(session, settings)


def register(session: SparkSession, settings: Settings | None = None) -> SparkSession:
    """Register all functions on a session and return it; called again, it replaces them. Imports no torch.

    Raises ParameterError where processes on several machines would have no folder to share indexes in.
    """
    settings = _shared(settings or Settings.from_environment(), session.conf.get("spark.master", None))
    for function in discover(settings):
        name = function.name if function.arguments else f"recudf_{function.name}_of_rows"
        session.udf.register(name, _udf(function, settings))
        if not function.arguments:
            # a UDF without arguments would not learn the number of rows
            session.sql(
                f"create or replace temporary function {function.name}() "
                f"returns {sql_type(function.returns)} return {name}(true)"
            )
    for statement in sql_functions():
        session.sql(statement)
    return session


def sql_functions() -> list[str]:
    """The CREATE FUNCTION statements of sql/spark."""
    return statements("spark")


def sql_type(type_: pa.DataType) -> str:
    """Spark's name of an Arrow type; a fixed length is lost."""
    if pa.types.is_struct(type_):
        return "STRUCT<" + ", ".join(f"{field.name}: {sql_type(field.type)}" for field in type_) + ">"
    if pa.types.is_list(type_) or pa.types.is_fixed_size_list(type_):
        return f"ARRAY<{sql_type(type_.value_type)}>"
    return _SQL_TYPES[type_]


_SQL_TYPES = {
    pa.string(): "STRING",
    pa.bool_(): "BOOLEAN",
    pa.int32(): "INT",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
}


@dataclasses.dataclass(frozen=True)
class Call:
    """What runs on a worker: one batch of one function, or, of an aggregate, one group."""

    name: str
    settings: Settings

    def __call__(self, *columns: pa.Array) -> Any:
        """Cast, fill in what was left out, run the kernel. Errors come without our part of the traceback."""
        try:
            with shared_at(self.settings):
                return self._run(_functions(on_card_of_task(self.settings))[self.name], columns)
        except RecudfError as error:
            raise error.with_traceback(None) from None

    def _run(self, function: Function, columns: tuple[pa.Array, ...]) -> Any:
        if not function.arguments:
            return function.kernel(len(columns[0]))
        arrays = _complete(function, columns)
        if isinstance(function, AggregateFunction):
            rows = pa.StructArray.from_arrays(arrays, [argument.name for argument in function.arguments])
            group = pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)
            return function.kernel(group)[0].as_py()
        check_arguments(function, arrays)
        return function.kernel(*arrays)


@functools.cache
def _functions(settings: Settings) -> dict[str, Function]:
    return {function.name: function for function in discover(settings)}


def _udf(function: Function, settings: Settings) -> Any:
    from pyspark.sql.pandas.functions import ArrowUDFType, arrow_udf

    aggregate = isinstance(function, AggregateFunction)
    kind: Any = ArrowUDFType.GROUPED_AGG if aggregate else ArrowUDFType.SCALAR
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "It is preferred to specify type hints"
        )  # which allow no optional ones
        udf = arrow_udf(Call(function.name, settings), sql_type(function.returns), kind)
    # an expression that is not deterministic is neither copied nor computed again
    return udf.asNondeterministic() if function.expensive else udf


def _complete(function: Function, columns: tuple[pa.Array, ...]) -> tuple[pa.Array, ...]:
    most = len(function.arguments)
    least = sum(not argument.optional for argument in function.arguments)
    if not least <= len(columns) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        names = ", ".join(argument.name for argument in function.arguments)
        raise InputError(f"{function.name} takes {wanted} arguments ({names}), not {len(columns)}")
    given = [
        _cast(function, argument, column)
        for argument, column in zip(function.arguments, columns, strict=False)
    ]
    left_out = function.arguments[len(columns) :]
    return tuple(given + [pa.nulls(len(columns[0]), _type(argument)) for argument in left_out])


def _cast(function: Function, argument: Argument, column: pa.Array) -> pa.Array:
    if isinstance(argument.type, str) or column.type == argument.type:
        return column
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), argument.type)
    try:
        return column.cast(argument.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"{function.name}: {argument.name} is of type {column.type}: "
            f"give {sql_type(argument.type)} ({str(error).splitlines()[0]})"
        ) from None


def _type(argument: Argument) -> pa.DataType:
    return pa.null() if isinstance(argument.type, str) else argument.type


def _shared(settings: Settings, master: str | None) -> Settings:
    """The settings of workers: with a place for indexes, and no progress bar, as Spark has its own."""
    uri = settings.index_uri
    if uri is None:
        if not (master or "").startswith("local"):
            raise ParameterError(
                "index_uri is not set (RECUDF_INDEX_URI): give a folder that the driver and every executor "
                "share, such as s3://bucket/indexes, hdfs:///indexes or /mnt/shared/indexes"
            )
        uri = _temporary_folder(settings.temp_directory)
    progress = "off" if settings.progress == "auto" else settings.progress
    return dataclasses.replace(settings, index_uri=uri, progress=progress)


@functools.cache
def _temporary_folder(directory: str | None) -> str:
    """A folder of this process, for workers on the same machine; gone when it ends."""
    folder = tempfile.mkdtemp(prefix="recudf-indexes-", dir=directory)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _catalogue(warehouse: Path) -> dict[str, str]:
    catalogue = f"jdbc:derby:;databaseName={warehouse / 'catalogue'};create=true"
    return {
        "spark.sql.warehouse.dir": str(warehouse / "tables"),
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.javax.jdo.option.ConnectionURL": catalogue,
    }
