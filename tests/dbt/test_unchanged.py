"""A build of what has not changed stands; one of anything that a build reads is made."""

import shutil
from datetime import datetime

import pytest
from click.testing import CliRunner
from warehouse import UNTESTED, Warehouse, marts

from recudf.cli import main
from recudf.cli.repeats import describe
from recudf.engines.duckdb import open_database
from recudf.engines.unchanged import refuse_other_inputs, repeat
from recudf.errors import InputError

HASTE = ("--quiet", *UNTESTED)
STANDS = "nothing has changed since the build of"


def build(shop, *options):
    code, said = shop.recudf_build(*options)
    assert code == 0, said
    return STANDS in said


def runs(shop):
    return shop.query("""
        select coalesce(is_unchanged, false), texts_embedded, texts_reused from recudf.fct_runs
        order by started_at, seconds desc""")


@pytest.fixture(scope="module")
def once(built, tmp_path_factory):
    """A warehouse after one `recudf build`."""
    warehouse = Warehouse(shutil.copy(built.path, tmp_path_factory.mktemp("once") / "shop.duckdb"))
    assert not build(warehouse)  # what dbt alone has built is no reason to stand
    return warehouse


@pytest.fixture
def shop(once, tmp_path):
    return Warehouse(shutil.copy(once.path, tmp_path / "shop.duckdb"))


def test_nothing_changed(shop):
    before = {mart: shop.rows(mart, without=()) for mart in marts()}
    *_, (_, embedded, reused) = runs(shop)
    assert embedded == 0
    assert build(shop)
    assert build(shop)
    assert runs(shop)[-2:] == [(True, 0, reused), (True, 0, reused)]
    assert {mart: shop.rows(mart, without=()) for mart in marts()} == before


def test_the_order_of_rows_is_no_change(shop):
    shop.run(
        "create table raw.shuffled as from raw.interactions order by md5(interactions::varchar)",
        "drop table raw.interactions",
        "alter table raw.shuffled rename to interactions",
    )
    assert build(shop)


@pytest.mark.parametrize(
    "change",
    [
        "insert into raw.interactions from raw.interactions limit 1",
        "delete from raw.texts where user_id = (select min(user_id) from raw.texts)",
        "update raw.items set title = title || '!' where item_id = (select min(item_id) from raw.items)",
        "alter table raw.items rename column category to shelf",
        "alter table raw.interactions alter occurred_at type date",
        "drop table raw.users",
        # what a build left
        "drop table recudf.dim_users",
        "drop table recudf_embeddings.int_text_embeddings",
        "delete from recudf.fct_recommendations where rank = 10",
        # how a build was made
        "update recudf.fct_runs set digest = 'of another version'",
        "alter table recudf.fct_runs drop digest",
    ],
)
def test_any_change_is_built(shop, change):
    shop.run(change)
    assert not would_stand(shop)


@pytest.mark.parametrize(
    "options",
    [
        ("--full-refresh",),
        ("--select", "stg_items"),
        ("--vars", "{half_life_days: 90}"),
        ("--vars", "{raw_schema: elsewhere}"),
        ("--vars", "{inputs: {items: other.raw.items}}"),
    ],
)
def test_other_options_are_built(shop, options):
    assert not would_stand(shop, *options)


def evaluate(shop, *options):
    return CliRunner().invoke(main, ["evaluate", "--database", str(shop.path), *options])


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ("delete from raw.interactions where user_id = (select min(user_id) from raw.interactions)", ()),
        (
            "update raw.items set title = title || '!' where item_id = (select min(item_id) from raw.items)",
            (),
        ),
        ("drop table raw.texts", ()),
        ("create schema elsewhere", ("--vars", "{raw_schema: elsewhere}")),
    ],
)
def test_events_of_other_inputs_are_not_judged(shop, change, options):
    ((built_at,),) = shop.query(
        "select strftime(max(started_at), '%-d %B %Y, %H:%M UTC') from recudf.fct_runs"
    )
    before = shop.rows("fct_metrics")
    shop.run(change)
    result = evaluate(shop, *options)
    assert result.exit_code == 2
    assert f"the inputs are not those of the build of {built_at} in schema recudf" in result.output
    assert "run `recudf build` first" in result.output
    assert shop.rows("fct_metrics") == before


def test_inputs_that_are_those_of_the_build_or_of_which_nothing_is_known_are_judged(shop):
    """What was measured is no input."""
    shop.run("create schema recudf_evaluation", "create table recudf_evaluation.metrics (x int)")
    refuse(shop)
    shop.run("delete from raw.users", "update recudf.fct_runs set digest = null")  # as after dbt alone
    refuse(shop)


def refuse(shop):
    """Raise, as `recudf evaluate` does, where it would judge by events of other inputs."""
    with open_database(shop.path) as connection:
        refuse_other_inputs(connection, describe(()))


@pytest.mark.slow
def test_a_build_in_place_notes_its_inputs_and_is_no_reason_to_stand(shop):
    assert not build(shop, "--in-place")
    refuse(shop)
    assert not would_stand(shop)
    shop.run("delete from raw.users")
    with pytest.raises(InputError, match="the inputs are not those of the build of"):
        refuse(shop)


@pytest.mark.parametrize(
    "options", [UNTESTED, (*UNTESTED, "--threads", "2", "--log-level=warn"), ("--fail-fast", *HASTE)]
)
def test_what_a_build_says_and_how_fast_it_goes_is_no_change(shop, options):
    assert repeats(shop, options)


def test_a_build_that_was_not_tested_is_no_tested_one(shop):
    assert not repeats(shop, ("--quiet",))


def would_stand(shop, *options):
    """Whether `recudf build` in haste would leave the tables as they are, found without building them."""
    return repeats(shop, (*HASTE, *options))


def repeats(shop, options):
    repeatable = describe(options)
    return repeatable is not None and repeat(shop.path, repeatable) is not None


@pytest.mark.slow
@pytest.mark.parametrize("by", ["recudf build", "dbt"])
def test_a_build_of_some_tables_with_other_vars_is_made_good(shop, by):
    part = ("--select", "fct_recommendations", "vec_texts", "--vars", "{content_shrinkage: 9}")
    before = shop.rows("fct_recommendations")
    if by == "dbt":
        shop.build(*part)
    else:
        assert not build(shop, *part)
    assert not build(shop)
    assert shop.rows("fct_recommendations") == before


def test_this_file_can_tell(shop):
    assert would_stand(shop)


def test_another_encoder_is_built(shop, monkeypatch):
    monkeypatch.setenv("RECUDF_MAX_TOKENS", "7")
    assert not would_stand(shop)


def test_dbts_own_full_refresh_is_built(shop, monkeypatch):
    monkeypatch.setenv("DBT_FULL_REFRESH", "true")
    assert not would_stand(shop)


@pytest.mark.slow
def test_a_mapped_input_and_a_holdout_count(once, tmp_path):
    shop = Warehouse(shutil.copy(once.path, tmp_path / "shop.duckdb")).run(
        "create schema erp",
        "create view erp.products as from raw.items",
        "create table erp.hidden as select user_id, item_id from raw.interactions where false",
    )
    options = ("--vars", "{inputs: {items: {relation: erp.products}}, holdout: erp.hidden}")
    assert not build(shop, *options)
    assert would_stand(shop, *options)
    assert not would_stand(shop)
    shop.run("insert into erp.hidden select user_id, item_id from raw.interactions limit 1")
    assert not would_stand(shop, *options)


@pytest.mark.slow
def test_a_row_dated_ahead_counts_from_its_time_on(shop):
    shop.run(
        "insert into raw.interactions by name select user_id, item_id, timestamp '2998-01-01' as occurred_at "
        "from raw.interactions limit 1"
    )
    assert not build(shop)
    assert shop.query("select max(valid_until) from recudf.fct_runs") == [(datetime(2998, 1, 1),)]
    assert would_stand(shop)
    shop.run("update recudf.fct_runs set valid_until = timestamp '2020-01-01'")  # as if time had gone on
    assert not would_stand(shop)
