"""SQL of the tests on each engine: written for DuckDB once, translated for Spark by sqlglot.

What sqlglot does not know of the two dialects is added here, so that no test has its SQL twice.
"""

from __future__ import annotations

import logging
import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import pytest

import recudf
from recudf import Settings
from recudf.search import get_index

WORKERS_KEY = "a key that is long enough"  # of pseudonyms, in Spark's workers
# small data on one core, so one Python process: one partition, no optimising while running, no console output
SPARK_CONFIG = {
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "OFF",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def why_no_spark() -> str | None:
    """What is missing to run Spark, or None."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: make test-spark installs it"
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java", path=Path(home) / "bin") if home else shutil.which("java")):
        return "no Java: install 17 or 21 (Debian: apt install openjdk-17-jre-headless), or set JAVA_HOME"
    return None


class OnDuckDB:
    """Runs a query with values for its ? placeholders and returns its rows as tuples."""

    name = "duckdb"
    aggregate_of_nothing: ClassVar = [(None,)]

    def __init__(self, settings: Settings | None = None):
        import duckdb

        self.error = duckdb.Error
        self._connection = recudf.connect(settings=settings)

    def __call__(self, query, *values):
        return self._connection.execute(query, list(values)).fetchall()

    def index(self, handle):
        return get_index(handle)

    def close(self):
        self._connection.close()


class OnSpark:
    """The same on Spark, in a session of its own of one running Spark."""

    name = "spark"
    aggregate_of_nothing: ClassVar = []  # an aggregate in Python without `group by` sees no group, so there is no row

    def __init__(self, spark, settings: Settings | None = None):
        from pyspark.errors import PySparkException

        self.error = PySparkException
        self._session = recudf.register_spark(spark.newSession(), settings)

    def __call__(self, query, *values):
        rows = self._session.sql(to_spark(query), args=list(values) or None).collect()
        return [tuple(map(_plain, row)) for row in rows]

    def index(self, handle):
        from recudf.engines.spark import _shared
        from recudf.search.files import shared_at

        with shared_at(_shared(Settings(), "local")):
            return get_index(handle)

    def close(self):
        pass


def start_spark():
    """One Spark for all tests of a process; skips where it cannot run."""
    if reason := why_no_spark():
        pytest.skip(reason)
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECUDF_USER_KEY", WORKERS_KEY)  # workers have the environment that Spark started in
        return recudf.connect_spark("local[1]", config=SPARK_CONFIG)


def _plain(value):
    """Rows as dicts and arrays as lists, as DuckDB returns structs and lists."""
    from pyspark.sql import Row

    if isinstance(value, Row):
        return {name: _plain(part) for name, part in value.asDict().items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def to_spark(query: str) -> str:
    """DuckDB's SQL as Spark's."""
    import sqlglot

    tree = sqlglot.parse_one(query, read="duckdb")
    return tree.transform(_translate).sql("spark")


def _translate(node):
    import sqlglot
    from sqlglot import exp

    if isinstance(node, exp.CTE):
        node.set("materialized", None)
    elif isinstance(node, exp.DataType) and node.this == exp.DataType.Type.ARRAY:
        node.set("values", None)  # FLOAT[2] is FLOAT[]
    elif isinstance(node, exp.ArrayAgg):  # collect_list drops NULLs
        value = node.this.transform(_translate).sql("spark")
        return sqlglot.parse_one(
            f"transform(collect_list(named_struct('v', {value})), s -> s.v)", read="spark"
        )
    elif isinstance(node, exp.Length):
        return exp.Anonymous(this="size", expressions=[node.this])  # of lists, in these tests
    elif isinstance(node, exp.Table) and isinstance(node.this, exp.GenerateSeries):
        alias = node.args.get("alias")
        column = alias.columns[0].name if alias else "range"
        rows = f"(select id as {column} from range({node.this.args['end'].sql()}))"
        return (
            sqlglot.parse_one(f"select * from {rows} as {node.alias or 'range'}", read="spark")
            .args["from_"]
            .this
        )
    elif isinstance(node, exp.Chr):
        return exp.Literal.string(chr(int(node.expressions[0].name)))
    elif isinstance(node, exp.JSONObject):
        pairs = ", ".join(
            f"{pair.this.sql('spark')}, {pair.expression.sql('spark')}" for pair in node.expressions
        )
        return sqlglot.parse_one(f"to_json(named_struct({pairs}))", read="spark")
    elif isinstance(node, (exp.Unnest, exp.Explode)) and isinstance(node.parent, (exp.Select, exp.Alias)):
        inner = (node.this or node.expressions[0]).transform(_translate)
        recursive = len(node.expressions) > 0
        return exp.Anonymous(this="inline" if recursive else "explode", expressions=[inner])
    return node
