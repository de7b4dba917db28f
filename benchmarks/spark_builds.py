"""Builds data sets on DuckDB and on Spark, and compares every cell of the marts.

    python benchmarks/spark_builds.py DATA          # a folder with movies/ and mafengwo/; the sample is made

Spark runs as two executor processes of one core. Both builds share one table of embeddings, made on DuckDB,
so that what is compared is everything that follows; with the encoder `lexical` each fits and embeds for
itself. The language model is a server whose answers repeat the words it is told. Written to
benchmarks/results/spark_builds.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import click
import duckdb

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from compare_builds import TOLERANCE, Compared, compare
from scripted_server import serving

RESULTS = Path(__file__).parent / "results"
SAMPLE = "sample"
BUILDS: dict[str, Mapping[str, object]] = {  # data, and after a comma what else: the vars
    SAMPLE: {},
    f"{SAMPLE}, encoder lexical": {"encoder": "lexical"},
    f"{SAMPLE}, language model": {"llm": True},
    f"{SAMPLE}, learned ranking": {"ranking": "learned", "ranking_min_users": 20},
    "movies": {},
    "mafengwo": {},
}
CLUSTER = "local-cluster[2,1,2048]"


@click.command(help=__doc__)
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.option("--only", multiple=True, type=click.Choice(list(BUILDS)), help="These builds.")
@click.option("--keep", type=click.Path(path_type=Path), help="A folder for what is built.")
@click.option("--spark", type=click.Path(path_type=Path), hidden=True)
@click.option("--vars", "variables", default="{}", hidden=True)
def main(data: Path, only: tuple[str, ...], keep: Path | None, spark: Path | None, variables: str) -> None:
    if spark:
        return build_on_spark(data, spark, "--vars", variables)
    found = {}
    with tempfile.TemporaryDirectory() as folder, asked():
        for name in only or BUILDS:
            found[name] = built_on_both(data, name, keep or Path(folder))
            click.echo(report(found))
    if not only:
        (RESULTS / "spark_builds.md").write_text(report(found))
    return None


def built_on_both(data: Path, name: str, folder: Path) -> tuple[tuple[float, float], list[Compared]]:
    """Seconds on DuckDB and on Spark, and what differs."""
    place = folder / name.replace(", ", "-").replace(" ", "-")
    place.mkdir(parents=True, exist_ok=True)
    source = data / name
    if name.startswith(SAMPLE):
        source = place / "inputs"
        _recudf("sample", source)
    options = ("--vars", json.dumps(BUILDS[name]))
    began = time.perf_counter()
    _build_on_duckdb(source, place / "built.duckdb", *options)
    middle = time.perf_counter()
    environment = {**os.environ, "RECUDF_SPARK_MASTER": CLUSTER, "RECUDF_SPARK_WAREHOUSE": str(place)}
    command = [sys.executable, __file__, source, "--spark", place, *options]
    subprocess.run(command, env=environment, check=True)
    return (middle - began, time.perf_counter() - middle), compare(place / "built.duckdb", place)


@contextlib.contextmanager
def asked():
    """A language model for all builds in this block, which says the first words that it is told."""

    def answer(request: dict) -> dict:
        task, content = (message["content"] for message in request["messages"])
        words = json.loads(content)["words"]
        if "one reader" in task:
            return {"middle": words[:2], "deep": words[:1]}
        named = {"name": " ".join(" and ".join(words[:2]).split()[:6])}
        return named | ({"summary": f"They like {words[0]}."} if "group of users" in task else {})

    with serving(answer) as script:
        server = {"RECUDF_LLM_URL": script.url, "RECUDF_LLM_MODEL": "words", "no_proxy": "127.0.0.1"}
        os.environ.update(server)
        yield


def _recudf(*arguments: object) -> None:
    subprocess.run([sys.executable, "-m", "recudf", *map(str, arguments)], check=True)


def _build_on_duckdb(source: Path, database: Path, *options: str) -> None:
    if not database.exists():
        _recudf("load", source, "--database", database)
    _recudf("build", "--quiet", "--database", database, *options)


def build_on_spark(source: Path, place: Path, *options: str) -> None:
    """Load, take the embeddings of a model over, build, and test unless dbt's options say otherwise."""
    from recudf.cli.project import run_dbt
    from recudf.cli.spark import started
    from recudf.engines.spark_inputs import load

    with started() as session, tempfile.TemporaryDirectory() as folder:
        load(session, [source])
        embeddings = Path(folder) / "embeddings.parquet"
        with duckdb.connect(str(place / "built.duckdb"), read_only=True) as connection:
            connection.execute(f"""
                copy (
                    select * replace (vector::float[] as vector) from recudf_embeddings.int_text_embeddings
                    where vector is not null and not starts_with(fingerprint, 'lexical-')
                ) to '{embeddings}'""")
        session.sql("create schema if not exists recudf_embeddings")
        rows = session.read.parquet(str(embeddings))
        rows.write.mode("overwrite").saveAsTable("recudf_embeddings.int_text_embeddings", format="parquet")
        if not run_dbt(["build", "--target", "spark", "--quiet", *options], place):
            raise click.ClickException("the build on Spark failed")


def report(found: dict[str, tuple[tuple[float, float], list[Compared]]]) -> str:
    """The figures as a document."""
    lines = [
        "# The same models on DuckDB and on Spark",
        "",
        f"Written by `python benchmarks/spark_builds.py`. Spark: `{CLUSTER}`, two executor processes. Every",
        "mart is joined with itself on the other engine by its key, every cell compared: texts, counts,",
        f"times and flags equal, floats within {TOLERANCE}. A tie: two scores lie within that, so that",
        "either may come first; the cells that name what won, and describe it, then differ. `fct_runs` and",
        "`fct_metrics` tell of runs and are left out. Of each text its sentiment, and where a build has them",
        "the terms of the encoder `lexical` and what a language model was asked and kept of its answers (a",
        "server that repeats the first words it is told), are compared as well.",
        "",
        "| data | mart | rows | rows of one engine | cells | ties | different | largest difference |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, (_, marts) in found.items():
        for mart in marts:
            lines.append(
                f"| {name} | {mart.mart} | {mart.rows:,} | {mart.only[0] + mart.only[1]} | {mart.cells:,} "
                f"| {mart.ties} | {mart.different} | {mart.largest:.1e} |"
            )
    every = [mart for _, marts in found.values() for mart in marts]
    ties, different = sum(m.ties for m in every), sum(m.different for m in every)
    lines.append(f"| all | | | | {sum(m.cells for m in every):,} | {ties} | {different} | |")
    lines += [
        "",
        "Seconds of load, build and tests, on a machine busy with other work (DuckDB embeds, Spark starts):",
        "",
    ]
    lines += ["| data | DuckDB | Spark |", "|---|---|---|"]
    lines += [f"| {name} | {seconds[0]:.0f} | {seconds[1]:.0f} |" for name, (seconds, _) in found.items()]
    examples = [
        f"- {name}, {m.mart}: {e}" for name, (_, marts) in found.items() for m in marts for e in m.examples
    ]
    return "\n".join(
        [*lines, *(["", "One example of each column that differs:", "", *examples] if examples else []), ""]
    )


if __name__ == "__main__":
    main()
