"""The project on `--target spark`, two executor processes, gives what DuckDB gives; a second build keeps what it should."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
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
    """By the program of docs/spark.md, between two parts of a build. Those of the last time keep their numbers, and users
    change for a group that is nearer by group_margin alone; the first time there are as many as asked for."""
    columns = "user_id, group_id"
    last = (
        warehouse.table("int_group_fits").select("group_id, cast(centroid as float[]) as centroid").fetchall()
    )
    earlier = dict(warehouse.table("int_group_members").select(columns).fetchall())
    fit_groups(warehouse)
    warehouse.build("--select", "int_group_fits+1", "--exclude", "int_group_fits", master="local[1]")
    fits, points = warehouse.table("int_group_fits"), warehouse.table("int_user_interest_points")
    assert placed(fits) == points.aggregate("count(*)").fetchall()
    centroids = dict(fits.select("group_id, cast(centroid as float[]) as centroid").fetchall())
    assert len(centroids) == len(last)
    for group, centroid in last:
        assert max(centroids, key=lambda other: np.dot(centroids[other], centroid)) == group
    similar = duckdb.query("""
        select user_id, group_id, list_cosine_similarity(vector, centroid) as similarity
        from points cross join fits where is_group order by user_id, similarity desc""").fetchall()
    expected = {}
    for user, group, similarity in similar:
        nearest = expected.setdefault(user, (group, similarity))
        if group == earlier[user] and nearest[1] - similarity < 0.05:
            expected[user] = (group, nearest[1])
    members = dict(warehouse.table("int_group_members").select(columns).fetchall())
    assert members == {user: group for user, (group, _) in expected.items()}
    fit_groups(warehouse, first='spark.sql("drop table recudf.int_group_fits")')
    numbers = (
        warehouse.table("int_group_fits")
        .select("cluster_number, next_number, first_number")
        .order("cluster_number")
        .fetchall()
    )
    assert numbers == [(number, 4, 0) for number in range(4)]
    assert placed(warehouse.table("int_group_fits")) == points.aggregate("count(*)").fetchall()


def fit_groups(warehouse, first=""):
    """Runs the program of docs/spark.md for four groups, first something else."""
    (program,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        if block.startswith("# fit_groups.py")
    )
    for there, here in (
        ('"yarn"', '"local[1]"'),
        ("warehouse.spark", str(warehouse.folder)),
        ('k": 50', 'k": 4'),
        ("users =", f"{first}\nusers ="),
    ):
        assert there in program
        program = program.replace(there, here)
    done = subprocess.run(
        [sys.executable, "-c", program], env=warehouse.environment, capture_output=True, text=True,
        cwd=warehouse.folder, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def placed(fits):
    return fits.aggregate("sum(size)").fetchall()
