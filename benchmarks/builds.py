"""Load and build whole datasets: seconds, peak memory, rows per mart, and what later builds cost and embed.

    python benchmarks/builds.py DATA/movies DATA/instruments [--output benchmarks/results/builds.md]

Each dataset is loaded and built in processes of their own; then built again unchanged, with one per cent new
events, and with one per cent new items. Seconds are wall time of the whole command, dbt's start and tests
included.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from recudf.engines.duckdb import CONFIG

MARTS = ("dim_users", "dim_items", "dim_groups", "fct_group_members", "fct_recommendations")


def run(*arguments: str) -> tuple[float, float]:
    """Seconds and peak resident GiB of one recudf command."""
    start = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "recudf", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"recudf {' '.join(arguments)} failed")
    return time.monotonic() - start, usage.ru_maxrss / 2**20


def last_run(database: str) -> dict[str, object]:
    """The latest row of fct_runs, and the rows of each mart."""
    with duckdb.connect(database, read_only=True) as connection:
        cursor = connection.execute("from recudf.fct_runs order by started_at desc limit 1")
        found = dict(zip([c[0] for c in cursor.description], cursor.fetchall()[0], strict=True))
        for mart in MARTS:
            ((found[mart],),) = connection.execute(f"select count(*) from recudf.{mart}").fetchall()
    return found


def add_items(database: str) -> int:
    """Add one per cent of new items, whose titles are new, and say how many."""
    with duckdb.connect(database, config=CONFIG) as connection:
        ((count,),) = connection.execute("select ceil(count(*) / 100)::int from raw.items").fetchall()
        connection.execute(
            "insert into raw.items by name "
            "select 'new-' || i as item_id, 'A new thing, number ' || i as title from range(?) as t(i)",
            [count],
        )
    return count


def add_events(database: str) -> int:
    """Add one per cent of new events, an hour after the last one where there are times; say how many."""
    with duckdb.connect(database, config=CONFIG) as connection:
        columns = [c for c, *_ in connection.execute("describe raw.interactions").fetchall()]
        later = ", (select max(occurred_at) + interval 1 hour from raw.interactions) as occurred_at"
        connection.execute(f"""
            insert into raw.interactions
            with numbered as (
                select *, row_number() over (order by md5(user_id || item_id)) as n from raw.interactions
            )
            select old.* exclude (n)
                replace (other.item_id as item_id{later if "occurred_at" in columns else ""})
            from numbered as old join numbered as other on other.n = old.n + 1
            where old.n % 100 = 0""")
        return connection.execute("select count(*) // 101 from raw.interactions").fetchall()[0][0]


def slowest(database: str) -> str:
    """The five models that the last build spent most time on, and the sum of all tests, in seconds."""
    path = Path(database).parent / ".recudf" / Path(database).stem / "target" / "run_results.json"
    results = json.loads(path.read_text())["results"]
    models = sorted(
        (
            (r["execution_time"], r["unique_id"].split(".")[2])
            for r in results
            if r["unique_id"].startswith("model.")
        ),
        reverse=True,
    )
    tests = sum(r["execution_time"] for r in results if "test." in r["unique_id"])
    return ", ".join(f"{name} {seconds:.1f}" for seconds, name in models[:5]) + f"; tests {tests:.1f}"


def measure(folder: Path, work: Path) -> list[str]:
    """One row of each table."""
    database = str(work / f"{folder.name}.duckdb")
    load_seconds, _ = run("load", str(folder), "--database", database)
    first, memory = run("build", "--quiet", "--database", database)
    made = last_run(database)
    again, _ = run("build", "--quiet", "--database", database)
    reused = last_run(database)
    events = add_events(database)
    active, _ = run("build", "--quiet", "--database", database)
    where = slowest(database)
    new = add_items(database)
    grown, _ = run("build", "--quiet", "--database", database)
    added = last_run(database)
    size = Path(database).stat().st_size / 2**20
    rows = " | ".join(f"{made[mart]:,}" for mart in MARTS)
    return [
        f"| {folder.name} | {made['interactions']:,} | {made['items']:,} | {made['texts']:,} "
        f"| {load_seconds:.0f} | {first:.0f} | {made['texts_embedded']:,} | {memory:.1f} | {size:.0f} |",
        f"| {folder.name} | {again:.1f} | {again / first:.0%} | {reused['texts_embedded']} "
        f"| {events:,} | {active:.0f} | {active / first:.0%} "
        f"| {new} | {grown:.0f} | {added['texts_embedded']} |",
        f"| {folder.name} | {where} |",
        f"| {folder.name} | {rows} |",
    ]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        rows = [measure(folder, Path(work)) for folder in options.folders]
    text = "\n".join(
        [
            "# Whole builds", "",
            f"Made by `python benchmarks/builds.py`; {os.cpu_count()} processors, bundled encoder.", "",
            "## First build", "",
            "| dataset | events | items | texts | load s | build s | texts embedded | peak GiB | file MiB |",
            "|---|---|---|---|---|---|---|---|---|", *(r[0] for r in rows), "",
            "## Built again: unchanged, with 1 % new events, with 1 % new items", "",
            "| dataset | unchanged s | of the first | embedded | new events | s | of the first "
            "| new items | s | embedded |",
            "|---|---|---|---|---|---|---|---|---|---|", *(r[1] for r in rows), "",
            "## What the build with new events spends its time on, seconds", "",
            "| dataset | the five slowest models; all tests (four run at a time) |",
            "|---|---|", *(r[2] for r in rows), "",
            "## Rows", "",
            f"| dataset | {' | '.join(MARTS)} |", "|---" * (len(MARTS) + 1) + "|", *(r[3] for r in rows), "",
        ]
    )  # fmt: skip
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
