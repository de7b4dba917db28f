"""How the seconds of each model grow with the users, on both engines.

    python benchmarks/growth.py DATA/goodbooks --every 8 --factor 1 --factor 4

The interactions of every n-th user, copied `factor` times with users of their own; items stay. Written to
benchmarks/results/growth.md. Peak memory is that of DuckDB's process; Spark's is what it is given.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import duckdb

from spark_builds import RESULTS, build_on_spark

MASTER = "local[2]"
EMBEDDING = "int_text_embeddings"  # of the items, which are the same; Spark takes them over
UNTESTED = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@click.command(help=__doc__)
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.option("--every", default=1, show_default=True, help="Of how many users one is taken.")
@click.option("--factor", "factors", multiple=True, type=int, default=(1, 4, 16), show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="A folder for what is built.")
@click.option("--spark", type=click.Path(path_type=Path), hidden=True)
def main(data: Path, every: int, factors: tuple[int, ...], keep: Path | None, spark: Path | None) -> None:
    if spark:
        return build_on_spark(data, spark, *UNTESTED)
    seconds: dict[tuple[str, int], dict[str, float]] = {}
    rows, peaks = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for factor in factors:
            place = (keep or Path(folder)) / f"x{factor}"
            rows[factor] = copied(data, place / "inputs", every, factor)
            built = place / "built.duckdb"
            recudf = [sys.executable, "-m", "recudf"]
            subprocess.run([*recudf, "load", place / "inputs", "--database", built], check=True)
            build = [*recudf, "build", "--quiet", *UNTESTED, "--full-refresh", "--database", built]
            told = subprocess.run(
                [sys.executable, "-c", PEAK, *build], check=True, stdout=subprocess.PIPE, text=True
            )
            peaks[factor] = int(told.stdout.split()[-1]) / 2**20
            seconds["DuckDB", factor] = by_model(place / ".recudf" / "built")
            environment = {
                **os.environ,
                "RECUDF_SPARK_MASTER": MASTER,
                "RECUDF_SPARK_WAREHOUSE": str(place / "spark"),
                "PYSPARK_SUBMIT_ARGS": "--driver-memory 4g pyspark-shell",
            }
            (place / "spark").mkdir(exist_ok=True)
            (place / "spark" / "built.duckdb").symlink_to(built.resolve())
            subprocess.run(
                [sys.executable, __file__, place / "inputs", "--spark", place / "spark"],
                env=environment,
                check=True,
            )
            seconds["Spark", factor] = by_model(place / ".recudf" / "spark")
            text = report(seconds, rows, peaks)
            click.echo(text)
            (RESULTS / "growth.md").write_text(text)
    return None


def copied(data: Path, folder: Path, every: int, factor: int) -> tuple[int, int]:
    """Write the inputs; how many interactions, of how many users."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (
                select events.* replace (user_id || '-' || n as user_id)
                from '{data}/interactions.parquet' as events, range({factor}) as copies (n)
                where hash(user_id) % {every} = 0
            ) to '{folder}/interactions.parquet'""")
        connection.execute(f"copy (from '{data}/items.parquet') to '{folder}/items.parquet'")
        counted = f"select count(*), count(distinct user_id) from '{folder}/interactions.parquet'"
        return connection.execute(counted).fetchone()


def by_model(artifacts: Path) -> dict[str, float]:
    results = json.loads((artifacts / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[-1]: result["execution_time"] for result in results}


def report(
    seconds: dict[tuple[str, int], dict[str, float]],
    rows: dict[int, tuple[int, int]],
    peaks: dict[int, float],
) -> str:
    """The figures as a document: models that take longest first."""
    columns = sorted(seconds)
    names = sorted(seconds[columns[-1]], key=lambda name: -seconds[columns[-1]][name])
    lines = [
        "# Growth",
        "",
        "Written by `python benchmarks/growth.py`: seconds per model, the same interactions with 1, 4, ...",
        f"times the users. Spark: `{MASTER}`. On a machine that others work on, too: compare columns.",
        "",
    ]
    lines += [
        f"- x{factor}: {n:,} interactions of {users:,} users; DuckDB's peak memory {peaks[factor]:.1f} GB"
        for factor, (n, users) in rows.items()
    ]
    lines += ["", "| model | " + " | ".join(f"{engine} x{factor}" for engine, factor in columns) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    total = [sum(s for name, s in seconds[column].items() if name != EMBEDDING) for column in columns]
    lines.append("| all but embedding | " + " | ".join(f"{value:.0f}" for value in total) + " |")
    for name in names:
        lines.append(f"| {name} | " + " | ".join(f"{seconds[c].get(name, 0):.1f}" for c in columns) + " |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
