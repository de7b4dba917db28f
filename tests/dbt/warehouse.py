"""Warehouses to build: one DuckDB file each, the tiny encoder, dbt in this process; what is read back goes through
a stock connection, without any function of recudf."""

import atexit
import contextlib
import functools
import gc
import hashlib
import io
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml
from click.testing import CliRunner

from dbt_once import untested
from recudf.cli import main
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

    def __init__(self, path: Path, shared: bool = False) -> None:
        """shared: other processes read the file at the same time, so no one may write it."""
        self.path = path
        self.shared = shared

    @contextlib.contextmanager
    def connection(self):
        """A stock connection."""
        shared = _reading(self.path).cursor() if self.shared else None
        with shared or duckdb.connect(str(self.path), config=CONFIG) as connection:
            connection.execute("set TimeZone = 'UTC'")
            yield connection

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
        unread = ["--log-level-file", "none", "--no-write-json"]  # what nobody reads here
        arguments = ["build", "--quiet", "--no-use-colors", *unread, *(() if tested else UNTESTED), *options]
        if variables:
            arguments += ["--vars", json.dumps(variables, ensure_ascii=False)]
        if profile:
            arguments += ["--profiles-dir", str(self._profile(profile))]
        said = io.StringIO()
        with (
            self._where_dbt_parsed(variables, profile, schema, tested) as path,
            contextlib.nullcontext() if tested else untested(),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            try:
                ok = run_dbt(arguments, path, schema)
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

    def recudf_build(self, *options):
        """`recudf build`, without tests: (exit code, what it said)."""
        given = yaml.safe_load(options[options.index("--vars") + 1]) if "--vars" in options else {}
        with self._where_dbt_parsed("recudf", "--in-place" in options, given) as path, untested():
            command = ["build", "--database", str(path), "--quiet", *UNTESTED, *options]
            done = CliRunner().invoke(main, command)
        return done.exit_code, done.output

    @contextlib.contextmanager
    def _where_dbt_parsed(self, *settings):
        """In this block the file lies where all of its name are built that are built with these settings: its path
        there. Elsewhere, or with other vars, dbt would parse the whole project, which takes as long as a small build."""
        key = hashlib.md5(repr((self.path.name, *settings)).encode()).hexdigest()
        path = _building_site() / key / self.path.name
        path.parent.mkdir(exist_ok=True)
        _move(self.path, path)
        try:
            yield path
        finally:
            if _is_open(path):
                gc.collect()
            assert not _is_open(path), "the next build would go on in this file"
            _move(path, self.path)
            shutil.rmtree(path.parent / ".recudf" / path.stem / "building", ignore_errors=True)

    def _profile(self, entries) -> Path:
        profile = yaml.safe_load((project_directory() / "profiles.yml").read_text())
        profile["recudf"]["outputs"]["duckdb"].update(entries)
        folder = self.path.parent / "profile"
        folder.mkdir(exist_ok=True)
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
        return folder


@contextlib.contextmanager
def parsed_once():
    """In this block dbt parses the project once, without vars; what vars decide as it parses stays as it is without them.
    For a series of builds that end early, of which parsing would be most."""
    from dbt.cli import main as dbt

    runner, manifests = dbt.dbtRunner, []

    class Runner(runner):
        def __init__(self):
            super().__init__(manifest=manifests[0] if manifests else None, callbacks=[])

        def invoke(self, arguments):
            if not manifests:
                options = arguments[arguments.index("--project-dir") :]
                manifests.append(runner().invoke(["parse", *options]).result)
                super().__init__(manifest=manifests[0])
            return super().invoke(arguments)

    dbt.dbtRunner = Runner
    try:
        yield
    finally:
        dbt.dbtRunner = runner


def _reading(path: Path) -> duckdb.DuckDBPyConnection:
    """A file that nobody writes stays open: a built one takes some 40 ms to open."""
    return duckdb.connect(str(path), read_only=True)


@functools.cache
def _building_site() -> Path:
    """A folder of this process."""
    folder = Path(tempfile.mkdtemp(prefix="recudf-builds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _is_open(path: Path) -> bool:
    """Whether this process has a file open, as far as the system tells."""
    opened = Path("/proc/self/fd")
    return opened.exists() and any(os.path.realpath(file) == str(path) for file in opened.iterdir())


def _move(database: Path, to: Path) -> None:
    """With the log of what was not yet written to the file."""
    for suffix in ("", ".wal"):
        if Path(f"{database}{suffix}").exists():
            shutil.move(f"{database}{suffix}", f"{to}{suffix}")


def copied(warehouse, tmp_path_factory, name):
    """The same in a file of its own, to be written."""
    return Warehouse(Path(shutil.copy(warehouse.path, tmp_path_factory.mktemp(name) / "shop.duckdb")))


def marts():
    """Names of all marts that are a function of the inputs: not of what was run and measured."""
    folder = project_directory() / "models" / "marts"
    return sorted({path.stem for path in folder.glob("*.sql")} - {"fct_runs", "fct_metrics"})
