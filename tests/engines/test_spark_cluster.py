"""Executors that are processes of their own: what they share, what they load, what happens when one dies."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import recudf
from both_engines import why_no_spark
from recudf import EncoderSettings, Settings

SCRIPT = Path(__file__).with_name("cluster_script.py")
pytestmark = [pytest.mark.spark, pytest.mark.slow]


def run(encoder, texts, *options):
    if reason := why_no_spark():
        pytest.skip(reason)
    command = [sys.executable, str(SCRIPT), str(encoder), str(texts), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=550)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def expected(tiny_encoder):
    """Vectors and neighbours of the first n texts as DuckDB makes them."""

    def make(n):
        connection = recudf.connect(
            settings=Settings(EncoderSettings(str(tiny_encoder), device="cpu", dtype="fp32"))
        )
        connection.execute(f"""create table vectors as select id, embed('the number ' || id || ' film of love ' || id % 97) as vector
            from range({n}) t(id)""")
        found = connection.execute("""with i as materialized (select vector_index(id, vector) as handle from vectors)
            select id, list_transform(cosine_topk(vector, handle, 5, [id::varchar]), lambda f: f.id) from vectors, i
            where id < 50 order by id""").fetchall()
        return dict(connection.execute("from vectors").fetchall()), dict(found)

    return make


def assert_equal(result, expected):
    vectors, found = expected
    assert result["vectors"].keys() == {str(id_) for id_ in vectors}
    np.testing.assert_allclose(
        [result["vectors"][str(id_)] for id_ in vectors], list(vectors.values()), atol=1e-5
    )
    # a neighbour may differ where two cosines lie within a rounding
    same = sum(result["found"][str(id_)] == ids for id_, ids in found.items())
    assert same >= 0.9 * len(found) == 45


def test_two_executors_share_an_index_and_load_the_weights_once_each(tiny_encoder, expected):
    result = run(tiny_encoder, 4000)
    assert result["on_driver"] == []
    assert result["still_not_on_driver"]
    assert len(result["executors"]) == 2
    assert_equal(result, expected(4000))
    counts = [json.loads(worker.split(" ", 2)[2]) for worker in result["workers"]]
    assert len(counts) == 2  # one worker process for each of the executors, whose one core it serves
    assert all(len(encoders) == 1 for encoders in counts)  # that loaded its model once
    assert sum(encoders[0] for encoders in counts) == 4000  # and kept it over all its tasks


def test_an_executor_killed_while_embedding_changes_nothing(tiny_encoder, expected):
    result = run(tiny_encoder, 60_000, "kill")
    assert len(result["killed"]) == 1
    assert result["killed"][0] in result["executors"]
    assert_equal(result, expected(60_000))
