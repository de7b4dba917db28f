"""Somebody else's project, which installs the package, and the tables of its shop."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from recudf.cli.project import project_directory

OUR_TESTS = "package:recudf,resource_type:test package:recudf,resource_type:unit_test"
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


def start_dbt(project, warehouse, *arguments):
    """A dbt command in the project, as its engineers would run it, in a process of its own."""
    places = {"RECUDF_DATABASE": str(warehouse.path), "RECUDF_PACKAGE": str(project_directory())}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "dbt.cli.main", "--no-use-colors", *arguments],
        cwd=project, env=os.environ | places, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def dbt(project, warehouse, *arguments):
    """A dbt command that must succeed."""
    process = start_dbt(project, warehouse, *arguments)
    output, _ = process.communicate()
    assert process.returncode == 0, output


def parsed(project, warehouse):
    """The nodes of the project with the package in it, by unique id."""
    dbt(project, warehouse, "deps")
    dbt(project, warehouse, "parse")
    return json.loads((project / "target" / "manifest.json").read_text())["nodes"]
