"""The package in somebody else's project: models, macros and sources of the same names, a schema convention of its own,
integers and UUIDs as ids, times with zones, inputs mapped by vars alone."""

import json
import shutil
import subprocess

import pytest
from foreign import OUR_TESTS, dbt, make_project, parsed
from warehouse import Warehouse

from recudf.cli.project import project_directory, run_dbt


@pytest.fixture(scope="module")
def manifest(foreign_project, foreign_shop):
    dbt(foreign_project, foreign_shop, "docs", "generate")
    return json.loads((foreign_project / "target" / "manifest.json").read_text())


@pytest.mark.slow
def test_tables_of_both_stand_side_by_side(foreign_project, foreign_shop):
    rows = foreign_shop.query("select table_schema, table_name from information_schema.tables")
    assert {("dwh", "dim_users"), ("dwh_recudf", "dim_users")} <= set(rows)
    assert {("dwh", "stg_items"), ("dwh_recudf", "stg_items")} <= set(rows)
    assert {schema for schema, _ in rows} == {"erp", "dwh", "dwh_recudf", "dwh_recudf_embeddings"}
    assert {name for schema, name in rows if schema == "dwh"} == {
        "dim_users", "stg_items", "users", "mail_next_week",
    }  # fmt: skip
    assert foreign_shop.query("select count(*) from dwh.mail_next_week")[0][0] > 50


@pytest.mark.slow
def test_our_tests_pass_there(foreign_project, foreign_shop):
    dbt(foreign_project, foreign_shop, "test", "--select", OUR_TESTS)


@pytest.mark.slow
def test_what_is_built_is_what_our_own_project_builds(foreign_project, foreign_shop, tmp_path):
    """The same inputs by relation, in a copy of the file: equal rows but for who ran."""
    copy = Warehouse(shutil.copy(foreign_shop.path, tmp_path / "copy.duckdb"))
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
        assert copy.rows(mart) == foreign_shop.rows(mart, schema="dwh_recudf"), mart


def ancestors(manifest, node):
    found, wanted = set(), [node]
    while wanted:
        new = set(manifest["parent_map"].get(wanted.pop(), [])) - found
        found |= new
        wanted += new
    return found


@pytest.mark.slow
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


@pytest.mark.slow
def test_their_tests_stay_theirs(manifest):
    tests = [n for name, n in manifest["nodes"].items() if name.startswith("test.outdoor_shop.")]
    assert len(tests) == 8
    for node in tests:
        assert not [
            part for kind in ("nodes", "macros") for part in node["depends_on"][kind] if ".recudf." in part
        ]


@pytest.mark.slow
def test_dbts_own_convention_of_schemas(foreign_shop, tmp_path):
    project = make_project(tmp_path)
    (project / "macros" / "generate_schema_name.sql").unlink()
    nodes = parsed(project, foreign_shop)
    assert nodes["model.outdoor_shop.dim_users"]["schema"] == "main"
    assert nodes["model.recudf.dim_users"]["schema"] == "main_recudf"
    assert nodes["seed.recudf.event_types"]["schema"] == "main_recudf"
    assert nodes["model.recudf.int_text_embeddings"]["schema"] == "main_recudf_embeddings"


@pytest.mark.slow
def test_a_replay_meets_no_table_of_the_build(foreign_project, foreign_shop, tmp_path, monkeypatch):
    """recudf evaluate in the project's folder: its inputs, its vectors, a schema of its own, and none of its own models is run."""
    from recudf.cli.evaluate import evaluate_database
    from recudf.engines.splits import Split

    copy = Warehouse(shutil.copy(foreign_shop.path, tmp_path / "copy.duckdb"))
    copy.run("drop table dwh.mail_next_week", "create table dwh.kept as select * from dwh_recudf.dim_users")
    monkeypatch.chdir(foreign_project)
    evaluated = evaluate_database(copy.path, Split(), ks=[5], resamples=20, schema="dwh_recudf")
    assert evaluated.measurements
    told = [measured for measured in evaluated.measurements if measured.n_users >= 5]
    assert copy.query("select count(*) from dwh_recudf.fct_metrics") == [(len(told),)]
    assert copy.query("select * from dwh.kept order by all") == copy.query(
        "select * from dwh_recudf.dim_users order by all"
    )
    schemas = {s for (s,) in copy.query("select distinct table_schema from information_schema.tables")}
    assert schemas == {"erp", "dwh", "dwh_recudf", "dwh_recudf_embeddings", "recudf_evaluation"}
    assert copy.query("select 1 from information_schema.tables where table_name = 'mail_next_week'") == []


@pytest.mark.slow
def test_from_the_subdirectory_of_a_git_tag(foreign_shop, tmp_path):
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
    assert "model.recudf.fct_recommendations" in parsed(project, foreign_shop)
    assert not (project / "dbt_packages" / "recudf").is_symlink()


def test_our_own_project_stays_as_it_is(tmp_path):
    """Without a foreign root: the schema that is asked for, exactly; recudf is where all other tests look."""
    assert run_dbt(["parse", "--quiet", "--target-path", str(tmp_path)], tmp_path / "x.duckdb", "elsewhere")
    nodes = json.loads((tmp_path / "manifest.json").read_text())["nodes"]
    assert nodes["model.recudf.dim_users"]["schema"] == "elsewhere"
    assert nodes["model.recudf.int_text_embeddings"]["schema"] == "recudf_embeddings"
