"""One suite, every engine: each fixture yields a function that runs a query and returns its rows as tuples."""

import pytest

import recudf


@pytest.fixture(params=["duckdb"])
def sql(request):
    connection = recudf.connect()
    yield lambda query: connection.execute(query).fetchall()
    connection.close()
