"""What test_spark_gpus.py runs in a process of its own: an executor that Spark gives two cards, of which there are none.

python gpu_script.py ENCODER CARDS: CARDS is a program that tells Spark of them. Prints the device of each task at once,
and what a task says that is to embed.
"""

import json
import sys
import time

import pyarrow as pa

import recudf
from recudf import EncoderSettings, Settings
from recudf.engines.spark_gpus import on_card_of_task


def devices(ids):
    """Per row: the devices that this task has, one asked for as auto, one as cpu; late, so that both tasks run at once."""
    time.sleep(5)
    both = Settings(encoders=(("b", EncoderSettings(device="cpu")),))
    found = on_card_of_task(both)
    return pa.array([f"{found.encoder.device} {found.encoders[0][1].device}"] * len(ids))


def main(encoder, cards):
    from pyspark.errors import PySparkException
    from pyspark.sql.pandas.functions import ArrowUDFType, arrow_udf

    gpus = {
        f"spark.{who}.resource.gpu.amount": n
        for who, n in (("worker", "2"), ("executor", "2"), ("task", "1"))
    }
    session = recudf.connect_spark(
        "local-cluster[1,2,1024]", Settings(EncoderSettings(encoder)),
        config={**gpus, "spark.worker.resource.gpu.discoveryScript": cards, "spark.task.maxFailures": "1",
                "spark.ui.enabled": "false", "spark.log.level": "OFF", "spark.driver.host": "127.0.0.1",
                "spark.ui.showConsoleProgress": "false"},
    )  # fmt: skip
    session.udf.register("devices", arrow_udf(devices, "string", ArrowUDFType.SCALAR).asNondeterministic())
    rows = session.sql("select devices(id) as d from range(0, 2, 1, 2)").collect()
    try:
        session.sql("select embed('a good film') from range(0, 1, 1, 1)").collect()
        said = None
    except PySparkException as error:
        said = str(error)
    sys.stdout.write(json.dumps({"devices": sorted(row.d for row in rows), "said": said}) + "\n")
    session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
