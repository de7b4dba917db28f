"""Warehouses to build: one DuckDB file each, the tiny encoder, dbt in this process; what is read back goes through
a stock connection, without any function of recudf."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from recudf.cli.project import project_directory, run_dbt
from recudf.engines.duckdb import CONFIG
from recudf.errors import RecudfError

UNTESTED = ("--exclude-resource-type", "test", "unit_test")


@dataclass(frozen=True)
class Result:
    """What a build said."""

    ok: bool
    output: str


class Warehouse:
    """A DuckDB file with inputs in any schema; `build` runs dbt on it, `rows` and `query` read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def connection(self):
        """A stock connection."""
        connection = duckdb.connect(str(self.path), config=CONFIG)
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()

    def load(self, schema="raw", **tables):
        """Write Arrow tables, or the results of SQL text, as relations of a schema."""
        with self.connection() as connection:
            connection.execute(f'create schema if not exists "{schema}"')
            for name, rows in tables.items():
                source = f"({rows})" if isinstance(rows, str) else "rows"
                connection.execute(f'create or replace table "{schema}"."{name}" as select * from {source}')
        return self

    def run(self, *statements):
        """Execute statements."""
        with self.connection() as connection:
            for statement in statements:
                connection.execute(statement)
        return self

    def try_build(self, *options, schema=None, tested=False, profile=None, **variables):
        """dbt build; variables are vars. profile: entries over the profile's output, such as settings."""
        arguments = ["build", "--quiet", "--no-use-colors", *(() if tested else UNTESTED), *options]
        if variables:
            arguments += ["--vars", json.dumps(variables, ensure_ascii=False)]
        if profile:
            arguments += ["--profiles-dir", str(self._profile(profile))]
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                ok = run_dbt(arguments, self.path, schema)
            except RecudfError as error:  # what the command line shows as an error
                return Result(False, f"{said.getvalue()}error: {error}")
        return Result(ok, said.getvalue())

    def build(self, *options, **more):
        """A build that must be green."""
        result = self.try_build(*options, **more)
        assert result.ok, result.output
        return self

    def query(self, sql, *values):
        """Rows of a query, as tuples."""
        with self.connection() as connection:
            return connection.execute(sql, list(values)).fetchall()

    def table(self, sql, *values):
        """An Arrow table of a query."""
        with self.connection() as connection:
            return connection.execute(sql, list(values)).to_arrow_table()

    def rows(self, relation, without=("run_id",), schema="recudf", where="true"):
        """The rows of a relation in a fixed order, without columns that belong to the run."""
        with self.connection() as connection:
            cursor = connection.execute(f'select * from "{schema}"."{relation}" limit 0')
            kept = ", ".join(f'"{c[0]}"' for c in cursor.description if c[0] not in without)
            return connection.execute(
                f'select {kept} from "{schema}"."{relation}" where {where} order by all'
            ).fetchall()

    def _profile(self, entries) -> Path:
        profile = yaml.safe_load((project_directory() / "profiles.yml").read_text())
        profile["recudf"]["outputs"]["duckdb"].update(entries)
        folder = self.path.parent / "profile"
        folder.mkdir(exist_ok=True)
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
        return folder


def marts():
    """Names of all marts that are a function of the inputs: not of what was run and measured."""
    folder = project_directory() / "models" / "marts"
    return sorted({path.stem for path in folder.glob("*.sql")} - {"fct_runs", "fct_metrics"})
