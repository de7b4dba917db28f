"""embed and cosine_topk on Spark beside DuckDB, on the same cores, and what the difference is made of.

    python benchmarks/spark.py            # the table, also written to benchmarks/results/spark.md

Each set-up is a process of its own, one after the other. `first` includes what a process does once (starting
Python workers, importing, loading weights), `warm` is the same work again on other texts or queries.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RESULTS = Path(__file__).parent / "results"
SETUPS = {
    "DuckDB, 2 threads": "duckdb",
    "Spark local[2]": "local[2]",
    "Spark, 1 executor of 1 core": "local-cluster[1,1,3072]",
    "Spark, 2 executors of 1 core": "local-cluster[2,1,3072]",
}
WORDS = ("quiet", "film", "about", "space", "robots", "and", "love", "in", "war", "with", "old", "guitars")


@click.command(help=__doc__)
@click.option("--texts", default=512, show_default=True, help="Texts of 40 words for each run of embed.")
@click.option("--queries", default=8_192, show_default=True)
@click.option("--items", default=20_000, show_default=True, help="Vectors of 384 components in the index.")
def main(texts: int, queries: int, items: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), texts, queries, items)
        measured = {name: _run(setup, folder) for name, setup in SETUPS.items()}
    report = _report(measured, texts, queries, items)
    click.echo(report)
    (RESULTS / "spark.md").write_text(report)


def _write(folder: Path, texts: int, queries: int, items: int) -> None:
    """Texts and queries in two halves, `first` and `warm`, and items."""
    rng = np.random.default_rng(0)
    for half in ("first", "warm"):
        rows = [" ".join(rng.choice(WORDS, 40)) for _ in range(texts)]
        pq.write_table(pa.table({"text": rows}), folder / f"texts_{half}.parquet")
        _write_vectors(folder / f"queries_{half}.parquet", rng, queries)
    _write_vectors(folder / "items.parquet", rng, items)


def _write_vectors(path: Path, rng: np.random.Generator, rows: int) -> None:
    values = pa.array(rng.standard_normal(rows * 384).astype(np.float32))
    vectors = pa.ListArray.from_arrays(pa.array(range(0, rows * 384 + 1, 384), pa.int32()), values)
    pq.write_table(pa.table({"id": [f"i{i}" for i in range(rows)], "vector": vectors}), path)


def _run(setup: str, folder: str) -> dict[str, float]:
    script = "duckdb" if setup == "duckdb" else "spark"
    command = [sys.executable, __file__, f"--{script}", setup, folder]
    load = os.getloadavg()[0]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {**json.loads(done.stdout.splitlines()[-1]), "processes that others ran, at the start": load}


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def note(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def on_duckdb(_: str, folder: str) -> dict[str, float]:
    clock = _Clock()
    import recudf

    connection = recudf.connect()
    connection.execute("set threads = 2")
    clock.note("start")
    for half in ("first", "warm"):
        connection.execute(
            f"create table e_{half} as select embed(text) as v from '{folder}/texts_{half}.parquet'"
        )
        clock.note(f"embed, {half}")
    for half in ("first", "warm"):
        connection.execute(f"""create table t_{half} as
            with i as materialized (select vector_index(id, vector) as handle from '{folder}/items.parquet')
            select id, cosine_topk(vector, handle, 10) as found from '{folder}/queries_{half}.parquet', i""")
        clock.note(f"cosine_topk, {half}")
    return clock.seconds


def on_spark(master: str, folder: str) -> dict[str, float]:
    clock = _Clock()
    import recudf

    quiet = {
        "spark.ui.enabled": "false", "spark.log.level": "OFF", "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "3g", "spark.driver.memory": "3g", "spark.sql.shuffle.partitions": "4",
    }  # fmt: skip
    session = recudf.connect_spark(master, config=quiet)
    _register_probes(session)
    clock.note("start")
    spread = "select /*+ repartition(4) */ * from parquet"

    def run(query: str) -> None:
        session.sql(query).write.format("noop").mode("overwrite").save()

    for half in ("first", "warm"):
        run(f"select embed(text) from ({spread}.`{folder}/texts_{half}.parquet`)")
        clock.note(f"embed, {half}")
    for half in ("first", "warm"):
        run(f"""with i as (select vector_index(id, vector) as handle from parquet.`{folder}/items.parquet`)
            select id, cosine_topk(vector, handle, 10)
            from ({spread}.`{folder}/queries_{half}.parquet`) cross join i""")
        clock.note(f"cosine_topk, {half}")
    run(f"select vector_index(id, vector) from parquet.`{folder}/items.parquet`")
    clock.note("vector_index alone, written before")
    run(f"select received(vector) from ({spread}.`{folder}/queries_warm.parquet`)")
    clock.note("vectors to Python")
    run(f"select returned(text) from ({spread}.`{folder}/texts_warm.parquet`)")
    clock.note("texts to Python, vectors back")
    rows = (
        session.sql(f"select who(text) as w from ({spread}.`{folder}/texts_warm.parquet`)")
        .distinct()
        .collect()
    )
    clock.seconds["workers"] = len(rows)
    clock.seconds["threads of torch per worker"] = max(int(row.w.split()[1]) for row in rows)
    session.stop()
    return clock.seconds


def _register_probes(session) -> None:
    """Functions that do nothing but move what embed and cosine_topk move."""
    from pyspark.sql.pandas.functions import ArrowUDFType, arrow_udf

    def received(vectors):
        return pa.array(np.zeros(len(vectors), np.int32))

    def returned(texts):
        values = pa.array(np.zeros(len(texts) * 384, np.float32))
        return pa.ListArray.from_arrays(pa.array(np.arange(len(texts) + 1, dtype=np.int32) * 384), values)

    def who(texts):
        import torch

        return pa.array([f"{os.getpid()} {torch.get_num_threads()}"] * len(texts))

    for function, returns in ((received, "int"), (returned, "array<float>"), (who, "string")):
        udf = arrow_udf(function, returns, ArrowUDFType.SCALAR).asNondeterministic()
        session.udf.register(function.__name__, udf)


def _report(measured: dict[str, dict[str, float]], texts: int, queries: int, items: int) -> str:
    names = list(dict.fromkeys(name for seconds in measured.values() for name in seconds))
    head = f"# Spark beside DuckDB: {texts} texts, {queries:,} queries x {items:,} items x 384, k 10\n\n"
    head += f"cpu {_processor()}, {os.cpu_count()} threads. Seconds; the bundled encoder, "
    head += "in bf16 where the processor has it. A column was taken while others ran as many processes as\n"
    head += (
        "its last line says, of those that waited for a processor too (load average of a minute before).\n\n"
    )
    lines = ["| | " + " | ".join(measured) + " |", "|---" * (len(measured) + 1) + "|"]
    for name in names:
        cells = (f"{s[name]:.1f}" if name in s else "" for s in measured.values())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return head + "\n".join(lines) + "\n"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] in ("--duckdb", "--spark"):
        measure = on_duckdb if sys.argv[1] == "--duckdb" else on_spark
        print(json.dumps(measure(*sys.argv[2:4])))
    else:
        main()
