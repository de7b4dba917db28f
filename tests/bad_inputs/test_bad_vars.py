"""Vars without a meaning, and databases without inputs: named, with a remedy, and the exit code of `recudf build`."""

import pytest
from click.testing import CliRunner
from warehouse import Warehouse

from recudf.cli import main

pytestmark = pytest.mark.usefixtures("small_encoder")


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_a_database_that_is_not_there_or_holds_no_inputs(tmp_path):
    missing = tmp_path / "missing.duckdb"
    result = run("build", "--database", missing)
    assert (result.exit_code, result.output) == (
        2,
        f"error: {missing} does not exist: run `recudf load DIR --database {missing}` first\n",
    )
    assert list(tmp_path.iterdir()) == []
    other = Warehouse(tmp_path / "other.duckdb").load("shop", products="select 1 as sku")
    result = run("build", "--database", other.path)
    assert result.exit_code == 2
    assert (
        f"{other.path} holds no inputs: run `recudf load DIR --database {other.path}` first, or name tables"
        in result.output
    )
    assert other.query("select schema_name, table_name from duckdb_tables()") == [("shop", "products")]


VARS = [
    ({"as_of": "2023-02-29"}, "as_of is '2023-02-29': write a UTC time such as 2024-05-01"),
    ({"as_of": "2024-13-01 10:00"}, "as_of is '2024-13-01 10:00': write a UTC time"),
    ({"as_of": "2024-01-01 24:00"}, "as_of is '2024-01-01 24:00': write a UTC time"),
    ({"holdout": "raw.nowhere"}, "holdout is 'raw.nowhere': name a relation with columns user_id and item_id"),
    ({"holdout": "raw.items"}, "holdout is 'raw.items': name a relation with columns user_id and item_id"),
    ({"event_weights": "view"}, "event_weights is 'view': write weights by event type, as {view: 0.1}"),
    ({"seen_event_types": "view"}, "seen_event_types is 'view': write a list, as [purchase, rating]"),
    ({"seen_event_types": 5}, "seen_event_types is '5': write a list"),
    ({"inputs": "raw.items"}, "inputs is 'raw.items': write relations by input, as {items: shop.products}"),
    ({"inputs": {"interactions": 5}}, "inputs.interactions is '5': write a relation, or a mapping of relation or ref"),
    ({"inputs": {"interactions": {"relaton": "raw.items"}}}, "'relaton': 'raw.items'}': write a relation, or a mapping"),
    ({"encoder": 5}, "encoder is '5': give default, lexical or an alias of the profile"),
    ({"encoder": "lexical", "lexical_dimensions": 0}, "lexical_dimensions is '0': give a whole number from 1 up"),
    ({"encoder": "lexical", "lexical_seed": -1}, "lexical_seed is '-1': give a whole number from 0 up"),
    ({"encoder": "lexical", "lexical_texts": "all"}, "lexical_texts is 'all': give a whole number from 1 up"),
]  # fmt: skip


@pytest.fixture(scope="module")
def built(loaded):
    return Warehouse(loaded)


@pytest.mark.parametrize(("variables", "said"), VARS, ids=[str(v) for v, _ in VARS])
def test_vars_that_have_no_meaning(built, variables, said):
    result = built.try_build(
        "--select",
        "stg_interactions",
        "stg_event_types",
        "int_lexical_terms",
        "int_embeddings_in_use",
        **variables,
    )
    assert not result.ok
    assert said in result.output
    assert "Traceback" not in result.output
    assert built.query("select count(*) from raw.items") == [(30,)]


def test_exit_codes_of_a_failed_build(built):
    for variables, said in (("{as_of: yesterday}", "as_of is 'yesterday'"), ("[1", "is not valid YAML")):
        result = run("build", "--database", built.path, "--vars", variables)
        assert result.exit_code == 1
        assert said in result.output
        assert "error: the build failed" in result.output
        assert "Traceback" not in result.output
