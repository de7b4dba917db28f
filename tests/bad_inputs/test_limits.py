"""Memory that does not suffice, and a file that others hold: the message says what to do, the database stays as it was, and the
next build works."""

import pytest
from shops import BUILD, LOADED, held, tables

RAISE = "hint: DuckDB's memory_limit is reached: raise it (RECUDF_MEMORY_LIMIT, or memory_limit in the settings of your profile)"
LARGE = (
    "set memory_limit = '30MB'; create table made as select list(range) as all_of_them from range(20000000)"
)


def test_a_statement_beyond_the_memory_limit(run, database):
    done = run("sql", LARGE, "--database", database)
    assert done.returncode == 1
    assert done.stderr.startswith("error: Out of Memory Error")
    assert "DuckDB's memory_limit is reached: raise it" in done.stderr
    assert "or take fewer threads (RECUDF_THREADS, or --threads)" in done.stderr
    assert tables(database) == LOADED


@pytest.mark.slow
@pytest.mark.parametrize("in_place", [[], ["--in-place"]])
def test_a_build_beyond_the_memory_limit(run, database, big, in_place):
    assert run("load", big, "--database", database).returncode == 0
    done = run(*BUILD, *in_place, "--database", database, RECUDF_MEMORY_LIMIT="8MB")
    assert done.returncode == 1, done.stdout
    assert "Out of Memory Error" in done.stdout
    assert RAISE in done.stderr
    assert "error: the build failed" in done.stderr
    assert tables(database) == LOADED or in_place
    assert set(LOADED) <= set(tables(database))
    done = run(*BUILD, *in_place, "--database", database)
    assert done.returncode == 0, done.stdout
    assert "recudf.fct_recommendations" in tables(database)


@pytest.mark.slow
def test_a_memory_limit_that_is_none(run, database):
    done = run(*BUILD, "--database", database, RECUDF_MEMORY_LIMIT="plenty")
    assert done.returncode == 1
    assert "Memory must have a number (e.g. 1GB)" in done.stdout
    assert tables(database) == LOADED


def test_a_build_in_place_beside_a_reader(run, database):
    """What to do stands in the message; without --in-place the reader does not disturb (tests/dbt/test_kills.py)."""
    with held(database, read_only=True) as pid:
        done = run(*BUILD, "--in-place", "--database", database)
        assert done.returncode == 1
        assert f"{database} is in use by another process: close it there, or wait" in done.stderr
        assert f"(PID {pid})" in done.stderr
        assert "readers do not disturb a build without --in-place" in done.stderr
    assert tables(database) == LOADED
