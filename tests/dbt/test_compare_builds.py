"""The comparison of two engines' marts sees what differs, and tells a tie from a difference."""

import shutil

import pytest
from warehouse import Warehouse, marts

from compare_builds import KEYS, compare, tables


@pytest.fixture
def copied(built, tmp_path):
    """A warehouse, and its tables as Spark would have written them."""
    warehouse = Warehouse(tmp_path / "copy.duckdb")
    shutil.copy(built.path, warehouse.path)
    return warehouse


def written(warehouse, changes=()):
    """What `compare` finds where the other engine's tables have these changes."""
    other = Warehouse(warehouse.path.with_name("other.duckdb"))
    shutil.copy(warehouse.path, other.path)
    other.run(*changes)
    folder = warehouse.path.parent / "spark"
    shutil.rmtree(folder, ignore_errors=True)
    with other.connection() as connection:
        compared = tables(connection, "other")
    for table in [*compared, "int_recommendation_reasons"]:
        place = folder / "tables" / "recudf.db" / table
        place.mkdir(parents=True)
        dated = other.query(
            "select column_name from duckdb_columns() where table_name = ? and data_type = 'TIMESTAMP'", table
        )
        replaced = ", ".join(f"{c} at time zone 'UTC' as {c}" for (c,) in dated)
        chosen = f"* replace ({replaced})" if replaced else "*"
        other.run(f"copy (select {chosen} from recudf.{table}) to '{place}/part.parquet'")
    return {found.mart: found for found in compare(warehouse.path, folder)}


def test_every_mart_is_compared():
    assert KEYS.keys() == set(marts())


@pytest.mark.slow
def test_equal_builds_are_equal(copied):
    found = written(copied)
    assert all(mart.equal and mart.ties == 0 and mart.largest == 0 for mart in found.values())
    assert found["fct_recommendations"].cells == 9 * found["fct_recommendations"].rows > 1000


@pytest.mark.slow
def test_every_kind_of_difference_is_counted(copied):
    found = written(
        copied,
        [
            "update recudf.dim_items set title = 'other' where item_id = (select min(item_id) from recudf.dim_items)",
            "update recudf.dim_users set strength = strength + 0.001 where has_vector",
            "update recudf.dim_users set created_at = null, events = events + 1",
            "delete from recudf.dim_groups where group_id = (select min(group_id) from recudf.dim_groups)",
            "update recudf.fct_group_members set similarity = similarity + 0.0001",
        ],
    )
    users = copied.query(
        "select count(*), count(*) filter (where has_vector), count(created_at) from recudf.dim_users"
    )
    assert found["dim_items"].different == 1
    assert "title (1)" in found["dim_items"].examples[0]
    assert found["dim_users"].different == sum(users[0])
    assert found["dim_groups"].only == (1, 0)
    assert not found["dim_groups"].equal
    assert found["fct_group_members"].equal
    assert found["fct_group_members"].largest == pytest.approx(1e-4, rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("gap", "ties", "different"), [(1e-4, 2, 0), (1e-3, 0, 2)])
def test_two_items_may_change_places_only_where_their_scores_are_near(copied, gap, ties, different):
    """Ranks 1 and 2 of one user have scores that differ by a gap, and the other engine has them the other way round."""
    ((user,),) = copied.query("select min(user_id) from recudf.fct_recommendations")
    shared = ", ".join(
        f"{c} = 'x'" for c in ("item_title", "item_category", "reason", "reason_kind", "reason_ref_id")
    )
    copied.run(
        f"update recudf.fct_recommendations set {shared} where user_id = '{user}'",
        f"update recudf.fct_recommendations set score = 2 - {gap} * (rank - 1) where user_id = '{user}' and rank <= 2",
    )
    swap = f"update recudf.fct_recommendations set rank = 3 - rank, score = 2 - {gap} * (2 - rank) where user_id = '{user}' and rank <= 2"
    found = written(copied, [swap])["fct_recommendations"]
    assert (found.ties, found.different) == (ties, different)


@pytest.mark.slow
def test_a_table_beside_the_marts_is_compared_where_it_is(copied):
    """Vectors by component: one that is 0.0001 off is equal, one that is 0.001 off or shorter is not."""
    terms = "select * from (values ('a', [1.0, 2.0]), ('b', [3.0, 4.0]), ('c', null)) as t (term, vector)"
    copied.run(
        f"create table recudf.int_lexical_terms as select term, vector::float[] as vector from ({terms})"
    )
    change = "update recudf.int_lexical_terms set vector = {}::float[] where term = 'a'"
    for vector, different in (("[1.0, 2.0001]", 0), ("[1.0, 2.001]", 1), ("[1.0]", 1), ("null", 1)):
        found = written(copied, [change.format(vector)])["int_lexical_terms"]
        assert (found.rows, found.cells, found.different) == (3, 3, different), vector
