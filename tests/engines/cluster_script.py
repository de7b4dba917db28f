"""What test_spark_cluster.py runs in a process of its own: two executor processes, and what came of them.

python cluster_script.py ENCODER TEXTS [kill]: embeds and searches; `kill` kills an executor meanwhile.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa

import recudf
from recudf import EncoderSettings, Settings

TEXTS = """select id, concat('the number ', cast(id as string), ' film of love ', cast(id % 97 as string)) as text
    from range(0, {n}, 1, 16)"""


def executors():
    """Process ids of the executors that this process has started."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it ended while we looked

    def ours(pid):
        return pid == os.getpid() or (pid in parents and pid > 1 and ours(parents[pid]))

    return [
        pid for pid, command in commands.items() if b"CoarseGrainedExecutorBackend" in command and ours(pid)
    ]


def who_encoded(*columns):
    """Per row: this worker's process, and how many texts went through each encoder that it holds."""
    from recudf.encoders.encoder import _encoders

    counts = json.dumps([encoder.rows_encoded for encoder in _encoders.values()])
    return pa.array([f"{os.getpid()} {os.getppid()} {counts}"] * len(columns[0]))


def kill_one(session, killed):
    """Kill an executor once some tasks have finished and others are running."""
    tracker = session.sparkContext.statusTracker()
    while not killed:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info and info.numTasks == 16 and 2 <= info.numCompletedTasks <= 10:
                killed.append(executors()[0])
                os.kill(killed[0], signal.SIGKILL)
                return
        time.sleep(0.02)


def main(encoder, texts, kill):
    from pyspark.sql.pandas.functions import ArrowUDFType, arrow_udf

    settings = Settings(EncoderSettings(encoder, device="cpu", dtype="fp32"), progress="off")
    started = recudf.connect_spark(
        "local-cluster[2,1,2048]", settings,
        config={"spark.ui.enabled": "false", "spark.log.level": "OFF", "spark.executor.memory": "2g",
                "spark.driver.host": "127.0.0.1", "spark.sql.adaptive.enabled": "false",
                "spark.sql.shuffle.partitions": "2", "spark.ui.showConsoleProgress": "false"},
    )  # fmt: skip
    on_driver = [name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules]
    deadline = time.monotonic() + 120
    while len(executors()) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    before, killed = executors(), []
    if kill:
        threading.Thread(target=kill_one, args=(started, killed), daemon=True).start()
    rows = started.sql(f"select id, embed(text) as vector from ({TEXTS.format(n=texts)})").collect()
    started.createDataFrame(rows, "id bigint, vector array<float>").createOrReplaceTempView("vectors")
    found = started.sql("""
        with shards as (select vector_index(id, vector) as handle from vectors group by id % 3),
        i as (select index_union(collect_list(handle)) as handle from shards)
        select id, transform(cosine_topk(vector, handle, 5, array(cast(id as string))), f -> f.id) as ids
        from (select /*+ repartition(8) */ * from vectors where id < 50) cross join i order by id
    """).collect()
    started.udf.register(
        "who_encoded", arrow_udf(who_encoded, "string", ArrowUDFType.SCALAR).asNondeterministic()
    )
    workers = started.sql("select distinct who_encoded(id) as w from range(0, 1000, 1, 16)").collect()
    sys.stdout.write(json.dumps({
        "on_driver": on_driver,
        "still_not_on_driver": "torch" not in sys.modules,
        "executors": before,
        "killed": killed,
        "vectors": {row.id: row.vector for row in rows},
        "found": {row.id: row.ids for row in found},
        "workers": [row.w for row in workers],
    }) + "\n")  # fmt: skip
    started.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), "kill" in sys.argv[3:])
