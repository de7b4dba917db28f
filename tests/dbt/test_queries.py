"""Every recipe in sql/queries runs on a build in a stock DuckDB, and opens with the question it answers."""

from importlib import resources

import pytest

QUERIES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (resources.files("recudf.sql") / "queries").iterdir()
    if path.name.endswith(".sql")
}


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_opens_with_its_question(name):
    first = QUERIES[name].splitlines()[0]
    assert first.startswith("-- ")
    assert first.endswith("?")


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_runs_in_a_stock_duckdb(built, name):
    with built.connection() as connection:
        cursor = connection.execute(QUERIES[name])
        columns = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    assert len(set(columns)) == len(columns)
    if "fct_metrics" not in QUERIES[name]:  # empty before `recudf evaluate`
        assert rows
