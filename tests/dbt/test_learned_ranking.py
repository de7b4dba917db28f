"""The learned ranking: what its folds hide, and every score recomputed from the tables with stock DuckDB and numpy."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from warehouse import copied

from recudf.cli import main


@pytest.fixture(scope="module")
def learned(built, tmp_path_factory):
    """The sample, ranked by a scorer that was fitted on it."""
    return copied(built, tmp_path_factory, "learned").build(
        "--select",
        "+fct_recommendations",
        "+fct_recommendation_parts",
        ranking="learned",
        ranking_split="tail",
        ranking_method="listwise",
        ranking_min_users=20,
    )


@pytest.fixture(scope="module")
def boosted(learned, tmp_path_factory):
    """The same by boosted trees."""
    return copied(learned, tmp_path_factory, "boosted").build(
        "--select",
        "int_ranker_fit+,+fct_recommendation_parts",
        "int_ranker_fit+,+fct_recommendations",
        ranking="learned",
        ranking_split="tail",
        ranking_method="trees",
        ranking_min_users=20,
    )


def test_a_fold_hides_a_quarter_of_what_each_user_liked_last(learned):
    """By hand: the newest floor(n / 4) of n liked items, for people who liked four or more."""
    liked = {}
    for user, item, _at in learned.query("""
        select user_id, item_id, last_at from recudf.int_user_items
        inner join recudf.int_users_flagged using (user_id)
        where weight > 0 and not is_bot
        order by user_id, last_at desc nulls last, md5(user_id || chr(31) || item_id)"""):
        liked.setdefault(user, []).append(item)
    for fold in (1, 2):
        expected = set()
        for user, items in liked.items():
            quarter = max(1, len(items) // 4)
            if len(items) >= 4 * fold:
                expected |= {(user, item) for item in items[(fold - 1) * quarter : fold * quarter]}
        found = set(
            learned.query(
                "select user_id, item_id from recudf.int_ranking_pairs where fold = ? and is_hidden", fold
            )
        )
        assert found == expected
        assert len(found) > 50


def test_nothing_hidden_or_later_is_seen_by_a_fold(learned):
    for table, join in (("int_ranking_history", "h.source_kind = 'item' and h.source_id = p.item_id"),):
        assert learned.query(f"""
            select count(*) from recudf.{table} as h
            join recudf.int_ranking_pairs as p on h.fold = p.fold and h.user_id = p.user_id and {join}
            where p.is_hidden""") == [(0,)]
    # of a user who is judged, nothing newer than what is hidden
    assert learned.query("""
        select count(*) from recudf.int_ranking_pairs as seen
        join (select fold, user_id, min(last_at) as first_at from recudf.int_ranking_pairs where is_hidden group by all) as hidden
            using (fold, user_id)
        where not seen.is_hidden and seen.weight > 0 and seen.last_at > hidden.first_at""") == [(0,)]
    # texts about hidden items are hidden, too
    assert learned.query("""
        select count(*) from recudf.int_ranking_history as h
        join recudf.stg_texts as t on h.source_kind = 'text' and h.ref_id = t.text_id
        join recudf.int_ranking_pairs as p on h.fold = p.fold and t.user_id = p.user_id and t.item_id = p.item_id
        where p.is_hidden""") == [(0,)]


def test_scores_of_candidates_are_sums_over_the_history(learned):
    """`weights_recent` of a user, from the fit and the history alone."""
    user = learned.query("select min(user_id) from recudf.int_users_flagged where not is_bot")[0][0]
    history = learned.query(
        "select source_id, recency from recudf.int_ranking_history "
        "where fold = 0 and user_id = ? and source_kind = 'item' and weight > 0", user
    )  # fmt: skip
    weights = {
        (i, n): w
        for i, n, w in learned.query(
            "select item_id, neighbor_id, weight from recudf.int_item_weights where fold = 0"
        )
    }
    found = learned.query(
        "select item_id, score from recudf.int_candidates_by_history "
        "where fold = 0 and user_id = ? and source = 'weights_recent'", user
    )  # fmt: skip
    assert len(found) > 20
    for item, score in found:
        assert score == pytest.approx(sum(weights.get((item, n), 0) * r for n, r in history), abs=1e-7)


def test_recency_halves_with_every_five_later_ones(learned):
    rows = learned.query("""
        select recency from recudf.int_ranking_history
        where fold = 0 and user_id = (select min(user_id) from recudf.int_users_flagged where not is_bot)
        order by recency desc""")
    assert [r for (r,) in rows] == pytest.approx([0.5 ** (n / 5) for n in range(len(rows))])


def test_factors_are_the_inner_product(learned):
    users = dict(learned.query("select user_id, factors from recudf.int_user_factors where fold = 0"))
    items = dict(learned.query("select item_id, factors from recudf.int_item_factors where fold = 0"))
    rows = learned.query(
        "select user_id, item_id, score from recudf.int_candidates_by_factors where fold = 0 and source = 'factors'"
    )
    assert len(rows) > 1000
    for user, item, score in rows[::37]:
        assert score == pytest.approx(float(np.dot(users[user], items[item])), abs=1e-5)


def test_the_score_is_the_sum_of_weight_times_feature(learned):
    weights = dict(learned.query("select feature, weight from recudf.int_ranker"))
    names = list(weights)
    features = {
        (user, item): np.array(values)
        for user, item, *values in learned.query(
            f"select user_id, item_id, {', '.join(names)} from recudf.int_ranking_features where fold = 0"
        )
    }
    vector = np.array([weights[name] for name in names])
    recommended = learned.query("select user_id, item_id, rank, score from recudf.fct_recommendations")
    by_user = {}
    for (user, item), values in features.items():
        by_user.setdefault(user, []).append((-round(float(values @ vector), 6), item))
    for user, item, rank, score in recommended:
        assert score == pytest.approx(float(features[user, item] @ vector), rel=1e-5, abs=2e-6)
        assert abs(sorted(by_user[user])[rank - 1][0] + score) < 1e-5
    parts = learned.query(
        "select user_id, item_id, sum(value) from recudf.fct_recommendation_parts group by all"
    )
    scores = {(user, item): score for user, item, _, score in recommended}
    assert {(u, i) for u, i, _ in parts} == set(scores)
    for user, item, total in parts:
        assert total == pytest.approx(scores[user, item], rel=1e-5, abs=1e-5)


def test_trees_are_walked_by_sql(boosted):
    """Scores and parts, recomputed by walking the rows of int_ranker_nodes one by one."""
    assert boosted.query("select distinct method, is_learned from recudf.int_ranker") == [("trees", True)]
    trees = {}
    for tree, number, *node in boosted.query("""
        select tree, node, feature, threshold, left_node, right_node, value from recudf.int_ranker_nodes"""):
        trees.setdefault(tree, {})[number] = node
    assert len(trees) == 100
    names = [name for (name,) in boosted.query("select feature from recudf.int_ranker")]
    features = {
        (user, item): dict(zip(names, values, strict=True))
        for user, item, *values in boosted.query(
            f"select user_id, item_id, {', '.join(names)} from recudf.int_ranking_features where fold = 0"
        )
    }

    def steps(row):
        found = dict.fromkeys(names, 0.0)
        for nodes in trees.values():
            at = 0
            while nodes[at][2] is not None:
                feature, threshold, left, right, value = nodes[at]
                at = left if row[feature] <= threshold else right
                found[feature] += nodes[at][4] - value
        return found

    parts = {
        (user, item, part): value
        for user, item, part, value in boosted.query(
            "select user_id, item_id, part, value from recudf.fct_recommendation_parts"
        )
    }
    recommended = boosted.query("select user_id, item_id, score from recudf.fct_recommendations")
    for user, item, score in recommended[::7]:
        expected = steps(features[user, item])
        assert score == pytest.approx(sum(expected.values()), rel=1e-5, abs=2e-6)
        assert {part: parts[user, item, part] for part in names} == pytest.approx(expected, abs=1e-6)
    ranked = sorted(
        (-sum(steps(row).values()), item)
        for (user, item), row in features.items()
        if user == recommended[0][0]
    )
    of_first = [item for user, item, _ in recommended if user == recommended[0][0]]
    assert set(of_first) == {item for _, item in ranked[:10]}


def test_why_not_tells_the_steps_of_trees(boosted):
    ((user, item),) = boosted.query("""
        select user_id, item_id from recudf.int_ranking_features as f
        where fold = 0 and not exists (
            select 1 from recudf.fct_recommendations as r where r.user_id = f.user_id and r.item_id = f.item_id)
        order by 1, 2 limit 1""")
    told = boosted.query("select answer, part, value from recudf.why_not(?, ?)", user, item)
    assert len(told) == 14
    assert all("it comes at rank" in answer for answer, _, _ in told)
    assert any(value for _, _, value in told)


def test_everybody_gets_ten_that_are_unseen(learned):
    assert learned.query("""
        select distinct n from (
            select user_id, count(*) as n, max(rank) as last from recudf.fct_recommendations group by user_id
        ) where n = last""") == [(10,)]
    assert learned.query("select count(distinct user_id) from recudf.fct_recommendations") == learned.query(
        "select count(*) from recudf.dim_users"
    )
    assert learned.query("""
        select count(*) from recudf.fct_recommendations as r
        join recudf.int_user_items as h using (user_id, item_id) where h.is_seen""") == [(0,)]


def test_what_was_learned_is_in_use_where_it_finds_more(learned):
    ((n, learned_ndcg, fixed_ndcg, is_learned),) = learned.query(
        "select distinct users, learned_ndcg, fixed_ndcg, is_learned from recudf.int_ranker"
    )
    assert n > 20
    assert is_learned == (learned_ndcg > 1.02 * fixed_ndcg)
    column = "learned_weight" if is_learned else "fixed_weight"
    assert learned.query(f"select count(*) from recudf.int_ranker where abs(weight - {column}) > 1e-8") == [
        (0,)
    ]


def test_a_reason_names_what_the_user_did(learned):
    kinds = dict(learned.query("select reason_kind, count(*) from recudf.fct_recommendations group by 1"))
    assert kinds["item"] > 300
    assert learned.query("""
        select count(*) from recudf.fct_recommendations as r
        where reason_kind = 'item' and not exists (
            select 1 from recudf.int_user_items as h
            where h.user_id = r.user_id and h.item_id = r.reason_ref_id and h.weight > 0)""") == [(0,)]


@pytest.mark.slow
def test_with_nothing_to_learn_from_fixed_weights_stand(warehouse):
    """One user with one event: popularity, and a scorer that says that it was not learned."""
    warehouse.load(
        items="select 'i' || n as item_id, 'title ' || n as title from range(20) as t(n)",
        interactions="select 'u' as user_id, 'i3' as item_id",
    ).build("--select", "+fct_recommendations", ranking="learned")
    assert warehouse.query(
        "select bool_or(is_learned), bool_and(weight = fixed_weight) from recudf.int_ranker"
    ) == [(False, True)]
    assert warehouse.query(
        "select count(*), max(rank) from recudf.fct_recommendations where user_id = 'u'"
    ) == [(10, 10)]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ranking", "best"),
        ("ranking_folds", 0),
        ("ranking_split", "middle"),
        ("ranking_method", "bayes"),
        ("candidates_per_user", 0),
    ],
)
def test_a_wrong_var_is_refused_by_name(warehouse, variable, value):
    warehouse.load(items="select 'i' as item_id")
    result = warehouse.try_build("--select", "+int_ranker", **{"ranking": "learned", variable: value})
    assert not result.ok
    assert f"{variable} is '{value}'" in result.output


def test_explain_shows_the_parts_with_what_leads_to_them(learned):
    ((user, item, score),) = learned.query(
        "select user_id, item_id, score from recudf.fct_recommendations where rank = 1 order by user_id limit 1"
    )
    command = ["explain", user, item, "--database", str(learned.path), "--json"]
    found = json.loads(CliRunner().invoke(main, command).output)
    kept = learned.query(
        "select part, value, lead_ref_id from recudf.fct_recommendation_parts where user_id = ? and item_id = ?",
        user,
        item,
    )
    shown = [(p["part"], p["value"], p["lead"] and p["lead"]["ref_id"]) for p in found["parts"]]
    assert sorted(shown) == sorted(kept)
    assert any(ref_id for *_, ref_id in shown)
    assert sum(value for _, value, _ in shown) == pytest.approx(score, abs=1e-4)
