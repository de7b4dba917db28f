"""Each of the hostile names and values, as everything that a user can name or write: it comes through as it is or is refused, and
nothing in it is executed."""

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner
from hostile import CANARY, HOSTILE, SECRET
from test_bad_load import folder
from warehouse import UNTESTED, Warehouse

import recudf
from recudf.cli import main
from recudf.cli.project import project_directory, run_dbt
from recudf.functions import discover
from recudf.settings import EncoderSettings, Settings

NAMES = list(HOSTILE.values())
LEFT = shutil.ignore_patterns("__pycache__", "target", "logs", "dbt_packages", "tests")
TOUCHED = [Path("/tmp") / f"recudf-canary{end}" for end in ("", ".csv", ".duckdb")]


@pytest.fixture(autouse=True)
def _canary(monkeypatch):
    """Nothing has touched a file afterwards."""
    monkeypatch.setenv("RECUDF_CANARY", SECRET)
    yield
    assert not [path for path in TOUCHED if path.exists()]


def run(*arguments):
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert SECRET not in result.output
    return result


def with_canary(warehouse):
    return warehouse.run(f"create table {CANARY} as select 42 as x")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def is_unharmed(warehouse):
    """The canary lives, and the secret of the environment stands in no text of any table."""
    assert warehouse.query(f"select x from {CANARY}") == [(42,)]
    columns = warehouse.query(
        "select schema_name, table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    )
    for schema, table, column in columns:
        query = f"select 1 from {quoted(schema)}.{quoted(table)} where contains({quoted(column)}, ?)"
        assert warehouse.query(query, SECRET) == [], (schema, table)
    return True


def test_there_are_fifty():
    assert len(set(NAMES)) == 50


@pytest.mark.slow
def test_as_ids_texts_types_and_keys_of_vars(tmp_path, small_encoder):
    """Everybody has seen one item. All events are of a hostile type, whose weight a var gives."""
    known = [name for name in NAMES if "\0" not in name]
    ids = [name.strip() for name in known]
    pairs = list(zip(known, known[1:] + known[:1], strict=True))
    everything = ("title", "description", "category", "provider")
    files = {
        "taxonomy.json": [{"category": n, "parent": p} for n, p in pairs],
        "items.json": [{"item_id": n, **dict.fromkeys(everything, n)} for n in known],
        "interactions.json": [{"user_id": u, "item_id": i, "event_type": u, "source": u} for u, i in pairs],
        "texts.json": [
            dict.fromkeys(("user_id", "text", "text_id", "item_id", "kind", "source"), n) for n in known
        ],
        "users.json": [{"user_id": n, "country": n} for n in known],
    }
    shop = folder(tmp_path / "shop", {name: json.dumps(rows) for name, rows in files.items()})
    database = tmp_path / "shop.duckdb"
    assert run("load", shop, "--database", database).exit_code == 0
    variables = {
        "event_weights": dict.fromkeys(known, 0.25), "seen_event_types": known, "recommendations_per_user": 100,
    }  # fmt: skip
    warehouse = with_canary(Warehouse(database))
    built = run(
        "build",
        "--quiet",
        *UNTESTED,
        "--vars",
        json.dumps(variables, ensure_ascii=False),
        "--database",
        database,
    )
    assert built.exit_code == 0, built.output
    assert is_unharmed(warehouse)
    assert set(warehouse.query("select user_id, item_id, event_type from recudf.stg_interactions")) == {
        (u.strip(), i.strip(), u.strip().lower()) for u, i in pairs
    }
    assert sorted(warehouse.query("select item_id, title, category from recudf.dim_items")) == sorted(
        (i, i, i) for i in ids
    )
    assert sorted(t for (t,) in warehouse.query("select text from recudf.stg_texts")) == sorted(ids)
    assert warehouse.query("select distinct weight from recudf.int_interactions_weighted") == [(0.25,)]
    found = set(warehouse.query("select user_id, item_id from recudf.fct_recommendations"))
    assert found == {(u, i) for u in ids for i in ids} - {(u.strip(), i.strip()) for u, i in pairs}


def test_a_file_with_a_nul(tmp_path):
    shop = folder(tmp_path / "shop", {"items.json": json.dumps([{"item_id": HOSTILE["NUL"]}])})
    result = run("load", shop, "--database", tmp_path / "shop.duckdb")
    if result.exit_code == 0:
        assert Warehouse(tmp_path / "shop.duckdb").query("select item_id from raw.items") == [
            (HOSTILE["NUL"],)
        ]
    else:
        assert (result.exit_code, "items.json" in result.output) == (2, True)


def try_write(path, text):
    """Whether the file system takes that name."""
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    except (OSError, ValueError):
        return False
    return True


def test_as_folders_files_and_columns_of_load(tmp_path):
    """A folder's name becomes the source of its rows; files of other names are left alone; users keep all columns."""
    folders, strange = [], 0
    for number, name in enumerate(name for name in NAMES if "/" not in name):
        place = tmp_path / str(number)
        place.mkdir()
        if try_write(place / name / "interactions.csv", "user_id,item_id\nu,i\n"):
            folders.append(place / name)
            strange += sum(
                try_write(place / name / f"{name}{end}", "id\n1\n") for end in ("", ".csv", ".parquet")
            )
    assert len(folders) > 30
    assert strange > 90
    columns = [name for name in NAMES if "\0" not in name]
    pq.write_table(
        pa.table({"user_id": ["u"], **{name: ["x"] for name in columns}}), folders[0] / "users.parquet"
    )
    warehouse = with_canary(Warehouse(tmp_path / "shop.duckdb"))
    result = run("load", *folders, "--database", warehouse.path)
    assert result.exit_code == 0, result.output
    found = warehouse.query("select source from raw.interactions")
    assert sorted(source for (source,) in found) == sorted(path.name for path in folders)
    found = warehouse.query("select column_name from duckdb_columns() where table_name = 'users'")
    assert {name for (name,) in found} == {"user_id", *columns}
    assert is_unharmed(warehouse)


def test_as_files_of_databases(tmp_path):
    """Those with quotes or semicolons are refused, as dbt does not quote them; the file system refuses some."""
    shop = folder(tmp_path / "shop", {"items.csv": "item_id\na\n"})
    (tmp_path / "made").mkdir()
    codes = {}
    for name in NAMES:
        if "/" in name or "\0" in name:
            continue  # another folder's file; no file
        result = run("load", shop, "--database", tmp_path / "made" / f"{name}.duckdb")
        codes[name] = result.exit_code
        if result.exit_code:
            assert result.output.startswith("error: "), result.output
    assert {name for name, code in codes.items() if code == 2} == {n for n in codes if set(n) & set("'\";")}
    refused = {HOSTILE["300 characters"], HOSTILE["backslashes"]}  # by the file system, by DuckDB
    assert {name for name, code in codes.items() if code == 1} == refused
    made = {name for name, code in codes.items() if code == 0}
    assert {path.name for path in (tmp_path / "made").iterdir()} == {f"{name}.duckdb" for name in made}


def test_as_arguments_of_functions(tiny_encoder):
    """Ids come back as they are, handles and parameters are refused by name, texts have vectors."""
    connection = recudf.connect(settings=Settings(EncoderSettings(str(tiny_encoder)), progress="off"))
    connection.execute(f"create table {CANARY} as select 42 as x")
    connection.execute("create table names as select unnest(?) as name", [NAMES])
    ids = connection.execute(
        """with i as materialized (select vector_index(name, [1, 2]) as handle from names)
        select unnest(cosine_topk([1, 2], handle, 100)).id from i"""
    ).fetchall()
    assert [i for (i,) in ids] == sorted(NAMES, key=str.encode)
    for name in NAMES:
        for call in ("cosine_topk([1, 0], ?, 1)", "cluster_fit(?)", "cluster_assign([1, 0], ?)"):
            with pytest.raises(duckdb.Error, match=r"no index .* in this process: make it with vector_index"):
                connection.execute(f"select {call}", [name])
        with pytest.raises(duckdb.Error, match=r"are not (a )?JSON"):
            connection.execute("select cluster_fit(vector_index('a', [1, 2]), ?)", [name])
    found = connection.execute(
        "select count(embed(name)), count(try_embed(name).error) from names"
    ).fetchall()
    assert found == [(50, 0)]
    assert connection.execute(f"select x from {CANARY}").fetchall() == [(42,)]


def test_every_json_parameter_refuses_an_unknown_key():
    connection = recudf.connect()
    functions = {f.name: [a.name for a in f.arguments] for f in discover(Settings())}
    taking = {name for name, arguments in functions.items() if "params" in arguments}
    history = "['u'], ['i'], [1]"
    others = {
        "topic_fit": "['a'], [['b']], null",
        "item_weights_fit": f"{history}, null",
        "factors_fit": history,
        "factors_of": "['i'], [1], vector_index('i', [1, 2])",
        "ranker_fit": "['g', 'g'], [[1], [2]], [1, 0]",
    }
    assert taking == {"cluster_fit", "lexical_fit", *others}
    for key in [*NAMES, "K", "no_such_key"]:
        for function, arguments in others.items():
            with pytest.raises(duckdb.Error, match=r"unknown (parameter|key)"):
                connection.execute(f"select {function}({arguments}, ?)", [json.dumps({key: 1})])
        with pytest.raises(duckdb.Error, match=r"unknown parameter .*: known are dimensions"):
            connection.execute("select lexical_fit(['a b'], ?)", [json.dumps({key: 1})])
        with pytest.raises(duckdb.Error, match=r"unknown parameter .*: known are method, k"):
            connection.execute(
                "select cluster_fit(vector_index('a', [1, 2]), ?)", [json.dumps({"k": 1, key: 1})]
            )


def is_refused(name):
    """As the name of a relation: dbt writes it into queries of its own; a dot parts schema and table."""
    return bool(set(name) & set("'\".\0"))


def make_tables(warehouse, names):
    """For each name a schema, with a table, with columns, all of that name."""
    for name in names:
        if "\0" not in name:
            columns = f"{quoted(name)}, 'i' as {quoted(name + '2')}"
            warehouse.run(
                f"create schema {quoted(name)}",
                f"create table {quoted(name)}.{quoted(name)} as select 'u' as {columns}",
            )
    return warehouse


MODEL = """
{{% if execute %}}
    {{% set name = var('names')[{number}] %}}
    {{% set found = load_relation(recudf.parse_relation(name ~ '.' ~ name)) %}}
    {{% set column = adapter.get_columns_in_relation(found)[0] %}}
    select {{{{ recudf.read_column(column, 'text') }}}} as value, {{{{ recudf.text_literal(name) }}}} as name from {{{{ found }}}}
{{% else %}}
    select 1
{{% endif %}}
"""


@pytest.mark.slow
def test_as_tables_columns_and_schemas_behind_vars(tmp_path, capfd):
    """One model for each name, of the macros that read an input."""
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_packages").mkdir()
    (project / "dbt_packages" / "recudf").symlink_to(project_directory())
    (project / "dbt_project.yml").write_text(
        "{name: hostile, profile: recudf, models: {+materialized: table}}"
    )
    for number in range(len(NAMES)):
        (project / "models" / f"m{number}.sql").write_text(MODEL.format(number=number))
    warehouse = make_tables(with_canary(Warehouse(tmp_path / "shop.duckdb")), NAMES)
    arguments = ["--project-dir", str(project), "--profiles-dir", str(project_directory())]
    variables = ["--vars", json.dumps({"names": NAMES}, ensure_ascii=False)]
    assert not run_dbt(["run", "--quiet", "--select", "hostile", *arguments, *variables], warehouse.path)
    said = capfd.readouterr().out
    assert said.count("is no relation: write schema.table or database.schema.table, without quotes") >= sum(
        map(is_refused, NAMES)
    )
    accepted = {f"m{number}" for number, name in enumerate(NAMES) if not is_refused(name)}
    made = {
        t for (t,) in warehouse.query("select table_name from duckdb_tables() where schema_name = 'recudf'")
    }
    assert made == accepted
    assert len(accepted) > 20
    for number, name in enumerate(NAMES):
        if not is_refused(name):
            assert warehouse.query(f"select value, name from recudf.m{number}") == [("u", name)]
    assert SECRET not in said
    assert is_unharmed(warehouse)


INPUTS = {
    "items": ["item_id"],
    "interactions": ["user_id", "item_id"],
    "texts": ["user_id", "text"],
    "users": ["user_id"],
    "taxonomy": ["category", "parent"],
}


@pytest.fixture
def models_that_read(tmp_path, monkeypatch):
    """The project without the models that read no input themselves: dbt parses all that is there, for every var anew."""
    project = shutil.copytree(project_directory(), tmp_path / "dbt_project", ignore=LEFT)
    for path in (project / "models").rglob("*.*"):
        if path.parent.name != "staging" and path.name not in ("fct_metrics.sql", "_marts__sources.yml"):
            path.unlink()
    options = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))
    options["models"]["recudf"]["marts"]["+contract"] = {"enforced": False}
    (project / "dbt_project.yml").write_text(yaml.safe_dump(options, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr("recudf.cli.project.project_directory", lambda: project)


def mapped(name, input_):
    columns = dict(zip(INPUTS[input_], (name, name + "2"), strict=False))
    return {"relation": f"{name}.{name}", "columns": columns}


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("small_encoder", "models_that_read")
def test_as_inputs_of_a_build(tmp_path):
    """The whole way: tables, columns and schemas of these names, a few in one build; those that are refused alone."""
    warehouse = make_tables(with_canary(Warehouse(tmp_path / "shop.duckdb")), NAMES)
    staging = ["--select", *(f"stg_{name}" for name in INPUTS), "stg_as_of", "stg_event_types", "event_types"]
    accepted = [name for name in NAMES if not is_refused(name)]
    for first in range(0, len(accepted), len(INPUTS)):
        some = dict(zip(INPUTS, accepted[first : first + len(INPUTS)], strict=False))
        result = warehouse.try_build(*staging, inputs={i: mapped(name, i) for i, name in some.items()})
        assert result.ok, (some, result.output)
        for input_ in some:
            assert warehouse.query(f"select {INPUTS[input_][0]} from recudf.stg_{input_}") == [("u",)]
    for name in filter(is_refused, NAMES):
        result = warehouse.try_build("--select", "stg_items", inputs={"items": mapped(name, "items")})
        assert not result.ok
        assert "is no relation: write schema.table" in result.output
        assert "Traceback" not in result.output
    assert is_unharmed(warehouse)


PLAIN_VARS = ["as_of", "holdout", "event_weights", "seen_event_types", "inputs", "encoder", "half_life_days", "group_count",
              "evaluation_users", "raw_schema", "evaluation_schema", "earliest_event", "min_group_size"]  # fmt: skip
QUOTES = [HOSTILE[key] for key in ("drop in brackets", "drop after a name", "a query", "drop after a value")]


@pytest.mark.parametrize(
    "name", [n if n in QUOTES[:1] else pytest.param(n, marks=pytest.mark.slow) for n in NAMES]
)
@pytest.mark.usefixtures("small_encoder", "models_that_read")
def test_as_schemas_and_values_of_vars(tmp_path, name):
    """Each name as the schema of the build, as that of the inputs, and as another var; the var differs from name to name."""
    warehouse = with_canary(Warehouse(tmp_path / "shop.duckdb")).load(items="select 'i' as item_id")
    other = PLAIN_VARS[NAMES.index(name) % len(PLAIN_VARS)]
    for variables in ({"raw_schema": name}, {"evaluation_schema": name}, {other: name}):
        result = warehouse.try_build("--select", "stg_items", "stg_as_of", "fct_metrics", **variables)
        assert (
            result.ok or f"{next(iter(variables))} is '" in result.output or "is no relation" in result.output
        ), result.output
        assert "Traceback" not in result.output
        assert SECRET not in result.output
    if "\0" not in name:
        result = warehouse.try_build("--select", "event_types", schema=name)
        assert result.ok != (bool(set(name) & set("'\"")) or "/*" in name or "*/" in name), result.output
        assert result.ok or "RECUDF_SCHEMA is" in result.output, result.output
    assert is_unharmed(warehouse)
