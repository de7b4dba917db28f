"""cosine_topk from SQL beside FAISS's flat index: time, agreement, peak memory.

    python benchmarks/topk.py                     # the table, also written to benchmarks/results/
    python benchmarks/topk.py --large 0           # without the measurement of memory at 1,000,000 rows

Timings alternate between the two in one process and the best of the rounds counts, so that other load meets
both. Memory is that of a process of its own each, reading the same Parquet file.
"""

from __future__ import annotations

import platform
import re
import resource
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
STATEMENT = """
    with i as materialized (select vector_index(id, vector) as handle from items)
    select id, cosine_topk(vector, handle, {k}) as found from users, i"""


@click.command(help=__doc__)
@click.option("--rows", default=100_000, show_default=True, help="Vectors in the index.")
@click.option("--queries", default=4_096, show_default=True)
@click.option("--dimension", default=384, show_default=True)
@click.option("--k", default=10, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option(
    "--large", default=1_000_000, show_default=True, help="Rows of the second measurement of memory."
)
@click.option("--memory", hidden=True, nargs=3, help="Used by the benchmark itself: who, folder, k.")
def main(
    rows: int, queries: int, dimension: int, k: int, rounds: int, large: int, memory: tuple[str, str, str]
) -> None:
    if memory:
        click.echo(peak_memory(memory[0], Path(memory[1]), int(memory[2])))
        return
    lines = [f"# cosine_topk: {queries:,} queries x {rows:,} x {dimension}, k {k}", ""]
    lines += [f"{machine()}; best of {rounds} alternating rounds.", ""]
    lines += compare(random_vectors(rows, dimension, 1), random_vectors(queries, dimension, 2), k, rounds)
    lines += ["", "| rows | FAISS peak | recudf peak | ratio |", "|---|---|---|---|"]
    for n in filter(None, (rows, large)):
        own, other = (measure_memory(who, n, queries, dimension, k) for who in ("recudf", "faiss"))
        lines.append(f"| {n:,} | {other / 2**30:.2f} GiB | {own / 2**30:.2f} GiB | {own / other:.2f} |")
    text = "\n".join(lines) + "\n"
    click.echo(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"topk-{slug(processor())}.md").write_text(text, encoding="utf-8")


def compare(items: np.ndarray, users: np.ndarray, k: int, rounds: int) -> list[str]:
    """A markdown table: FAISS and recudf in turn."""
    import faiss

    import recudf
    from recudf.search import store

    connection = recudf.connect()
    for name, matrix in (("items", items), ("users", users)):
        connection.register("source", table(matrix))
        connection.execute(f"create table {name} as from source")
    statement = STATEMENT.format(k=k)
    handle = connection.execute("select vector_index(id, vector) from items").fetchall()[0][0]

    def cold() -> pa.Table:
        store.STORE.clear()
        return connection.sql(statement).to_arrow_table()

    flat = faiss.IndexFlatIP(items.shape[1])
    flat.add(unit(items))
    unit_users = unit(users)
    one = unit_users[:1]
    query = f"select cosine_topk(vector, '{handle}', {k}) from users limit 1"
    first, _ = timed(cold)
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, call in (
            ("faiss", lambda: flat.search(unit_users, k)),
            ("built", cold),
            ("warm", lambda: connection.sql(statement).to_arrow_table()),
            ("faiss one", lambda: flat.search(one, k)),
            ("one", lambda: connection.sql(query).fetchall()),
        ):
            times.setdefault(name, []).append(timed(call)[0])
    best = {name: min(values) for name, values in times.items()}
    share = agreement(connection.sql(statement).to_arrow_table(), flat.search(unit_users, k)[1])
    flat_seconds, one_seconds = best["faiss"], best["faiss one"]
    measured = [
        ("FAISS IndexFlatIP, built before", flat_seconds, flat_seconds),
        ("recudf from SQL, index built in the same statement", best["built"], flat_seconds),
        ("the same, the first of the process (imports torch)", first, flat_seconds),
        ("recudf from SQL, index found by its content", best["warm"], flat_seconds),
        ("FAISS, one query", one_seconds, one_seconds),
        ("recudf from SQL, one query, warm index", best["one"], one_seconds),
    ]
    return [
        "| | seconds | times FAISS |",
        "|---|---|---|",
        *(f"| {name} | {seconds:.4f} | {seconds / base:.2f} |" for name, seconds, base in measured),
        "",
        f"Ids that agree with FAISS's, rank by rank: {share:.4%}.",
    ]


def agreement(found: pa.Table, expected: np.ndarray) -> float:
    """Share of (query, rank) whose id is the same."""
    ids = found["found"].combine_chunks().flatten().field("id").cast(pa.int64()).to_numpy()
    order = np.argsort(found["id"].cast(pa.int64()).to_numpy())
    return float((ids.reshape(expected.shape)[order] == expected).mean())


def measure_memory(who: str, rows: int, queries: int, dimension: int, k: int) -> int:
    """Peak resident bytes of a process that reads vectors from Parquet and answers all queries."""
    with tempfile.TemporaryDirectory() as folder:
        for name, n, seed in (("items", rows, 1), ("users", queries, 2)):
            write(Path(folder) / f"{name}.parquet", n, dimension, seed)
        command = [sys.executable, __file__, "--memory", who, folder, str(k)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def peak_memory(who: str, folder: Path, k: int) -> int:
    if who == "faiss":
        import faiss

        users = unit(read(folder / "users.parquet"))
        flat = faiss.IndexFlatIP(users.shape[1])
        for group in range(pq.ParquetFile(folder / "items.parquet").num_row_groups):
            flat.add(unit(read(folder / "items.parquet", group)))
        flat.search(users, k)
    else:
        import recudf

        connection = recudf.connect()
        for name in ("items", "users"):
            width = pq.read_schema(folder / f"{name}.parquet").field("vector").type.list_size
            source = f"select id, vector::float[{width}] as vector from '{folder / name}.parquet'"
            connection.execute(f"create view {name} as {source}")
        connection.execute(STATEMENT.format(k=k)).fetchall()
    status = Path("/proc/self/status")
    if status.is_file():  # ru_maxrss would start from the memory of the process that started this one
        return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text()).group(1)) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def random_vectors(n: int, dimension: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, dimension), dtype=np.float32)


def table(matrix: np.ndarray, start: int = 0) -> pa.Table:
    ids = pa.array(np.arange(start, start + len(matrix))).cast(pa.string())
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), matrix.shape[1])
    return pa.table({"id": ids, "vector": vectors})


def write(path: Path, n: int, dimension: int, seed: int) -> None:
    schema = table(np.zeros((1, dimension), np.float32)).schema
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for number, start in enumerate(range(0, n, 50_000)):
            block = random_vectors(min(50_000, n - start), dimension, 1000 * seed + number)
            writer.write_table(table(block, start))


def read(path: Path, group: int = 0) -> np.ndarray:
    column = pq.ParquetFile(path).read_row_group(group)["vector"].combine_chunks()
    return column.flatten().to_numpy().reshape(len(column), -1)


def unit(matrix: np.ndarray) -> np.ndarray:
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def timed(call: object) -> tuple[float, object]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def processor() -> str:
    import torch

    if torch.cuda.is_available():
        return f"cuda {torch.cuda.get_device_name()}"
    listing = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", listing.read_text()) if listing.is_file() else None
    return f"cpu {named.group(1) if named else platform.processor() or platform.machine()}"


def machine() -> str:
    import faiss
    import torch

    versions = f"torch {torch.__version__}, faiss {faiss.__version__}"
    return f"{processor()}, {torch.get_num_threads()} threads, {versions}"


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


if __name__ == "__main__":
    main()
