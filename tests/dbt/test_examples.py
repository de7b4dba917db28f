"""Every SQL example of the documentation runs, and docs/functions.md is what the declarations say."""

import re
import runpy
import shutil
from pathlib import Path

import pytest

import recudf
from recudf.functions import discover
from recudf.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(
        re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    )
]


@pytest.fixture(scope="module")
def connection(built, tmp_path_factory):
    """The built sample with functions, and the small tables that examples name."""
    copy = tmp_path_factory.mktemp("examples") / "copy.duckdb"
    shutil.copy(built.path, copy)
    connection = recudf.connect(copy)
    connection.execute("set search_path = 'recudf,main'")
    connection.execute(
        "create table reviews as select text_id as review_id, text as review, 1 + row_number() over () % 5 as stars from stg_texts"
    )
    connection.execute("""
        create table centroids as select cluster_id, centroid from (
            select unnest(cluster_fit(handle, '{"method": "spherical", "k": 5}'), recursive := true)
            from (select vector_index(user_id, vector) as handle from vec_users))""")
    connection.execute(
        "create table seen as select user_id, seen_item_ids as seen_items from int_user_points"
    )
    connection.execute(
        "create or replace table vec_users as select * from vec_users join seen using (user_id)"
    )
    connection.execute("create table history as from int_user_items join vec_items using (item_id)")
    connection.execute(
        "create table item_factors as select unnest(factors_fit(list(user_id), list(item_id), list(weight)), recursive := true) from history"
    )
    connection.execute("""
        create table candidates as
        select user_id, item_id, weight as weight_score, events as factor_score, 1.0 as popularity, weight > 0.5 as taken
        from history""")
    yield connection
    connection.close()


@pytest.mark.parametrize("example", EXAMPLES)
def test_runs(connection, example):
    connection.execute(example).fetchall()


def test_there_are_examples():
    assert len(EXAMPLES) > 10


def test_functions_page_is_up_to_date():
    page = runpy.run_path(str(ROOT / "docs" / "generate_functions.py"))["functions"]()
    assert (ROOT / "docs" / "functions.md").read_text(encoding="utf-8") == page, "run `make docs`"


def test_every_function_is_documented_where_users_look():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
    for function in discover(Settings()):
        assert f"`{function.name}`" in readme
        assert f"## {function.name}\n" in page
