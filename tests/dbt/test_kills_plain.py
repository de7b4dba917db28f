"""Plain dbt, without recudf's command line, killed at random moments: each table is the old one or the new one, and the
next build equals one that was never disturbed. In the project that comes with recudf and in somebody else's."""

import os
import random
import shutil
import signal
import time

import click
import pytest
from foreign import SHOP, dbt, make_project, start_dbt
from warehouse import Warehouse

from recudf.cli.project import project_directory

SEED = int(os.environ.get("RECUDF_KILL_SEED", "7"))
KILLS = int(os.environ.get("RECUDF_KILLS", "10"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def content(warehouse):
    """Rows of every relation but what belongs to a run; dbt's own leftovers aside, which its next run drops."""
    relations = warehouse.query(
        "select table_schema, table_name from information_schema.tables "
        "where not contains(table_name, '__dbt_') and table_name != 'fct_runs'"
    )
    return {(schema, name): warehouse.rows(name, schema=schema) for schema, name in relations}


class Dbt:
    """`dbt build` of a project on a warehouse, as its engineers would run it."""

    def __init__(self, project, arguments=()):
        self.project, self.arguments = project, arguments

    def start(self, warehouse):
        options = ("--quiet", "--exclude-resource-type", "unit_test", *self.arguments)
        return start_dbt(self.project, warehouse, "build", *options)

    def build(self, warehouse):
        """A build to the end; how many seconds it took."""
        began = time.monotonic()
        process = self.start(warehouse)
        output, _ = process.communicate()
        assert process.returncode == 0, output
        return time.monotonic() - began


def kill_and_check(runner, old, folder, capsys):
    """Kill builds of copies of a warehouse whose inputs have changed since it was built."""
    new = Warehouse(shutil.copy(old.path, folder / "undisturbed.duckdb"))
    seconds = runner.build(new)
    before, after = content(old), content(new)
    assert before.keys() == after.keys()
    changed = {relation for relation in after if before[relation] != after[relation]}
    draw, kills, quicker, told = random.Random(SEED), 0, 0, []
    while kills < KILLS:
        moment = draw.uniform(0.3, 0.98) * seconds
        (folder / str(moment)).mkdir()
        warehouse = Warehouse(shutil.copy(old.path, folder / str(moment) / "shop.duckdb"))
        process = runner.start(warehouse)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode == 0:  # done before it was killed
            quicker += 1
            continue
        kills += 1
        found = content(warehouse)
        assert found.keys() == after.keys(), moment
        for relation, rows in found.items():
            assert rows in (before[relation], after[relation]), (moment, relation)
        told.append(str(sum(found[relation] == after[relation] for relation in changed)))
        runner.build(warehouse)
        assert content(warehouse) == after, moment
    with capsys.disabled():
        click.echo(
            f"\n{kills} of {KILLS} builds killed before they were done, {quicker} others were done first; of the "
            f"{len(changed)} tables that change, new then: {', '.join(told)} (seed {SEED})"
        )


def test_the_project_that_comes_with_recudf(built, tmp_path, capsys):
    old = Warehouse(shutil.copy(built.path, tmp_path / "old.duckdb"))
    old.run(
        "insert into raw.items by name select 'new-' || i as item_id, 'a new tent ' || i as title from range(5) as t(i)",
        "delete from raw.interactions where hash(user_id) % 5 = 0",
    )
    project = project_directory()
    folders = ["--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")]
    runner = Dbt(tmp_path, ["--project-dir", str(project), "--profiles-dir", str(project), *folders])
    kill_and_check(runner, old, tmp_path, capsys)


def test_the_project_of_somebody_else(sample, tmp_path, capsys):
    old = Warehouse(tmp_path / "old.duckdb").load(**sample.inputs).run(SHOP)
    project = make_project(tmp_path)
    dbt(project, old, "deps")
    dbt(project, old, "build")
    old.run(
        "insert into erp.items by name select 1000 + i as sku, 'a new tent ' || i as label from range(5) as t(i)",
        "delete from erp.events where hash(customer::varchar) % 5 = 0",
    )
    kill_and_check(Dbt(project), old, tmp_path, capsys)
