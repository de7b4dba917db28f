"""What docs/operations.md says of recovery and disk: each statement there, then a build, and everything is back."""

import re
import shutil
from pathlib import Path

import pytest
from warehouse import Warehouse, marts

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
DROPS = re.findall(r"`((?:drop|delete) [^`]+)`", PAGE)


@pytest.fixture
def shop(built, tmp_path):
    return Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))


def test_the_page_says_how_to_recover():
    assert len(DROPS) == 11


@pytest.mark.slow
@pytest.mark.parametrize("statement", [*DROPS, "; ".join(d for d in DROPS if d.startswith("drop schema"))])
def test_what_is_dropped_comes_back(shop, built, statement):
    shop.run("create schema if not exists recudf_evaluation")
    ((fingerprint,),) = shop.query("select fingerprint from recudf.fct_runs")
    shop.run(statement.replace("'...'", f"'{fingerprint}'"))
    shop.build(tested=True)
    assert all(shop.rows(mart) == built.rows(mart) for mart in marts())
    assert shop.query("select count(*) from recudf_embeddings.int_text_embeddings") == built.query(
        "select count(*) from recudf_embeddings.int_text_embeddings"
    )


def test_a_copy_is_smaller_and_opens_everywhere(shop, tmp_path):
    (script,) = re.findall(r"```sql\n(attach .*?)```", PAGE, re.DOTALL)
    new = Warehouse(tmp_path / "new.duckdb")
    # what a build leaves free lies between tables: of one build alone the file has next to nothing of it
    for table in ("gone", "last"):
        shop.run(f"create table main.{table} as select random() as n from range(1_000_000)")
    shop.run("drop table main.gone")
    with Warehouse(tmp_path / "other.duckdb").connection() as connection:
        connection.execute(script.replace("shop.duckdb", str(shop.path)).replace("new.duckdb", str(new.path)))
    assert new.path.stat().st_size <= shop.path.stat().st_size
    assert int.from_bytes(new.path.read_bytes()[12:20], "little") <= 65
    assert all(new.rows(mart) == shop.rows(mart) for mart in marts())
