"""Indexes beyond the byte budget: moved to a file, never lost, the same answers."""

import gc
import signal
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import numpy as np
import pytest

import recudf
from recudf.engines.macros import create_macros
from recudf.errors import UnknownHandleError
from recudf.search import get_index
from recudf.search.store import STORE


@pytest.fixture(autouse=True)
def _forget():
    """What other tests have left counts against the bounds."""
    gc.collect()
    STORE.clear()
    yield
    STORE.clear()


def filled(groups=6, seed=0, **settings):
    """A connection, with settings, to a database whose table v has groups, ids and vectors; these, float32
    [groups, 300, 16]."""
    vectors = np.random.default_rng(seed).standard_normal((groups, 300, 16)).astype(np.float32)
    connection = recudf.connect(settings=recudf.Settings(**settings))
    connection.execute("create table v(g integer, id varchar, vector float[16])")
    values = [(g, f"r{i:04d}", vectors[g, i].tolist()) for g in range(groups) for i in range(300)]
    connection.executemany("insert into v values (?, ?, ?)", values)
    return connection, vectors


def beside(connection, **settings):
    """Another cursor of the same database, a session of its own."""
    cursor = connection.cursor()
    create_macros(cursor, recudf.Settings(**settings))
    return cursor


MADE = "select g, vector_index(id, vector) as handle from v where g between ? and ? group by g order by g"


def handles(connection, first, last):
    return [handle for _, handle in connection.execute(MADE, [first, last]).fetchall()]


def is_known(handle):
    return handle in STORE._indexes


def test_queries_from_several_threads_while_indexes_move_to_files(tmp_path):
    tiny = {"index_memory_bytes": 1, "temp_directory": str(tmp_path)}
    connection, vectors = filled(**tiny)
    statement = """
        with h as materialized (select g, vector_index(id, vector) as handle from v group by g)
        select g, id, cosine_topk(vector, handle, 3) from v join h using (g) order by g, id"""
    results, errors = [], []

    def work():
        cursor = beside(connection, **tiny)
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


def test_a_budget_is_kept_and_who_holds_an_index_keeps_it():
    connection, vectors = filled(groups=5, seed=1, index_memory_bytes=50_000)  # 19,200 bytes each
    first = connection.execute("select vector_index(id, vector) from v where g = 0").fetchone()[0]
    held = get_index(first)
    connection.execute("select g, vector_index(id, vector) from v group by g").fetchall()
    assert STORE.resident_bytes() <= 50_000
    assert isinstance(get_index(first).matrix, np.memmap)
    assert np.array_equal(get_index(first).matrix, vectors[0])
    assert np.array_equal(held.matrix, vectors[0])


def test_a_directory_that_cannot_be_written_is_named_and_the_index_stays():
    connection, _ = filled(groups=1, seed=2, index_memory_bytes=1, temp_directory="/nowhere/at/all")
    with pytest.raises(duckdb.Error, match=r"/nowhere/at/all.*set temp_directory"):
        connection.execute("select vector_index(id, vector) from v").fetchall()


def test_an_unknown_handle_says_what_to_do():
    with pytest.raises(UnknownHandleError, match=r"no index 'index_9x9_00' .* vector_index"):
        get_index("index_9x9_00")


def test_the_disk_has_a_bound_beyond_which_the_oldest_are_forgotten():
    """19,200 bytes each: none fits into memory, three onto the disk."""
    connection, _ = filled(groups=9, index_memory_bytes=1, index_disk_bytes=60_000)
    made = []
    for g in range(9):
        made += handles(connection, g, g)
        assert STORE.disk_bytes() == min(g + 1, 3) * 19_200
    assert [is_known(h) for h in made] == [False] * 6 + [True] * 3
    with pytest.raises(duckdb.Error, match=r"no index .*: make it with vector_index.* in the same statement"):
        connection.execute("select cosine_topk(vector, ?, 1) from v where g = 0", [made[0]])
    assert handles(connection, 0, 0) == made[:1]  # built anew


def test_a_running_statement_keeps_what_it_has_built_and_more_than_fits_is_an_error():
    bounds = {"index_memory_bytes": 1, "index_disk_bytes": 60_000}
    connection, _ = filled(**bounds)
    other = beside(connection, **bounds)
    mine = handles(connection, 0, 1)  # the latest statement of this cursor: it may still be read
    for g in (2, 3, 4):
        last = handles(other, g, g)
    assert [is_known(h) for h in (*mine, *last)] == [True] * 3
    with pytest.raises(
        duckdb.Error, match=r"indexes in use need 76,800 bytes .* index_disk_bytes is 60,000: raise"
    ):
        handles(other, 4, 5)
    assert STORE.disk_bytes() <= 60_000
    assert [is_known(h) for h in mine] == [True, True]
    assert len(handles(other, 5, 5)) == 1  # goes on
    del connection  # its session is over
    gc.collect()
    assert len(handles(other, 3, 5)) == 3
    assert [is_known(h) for h in mine] == [False, False]


def test_a_handle_of_another_session_stays_while_a_statement_reads_it():
    bounds = {"index_memory_bytes": 1, "index_disk_bytes": 40_000}
    connection, _ = filled(**bounds)
    reader = beside(connection, **bounds)
    (handle,) = handles(connection, 0, 0)
    assert reader.execute("select cosine_topk(vector, ?, 1) from v where g = 0", [handle]).fetchone()
    for g in (1, 2, 3):
        handles(connection, g, g)
    assert is_known(handle)
    reader.execute("select cosine_topk(vector, ?, 1) from v where g = 0", handles(reader, 3, 3)).fetchall()
    handles(connection, 4, 4)
    assert not is_known(handle)


def test_more_indexes_than_a_process_may_open_files():
    """Those that move together share a file."""
    connection = recudf.connect(settings=recudf.Settings(index_memory_bytes=20_000))
    connection.execute(
        "create table many as select i as g, 'a' as id, [i, 1, 2, 3]::float[4] as vector from range(1, 5001) t(i)"
    )
    found = connection.execute(
        """with h as materialized (select g, vector_index(id, vector) as handle from many group by g)
        select count(*) from many join h using (g) where cosine_topk(vector, handle, 1)[1].score > 0.9999"""
    ).fetchall()
    assert found == [(5000,)]
    assert STORE.disk_bytes() == 5000 * 16 - STORE.resident_bytes()
    assert STORE.resident_bytes() <= 20_000
    assert len(STORE._files) < 50


def test_the_disk_is_free_again_after_a_kill(tmp_path):
    code = f"""if True:
        import recudf, sys
        connection = recudf.connect(settings=recudf.Settings(index_memory_bytes=1, temp_directory={str(tmp_path)!r}))
        connection.execute("set enable_progress_bar = false")
        connection.execute("select vector_index(i, list_value(i + 1, 2, 3)) from range(500000) t(i)").fetchall()
        print(recudf.search.store.STORE.disk_bytes(), flush=True)
        sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert int(process.stdout.readline()) == 6_000_000
    fds = [fd.stat() for fd in Path(f"/proc/{process.pid}/fd").iterdir()]
    (open_,) = [s for s in fds if s.st_dev == tmp_path.stat().st_dev and s.st_size == 6_000_000]
    assert open_.st_nlink == 0  # no folder names it: the system frees it when the last one closes it
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert list(tmp_path.iterdir()) == []


def test_every_function_with_a_handle_tells_for_which_statement():
    from recudf.functions import discover

    for function in discover(recudf.Settings()):
        has_handle = {"handle", "handles"} & {argument.name for argument in function.arguments}
        others = ("vector_index", "item_weights_fit")  # which makes one; whose argument `vectors` is one
        assert function.uses_indexes == bool(has_handle or function.name in others), function.name
