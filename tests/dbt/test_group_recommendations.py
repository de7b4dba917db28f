"""Given groups as input, and lists for groups, discovered and given, on a small shop."""

import pytest
from warehouse import Warehouse

ITEMS = """
    select 'i' || n as item_id,
        case when n != 4 then ['blue dog', 'red cat', 'space war', 'old tent'][n % 4 + 1] || ' ' || n end as title,
        ['Pets', 'Pets', 'Films', 'Outdoors'][n % 4 + 1] as category
    from range(40) as t (n)"""
# each user takes four items of one kind and one of another
EVENTS = """
    select 'u' || u as user_id, 'i' || (u % 4 + 4 * ((u + 3 * n) % 10)) as item_id, 'purchase' as event_type,
        '2024-01-01'::timestamp + to_days(n::integer) as occurred_at
    from range(12) as a (u), range(4) as b (n)
    union all
    select 'u' || u, 'i' || (u + 21), 'purchase', '2024-01-09'::timestamp from range(12) as a (u)"""
MEMBERSHIPS = """
    select * from (values
        ('one', 'u0', null), (' one ', 'u0', '2024-01-01'), ('family', 'u0', null), ('family', 'u1', '2024-01-02'),
        ('family', 'u2', null), ('family', 'not yet', '2024-02-01'), ('friends', 'u2', null), ('friends', 'u3', null),
        ('friends', 'nobody knows', null), ('discovered-1', 'u4', null), ('', 'u5', null), ('family', ' ', null), (null, 'u5', null)
    ) as t (group_id, user_id, valid_from)"""
GROUP_EVENTS = """
    select * from (values
        ('family', 'i4', 'order', null, '2024-01-05'), ('family', 'i5', 'skip', null, null),
        ('friends', 'i8', 'watch', null, '2024-01-08'), ('friends', 'i4', 'watch', null, null),
        ('friends', 'i12', 'watch', null, '2999-01-01'), ('friends', 'i12', 'watch', null, '1970-01-01'),
        ('no members', 'i4', 'visit', null, null), ('', 'i4', 'visit', null, null), ('family', null, 'visit', null, null)
    ) as t (group_id, item_id, event_type, value, occurred_at)"""
BLOCKED = "select 'u1' as user_id, 'i30' as item_id union all select null, 'i31'"
PARTS = (
    "--select",
    "+fct_group_recommendations",
    "+dim_groups",
    "+fct_group_members",
    "+fct_recommendations",
)
SETTINGS = {"group_count": 2, "min_group_size": 2, "group_candidates": 40}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("given") / "shop.duckdb")
    warehouse.load(
        items=ITEMS,
        interactions=EVENTS,
        memberships=MEMBERSHIPS,
        group_interactions=GROUP_EVENTS,
        blocklist=BLOCKED,
    )
    return warehouse.build(*PARTS, tested=True, **SETTINGS)


def items_of(shop, group, strategy):
    rows = shop.query(
        "select item_id from recudf.fct_group_recommendations where group_id = ? and strategy = ? order by rank",
        group,
        strategy,
    )
    return [item for (item,) in rows]


def test_members_are_cleaned_and_seen_from_their_day_on(shop):
    """as_of is the latest possible event, 9 January; of a membership said twice the earlier beginning holds, none being the earliest."""
    assert shop.query("select distinct as_of::varchar from recudf.fct_group_recommendations") == [
        ("2024-01-09 00:00:00",)
    ]
    assert shop.query("select * from recudf.stg_memberships where user_id in ('u0', 'u4', 'not yet') order by all") == [
        ("family", "u0", None),
        ("given-discovered-1", "u4", None),
        ("one", "u0", None),
    ]  # fmt: skip
    assert shop.query("select count(*) from recudf.stg_memberships") == [(8,)]
    assert shop.query("select user_id from recudf.stg_users where user_id not like 'u%'") == [
        ("nobody knows",)
    ]


def test_events_of_groups_are_cleaned(shop):
    rows = shop.query("select group_id, item_id, event_type from recudf.stg_group_interactions order by all")
    assert rows == [
        ("family", "i4", "order"),
        ("family", "i5", "skip"),
        ("friends", "i4", "watch"),
        ("friends", "i8", "watch"),
        ("no members", "i4", "visit"),
    ]


def test_given_groups_stand_beside_discovered_ones(shop):
    rows = shop.query("select group_id, size, exemplars from recudf.dim_groups where kind = 'given'")
    given = {group: (size, set((exemplars or "").split(", "))) for group, size, exemplars in rows}
    assert given == {
        "one": (1, {"u0"}),
        "family": (3, {"u0", "u1", "u2"}),
        "friends": (3, {"u2", "u3", "nobody knows"}),
        "given-discovered-1": (1, {"u4"}),
        "no members": (0, {""}),
    }
    assert shop.query("select count(*) from recudf.dim_groups where kind = 'discovered'") == [(2,)]
    # u4 has done nothing but with blue dogs of the shelf of pets, and one old tent
    assert (
        "Pets"
        in shop.query("select words from recudf.dim_groups where group_id = 'given-discovered-1'")[0][0]
    )


def test_similarity_of_a_member_is_to_the_mean_of_all(shop):
    import numpy as np

    points = dict(shop.query("select user_id, vector from recudf.int_group_points"))
    found = dict(
        shop.query("select user_id, similarity from recudf.fct_group_members where group_id = 'family'")
    )
    mean = np.mean([points[user] for user in ("u0", "u1", "u2")], axis=0)
    for user, similarity in found.items():
        assert similarity == pytest.approx(points[user] @ mean / np.linalg.norm(mean), abs=1e-5)
    ((cohesion,),) = shop.query("select cohesion from recudf.dim_groups where group_id = 'family'")
    assert cohesion == pytest.approx(np.mean(list(found.values())), abs=1e-5)
    assert shop.query(
        "select similarity, runner_up_id from recudf.fct_group_members where user_id = 'nobody knows'"
    ) == [(None, None)]


def test_a_group_of_one_gets_what_the_member_gets(shop):
    own = shop.query("select item_id from recudf.fct_recommendations where user_id = 'u0' order by rank")
    for strategy in ("average", "least_misery", "most_pleasure", "borda", "fairness"):
        assert items_of(shop, "one", strategy) == [item for (item,) in own], strategy


def test_every_group_with_members_has_every_list_of_theirs(shop):
    rows = shop.query("""
        select strategy, count(distinct group_id), min(n), max(n) from (
            select group_id, strategy, count(*) as n from recudf.fct_group_recommendations group by 1, 2
        ) as lists group by strategy""")
    lists = {strategy: rest for strategy, *rest in rows}
    # those that did something, and `one`, whose member is in the family, too; `learned` is the same there
    assert lists.pop("history")[0] == 4
    assert lists.pop("learned")[0] >= 4
    # two discovered groups and four given ones
    names = ("average", "least_misery", "most_pleasure", "borda", "approval", "fairness")
    assert lists == {name: [6, 10, 10] for name in names}


def test_the_list_to_show_is_the_history_where_there_is_one(shop):
    rows = shop.query(
        "select distinct group_id, strategy from recudf.fct_group_recommendations where is_default order by all"
    )
    shown = {group: strategy for group, strategy in rows if not group.startswith("discovered-")}
    assert len(rows) == len({group for group, _ in rows}) == 7
    assert shown == {
        "family": "history",
        "friends": "history",
        "no members": "history",
        "one": "average",
        "given-discovered-1": "average",
    }


def test_what_is_not_recommended_to_a_group(shop):
    """Its own items, what is blocked for a member or for all, and what half of those who stand for it have seen."""
    closed = {
        i for (i,) in shop.query("select item_id from recudf.int_group_exclusions where group_id = 'family'")
    }
    seen = shop.query("""
        select item_id from recudf.int_user_items where user_id in ('u0', 'u1', 'u2') and is_seen
        group by item_id having count(*) >= 1.5""")
    assert closed == {"i4", "i30"} | {item for (item,) in seen}
    rows = shop.query(
        "select distinct item_id from recudf.fct_group_recommendations where group_id = 'family'"
    )
    assert not closed & {item for (item,) in rows}
    assert shop.query("select count(*) from recudf.fct_group_recommendations where item_id = 'i31'") == [(0,)]


def test_history_is_the_profile_times_the_weights(shop):
    import numpy as np

    profile = dict(
        shop.query("select item_id, weight from recudf.int_group_profiles where group_id = 'friends'")
    )
    # i4 of its own, and of the family, with which it shares u2, who is in two groups
    assert profile == {"i4": 10.5, "i8": 10}
    weights = shop.query("select source_id, item_id, weight from recudf.int_group_item_weights")
    closed = {
        i for (i,) in shop.query("select item_id from recudf.int_group_exclusions where group_id = 'friends'")
    }
    scores = {}
    for source, item, weight in weights:
        if source in profile and item not in closed | {"i31"}:
            scores[item] = scores.get(item, 0) + profile[source] * weight
    best = sorted(scores, key=lambda item: (-round(scores[item], 9), item))[:10]
    assert items_of(shop, "friends", "history") == best
    rows = shop.query("""
        select item_id, score, reason, reason_ref_id, reason_kind from recudf.fct_group_recommendations
        where group_id = 'friends' and strategy = 'history'""")
    titles = {"i4": "item i4", "i8": "blue dog 8"}  # i4 has no title
    assert "i4" in {lead for *_, lead, _ in rows}
    for item, score, reason, lead, kind in rows:
        assert score == pytest.approx(scores[item], rel=1e-5)
        parts = {s: profile[s] * w for s, i, w in weights if i == item and s in profile}
        assert parts[lead] == pytest.approx(max(parts.values()))
        assert (reason, kind) == (f"because the group watched {titles[lead]}", "item")
    assert np.isfinite(list(scores.values())).all()


def test_reasons_say_how_many_members_stand_behind_it(shop):
    rows = shop.query("""
        select distinct strategy, reason, supporters from recudf.fct_group_recommendations
        where group_id = 'family' and strategy in ('average', 'approval') order by all""")
    assert rows
    for strategy, reason, supporters in rows:
        how = {"average": "best on average", "approval": "in the lists of most"}[strategy]
        assert reason == f"{how}: recommended to {supporters} of 3 members"
    assert shop.query("""
        select distinct reason from recudf.fct_group_recommendations where group_id = 'one' and strategy = 'borda'""") == [
        ("ranked high: recommended to the only member",)
    ]  # fmt: skip


@pytest.mark.slow
def test_some_strategies_alone_and_no_given_groups(shop, tmp_path):
    """Without memberships the discovered groups have their lists; a strategy that is not asked for is not there."""
    warehouse = Warehouse(tmp_path / "shop.duckdb").load(items=ITEMS, interactions=EVENTS)
    warehouse.build(*PARTS, **SETTINGS, group_strategies=["fairness", "borda"])
    rows = warehouse.query("""
        select strategy, is_default, count(distinct group_id) from recudf.fct_group_recommendations
        group by all order by all""")
    assert rows == [("borda", True, 2), ("fairness", False, 2)]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"group_strategies": ["average", "luck"]}, "group_strategies is 'luck': write a list of some of history, learned, average"),
        ({"group_strategies": "average"}, "group_strategies is 'average': write a list"),
        ({"group_strategies": []}, "group_strategies is '[]': write a list"),
        ({"group_seen_share": 1.5}, "group_seen_share is '1.5': give a number above 0, up to 1"),
        ({"group_voters": 0}, "group_voters is '0': give a whole number from 1 up"),
    ],
)  # fmt: skip
def test_vars_that_have_no_meaning(shop, variables, said):
    result = shop.try_build(
        "--select", "int_group_lists", "int_group_voters", "int_group_exclusions", **variables
    )
    assert not result.ok
    assert said in result.output
