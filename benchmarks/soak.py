"""Threads of mixed queries for as long as one likes: no error, the results of one thread, memory that stays.

    python benchmarks/soak.py --seconds 300

Each thread, on a cursor of its own, draws from: embed texts; build one of several indexes and search it; fit
clusters; assign to some. Memory holds a quarter of the indexes and the disk two thirds, so they move there,
are forgotten and are built again all the while. Every result is compared with what one thread found before.
Memory stays if the median of the resident set in the last fifth of the time is at most 5 % and 20 MB above
that in the second fifth.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import threading
import time
from pathlib import Path

import duckdb

import recudf
from recudf.engines.macros import create_macros
from recudf.search.store import STORE
from recudf.settings import EncoderSettings, Settings

INDEXES, ROWS, DIMENSION = 12, 2_000, 64
BYTES = ROWS * DIMENSION * 4
INDEX = "with i as materialized (select vector_index(id, v) as handle from points where g = ?)"
QUERIES = {
    "embed": """select md5(string_agg(round(v[1]::double, 3)::varchar, ' ' order by n))
        from (select n, embed('good film number ' || n || ' of ' || ?) as v from range(40) t(n))""",
    "cosine_topk": f"""{INDEX} select md5(string_agg(found::varchar, ' ' order by id))
        from (select id, cosine_topk(v, handle, 5) as found from points, i where g = 0 and n % 20 = 0)""",
    "cluster_fit": f"""{INDEX}
        select md5(cluster_fit(handle, '{{"k": 8, "restarts": 1, "max_iterations": 10}}')::varchar) from i""",
    "cluster_assign": """
        with i as materialized (select vector_index(n, v) as handle from points where g = ? and n < 50)
        select sum(cluster_assign(v, handle) * n) from points, i where g = 1""",
}


def main() -> None:
    """Run the soak and say what was seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--encoder", default="bundled")
    arguments = parser.parse_args()
    seen = soak(arguments.seconds, arguments.threads, arguments.encoder)
    json.dump(seen, sys.stdout, indent=2)
    sys.exit(bool(seen["errors"] or seen["differences"] or seen["grown"]))


def soak(seconds: float, threads: int, encoder: str) -> dict[str, object]:
    """What was seen: counts of queries, errors, results that differ, memory and files of indexes in MB."""
    settings = Settings(
        EncoderSettings(encoder),
        index_memory_bytes=INDEXES * BYTES // 4,
        index_disk_bytes=max(INDEXES * 2 // 3, threads) * BYTES,
        progress="off",
    )
    connection = recudf.connect(settings=settings)
    connection.execute(
        f"""create table points as select g, n, 'p' || n as id, list_transform(range({DIMENSION}),
            lambda d: (hash(g * 1000003 + n * 101 + d) % 2000)::float / 1000 - 1) as v
        from range({INDEXES}) a(g), range({ROWS}) b(n)"""
    )
    expected = {
        (name, g): connection.execute(sql, [g]).fetchall()
        for name, sql in QUERIES.items()
        for g in range(INDEXES)
    }
    STORE.clear()
    end = time.monotonic() + seconds
    done, errors, differences, disk = dict.fromkeys(QUERIES, 0), [], [], [0]
    lock = threading.Lock()

    def work(number: int) -> None:
        draw = random.Random(number)
        cursor = connection.cursor()
        create_macros(cursor, settings)
        while time.monotonic() < end:
            name, g = draw.choice(list(QUERIES)), draw.randrange(INDEXES)
            try:
                found = cursor.execute(QUERIES[name], [g]).fetchall()
            except duckdb.Error as error:
                errors.append(f"{name} {g}: {str(error)[:300]}")
                continue
            with lock:
                done[name] += 1
            if found != expected[name, g]:
                differences.append(f"{name} {g}")

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    memory = []
    while any(worker.is_alive() for worker in workers):
        memory.append(resident_mb())
        disk.append(STORE.disk_bytes())
        time.sleep(min(1.0, seconds / 50))
    fifth = max(1, len(memory) // 5)
    early, late = statistics.median(memory[fifth : 2 * fifth] or memory), statistics.median(memory[-fifth:])
    return {
        "seconds": seconds,
        "threads": threads,
        "queries": done,
        "errors": errors[:5],
        "differences": differences[:5],
        "memory_mb_second_fifth": round(early),
        "memory_mb_last_fifth": round(late),
        "memory_mb_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "grown": late > 1.05 * early + 20,
        "index_disk_mb_largest": round(max(disk) / 1e6, 1),
        "index_disk_mb_bound": round(settings.index_disk_bytes / 1e6, 1),
    }


def resident_mb() -> float:
    """Resident memory of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
