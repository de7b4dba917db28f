"""The package in somebody else's project: models, macros and sources of the same names, a schema convention of its own,
integers and UUIDs as ids, times with zones, inputs mapped by vars alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from warehouse import Warehouse

from recudf.cli.project import project_directory, run_dbt

FOREIGN = Path(__file__).parent / "foreign_project"
SHOP = """
    create schema erp;
    create table erp.items as
        select row_number() over (order by trim(item_id))::integer as sku, any_value(title) as label, any_value(category) as shelf, trim(item_id) as id
        from raw.items where trim(item_id) != '' group by trim(item_id);
    create table erp.users as
        select md5(trim(user_id))::uuid as id, min(created_at) at time zone 'UTC' as joined_at
        from raw.users where trim(user_id) != '' group by all;
    create table erp.events as
        select md5(trim(user_id))::uuid as customer, items.sku, event_type as action, value, occurred_at at time zone 'UTC' as happened_at, source
        from raw.interactions join erp.items on trim(item_id) = items.id;
    create table erp.reviews as
        select md5(trim(user_id))::uuid as customer, items.sku, text as body, created_at at time zone 'UTC' as written_at
        from raw.texts left join erp.items on trim(item_id) = items.id;
    alter table erp.items drop column id;
    drop schema raw cascade
"""


def make_project(folder, package=None):
    """A copy of the foreign project, with the entry of its packages.yml."""
    project = folder / "outdoor_shop"
    shutil.copytree(FOREIGN, project)
    if package is not None:
        (project / "packages.yml").write_text(f"packages:\n  - {json.dumps(package)}\n")
    return project


def dbt(project, warehouse, command, *options):
    """One dbt command in the project, as its engineers would run it; what it said."""
    environment = {
        **os.environ,
        "RECUDF_DATABASE": str(warehouse.path),
        "RECUDF_PACKAGE": str(project_directory()),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "dbt.cli.main", "--no-use-colors", command, *options],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory, sample):
    warehouse = Warehouse(tmp_path_factory.mktemp("foreign") / "shop.duckdb").load(**sample.inputs)
    return warehouse.run(SHOP)


@pytest.fixture(scope="module")
def project(shop, tmp_path_factory):
    """The foreign project, built with all its tests and ours; its dbt ran without recudf's command line."""
    project = make_project(tmp_path_factory.mktemp("project"))
    dbt(project, shop, "deps")
    dbt(project, shop, "build")
    return project


@pytest.fixture(scope="module")
def manifest(project, shop):
    dbt(project, shop, "docs", "generate")
    return json.loads((project / "target" / "manifest.json").read_text())


def test_tables_of_both_stand_side_by_side(project, shop):
    rows = shop.query("select table_schema, table_name from information_schema.tables")
    assert {("dwh", "dim_users"), ("dwh_recudf", "dim_users")} <= set(rows)
    assert {("dwh", "stg_items"), ("dwh_recudf", "stg_items")} <= set(rows)
    assert {schema for schema, _ in rows} == {"erp", "dwh", "dwh_recudf", "dwh_recudf_embeddings"}
    assert {name for schema, name in rows if schema == "dwh"} == {
        "dim_users", "stg_items", "users", "mail_next_week",
    }  # fmt: skip
    assert shop.query("select count(*) from dwh.mail_next_week")[0][0] > 50


@pytest.mark.slow
def test_what_is_built_is_what_our_own_project_builds(project, shop, tmp_path):
    """The same inputs by relation, in a copy of the file: equal rows but for who ran."""
    copy = Warehouse(shutil.copy(shop.path, tmp_path / "copy.duckdb"))
    columns = {"items": {"item_id": "sku", "title": "label", "category": "shelf"}}
    columns["interactions"] = {
        "user_id": "customer",
        "item_id": "sku",
        "event_type": "action",
        "occurred_at": "happened_at",
    }
    columns["texts"] = {"user_id": "customer", "item_id": "sku", "text": "body", "created_at": "written_at"}
    columns["users"] = {"user_id": "id", "created_at": "joined_at"}
    relations = {
        "items": "erp.items",
        "interactions": "erp.events",
        "texts": "erp.reviews",
        "users": "erp.users",
    }
    inputs = {name: {"relation": relations[name], "columns": columns[name]} for name in relations}
    copy.build(inputs=inputs, recommendations_per_user=5)
    for mart in ("dim_users", "dim_items", "dim_groups", "fct_recommendations"):
        assert copy.rows(mart) == shop.rows(mart, schema="dwh_recudf"), mart


def ancestors(manifest, node):
    found, wanted = set(), [node]
    while wanted:
        new = set(manifest["parent_map"].get(wanted.pop(), [])) - found
        found |= new
        wanted += new
    return found


def test_one_lineage(manifest):
    nodes = manifest["nodes"]
    assert "model.outdoor_shop.stg_items" in nodes["model.recudf.stg_items"]["depends_on"]["nodes"]
    assert "model.outdoor_shop.users" in nodes["model.recudf.stg_users"]["depends_on"]["nodes"]
    behind = ancestors(manifest, "model.outdoor_shop.mail_next_week")
    assert {
        "model.recudf.fct_recommendations", "model.recudf.stg_items", "model.outdoor_shop.stg_items",
        "model.outdoor_shop.dim_users", "source.outdoor_shop.raw.items", "source.outdoor_shop.raw.users",
    } <= behind  # fmt: skip
    assert "model.recudf.dim_users" not in behind
    read = {
        parent
        for name, node in nodes.items()
        if name.startswith("model.recudf.")
        for parent in node["depends_on"]["nodes"]
    }
    assert {n for n in read if ".outdoor_shop." in n} == {
        "model.outdoor_shop.stg_items",
        "model.outdoor_shop.users",
    }


def test_their_tests_stay_theirs(manifest):
    tests = [n for name, n in manifest["nodes"].items() if name.startswith("test.outdoor_shop.")]
    assert len(tests) == 8
    for node in tests:
        assert not [
            part for kind in ("nodes", "macros") for part in node["depends_on"][kind] if ".recudf." in part
        ]


def test_dbts_own_convention_of_schemas(shop, tmp_path):
    project = make_project(tmp_path)
    (project / "macros" / "generate_schema_name.sql").unlink()
    dbt(project, shop, "deps")
    dbt(project, shop, "parse")
    nodes = json.loads((project / "target" / "manifest.json").read_text())["nodes"]
    assert nodes["model.outdoor_shop.dim_users"]["schema"] == "main"
    assert nodes["model.recudf.dim_users"]["schema"] == "main_recudf"
    assert nodes["seed.recudf.event_types"]["schema"] == "main_recudf"
    assert nodes["model.recudf.int_text_embeddings"]["schema"] == "main_recudf_embeddings"


def test_the_project_around_decides_on_every_model(shop, tmp_path):
    """Off, a view instead of a table, elsewhere: all from the root's dbt_project.yml."""
    project = make_project(tmp_path)
    path = project / "dbt_project.yml"
    path.write_text(
        path.read_text().replace(
            "models:\n",
            "models:\n  recudf:\n    +schema: taste\n    +materialized: view\n    marts: {fct_metrics: {+enabled: false}}\n",
        )
    )
    dbt(project, shop, "deps")
    dbt(project, shop, "parse")
    nodes = json.loads((project / "target" / "manifest.json").read_text())["nodes"]
    ours = [node for name, node in nodes.items() if name.startswith("model.recudf.")]
    assert "fct_metrics" not in {node["name"] for node in ours}
    assert {node["schema"] for node in ours} == {"dwh_taste"}
    assert {node["config"]["materialized"] for node in ours} == {"view"}


def configure(project, **marts):
    """Put configurations of the package's marts into the project's own file."""
    path = project / "dbt_project.yml"
    path.write_text(
        path.read_text().replace("models:\n", f"models:\n  recudf: {json.dumps({'marts': marts})}\n", 1)
    )


MARTS = sorted(path.stem for path in (project_directory() / "models" / "marts").glob("*.sql"))


@pytest.mark.slow
@pytest.mark.parametrize("mart", [mart for mart in MARTS if mart != "dim_users"])
def test_every_mart_can_be_switched_off(shop, tmp_path, mart):
    """fct_runs reads all others but fct_metrics, and goes with them. With a disabled dim_users dbt would describe the
    project's own model of this name by our words: what remains is not to build it, as below."""
    project = make_project(tmp_path)
    if mart == "fct_recommendations":
        (project / "models" / "mail_next_week.sql").unlink()  # their own model reads it
    off = {mart} if mart == "fct_metrics" else {mart, "fct_runs"}
    configure(project, **{name: {"enabled": False} for name in off})
    dbt(project, shop, "deps")
    dbt(project, shop, "parse")
    nodes = json.loads((project / "target" / "manifest.json").read_text())["nodes"]
    assert {name for name in MARTS if f"model.recudf.{name}" in nodes} == set(MARTS) - off


@pytest.mark.slow
def test_marts_built_otherwise_hold_the_same(project, shop, tmp_path):
    """One not built, some views, one merged by its key: twice, so that the second build meets what the first made."""
    other = make_project(tmp_path)
    copy = Warehouse(shutil.copy(shop.path, tmp_path / "copy.duckdb"))
    copy.run("drop schema dwh_recudf cascade")
    view = {"materialized": "view"}
    merged = {
        "materialized": "incremental",
        "incremental_strategy": "delete+insert",
        "on_schema_change": "fail",
    }
    configure(
        other,
        dim_users={"materialized": "ephemeral", "contract": {"enforced": False}},
        dim_groups=view,
        fct_group_members=view,
        fct_recommendations={**merged, "unique_key": ["user_id", "rank"]},
    )
    dbt(other, copy, "deps")
    dbt(other, copy, "build")
    dbt(other, copy, "build")
    for mart in ("dim_groups", "dim_items", "fct_group_members", "fct_recommendations"):
        assert copy.rows(mart, schema="dwh_recudf") == shop.rows(mart, schema="dwh_recudf"), mart
    kinds = copy.query(
        "select table_name, table_type from information_schema.tables where table_schema = 'dwh_recudf'"
    )
    assert {name for name, kind in kinds if kind == "VIEW"} == {"dim_groups", "fct_group_members"}
    assert {"dim_users", "fct_runs"} & {name for name, _ in kinds} == {"fct_runs"}
    assert copy.query("select count(*) from dwh_recudf.fct_runs") == [(2,)]


@pytest.mark.slow
def test_a_replay_meets_no_table_of_the_build(project, shop, tmp_path, monkeypatch):
    """recudf evaluate in the project's folder: its inputs, its vectors, a schema of its own, and none of its own models is run."""
    from recudf.cli.evaluate import evaluate_database
    from recudf.engines.splits import Split

    copy = Warehouse(shutil.copy(shop.path, tmp_path / "copy.duckdb"))
    copy.run("drop table dwh.mail_next_week", "create table dwh.kept as select * from dwh_recudf.dim_users")
    monkeypatch.chdir(project)
    evaluated = evaluate_database(copy.path, Split(), ks=[5], resamples=20, schema="dwh_recudf")
    assert evaluated.measurements
    assert copy.query("select count(*) from dwh_recudf.fct_metrics")[0][0] == len(evaluated.measurements)
    assert copy.query("select * from dwh.kept order by all") == copy.query(
        "select * from dwh_recudf.dim_users order by all"
    )
    schemas = {s for (s,) in copy.query("select distinct table_schema from information_schema.tables")}
    assert schemas == {"erp", "dwh", "dwh_recudf", "dwh_recudf_embeddings", "recudf_evaluation"}
    assert copy.query("select 1 from information_schema.tables where table_name = 'mail_next_week'") == []


@pytest.mark.slow
def test_from_the_subdirectory_of_a_git_tag(shop, tmp_path):
    repository = tmp_path / "repository"
    shutil.copytree(
        project_directory(),
        repository / "dbt_project",
        ignore=shutil.ignore_patterns("target", "logs", ".*", "dbt_packages"),
    )

    def git(*arguments):
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=repository, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "a release")
    git("tag", "v0.1.0")
    package = {"git": repository.as_uri(), "subdirectory": "dbt_project", "revision": "v0.1.0"}
    project = make_project(tmp_path, package)
    dbt(project, shop, "deps")
    assert not (project / "dbt_packages" / "recudf").is_symlink()
    dbt(project, shop, "parse")
    assert (
        "model.recudf.fct_recommendations"
        in json.loads((project / "target" / "manifest.json").read_text())["nodes"]
    )


def test_our_own_project_stays_as_it_is(tmp_path):
    """Without a foreign root: the schema recudf, or the one that is asked for, exactly."""
    for schema in (None, "elsewhere"):
        assert run_dbt(["parse", "--quiet", "--target-path", str(tmp_path)], tmp_path / "x.duckdb", schema)
        nodes = json.loads((tmp_path / "manifest.json").read_text())["nodes"]
        assert nodes["model.recudf.dim_users"]["schema"] == (schema or "recudf")
        assert nodes["model.recudf.int_text_embeddings"]["schema"] == "recudf_embeddings"
