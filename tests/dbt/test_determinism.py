"""Equal inputs give equal marts, whatever the order of rows and the number of threads."""

import pytest
from warehouse import Warehouse, marts

from recudf.engines.loading import load


def shuffle(warehouse, names, seed):
    """The schema raw_shuffled: the same rows in another order."""
    for name in names:
        warehouse.load(
            "raw_shuffled",
            **{name: f"select * from raw.{name} order by md5(raw.{name}::varchar || '{seed}')"},
        )
        assert warehouse.query(f"select * from raw.{name}") != warehouse.query(
            f"select * from raw_shuffled.{name}"
        )


def build_both(warehouse):
    """One build with one thread of dbt and of DuckDB; one with four of each, on shuffled rows."""
    warehouse.build(schema="one", profile={"threads": 1, "settings": {"threads": 1}})
    warehouse.build(
        schema="four", raw_schema="raw_shuffled", profile={"threads": 4, "settings": {"threads": 4}}
    )


def assert_equal(warehouse):
    for mart in marts():
        assert warehouse.rows(mart, schema="one") == warehouse.rows(mart, schema="four"), mart
    assert len(warehouse.rows("fct_recommendations", schema="one")) > 100


@pytest.mark.slow
def test_row_order_and_threads_do_not_show(warehouse, sample):
    warehouse.load(**sample.inputs)
    shuffle(warehouse, sample.inputs, 1)
    build_both(warehouse)
    assert_equal(warehouse)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["movies", "instruments"])
def test_row_order_and_threads_do_not_show_on_real_data(name, data, tmp_path):
    warehouse = Warehouse(tmp_path / f"{name}.duckdb")
    load(warehouse.path, [data(name)])
    shuffle(
        warehouse,
        [t for (t,) in warehouse.query("select table_name from duckdb_tables() where schema_name = 'raw'")],
        1,
    )
    build_both(warehouse)
    assert_equal(warehouse)


def test_of_events_alike_but_for_their_source_the_rated_one_counts(warehouse):
    """Two shops, one of them with a single value, which is no rating: both events weigh 1, only one says 5 of 5."""
    event = "'rating' as event_type, timestamp '2024-01-01 10:00:00' as occurred_at"
    warehouse.load(
        items="select unnest(['a', 'b']) as item_id, 'A guitar' as title",
        interactions=f"""
            select 'u' as user_id, 'a' as item_id, 5 as value, unnest(['plain', 'scale']) as source, {event}
            union all select 'v', 'b', 1, 'scale', {event}""",
    )
    found = []
    for order in ("source", "source desc"):
        warehouse.load(interactions=f"select * from raw.interactions order by {order}")
        warehouse.build("--select", "+int_user_items")
        found += warehouse.query(
            "select weight, rated_value, highest_value from recudf.int_user_items where user_id = 'u'"
        )
    assert found == [(2, 5, 5), (2, 5, 5)]
