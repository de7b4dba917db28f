"""Tables of the user's own as inputs, whatever they call their columns; wrong vars are refused with a reason."""

from datetime import datetime

import pytest
from warehouse import Warehouse, parsed_once

SHOP = {
    "products": """select n as "Pro""duct No", 'Guitar ' || n as "product name", n % 2 = 0 as unused,
        '2024-01-01 00:00:00+02'::timestamptz as "Added At" from range(12) as t (n)""",
    "Order Lines": """select u as customer, p as sku, '2024-03-01 12:00:00+02'::timestamptz + to_days(u::integer) as "when", 'Order' as "type"
        from range(5) as a (u), range(3) as b (p)""",
}
MAPPED = {
    "items": {
        "relation": "shop.products",
        "columns": {"item_id": 'Pro"duct No', "title": "PRODUCT NAME", "published_at": "added at"},
    },
    "interactions": {
        "relation": "shop.Order Lines",
        "columns": {"user_id": "customer", "item_id": "sku", "occurred_at": "when", "event_type": "type"},
    },
    "texts": "shop.reviews",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("mapped") / "warehouse.duckdb")
    reviews = "select 2::smallint as user_id, 'a good guitar' as text"
    return warehouse.load("shop", **SHOP, reviews=reviews).load("odd", items="select 'x' as item_id")


@pytest.fixture(scope="module")
def mapped(shop):
    return shop.build(inputs=MAPPED)


def test_numbers_are_ids_and_odd_names_are_found(mapped):
    assert mapped.query(
        "select item_id, item_title from recudf.fct_recommendations where user_id = '2' order by 1 limit 2"
    ) == [
        ("10", "Guitar 10"),
        ("11", "Guitar 11"),
    ]
    assert mapped.query("select count(*), count(distinct user_id) from recudf.fct_recommendations") == [
        (5 * 9, 5)
    ]
    assert mapped.query("select text, user_id from recudf.stg_texts") == [("a good guitar", "2")]


def test_times_with_a_zone_are_utc(mapped):
    assert mapped.query("select min(occurred_at), max(occurred_at) from recudf.stg_interactions") == [
        (datetime(2024, 3, 1, 10), datetime(2024, 3, 5, 10))
    ]
    assert mapped.query("select distinct published_at from recudf.stg_items") == [
        (datetime(2023, 12, 31, 22),)
    ]


def test_event_weights_and_seen_types_are_vars(shop):
    shop.build(
        "--select", "staging", "event_types", "int_interactions_weighted", schema="tuned",
        inputs=MAPPED, event_weights={"ORDER": 0.25}, seen_event_types=["read"],
    )  # fmt: skip
    rows = shop.query("select distinct event_type, weight, is_seen from tuned.int_interactions_weighted")
    assert rows == [("order", 0.25, False)]


STAGING = ("--select", "stg_items", "stg_interactions", "stg_as_of")
PREFERENCE = ("--select", "int_user_items")
RANKED = ("--select", "int_recommendations_ranked")
REFUSED = [
    (
        STAGING,
        {"inputs": {"items": "shop.goods"}},
        ["input 'items' is mapped to", "goods", "does not exist", "var inputs.items"],
    ),
    (
        STAGING,
        {"inputs": {"items": {"relation": "odd.items", "columns": {"title": "name"}}}},
        ["input 'items' maps title to column 'name'"],
    ),
    (
        STAGING,
        {"inputs": {"items": {"relation": "odd.items", "columns": {"titel": "item_id"}}}},
        ["maps 'titel'", "its columns are item_id, title"],
    ),
    (
        STAGING,
        {"inputs": {"item": "odd.items"}},
        [
            "names 'item': known are items, interactions, texts, users, memberships, group_interactions, taxonomy"
        ],
    ),
    (STAGING, {"inputs": {"items": "shop.reviews"}}, ["input 'items'", "has no column item_id: map one"]),
    (STAGING, {"as_of": "yesterday"}, ["as_of is 'yesterday': write a UTC time such as"]),
    (
        STAGING,
        {"as_of": "2024-01-01'; drop schema shop cascade; --"},
        ["as_of is '2024-01-01'; drop", "write a UTC time"],
    ),
    (STAGING, {"earliest_event": 7}, ["earliest_event is '7'"]),
    (PREFERENCE, {"half_life_days": "x"}, ["half_life_days is 'x': give a number above 0"]),
    (PREFERENCE, {"half_life_days": 0}, ["half_life_days is '0': give a number above 0"]),
    (RANKED, {"popularity_weight": -0.1}, ["popularity_weight is '-0.1': give a number from 0 up"]),
    (
        RANKED,
        {"recommendations_per_user": 2.5},
        ["recommendations_per_user is '2.5': give a whole number from 1 up"],
    ),
    (
        ("--select", "int_user_sources"),
        {"deep_half_life_days": 0},
        ["deep_half_life_days is '0': give a number above 0"],
    ),
    (
        ("--select", "int_user_interests"),
        {"interests_per_user": 0},
        ["interests_per_user is '0': give a whole number from 1 up"],
    ),
    (
        ("--select", "int_group_fits"),
        {"group_count": 0},
        ["group_count is '0': give auto, or a whole number from 1 up"],
    ),
    (("--select", "stg_event_types"), {"event_weights": {"view": "high"}}, ["view", "high"]),
    (("--select", "int_text_embeddings"), {"encoder": "unknown"}, ["unknown"]),
]


@pytest.fixture(scope="module")
def parse_once(mapped):
    with parsed_once():
        yield


@pytest.mark.usefixtures("parse_once")
@pytest.mark.parametrize(
    ("options", "variables", "said"), REFUSED, ids=[str(case[1])[:60] for case in REFUSED]
)
def test_a_wrong_var_is_refused_with_its_name_and_value(shop, options, variables, said):
    result = shop.try_build(*options, **{"inputs": MAPPED, **variables})
    assert not result.ok
    for words in said:
        assert words in result.output
    assert "Traceback" not in result.output
    assert shop.query("select count(*) from shop.products") == [(12,)]


@pytest.mark.usefixtures("parse_once")
def test_right_vars_are_not_refused(shop):
    """Else the refusals above could be of anything."""
    shop.build(
        *STAGING, *PREFERENCE[1:], *RANKED[1:], inputs=MAPPED, as_of="2024-05-01 12:30", half_life_days=0.5
    )
    assert shop.query("select as_of from recudf.stg_as_of") == [(datetime(2024, 5, 1, 12, 30),)]
