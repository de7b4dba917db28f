"""What `holdout` hides is in no staging model, and nothing else is missing."""

import pytest

HIDDEN = "select distinct trim(user_id) as user_id, item_id from raw.interactions where hash(trim(user_id) || item_id) % 5 = 0"
STAGED = ("stg_interactions", "stg_texts")


@pytest.fixture(scope="module")
def held_out(tmp_path_factory, sample):
    """Staging of the sample with and without a fifth of all pairs."""
    from warehouse import Warehouse

    warehouse = Warehouse(tmp_path_factory.mktemp("holdout") / "holdout.duckdb").load(**sample.inputs)
    warehouse.load("evaluation rows", **{"hidden pairs": HIDDEN})
    warehouse.build("--select", "staging", "event_types", schema="everything")
    return warehouse.build(
        "--select", "staging", "event_types", schema="visible", holdout="evaluation rows.hidden pairs"
    )


@pytest.mark.parametrize("model", STAGED)
def test_hidden_pairs_and_their_texts_are_gone_and_nothing_else(held_out, model):
    rows = f"from everything.{model} as s"
    hidden = f'{rows} semi join "evaluation rows"."hidden pairs" as h on s.user_id = h.user_id and s.item_id = h.item_id'
    kept = f'{rows} anti join "evaluation rows"."hidden pairs" as h on s.user_id = h.user_id and s.item_id = h.item_id'
    ((count,),) = held_out.query(f"select count(*) {hidden}")
    assert count > 3
    assert held_out.query(f"select s.* {kept} order by all") == held_out.rows(model, schema="visible")


def test_no_staging_model_knows_a_hidden_pair(held_out):
    """Whatever model of the layer has users and items, today or later."""
    models = held_out.query("""
        select table_name from duckdb_columns() where schema_name = 'visible' and column_name in ('user_id', 'item_id')
        group by table_name having count(*) = 2""")
    assert {name for (name,) in models} == {*STAGED, "stg_blocklist"}  # which is no history
    for name in STAGED:
        assert (
            held_out.query(f"""
            select count(*) from visible.{name} as s
            semi join "evaluation rows"."hidden pairs" as h on s.user_id = h.user_id and s.item_id = h.item_id""")
            == [(0,)]
        )


def test_as_of_does_not_follow_the_hidden_pairs(held_out):
    """A random split hides events of all times; recency counts from the same moment with and without it."""
    assert held_out.query("select as_of from visible.stg_as_of") == held_out.query(
        "select as_of from everything.stg_as_of"
    )


def test_ids_of_hidden_pairs_are_trimmed_as_those_of_the_inputs_are(held_out):
    held_out.load(
        "evaluation rows",
        padded="select ' ' || user_id || chr(9) as user_id, item_id || '  ' as item_id from \"evaluation rows\".\"hidden pairs\"",
    )
    held_out.build("--select", "+stg_interactions", schema="padded", holdout="evaluation rows.padded")
    assert held_out.rows("stg_interactions", schema="padded") == held_out.rows(
        "stg_interactions", schema="visible"
    )


@pytest.mark.parametrize("name", ['raw."items"', 'raw.items" as x, raw."items', "items", "a.b.c.d", "raw."])
def test_a_name_that_is_no_relation_is_refused(held_out, name):
    result = held_out.try_build("--select", "stg_interactions", holdout=name)
    assert not result.ok
    assert f"'{name}' is no relation" in result.output
    assert held_out.query("select count(*) > 0 from raw.items") == [(True,)]
