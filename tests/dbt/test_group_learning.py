"""The strategy `learned` for given groups: as if a hidden item had never been done, and the history where there is
nothing to learn. Beside numpy, on groups whose items come from two shelves."""

import numpy as np
import pytest
from warehouse import Warehouse

pytestmark = pytest.mark.slow

ITEMS = "select 'i' || n as item_id, 'thing ' || n as title from range(26) as t (n)"
# users take three of their shelf of twelve
EVENTS = """
    select 'u' || u as user_id, 'i' || ((u % 2) * 12 + (u * 5 + n * 3) % 12) as item_id, 'purchase' as event_type
    from range(40) as a (u), range(3) as b (n)"""
# three members each, of whom the last is in the next group, too
MEMBERSHIPS = "select 'g' || g as group_id, 'u' || ((g * 2 + n) % 40) as user_id from range(30) as a (g), range(3) as b (n)"
# of the last three, without members, the first did what nobody else did, and what all three did
GROUP_EVENTS = """
    select 'g' || g as group_id, 'i' || ((g % 2) * 12 + (g * 7 + n * (1 + g % 3)) % 12) as item_id, 'watch' as event_type
    from range(30) as a (g), range(3) as b (n)
    union all
    values ('g30', 'i24', 'watch'), ('g30', 'i25', 'watch'), ('g31', 'i24', 'watch'), ('g31', 'i0', 'watch'),
        ('g32', 'i24', 'watch'), ('g32', 'i1', 'watch')"""
PARTS = ("--select", "+fct_group_recommendations")
SETTINGS = {"group_count": 2, "min_group_size": 2, "group_strategies": ["history", "learned", "average"]}


def make(path, **inputs):
    return Warehouse(path / "shop.duckdb").load(
        items=ITEMS,
        interactions=EVENTS,
        memberships=MEMBERSHIPS,
        group_interactions=GROUP_EVENTS,
        **inputs,
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make(tmp_path_factory.mktemp("learned")).build(*PARTS, **SETTINGS)


def matrices(shop, hidden=None):
    """Groups x items and users x items that are liked, groups x members; without a hidden (group, item)."""
    likes = [
        row
        for row in shop.query("select kind, owner_id, item_id from recudf.int_group_likes")
        if hidden is None or row != ("group", *hidden)
    ]
    members = shop.query("select group_id, user_id from recudf.stg_memberships")
    items = sorted({item for (item,) in shop.query("select item_id from recudf.stg_items")})
    groups = sorted({group for (group,) in shop.query("select group_id from recudf.int_group_profiles")})
    users = sorted({user for _, user in members} | {row[1] for row in likes if row[0] == "user"})

    def filled(pairs, rows, columns):
        found = np.zeros((len(rows), len(columns)))
        for a, b in pairs:
            found[rows.index(a), columns.index(b)] = 1
        return found

    own = filled([row[1:] for row in likes if row[0] == "group"], groups, items)
    of_users = filled([row[1:] for row in likes if row[0] == "user"], users, items)
    return groups, items, own, of_users, filled(members, groups, users)


def expected(shop, group, hidden=None):
    """What leads a group to each item, made anew from what is liked."""
    groups, items, own, of_users, members = matrices(shop, hidden and (group, hidden))
    at = groups.index(group)

    def weights(rows):
        sizes, owners = rows.sum(1, keepdims=True), rows.sum(0)
        inverse = np.divide(1, owners, out=np.zeros_like(owners), where=owners > 0) ** 0.5
        return inverse[:, None] * (rows.T @ (rows / np.maximum(sizes, 1))) * inverse

    shared = members @ np.diag(1 / members.sum(0)) @ members.T
    np.fill_diagonal(shared, 0)
    around = shared[at] @ own
    everybody, alone = weights(np.vstack([own, of_users])), weights(own)
    ways = 10 * own.sum(1) + members.sum(1)
    chances = 1 / np.maximum(matrices(shop)[2].sum(0), 1)
    steps = 10 * own @ np.diag(chances) @ own.T + members @ np.diag(1 / members.sum(0)) @ members.T
    steps /= ways[:, None]
    np.fill_diagonal(steps, 0)
    near = steps[at]
    far = near @ steps
    far[at] = 0
    to_items = 10 * own / ways[:, None]
    return items, {
        "own": own[at] @ everybody,
        "around": around @ everybody,
        "own_groups": own[at] @ alone,
        "direct": around,
        "walk_near": near @ to_items,
        "walk_far": far @ to_items,
    }


def test_features_are_what_leads_to_an_item(shop):
    items, parts = expected(shop, "g4")
    own = {item for (item,) in shop.query("select item_id from recudf.int_group_items where group_id = 'g4'")}
    rows = shop.query("""
        select item_id, own, around, own_groups, direct, walk_near, walk_far from recudf.int_group_features
        where group_id = 'g4' and example = 0""")
    assert {row[0] for row in rows} <= set(items) - own
    assert len(rows) > 10
    found = [items.index(row[0]) for row in rows]
    for place, name in enumerate(("own", "around", "own_groups", "direct", "walk_near", "walk_far"), start=1):
        share = parts[name][found] / parts[name][found].max()
        assert [row[place] for row in rows] == pytest.approx(share, abs=2e-6), name


def test_a_hidden_item_counts_as_never_done(shop):
    """For every example of a group: its features are those of a group that lacks the item."""
    examples = shop.query("""
        select example, hidden_item_id from recudf.int_group_examples
        where group_id = 'g4' and example > 0 order by 1""")
    assert [example for example, _ in examples] == [1, 2, 3]
    for example, hidden in examples:
        items, parts = expected(shop, "g4", hidden)
        rows = shop.query(
            """select item_id, own, around, own_groups, direct from recudf.int_group_candidates
            where group_id = 'g4' and example = ?""",
            example,
        )
        assert hidden in {row[0] for row in rows}
        for item, *found in rows:
            at = items.index(item)
            wanted = [parts[name][at] for name in ("own", "around", "own_groups", "direct")]
            if item == hidden:
                assert found == pytest.approx(wanted, abs=1e-9)
            else:  # but for what a neighbour that did the hidden item leads to
                assert [found[0], *found[2:]] == pytest.approx([wanted[0], *wanted[2:]], abs=1e-9)
        walks = {
            row[0]: row[1:]
            for row in shop.query(
                "select item_id, walk_near, walk_far from recudf.int_group_features where group_id = 'g4' and example = ?",
                example,
            )
        }
        for place, name in enumerate(("walk_near", "walk_far")):
            largest = max(parts[name][items.index(item)] for item in walks)
            for item, found in walks.items():
                assert found[place] == pytest.approx(parts[name][items.index(item)] / largest, abs=2e-6)


def test_nothing_leads_to_a_hidden_item_that_nobody_else_has_with_another(shop):
    """Not even what rounding leaves: beside candidates with nothing at all it would be the whole share."""
    rows = shop.query("""
        select item_id, own, own_groups, history, own_log from recudf.int_group_features
        where group_id = 'g30' and example > 0 and is_hidden""")
    assert rows == [("i24", 0, 0, 0, pytest.approx(np.log(1e-3), abs=1e-6))]


def test_the_score_is_the_sum_of_weights_and_features(shop):
    weights = dict(shop.query("select feature, weight from recudf.int_group_ranker"))
    ((is_learned, examples),) = shop.query(
        "select distinct is_learned, examples from recudf.int_group_ranker"
    )
    assert is_learned
    assert examples == 95
    rows = shop.query(
        f"select group_id, item_id, {', '.join(weights)} from recudf.int_group_features "
        "where example = 0 and history + walk_near + walk_far + members > 0"
    )
    scores = {}
    for group, item, *features in rows:
        scores.setdefault(group, {})[item] = sum(
            w * f for w, f in zip(weights.values(), features, strict=True)
        )
    lists = shop.query("""
        select group_id, item_id, rank, score, is_default from recudf.fct_group_recommendations
        where strategy = 'learned'""")
    assert {group for group, *_ in lists} == {f"g{n}" for n in range(33)}
    for group, item, rank, score, is_default in lists:
        assert is_default
        assert score == pytest.approx(scores[group][item], abs=2e-6)
        better = sum(round(other, 6) > round(scores[group][item], 6) for other in scores[group].values())
        assert better < rank


def test_history_stands_in_where_there_is_too_little(shop, tmp_path):
    """With fewer examples than ranking_min_users the list is that of the history, and the table says so."""
    few = make(tmp_path).build(*PARTS, **SETTINGS, ranking_min_users=96)
    assert few.query(
        "select distinct is_learned, examples from recudf.int_group_ranker where learned_ndcg > 0"
    ) == [(False, 95)]
    assert few.query("select feature from recudf.int_group_ranker where weight != 0") == [("history",)]
    assert few.query("""
        select count(*) from recudf.fct_group_recommendations as learned
        left join recudf.fct_group_recommendations as history
            on history.strategy = 'history' and learned.group_id = history.group_id
            and learned.rank = history.rank and learned.item_id = history.item_id
        where learned.strategy = 'learned' and history.item_id is null and learned.score > 0""") == [(0,)]
    assert few.query("""
        select distinct strategy from recudf.fct_group_recommendations
        where is_default and group_id like 'g%'""") == [("history",)]
    assert shop.query("""
        select distinct strategy from recudf.fct_group_recommendations
        where is_default and group_id like 'g%'""") == [("learned",)]
