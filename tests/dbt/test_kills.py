"""A build that is killed, fails or meets others: readers see the build before, whole, and the next build equals an
undisturbed one."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import click
import duckdb
import pytest
from warehouse import UNTESTED, Warehouse, marts

BUILD = [sys.executable, "-m", "recudf", "build", "--quiet", *UNTESTED, "--database"]
SEED = int(os.environ.get("RECUDF_KILL_SEED", "7"))


def start(warehouse, *options):
    return subprocess.Popen(
        [*BUILD, str(warehouse.path), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_for(path):
    """Until a build has got so far."""
    while not path.exists():
        time.sleep(0.05)


def content(warehouse):
    return {mart: warehouse.rows(mart) for mart in marts()}


def runs(warehouse):
    """The builds that any mart's rows name."""
    return {
        run for mart in marts() for (run,) in warehouse.query(f"select distinct run_id from recudf.{mart}")
    }


@pytest.fixture
def shop(built, tmp_path):
    """A built warehouse whose inputs have changed since."""
    shutil.copy(built.path, tmp_path / "shop.duckdb")
    warehouse = Warehouse(tmp_path / "shop.duckdb")
    return warehouse.run(
        "insert into raw.items by name select 'new-' || i as item_id, 'a new tent ' || i as title from range(5) as t(i)",
        "delete from raw.interactions where user_id < 'u0030'",
    )


def builds_alike(shop):
    """Builds the warehouse and a copy beside it that was never disturbed; they must be equal."""
    undisturbed = Warehouse(shop.path.with_name("undisturbed.duckdb"))
    shutil.copy(shop.path, undisturbed.path)
    for warehouse in (shop, undisturbed):
        process = start(warehouse)
        output, _ = process.communicate()
        assert process.returncode == 0, output
    assert content(shop) == content(undisturbed)
    assert len(runs(shop)) == 1


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_twenty_random_moments(shop, capsys):
    """Twenty builds in a row are killed before they are done; one that was quicker is undone and does not count."""
    timed = Warehouse(shutil.copy(shop.path, shop.path.with_name("timed.duckdb")))
    process, began = start(timed), time.monotonic()
    assert process.wait() == 0
    seconds = time.monotonic() - began
    before, run = content(shop), runs(shop)
    assert content(timed) != before
    saved = shutil.copy(shop.path, shop.path.with_name("saved.duckdb"))
    draw, moments, quicker = random.Random(SEED), [], 0
    while len(moments) < 20:
        moment = draw.uniform(0.3, 0.97 * seconds)
        process = start(shop)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if runs(shop) != run:  # the new one stands: as whole as the old one did
            assert content(shop) == content(timed)
            shutil.copy(saved, shop.path)
            quicker += 1
            continue
        assert process.returncode == -signal.SIGKILL
        assert content(shop) == before, moment
        moments.append(moment)
    with capsys.disabled():
        click.echo(
            f"\n{len(moments)} of 20 builds killed before they were done, {min(moments):.1f} to {max(moments):.1f} s "
            f"after their start (a whole one: {seconds:.1f} s); {quicker} others were done first (seed {SEED})"
        )
    builds_alike(shop)
    assert content(shop) == content(timed)


@pytest.mark.slow
def test_readers_keep_the_old_file_and_see_the_new_one_when_they_open_it_again(shop):
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('ready', flush=True); input();"
        "print(c.execute('select count(distinct user_id) from recudf.fct_recommendations').fetchall()[0][0])"
    )
    before = content(shop)
    ((users,),) = shop.query("select count(distinct user_id) from recudf.fct_recommendations")
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(shop.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout.readline() == "ready\n"
    process = start(shop)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    seen, _ = reader.communicate("\n")
    assert int(seen) == users
    assert content(shop) != before


@pytest.mark.slow
def test_a_failed_build_changes_nothing_and_keeps_its_vectors_for_the_next(shop):
    before = content(shop)
    failed = start(shop, "--vars", "{evaluation_users: main.nowhere}")  # read when all texts are embedded
    output, _ = failed.communicate()
    assert failed.returncode == 1
    assert "Table with name nowhere does not exist" in output
    assert "is as it was" in output
    assert content(shop) == before
    copy = shop.path.parent / ".recudf" / "shop" / "building" / "shop.duckdb"
    with duckdb.connect(str(copy), read_only=True) as connection:
        ((held,),) = connection.execute(
            "select count(*) from recudf_embeddings.int_text_embeddings"
        ).fetchall()
    ((known,),) = shop.query("select count(*) from recudf_embeddings.int_text_embeddings")
    assert held == known + 5  # the five new items
    process = start(shop)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    assert shop.query("select texts_embedded from recudf.fct_runs order by started_at desc limit 1") == [(0,)]


@pytest.mark.slow
def test_a_second_builder_is_told_to_wait(shop):
    first = start(shop, "--select", "fct_recommendations")
    wait_for(shop.path.parent / ".recudf" / "shop" / "building" / "shop.duckdb")
    second = start(shop)
    output, _ = second.communicate()
    assert second.returncode == 1
    assert f"another run of recudf works on {shop.path}" in output
    assert str(first.pid) in output
    assert first.wait() == 0


@pytest.mark.slow
def test_a_writer_in_the_meantime_is_not_overwritten(shop):
    process = start(shop)
    wait_for(shop.path.parent / ".recudf" / "shop" / "building" / "shop.duckdb")
    time.sleep(1)  # it is copied
    shop.run("create table main.mine as select 1 as x")
    output, _ = process.communicate()
    assert process.returncode == 1
    assert "was changed by another process" in output
    assert shop.query("select x from main.mine") == [(1,)]
