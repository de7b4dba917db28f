"""How seconds, CPU seconds and memory of each model grow with the users, on both engines.

    python benchmarks/growth.py DATA/goodbooks --every 8 --factor 1 --factor 4 --factor 16 --spark-up-to 4

The interactions of every n-th user, copied `factor` times with users of their own; items stay, and are
embedded once, or their embeddings are those of a warehouse (--embedded). With --items it is the items that
are copied, with events of the same users. --spark-up-to 0: DuckDB alone. --only: a regular expression of
models' names; the others are told as one. One model at a time on both engines. Written to
benchmarks/results/growth.md; needs /proc.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import click
import duckdb

from processes import JAVA, Watch, watched
from spark_builds import RESULTS, build_on_spark

MASTER = "local[2]"
EMBEDDING = "int_text_embeddings"  # of the items, which are the same; made once
UNTESTED = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
SHOWN = 3.0  # models of fewer CPU seconds in every build are told as one
GB = 2**30


@dataclass(frozen=True)
class Stage:
    """One model in one build. CPU seconds and peak memory of all processes."""

    seconds: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Built:
    """One build: its models, and the memory of its largest moment by kind of process."""

    stages: dict[str, Stage]
    java: float
    python: float
    others: float  # cores busy with something else


@click.command(help=__doc__)
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.option("--every", default=1, show_default=True, help="Of how many users one is taken.")
@click.option("--factor", "factors", multiple=True, type=int, default=(1, 4, 16), show_default=True)
@click.option(
    "--spark-up-to", type=int, help="The largest factor on Spark; all of them where it is not given."
)
@click.option("--items", "of_items", is_flag=True, help="Copy items instead of users.")
@click.option("--vars", "variables", default="{}", help="Vars of the builds on DuckDB, as for recudf build.")
@click.option("--embedded", type=click.Path(path_type=Path, exists=True), help="A built warehouse.")
@click.option("--only", help="Models that are told one by one.")
@click.option("--keep", type=click.Path(path_type=Path), help="A folder for what is built.")
@click.option("--output", type=click.Path(path_type=Path), default=RESULTS / "growth.md")
@click.option("--spark", type=click.Path(path_type=Path), hidden=True)
def main(
    data: Path,
    every: int,
    factors: tuple[int, ...],
    spark_up_to: int | None,
    of_items: bool,
    variables: str,
    embedded: Path | None,
    only: str | None,
    keep: Path | None,
    output: Path,
    spark: Path | None,
) -> None:
    if spark:
        return build_on_spark(data, spark, *UNTESTED)
    builds: dict[tuple[str, int], Built] = {}
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        places = {factor: (keep or Path(folder)) / f"x{factor}" for factor in factors}
        for factor, place in places.items():
            rows[factor] = copied(data, place / "inputs", every, factor, "item_id" if of_items else "user_id")
            builds["DuckDB", factor] = on_duckdb(place, places[factors[0]], variables, embedded)
            if spark_up_to is None or factor <= spark_up_to:
                builds["Spark", factor] = on_spark(place)
            text = report(builds, rows, only)
            click.echo(text)
            output.write_text(text)
    return None


def copied(data: Path, folder: Path, every: int, factor: int, whose: str) -> tuple[int, int]:
    """Write the inputs; how many interactions, of how many users."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (
                select events.* replace ({whose} || '-' || n as {whose})
                from '{data}/interactions.parquet' as events, range({factor}) as copies (n)
                where hash(user_id) % {every} = 0
            ) to '{folder}/interactions.parquet'""")
        items = f"'{data}/items.parquet'"
        if whose == "item_id":
            renamed = "items.* replace (item_id || '-' || n as item_id)"
            items = f"(select {renamed} from {items} as items, range({factor}) as copies (n))"
        connection.execute(f"copy (from {items}) to '{folder}/items.parquet'")
        counted = f"select count(*), count(distinct user_id) from '{folder}/interactions.parquet'"
        return connection.execute(counted).fetchone()


def on_duckdb(place: Path, first: Path, variables: str, embedded: Path | None) -> Built:
    """Load and build, with embeddings of that warehouse, or of the first build, which makes them before."""
    built = place / "built.duckdb"
    recudf = [sys.executable, "-m", "recudf"]
    subprocess.run([*recudf, "load", place / "inputs", "--database", built], check=True)
    if place == first and not embedded:
        embed = ("--select", f"+{EMBEDDING}")
        subprocess.run([*recudf, "build", "--quiet", *embed, "--database", built], check=True)
    else:
        with duckdb.connect(str(built)) as connection:
            connection.execute("create schema recudf_embeddings")
            connection.execute(f"attach '{embedded or first / 'built.duckdb'}' as first (read_only)")
            relation = f"recudf_embeddings.{EMBEDDING}"
            connection.execute(f"create table {relation} as from first.{relation}")
    build = [*recudf, "build", "--quiet", *UNTESTED, "--full-refresh", "--database", built]
    watch = watched([*build, "--vars", variables], {**os.environ, "RECUDF_THREADS": "1"})
    return of(watch, place / ".recudf" / "built")


def on_spark(place: Path) -> Built:
    """Load and build, with the embeddings that DuckDB has made."""
    environment = {
        **os.environ,
        "RECUDF_SPARK_MASTER": MASTER,
        "RECUDF_SPARK_WAREHOUSE": str(place / "spark"),
        "PYSPARK_SUBMIT_ARGS": "--driver-memory 4g pyspark-shell",
    }
    (place / "spark").mkdir(exist_ok=True)
    (place / "spark" / "built.duckdb").symlink_to((place / "built.duckdb").resolve())
    watch = watched([sys.executable, __file__, place / "inputs", "--spark", place / "spark"], environment)
    return of(watch, place / ".recudf" / "spark")


def of(watch: Watch, artifacts: Path) -> Built:
    """What dbt says of each model's times, with what was seen of the processes then."""
    results = json.loads((artifacts / "target" / "run_results.json").read_text())["results"]
    stages = {}
    for result in results:
        timing = next((part for part in result["timing"] if part["name"] == "execute"), None)
        if timing is not None:
            began, ended = (_epoch(timing[end]) for end in ("started_at", "completed_at"))
            stages[result["unique_id"].split(".")[-1]] = Stage(
                ended - began, watch.cpu(began, ended), watch.peak(began, ended).bytes / GB
            )
    highest = watch.peak(0, float("inf"))
    java = highest.memory.get(JAVA, 0)
    return Built(stages, java / GB, (highest.bytes - java) / GB, watch.others())


def _epoch(time: str) -> float:
    return datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def report(
    builds: dict[tuple[str, int], Built], rows: dict[int, tuple[int, int]], only: str | None = None
) -> str:
    """The figures as a document: models that take longest first."""
    columns = sorted(builds)
    lines = [
        "# Growth",
        "",
        "Written by `python benchmarks/growth.py`: each model of a build, the interactions with 1, 4 ...",
        f"times the users, one model at a time. Spark: `{MASTER}`, driver and executor in one process of",
        "Java, beside it workers of Python. The machine had other work: how many of its cores that kept",
        "busy is said of each build. CPU seconds, of all processes, suffer less from it than seconds. Memory",
        "is of all of them too, pages that they share counted once. The last columns: how many times as much",
        "from one factor to the next; linear is what the users are.",
        "",
        *(f"- x{factor}: {n:,} interactions of {users:,} users" for factor, (n, users) in rows.items()),
        "",
        _row("", [f"{engine} x{factor}" for engine, factor in columns]),
        "|---" * (len(columns) + 1) + "|",
        _row("seconds of all models", [f"{sum(s.seconds for s in _stages(builds, c)):.0f}" for c in columns]),
        _row("CPU seconds of all models", [f"{sum(s.cpu for s in _stages(builds, c)):.0f}" for c in columns]),
        _row("peak memory, GB", [f"{builds[c].java + builds[c].python:.1f}" for c in columns]),
        _row("of it Java", [f"{builds[c].java:.1f}" if builds[c].java else "" for c in columns]),
        _row("of it Python", [f"{builds[c].python:.1f}" for c in columns]),
        _row("cores busy with other work", [f"{builds[c].others:.1f}" for c in columns]),
    ]
    lines += _by_model("CPU seconds", "cpu", builds, only)
    lines += _by_model("Seconds", "seconds", builds, only)
    lines += _by_model("Peak memory in GB while the model was built", "memory", builds, only)
    return "\n".join([*lines, ""])


def _stages(builds: dict[tuple[str, int], Built], column: tuple[str, int]) -> list[Stage]:
    return list(builds[column].stages.values())


def _by_model(title: str, measure: str, builds: dict[tuple[str, int], Built], only: str | None) -> list[str]:
    """A table of the models that take more than a moment, or are asked for; one line for all others."""
    columns = sorted(builds)
    steps = [(a, b) for a, b in pairwise(columns) if a[0] == b[0]]
    found = {column: {n: getattr(s, measure) for n, s in builds[column].stages.items()} for column in columns}
    last = builds[columns[-1]].stages
    names = sorted(last, key=lambda name: -last[name].cpu)
    long = [
        name
        for name in names
        if (re.search(only, name) if only else any(b.stages[name].cpu >= SHOWN for b in builds.values()))
    ]
    values = {name: [found[column][name] for column in columns] for name in long}
    if measure != "memory":  # which does not add up
        rest = [name for name in names if name not in long]
        values[f"{len(rest)} others"] = [sum(found[column][n] for n in rest) for column in columns]
        values["all"] = [sum(found[column].values()) for column in columns]
    head = [f"{engine} x{factor}" for engine, factor in columns]
    head += [f"{a[0]} x{a[1]} to x{b[1]}" for a, b in steps]
    lines = ["", f"## {title}", "", _row("model", head), "|---" * (len(head) + 1) + "|"]
    for name, row in values.items():
        at = dict(zip(columns, row, strict=True))
        grown = [f"{at[b] / at[a]:.1f}" if at[a] else "" for a, b in steps]
        lines.append(_row(name, [*(f"{value:.1f}" for value in row), *grown]))
    return lines


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
