"""Every SQL example of docs/spark.md runs on Spark."""

import re
from pathlib import Path

import pytest

import recudf

PAGE = Path(__file__).parents[2] / "docs" / "spark.md"
EXAMPLES = re.findall(r"```sparksql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def session(spark):
    session = recudf.register_spark(spark.newSession())
    vectors = "values ('a', array(1f, 0f)), ('b', array(1f, 1f)), ('c', array(0f, 1f)), ('d', array(-1f, 0f))"
    for table, column in (("vec_items", "item_id"), ("vec_users", "user_id")):
        rows = "(" + vectors + ")" if table == "vec_items" else f"({vectors}, ('e', array(2f, 1f)))"
        session.sql(f"create temporary view {table} as select * from {rows} as t({column}, vector)")
    session.sql("create temporary view texts as select 'x' as text_hash, 'a good film' as text")
    return session


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_runs(session, number):
    query = EXAMPLES[number].replace('"k": 20', '"k": 2')
    assert session.sql(query).collect()


def test_there_are_examples():
    assert len(EXAMPLES) == 4
