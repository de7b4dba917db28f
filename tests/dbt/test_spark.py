"""The project on `--target spark`, two executor processes, gives what DuckDB gives; a second build keeps what it should."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import both_engines
from compare_builds import compare

PAGE = Path(__file__).parents[2] / "docs" / "spark.md"
DRIVER = """
import atexit, sys
from recudf.cli import main
atexit.register(lambda: print("torch on the driver:", "torch" in sys.modules))
main()
"""
FEW = ("--quiet", "--vars", "{spark_partitions: 2, spark_index_shards: 3}")
REBUILT = (
    "int_text_embeddings",
    "int_group_fits",
    "int_group_centroid_history",
    "fct_group_member_history",
    "fct_group_history",
    "fct_recommendation_history",
    "fct_runs",
)  # what reads its earlier self, or keeps it
pytestmark = [pytest.mark.spark, pytest.mark.timeout(3600)]


class OnSpark:
    """A warehouse of Spark, and commands on it, each in a process of its own, as Spark would stay in this one."""

    def __init__(self, folder, encoder):
        self.folder = folder
        self.environment = {
            **os.environ,
            "RECUDF_SPARK_WAREHOUSE": str(folder),
            "RECUDF_ENCODER": str(encoder),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }

    def run(self, *arguments, master="local[1]"):
        """What a command of recudf says; at last it says what it has imported."""
        command = [sys.executable, "-c", DRIVER, *map(str, arguments), "--target", "spark"]
        environment = {**self.environment, "RECUDF_SPARK_MASTER": master}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, cwd=self.folder, check=False
        )

    def build(self, *options, master="local-cluster[2,1,1024]"):
        """A build that must be green, whose driver imports no torch: texts are embedded by workers."""
        result = self.run("build", *FEW, *options, master=master)
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stdout.splitlines()[-1] == "torch on the driver: False"
        return self

    def table(self, name):
        return duckdb.sql(f"from read_parquet('{self.folder}/tables/recudf.db/{name}/*.parquet')")


@pytest.fixture(scope="module")
def warehouse(sample, tmp_path_factory, tiny_encoder):
    if reason := both_engines.why_no_spark():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("spark")
    inputs = folder / "inputs"
    inputs.mkdir()
    for name, rows in sample.inputs.items():
        pq.write_table(rows, inputs / f"{name}.parquet")
    warehouse = OnSpark(folder, tiny_encoder)
    empty = warehouse.run("build")
    assert empty.returncode == 2
    assert "recudf load DIR --target spark" in empty.stderr
    loaded = warehouse.run("load", inputs)
    assert loaded.returncode == 0, loaded.stderr
    return warehouse.build()


def test_both_engines_build_the_same(built, warehouse):
    assert [found for found in compare(built.path, warehouse.folder) if not found.equal] == []


def test_a_second_build_embeds_nothing_and_keeps_the_groups(built, warehouse):
    warehouse.build("--select", *REBUILT)
    assert [found for found in compare(built.path, warehouse.folder) if not found.equal] == []
    columns = "texts_embedded, texts_reused, groups, recommendations"
    rows = warehouse.table("fct_runs").order("started_at").select(columns).fetchall()
    ((texts, groups, recommendations),) = built.query(
        "select texts_embedded, groups, recommendations from recudf.fct_runs"
    )
    assert rows == [(texts, 0, groups, recommendations), (0, texts, groups, recommendations)]
    fits, earlier = (
        warehouse.table(name).select("group_id, centroid").order("group_id").fetchall()
        for name in ("int_group_fits", "int_group_fits_earlier")
    )
    assert fits == earlier != []


def test_groups_fitted_from_distributed_points(warehouse):
    """By the program of docs/spark.md, between two parts of a build; everybody is in the group of the nearest centroid."""
    (program,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        if block.startswith("# fit_groups.py")
    )
    for there, here in (
        ('"yarn"', '"local[1]"'),
        ("warehouse.spark", str(warehouse.folder)),
        ("k\": 50", "k\": 4"),
    ):  # fmt: skip
        assert there in program
        program = program.replace(there, here)
    done = subprocess.run(
        [sys.executable, "-c", program], env=warehouse.environment, capture_output=True, text=True,
        cwd=warehouse.folder, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    warehouse.build("--select", "int_group_fits+1", "--exclude", "int_group_fits", master="local[1]")
    fits, points, members = (
        warehouse.table(name) for name in ("int_group_fits", "int_user_interest_points", "int_group_members")
    )
    ((groups, placed),) = fits.aggregate("count(*), sum(size)").fetchall()
    ((users,),) = points.aggregate("count(*)").fetchall()
    assert (groups, placed) == (4, users)
    nearest = duckdb.query("""
        select user_id, arg_max(group_id, list_cosine_similarity(vector, centroid)) as group_id
        from points cross join fits group by user_id order by user_id""").fetchall()
    assert members.select("user_id, group_id").order("user_id").fetchall() == nearest
