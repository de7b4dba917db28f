"""A database that another version built is recognised: told and rebuilt, or refused with a remedy."""

import shutil

import pytest
import yaml
from warehouse import Warehouse, marts

import recudf
from recudf.cli.project import project_directory


@pytest.fixture
def shop(built, tmp_path):
    return Warehouse(shutil.copy(built.path, tmp_path / "shop.duckdb"))


def last_run(shop):
    return shop.query("""
        select recudf_version, texts_embedded, count(*) over () from recudf.fct_runs
        order by started_at desc limit 1""")


def test_one_version_everywhere(built):
    project = yaml.safe_load((project_directory() / "dbt_project.yml").read_text())
    assert project["version"] == recudf.__version__
    assert built.query("select recudf_version from recudf.fct_runs") == [(recudf.__version__,)]


@pytest.mark.slow
def test_a_database_of_an_older_version_is_rebuilt(shop, built):
    """Before fct_runs had a version, groups a next number and embeddings a mark of what was cut."""
    shop.run(
        "alter table recudf.fct_runs drop recudf_version",
        "alter table recudf.int_group_fits drop next_number",
        "alter table recudf_embeddings.int_text_embeddings drop is_cut",
        "alter table recudf.fct_recommendations drop reason_kind",
    )
    code, said = shop.recudf_build()
    assert code == 0, said
    assert "shop.duckdb was built by an earlier version of recudf" in said
    assert "all texts are embedded anew" in said
    assert all(shop.rows(mart) == built.rows(mart) for mart in marts())
    ((version, embedded, runs),) = last_run(shop)
    assert (version, runs) == (recudf.__version__, 2)
    assert embedded > 100
    assert shop.query("select count(*) from recudf.fct_runs where recudf_version is null") == [(1,)]


@pytest.mark.slow
def test_embeddings_of_a_version_that_did_not_count_characters_are_kept(shop):
    """Of what was embedded before nothing is said, later texts are counted."""
    shop.run(
        "update recudf.fct_runs set recudf_version = '0.0.9'",
        "alter table recudf_embeddings.int_text_embeddings drop characters",
        "alter table recudf_embeddings.int_text_embeddings drop unknown_characters",
        "insert into raw.items by name select 'new' as item_id, 'two 书' as title",
    )
    code, said = shop.recudf_build()
    assert code == 0, said
    assert "kept are embeddings" in said
    shares = "select texts_embedded, unknown_share from recudf.fct_runs order by started_at desc limit 1"
    assert shop.query(shares) == [(1, 0.25)]


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--in-place",)])
def test_embeddings_outlive_an_upgrade(shop, options):
    shop.run("update recudf.fct_runs set recudf_version = '0.0.9'")
    code, said = shop.recudf_build(*options)
    assert code == 0, said
    assert f"shop.duckdb was built by recudf 0.0.9: {recudf.__version__} rebuilds its tables" in said
    assert last_run(shop) == [(recudf.__version__, 0, 2)]
    assert "was built by" not in shop.recudf_build(*options)[1]


@pytest.mark.slow
def test_a_database_of_a_newer_version_is_refused(shop):
    shop.run("update recudf.fct_runs set recudf_version = '99.1rc1'")
    before = {mart: shop.rows(mart, without=()) for mart in marts()}
    code, said = shop.recudf_build()
    assert code == 1
    assert "shop.duckdb was built by recudf 99.1rc1, and this is" in said
    assert "--full-refresh" in said
    assert {mart: shop.rows(mart, without=()) for mart in marts()} == before
    code, said = shop.recudf_build("--full-refresh")
    assert code == 0, said
    assert last_run(shop) == [(recudf.__version__, 0, 2)]


@pytest.mark.slow
def test_plain_dbt_builds_on_the_tables_of_an_older_version(shop, built):
    shop.run("alter table recudf.fct_runs drop recudf_version")
    shop.build()
    assert last_run(shop) == [(recudf.__version__, 0, 2)]
    assert all(shop.rows(mart) == built.rows(mart) for mart in marts())


@pytest.mark.slow
def test_tables_of_others_by_these_names_do_not_matter(shop):
    shop.run(
        "create schema erp",
        "create table erp.fct_runs (runner varchar, recudf_version varchar)",
        "insert into erp.fct_runs values ('somebody', '99')",
    )
    code, said = shop.recudf_build()
    assert code == 0, said
    assert "was built by" not in said
