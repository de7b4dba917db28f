"""recudf init: a project that builds at once; what an existing one is told; nothing is overwritten."""

import os
import re
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner
from foreign import dbt, make_project
from warehouse import UNTESTED, Warehouse

from recudf.cli import main
from recudf.cli.init import FILES
from recudf.cli.project import project_directory


def recudf(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def started(tmp_path_factory, sample):
    """A project of a name that is no identifier, built by `recudf build` in its folder on the sample."""
    folder = tmp_path_factory.mktemp("init") / "7 shops {{ x }} 'n' more"
    assert recudf("init", folder).exit_code == 0
    warehouse = Warehouse(folder / "warehouse.duckdb").load(**sample.inputs)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RECUDF_DATABASE")}
    done = subprocess.run(
        [sys.executable, "-m", "recudf", "build", *UNTESTED], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return warehouse


@pytest.mark.slow
def test_recudf_build_builds_the_project_around(started):
    schemas = {s for (s,) in started.query("select distinct table_schema from information_schema.tables")}
    assert schemas == {"raw", "recudf", "recudf_embeddings"}
    assert len(started.rows("fct_recommendations")) > 500
    assert (started.path.parent / "dbt_packages" / "recudf").resolve() == project_directory().resolve()


@pytest.mark.slow
def test_a_var_and_a_model_of_the_projects_own_count(started):
    folder = started.path.parent
    path = folder / "dbt_project.yml"
    path.write_text(path.read_text().replace("recommendations_per_user: 10", "recommendations_per_user: 3"))
    (folder / "models").mkdir()
    (folder / "models" / "dim_users.sql").write_text(
        "select user_id, item_id from {{ ref('recudf', 'fct_recommendations') }} where rank = 3"
    )
    dbt(
        folder, started, "build", "--quiet", "--select", "fct_recommendations+", "int_recommendations_ranked+"
    )
    assert started.query("select max(rank) from recudf.fct_recommendations") == [(3,)]
    assert len(started.query("select * from main.dim_users")) > 50


def test_nothing_is_overwritten(tmp_path):
    for name in FILES.values():
        folder = tmp_path / name.replace("/", "-")
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("mine")
        if name == "dbt_project.yml":
            continue
        before = contents(folder)
        result = recudf("init", folder)
        assert (result.exit_code, contents(folder)) == (2, before)
        assert f"{folder / name} exists" in result.output


def test_files_beside_do_no_harm(tmp_path):
    (tmp_path / "items.csv").write_text("item_id\n1\n")
    assert recudf("init", tmp_path).exit_code == 0
    assert set(contents(tmp_path)) == {"items.csv", *FILES.values()}


@pytest.mark.slow
def test_an_existing_project_is_told_what_to_add(tmp_path, sample):
    """What is printed, done by hand, builds."""
    (tmp_path / "dbt_project.yml").write_text("name: theirs\nprofile: theirs\nmacro-paths: []\n")
    before = contents(tmp_path)
    result = recudf("init", tmp_path)
    assert (result.exit_code, contents(tmp_path)) == (0, before)
    packages = re.search(r"^packages:\n.*?(?=\n\n)", result.output, re.DOTALL | re.MULTILINE)[0]
    plugins = re.search(r"^ +plugins:\n.*?(?=\n\n)", result.output, re.DOTALL | re.MULTILINE)[0]
    variables = re.search(r"^vars:\n.*?(?=\n\n)", result.output, re.DOTALL | re.MULTILINE)[0]
    assert set(yaml.safe_load(variables)["vars"]["recudf"]["inputs"]) == {"items", "interactions"}
    (tmp_path / "packages.yml").write_text(packages)
    (tmp_path / "profiles.yml").write_text(
        "theirs:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n"
        f"      path: \"{{{{ env_var('RECUDF_DATABASE') }}}}\"\n{plugins}\n"
    )
    warehouse = Warehouse(tmp_path / "theirs.duckdb").load(**sample.inputs)
    dbt(tmp_path, warehouse, "deps")
    dbt(tmp_path, warehouse, "build", "--quiet", "--select", "+stg_interactions")
    assert warehouse.query("select count(*) from main_recudf.stg_interactions")[0][0] > 500


def test_a_project_that_uses_it_is_told_so(tmp_path):
    project = make_project(tmp_path)
    before = contents(project)
    result = recudf("init", project)
    assert "uses recudf already" in result.output
    assert (result.exit_code, contents(project)) == (0, before)


def test_what_the_starter_names_exists():
    """Every var, commented or not, is one of the package's."""
    starter = project_directory().parent / "src" / "recudf" / "cli" / "starter" / "dbt_project.yml"
    known = yaml.safe_load((project_directory() / "dbt_project.yml").read_text())["vars"]["recudf"]
    named = re.findall(r"^    (?:# )?(\w+):", starter.read_text().split("vars:")[1], re.MULTILINE)
    assert len(named) > 8
    assert set(named) <= set(known)
