"""Association rules: what they count by hand, their significance against scipy."""

import pytest
from scipy.stats import chi2_contingency
from warehouse import Warehouse

pytestmark = pytest.mark.slow

ITEMS = """select * from (values ('t1', 'Dome tent', 'Tents|Outdoors'), ('t2', 'Tunnel tent', 'Tents|Outdoors'),
    ('k1', 'Repair kit', 'Kits'), ('k2', 'Sewing kit', 'Kits'), ('n1', null, 'Kits'),
    ('b1', 'Blue jug', '(none)'), ('b2', 'Red jug', '(none)')) as t (item_id, title, category)"""
# of 30 users 15 view both tents in January and buy all kits in February; the others buy jugs; all view a jug in May
EVENTS = """
    select 'u' || n as user_id, item_id, 'view' as event_type, timestamp '2024-01-01' as occurred_at
    from range(15) as users (n), (values ('t1'), ('t2')) as items (item_id)
    union all
    select 'u' || n, item_id, 'purchase', timestamp '2024-02-01'
    from range(15) as users (n), (values ('k1'), ('k2'), ('n1')) as items (item_id)
    union all
    select 'u' || n, item_id, 'purchase', timestamp '2024-02-01'
    from range(15, 30) as users (n), (values ('b1'), ('b2')) as items (item_id)
    union all
    select 'u' || n, 'b1', 'view', timestamp '2024-05-01' from range(30) as users (n)"""
RULES = """
    select antecedent_event_type || ' ' || antecedent, consequent_event_type || ' ' || consequent, users,
        confidence, lift, share_in_order
    from recudf.fct_interest_rules where kind = ? order by all"""
BUILT = ("--select", "+fct_interest_rules", "+dim_interests", "+fct_user_interests", "+int_item_words")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("rules") / "shop.duckdb")
    texts = "select 'u1' as user_id, 'n1' as item_id, 'A good kit, works fine.' as text"
    return warehouse.load(items=ITEMS, interactions=EVENTS, texts=texts).build(*BUILT)


def test_categories_that_people_do_together(shop):
    """Both outside and tents lead to kits; that every tent is for outside is no rule."""
    assert shop.query(RULES, "category") == [
        ("view Outdoors", "purchase Kits", 15, 1, 2, 1),
        ("view Tents", "purchase Kits", 15, 1, 2, 1),
    ]


def test_items_that_people_do_together(shop):
    """Of the same day the ids decide; what has no title is not told, nor what everybody does."""
    tents, kits = ("view Dome tent", "view Tunnel tent"), ("purchase Repair kit", "purchase Sewing kit")
    jugs = ("purchase Blue jug", "purchase Red jug")
    after = [(tent, kit, 15, 1, 2, 1) for tent in tents for kit in kits]
    beside = [(*pair, 15, 1, 2, None) for pair in (tents, kits, jugs)]
    assert [(*row[:5], row[5] or None) for row in shop.query(RULES, "item")] == sorted([*after, *beside])


def test_rules_of_categories_are_interests_and_those_of_items_are_not(shop):
    found = shop.query(
        "select name, users from recudf.dim_interests where kind = 'rule' and name like '% Kits'"
    )
    assert sorted(found) == [
        ("view Outdoors; then purchase Kits", 15),
        ("view Tents; then purchase Kits", 15),
    ]
    assert shop.query("select count(*) from recudf.dim_interests where interest_id like 'rule:%item:%'") == [
        (0,)
    ]
    assert shop.query(
        "select count(*) from recudf.fct_user_interests where interest = 'view Tents; then purchase Kits' and layer = 'middle'"
    ) == [(15,)]


def test_a_feeling_about_an_item_without_a_title_is_named_by_its_topic(shop):
    ((name,),) = shop.query("select name from recudf.dim_interests where interest_id = 'sentiment:item:n1'")
    ((topic,),) = shop.query("""
        select name from recudf.dim_interests join recudf.int_topic_sources on interest_id = topic_id
        where source_kind = 'item' and source_id = 'n1'""")
    assert name == f"n1 ({topic})"


def test_what_stands_in_brackets_is_no_category(shop):
    assert shop.query(
        "select distinct name from recudf.dim_interests where kind = 'category' order by 1"
    ) == [
        ("Kits",),
        ("Outdoors",),
        ("Tents",),
    ]
    assert shop.query("select word from recudf.int_item_words where word like '%none%'") == []


def test_the_vars_bound_the_rules_of_items(shop):
    shop.build(*BUILT, rule_items=2, rules_per_item=1)
    # the latest two are the jug, which is no news of anybody, and one thing of February
    assert shop.query(
        "select count(*) <= 15 * 2 + 15 * 2 from recudf.int_event_tokens where kind = 'item'"
    ) == [(True,)]
    assert shop.query(
        "select max(rules) from (select count(*) as rules from recudf.int_interest_rules where kind = 'item' group by antecedent)"
    ) in ([(1,)], [(None,)])


TOKENS = """
    select 'topic' as kind, 'u' || n as user_id, 'view' as event_type, 'topic-0' as interest_id, 'view topic-0' as token, 2 as events,
        '2024-01-01'::timestamp as first_at, '2024-01-02'::timestamp as last_at
    from range(30) as t (n)
    union all
    select 'topic', 'u' || n, 'buy', 'topic-1', 'buy topic-1', 2, '2024-01-05'::timestamp, '2024-01-06'::timestamp
    from range(26) as t (n)
    union all
    select 'topic', 'u' || n, 'view', 'topic-1', 'view topic-1', 2, '2024-01-05'::timestamp, '2024-01-06'::timestamp
    from range(28, 100) as t (n)"""


def test_rules_are_those_that_chance_does_not_explain(shop):
    """100 users; 30 view 0, 26 buy 1, all of them among the 30; 72 view 1, two of them among the 30."""
    shop.run(f"create or replace table recudf.int_event_tokens as {TOKENS}")
    shop.build("--select", "int_interest_pairs", "int_interest_rules")
    rows = shop.query(
        "select antecedent, consequent, people, support, confidence, lift, share_in_order, p_value from recudf.int_interest_rules"
    )
    (rule,) = rows
    assert rule[:3] == ("view topic-0", "buy topic-1", 26)
    assert rule[3:7] == pytest.approx([0.26, 26 / 30, 0.26 / (0.3 * 0.26), 1.0])
    exact = chi2_contingency([[26, 4], [0, 70]], correction=False, lambda_="log-likelihood")
    assert exact.pvalue <= rule[7] <= 20 * exact.pvalue
