"""Indexes beyond the byte budget: moved to a file, never lost, the same answers."""

import threading

import duckdb
import numpy as np
import pytest

import recudf
from recudf.errors import UnknownHandleError
from recudf.search import get_index
from recudf.search.store import STORE


@pytest.fixture
def fill():
    """Fills a table v of group, id and vector: float32 [groups, rows, dimension]."""

    def make(connection, groups=6, rows=300, dimension=16, seed=0):
        vectors = np.random.default_rng(seed).standard_normal((groups, rows, dimension)).astype(np.float32)
        connection.execute(f"create table v(g integer, id varchar, vector float[{dimension}])")
        values = [(g, f"r{i:04d}", vectors[g, i].tolist()) for g in range(groups) for i in range(rows)]
        connection.executemany("insert into v values (?, ?, ?)", values)
        return vectors

    return make


def test_queries_from_several_threads_while_indexes_move_to_files(fill, tmp_path):
    tiny = recudf.Settings(index_memory_bytes=1, temp_directory=str(tmp_path))
    connection = recudf.connect(settings=tiny)
    vectors = fill(connection)
    statement = """
        with h as materialized (select g, vector_index(id, vector) as handle from v group by g)
        select g, id, cosine_topk(vector, handle, 3) from v join h using (g) order by g, id"""
    results, errors = [], []

    def work():
        cursor = connection.cursor()
        recudf.engines.duckdb.create_macros(cursor, tiny)
        try:
            results.append(cursor.execute(statement).fetchall())
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert all(result == results[0] for result in results)
    for g, id_, found in results[0]:
        assert found[0] == {"id": id_, "score": 1.0, "rank": 1}
        rows = vectors[g].astype(np.float64)
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        cosines = unit @ unit[int(id_[1:])]
        best = np.sort(cosines)[::-1][:3]
        np.testing.assert_allclose([f["score"] for f in found], best, atol=1e-6)
    handles = [
        h for (h,) in connection.execute("select vector_index(id, vector) from v group by g").fetchall()
    ]
    assert all(isinstance(get_index(h).matrix, np.memmap) for h in handles)
    assert list(tmp_path.iterdir()) == []  # the files have no name: nothing to clean up


def test_a_budget_is_kept_and_who_holds_an_index_keeps_it(fill):
    small = recudf.Settings(index_memory_bytes=50_000)
    connection = recudf.connect(settings=small)
    vectors = fill(connection, groups=5, rows=300, dimension=16, seed=1)  # 19,200 bytes each
    first = connection.execute("select vector_index(id, vector) from v where g = 0").fetchone()[0]
    held = get_index(first)
    connection.execute("select g, vector_index(id, vector) from v group by g").fetchall()
    assert STORE.resident_bytes() <= 50_000
    assert isinstance(get_index(first).matrix, np.memmap)
    assert np.array_equal(get_index(first).matrix, vectors[0])
    assert np.array_equal(held.matrix, vectors[0])


def test_a_directory_that_cannot_be_written_is_named_and_the_index_stays(fill):
    settings = recudf.Settings(index_memory_bytes=1, temp_directory="/nowhere/at/all")
    connection = recudf.connect(settings=settings)
    fill(connection, groups=1, seed=2)
    with pytest.raises(duckdb.Error, match=r"/nowhere/at/all.*set temp_directory"):
        connection.execute("select vector_index(id, vector) from v").fetchall()


def test_an_unknown_handle_says_what_to_do():
    with pytest.raises(UnknownHandleError, match=r"no index 'index_9x9_00' .* vector_index"):
        get_index("index_9x9_00")
