"""What the blocklist names is not recommended, by either ranking."""

import pytest

ITEMS = """
    select 'i' || n as item_id, 'thing ' || n as title, case when n < 5 then 'Knives|Kitchen' else 'Garden' end as category
    from range(20) as t(n)"""
EVENTS = (
    "select 'u' || u as user_id, 'i' || (u + 3 * n) % 20 as item_id from range(4) as a(u), range(3) as b(n)"
)
BLOCKED = """
    select * from (values (null, 'i19', null), ('u0', 'i18', 'Garden'), ('u1', null, 'Knives'), ('u2', null, null), (null, null, 'Nothing'))
    as t(user_id, item_id, category)"""


@pytest.fixture(scope="module", params=["blend", pytest.param("learned", marks=pytest.mark.slow)])
def shop(request, tmp_path_factory):
    from warehouse import Warehouse

    warehouse = Warehouse(tmp_path_factory.mktemp("blocked") / "shop.duckdb")
    warehouse.load(items=ITEMS, interactions=EVENTS, blocklist=BLOCKED)
    return warehouse.build(
        "--select", "+fct_recommendations", "+dim_items", ranking=request.param, recommendations_per_user=20
    )


def recommended(shop, user):
    return {
        i for (i,) in shop.query("select item_id from recudf.fct_recommendations where user_id = ?", user)
    }


def test_nobody_gets_what_is_blocked_for_everybody(shop):
    """Everything unseen is recommended, i19 to nobody."""
    unseen = {f"i{n}" for n in range(19)} - {"i3", "i6", "i9"}
    assert recommended(shop, "u3") == unseen
    assert shop.query("select is_available from recudf.dim_items where item_id = 'i19'") == [(False,)]


def test_a_user_does_not_get_a_blocked_item_or_category(shop):
    assert recommended(shop, "u0") == {f"i{n}" for n in range(18)} - {"i0", "i3", "i6"}
    assert recommended(shop, "u1") == {f"i{n}" for n in range(5, 19)} - {"i7"}
    assert recommended(shop, "u2") == {f"i{n}" for n in range(19)} - {"i2", "i5", "i8"}
