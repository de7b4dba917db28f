"""What a project that installs the package may do to its models: switch them off, build them otherwise, elsewhere."""

import json
import shutil

import pytest
from foreign import dbt, make_project, parsed
from warehouse import Warehouse

from recudf.cli.project import project_directory


def configure(project, **entries):
    """Put configurations of the package's models into the project's own file."""
    path = project / "dbt_project.yml"
    path.write_text(path.read_text().replace("models:\n", f"models:\n  recudf: {json.dumps(entries)}\n", 1))


@pytest.mark.slow
def test_the_project_around_decides_on_every_model(foreign_shop, tmp_path):
    """Off, a view instead of a table, elsewhere: all from the root's dbt_project.yml."""
    project = make_project(tmp_path)
    configure(
        project,
        **{"+schema": "taste", "+materialized": "view", "marts": {"fct_metrics": {"+enabled": False}}},
    )
    nodes = parsed(project, foreign_shop)
    ours = [node for name, node in nodes.items() if name.startswith("model.recudf.")]
    assert "fct_metrics" not in {node["name"] for node in ours}
    assert {node["schema"] for node in ours} == {"dwh_taste"}
    assert {node["config"]["materialized"] for node in ours} == {"view"}


MARTS = sorted(path.stem for path in (project_directory() / "models" / "marts").glob("*.sql"))


# marts that are made of another one, and go with it
READERS = {
    "fct_recommendations": (
        "fct_recommendation_history",
        "fct_recommendation_outcomes",
        "fct_group_segments",
    ),
    "dim_groups": ("fct_group_history", "fct_group_similarities", "fct_group_segments"),
    "fct_group_members": (
        "fct_group_member_history",
        "fct_group_history",
        "fct_group_interests",
        "fct_group_similarities",
        "fct_group_segments",
    ),
    "fct_group_member_history": ("fct_group_history", "fct_group_segments"),
    "fct_group_history": ("fct_group_segments",),
    "fct_group_interests": ("fct_group_segments", "fct_group_similarities"),
    "fct_user_neighbors": ("fct_people_to_follow",),
    "fct_recommendation_history": ("fct_recommendation_outcomes",),
}


@pytest.mark.slow
@pytest.mark.parametrize("mart", [mart for mart in MARTS if mart != "dim_users"])
def test_every_mart_can_be_switched_off(foreign_shop, tmp_path, mart):
    """fct_runs reads all others but fct_metrics, and goes with them. With a disabled dim_users dbt would describe the
    project's own model of this name by our words: what remains is not to build it, as below."""
    project = make_project(tmp_path)
    if mart == "fct_recommendations":
        (project / "models" / "mail_next_week.sql").unlink()  # their own model reads it
    off = {mart} if mart == "fct_metrics" else {mart, "fct_runs", *READERS.get(mart, ())}
    configure(project, marts={name: {"enabled": False} for name in off})
    nodes = parsed(project, foreign_shop)
    assert {name for name in MARTS if f"model.recudf.{name}" in nodes} == set(MARTS) - off


@pytest.mark.slow
def test_marts_built_otherwise_hold_the_same(foreign_project, foreign_shop, tmp_path):
    """One not built, some views, one merged by its key: twice, so that the second build meets what the first made."""
    other = make_project(tmp_path)
    copy = Warehouse(shutil.copy(foreign_shop.path, tmp_path / "copy.duckdb"))
    copy.run("drop schema dwh_recudf cascade")
    view = {"materialized": "view"}
    merged = {
        "materialized": "incremental",
        "incremental_strategy": "delete+insert",
        "on_schema_change": "fail",
    }
    configure(
        other,
        marts={
            "dim_users": {"materialized": "ephemeral", "contract": {"enforced": False}},
            "dim_groups": view,
            "fct_group_members": view,
            "fct_recommendations": {**merged, "unique_key": ["user_id", "rank"]},
        },
    )
    dbt(other, copy, "deps")
    dbt(other, copy, "build")
    dbt(other, copy, "build")
    for mart in ("dim_groups", "dim_items", "fct_group_members", "fct_recommendations"):
        assert copy.rows(mart, schema="dwh_recudf") == foreign_shop.rows(mart, schema="dwh_recudf"), mart
    kinds = copy.query(
        "select table_name, table_type from information_schema.tables where table_schema = 'dwh_recudf'"
    )
    assert {name for name, kind in kinds if kind == "VIEW"} == {"dim_groups", "fct_group_members"}
    assert {"dim_users", "fct_runs"} & {name for name, _ in kinds} == {"fct_runs"}
    assert copy.query("select count(*) from dwh_recudf.fct_runs") == [(2,)]
