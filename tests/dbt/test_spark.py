"""The project on `--target spark`, two executor processes, gives what DuckDB gives; a second build keeps what it should."""

import os
import subprocess
import sys

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import both_engines
from compare_builds import compare
from recudf.cli import main

DRIVER = """
import atexit, sys
from recudf.cli import main
atexit.register(lambda: print("torch on the driver:", "torch" in sys.modules))
main()
"""
FEW = "{spark_partitions: 2, spark_index_shards: 3}"
REBUILT = (
    "int_text_embeddings",
    "int_group_fits",
    "fct_recommendation_history",
    "fct_runs",
)  # what reads its earlier self, or keeps it


def recudf(folder, encoder, *arguments):
    """A command in a process of its own, as Spark would stay in this one; it says at last what it has imported."""
    environment = {
        **os.environ,
        "RECUDF_SPARK_MASTER": "local-cluster[2,1,1024]" if "--vars" in arguments else "local[1]",
        "RECUDF_SPARK_WAREHOUSE": str(folder),
        "RECUDF_ENCODER": str(encoder),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    command = [sys.executable, "-c", DRIVER, *map(str, arguments), "--target", "spark"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=folder, check=False)


@pytest.mark.spark
@pytest.mark.timeout(3600)
def test_both_engines_build_the_same(built, sample, tmp_path, tiny_encoder):
    if reason := both_engines.why_no_spark():
        pytest.skip(reason)
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for name, rows in sample.inputs.items():
        pq.write_table(rows, inputs / f"{name}.parquet")
    empty = recudf(tmp_path, tiny_encoder, "build")
    assert empty.returncode == 2
    assert "recudf load DIR --target spark" in empty.stderr
    loaded = recudf(tmp_path, tiny_encoder, "load", inputs)
    assert loaded.returncode == 0, loaded.stderr
    for select in ([], ["--select", *REBUILT]):
        result = recudf(tmp_path, tiny_encoder, "build", "--quiet", "--vars", FEW, *select)
        assert result.returncode == 0, result.stdout + result.stderr
        # the first build has texts to embed, which workers do, the second has none
        assert result.stdout.splitlines()[-1] == "torch on the driver: False"
        assert [found for found in compare(built.path, tmp_path) if not found.equal] == []
    runs = duckdb.sql(
        f"from read_parquet('{tmp_path}/tables/recudf.db/fct_runs/*.parquet') order by started_at"
    )
    rows = runs.select("texts_embedded, texts_reused, groups, recommendations").fetchall()
    ((texts, groups, recommendations),) = built.query(
        "select texts_embedded, groups, recommendations from recudf.fct_runs"
    )
    assert rows == [(texts, 0, groups, recommendations), (0, texts, groups, recommendations)]
    centroids = f"from read_parquet('{tmp_path}/tables/recudf.db/int_group_fits/*.parquet')"
    kept = f"{centroids} semi join '{tmp_path}/tables/recudf.db/int_group_fits_earlier/*.parquet' using (group_id, centroid)"
    assert (
        duckdb.sql(kept).aggregate("count(*)").fetchall()
        == duckdb.sql(centroids).aggregate("count(*)").fetchall()
    )


def test_loading_refuses_an_unknown_target(tmp_path):
    result = CliRunner().invoke(main, ["load", str(tmp_path), "--target", "flink"])
    assert result.exit_code == 2
    assert "flink" in result.output
