"""The learned ranking: what its folds hide, and every score recomputed from the tables with stock DuckDB and numpy."""

import hashlib
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


def liked_items(shop):
    """{user: items, the newest first}."""
    liked = {}
    for user, item in shop.query("""
        select user_id, item_id from recudf.int_user_items
        inner join recudf.int_users_flagged using (user_id)
        where weight > 0 and not is_bot
        order by user_id, last_at desc nulls last, md5(user_id || chr(31) || item_id)"""):
        liked.setdefault(user, []).append(item)
    return liked


def is_short(user, fold):
    """Whether a fold sees a user with a few events alone, and how many: by the first two digits of a hash."""
    digest = hashlib.md5(f"42:{fold}\x1f{user}".encode()).hexdigest()
    return digest[0] < "2", (int(digest[1], 16) + 1) % 6


def test_a_fold_hides_a_quarter_of_what_each_user_liked_last(learned):
    """By hand: the newest floor(n / 4) of n liked items, for people who liked four or more and are not seen short."""
    for fold in (1, 2):
        expected = set()
        for user, items in liked_items(learned).items():
            quarter = max(1, len(items) // 4)
            if len(items) >= 4 * fold and not is_short(user, fold)[0]:
                expected |= {(user, item) for item in items[(fold - 1) * quarter : fold * quarter]}
        found = set(
            learned.query(
                "select user_id, item_id from recudf.int_ranking_pairs join recudf.int_ranking_places "
                "using (fold, user_id, item_id) where fold = ? and is_hidden and not is_short",
                fold,
            )
        )
        assert found == expected
        assert len(found) > 30


def test_one_user_in_eight_is_seen_with_a_few_events_and_all_else_is_hidden(learned):
    everything = set(learned.query("select user_id, item_id from recudf.int_user_items"))
    many = 0
    for fold in (1, 2):
        for user, items in liked_items(learned).items():
            chosen, seen = is_short(user, fold)
            if not chosen or len(items) < 4 * fold:
                continue
            many += 1
            quarter = max(1, len(items) // 4)
            later = items[: (fold - 1) * quarter]
            # oldest first, and what is hidden anyway is not shown to make up the number
            shown = list(reversed(items[fold * quarter :]))[:seen]
            found = learned.query(
                "select item_id, is_hidden from recudf.int_ranking_pairs where fold = ? and user_id = ?",
                fold,
                user,
            )
            assert {item for item, hidden in found if not hidden} == set(shown)
            assert {item for item, hidden in found if hidden} == set(items) - set(later) - set(shown)
            assert {(user, item) for item, _ in found} <= everything
    assert many > 10


def test_nothing_hidden_or_later_is_seen_by_a_fold(learned):
    for table, join in (("int_ranking_history", "h.source_kind = 'item' and h.source_id = p.item_id"),):
        assert learned.query(f"""
            select count(*) from recudf.{table} as h
            join recudf.int_ranking_pairs as p on h.fold = p.fold and h.user_id = p.user_id and {join}
            where p.is_hidden""") == [(0,)]
    # of a user who is judged, nothing newer than what is hidden
    assert learned.query("""
        select count(*) from recudf.int_ranking_pairs as seen join (select fold, user_id, min(last_at) as
        first_at from recudf.int_ranking_pairs where is_hidden group by all) as hidden
            using (fold, user_id)
        where not seen.is_hidden and seen.weight > 0 and seen.last_at > hidden.first_at""") == [(0,)]
    # texts about hidden items are hidden, too
    assert learned.query("""
        select count(*) from recudf.int_ranking_history as h join recudf.stg_texts as t on h.source_kind =
        'text' and h.ref_id = t.text_id join recudf.int_ranking_pairs as p on h.fold = p.fold and t.user_id =
        p.user_id and t.item_id = p.item_id
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


def test_weights_are_of_the_ridge_that_they_tell(learned):
    """By numpy, from likes and vectors alone: B[i, j] = -P[i, j] / P[j, j]."""
    ((ridge,),) = learned.query("select distinct ridge from recudf.int_item_weights where fold = 0")
    vectors = dict(learned.query("select item_id, vector from recudf.vec_items"))
    likes = learned.query(
        "select user_id, item_id from recudf.int_ranking_pairs where fold = 0 and weight > 0 and is_person"
    )
    items = sorted(set(vectors) | {item for _, item in likes})
    users = sorted({user for user, _ in likes})
    x = np.zeros((len(users), len(items)))
    for user, item in likes:
        x[users.index(user), items.index(item)] = 1
    v = np.array([vectors[item] for item in items], float)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    inverse = np.linalg.inv(x.T @ x + 30 * v @ v.T + ridge * np.eye(len(items)))
    found = learned.query(
        "select item_id, neighbor_id, weight from recudf.int_item_weights where fold = 0 limit 500"
    )
    expected = [
        -inverse[items.index(n), items.index(i)] / inverse[items.index(i), items.index(i)]
        for i, n, _ in found
    ]
    np.testing.assert_allclose([weight for _, _, weight in found], expected, rtol=1e-3, atol=1e-6)


def test_recency_halves_with_every_five_later_ones(learned):
    rows = learned.query("""
        select recency from recudf.int_ranking_history
        where fold = 0 and user_id = (select min(user_id) from recudf.int_users_flagged where not is_bot)
        order by recency desc""")
    assert [r for (r,) in rows] == pytest.approx([0.5 ** (n / 5) for n in range(len(rows))])


def test_factors_are_the_inner_product(learned):
    users = dict(learned.query("select user_id, factors from recudf.int_user_factors where fold = 0"))
    items = dict(
        learned.query("""
        select item_id, factors from recudf.int_item_factors where fold = 0
        union all select item_id, factors from recudf.int_adapted_factors where fold = 0""")
    )
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


def test_candidates_of_similar_people_are_what_they_like(learned):
    """Cosines of factors, by hand: the thirty nearest people, what each likes worth as much."""
    tastes = dict(learned.query("select user_id, factors from recudf.int_user_factors where fold = 1"))
    people = {u for (u,) in learned.query("select user_id from recudf.int_users_flagged where not is_bot")}
    liked = {}
    for user, item in learned.query("""
        select user_id, item_id from recudf.int_ranking_pairs
        where fold = 1 and weight > 0 and is_person and not is_hidden"""):
        liked.setdefault(user, []).append(item)
    available = {item for (item,) in learned.query("select item_id from recudf.int_item_points")}
    unit = {user: np.array(f) / np.linalg.norm(f) for user, f in tastes.items()}
    found = {}
    for user, item, score in learned.query(
        "select user_id, item_id, score from recudf.int_candidates_by_neighbors where fold = 1"
    ):
        found.setdefault(user, {})[item] = score
    assert len(found) > 50
    for user in sorted(found)[:20]:
        cosines = sorted(
            ((float(unit[user] @ unit[v]), v) for v in unit if v != user and v in people), reverse=True
        )
        expected = {}
        for cosine, other in cosines[:30]:
            for item in liked.get(other, []) if cosine > 0 else []:
                expected[item] = expected.get(item, 0) + cosine
        seen = learned.query(
            "select item_id from recudf.int_ranking_pairs where fold = 1 and user_id = ? and is_seen and not is_hidden",
            user,
        )
        for item in [*(item for (item,) in seen), *(expected.keys() - available)]:
            expected.pop(item, None)
        assert found[user] == pytest.approx({item: expected[item] for item in found[user]}, abs=1e-4)
        assert len(found[user]) == min(200, len(expected))


def test_candidates_of_friends_are_what_they_like_and_a_moment_knows_no_later_tie(learned):
    ties = learned.query("select user_id, other_user_id from recudf.stg_relations")
    liked = {}
    for user, item in learned.query("""
        select user_id, item_id from recudf.int_ranking_pairs where fold = 0 and weight > 0 and is_person"""):
        liked.setdefault(user, []).append(item)
    expected = {}
    for user, other in set(ties):
        for item in liked.get(other, []):
            key = (user, item)
            expected[key] = expected.get(key, 0) + 1 / len(liked[other]) ** 0.5
    found = learned.query(
        "select user_id, item_id, score from recudf.int_candidates_by_friends where fold = 0"
    )
    assert len(found) > 1000
    for user, item, score in found:
        assert score == pytest.approx(expected[user, item], abs=1e-5)
    assert any(
        "whom you know or follow" in reason
        for (reason,) in learned.query(
            "select reason from recudf.fct_recommendations where reason_kind = 'friend'"
        )
    )
    assert learned.query("""
        select count(*) from recudf.fct_recommendations as r
        where reason_kind = 'friend' and not exists (
            select 1 from recudf.stg_relations as t join recudf.int_user_items as h
                on t.other_user_id = h.user_id and h.item_id = r.item_id and h.weight > 0
            where t.user_id = r.user_id and t.other_user_id = r.reason_ref_id)""") == [(0,)]


def test_candidates_of_interests_are_popular_items_of_the_users_topics(learned):
    topics = dict(
        learned.query("select source_id, topic_id from recudf.int_topic_sources where source_kind = 'item'")
    )
    of_text = dict(
        learned.query("select source_id, topic_id from recudf.int_topic_sources where source_kind = 'text'")
    )
    popularity = dict(
        learned.query("select item_id, recent_popularity from recudf.int_ranking_popularity where fold = 0")
    )
    ((user,),) = learned.query("select min(user_id) from recudf.int_candidates_by_interests where fold = 0")
    own = [
        (topics if kind == "item" else of_text).get(source)
        for kind, source in learned.query(
            "select source_kind, source_id from recudf.int_ranking_history where fold = 0 and user_id = ? and weight > 0",
            user,
        )
    ]
    own = [topic for topic in own if topic is not None]
    found = learned.query(
        "select item_id, score from recudf.int_candidates_by_interests where fold = 0 and user_id = ?", user
    )
    assert len(found) > 20
    for item, score in found:
        assert score == pytest.approx(own.count(topics[item]) / len(own) * popularity[item], abs=1e-5)
    assert learned.query("""
        select count(*) from recudf.fct_recommendations as r
        where reason_kind = 'interest' and not exists (
            select 1 from recudf.dim_interests as i
            where i.interest_id = r.reason_ref_id and r.reason = 'because you like ' || i.name)""") == [(0,)]


def test_items_that_nobody_liked_have_factors_by_their_text(learned):
    """In every fold in which the (tiny) encoder's vectors explain anything."""
    maps, known, adapted, users = {}, {}, {}, {}
    for fold, intercept, weights in learned.query(
        "select fold, intercept, weights from recudf.int_adapter order by fold, output"
    ):
        maps.setdefault(fold, []).append((intercept, weights))
    vectors = dict(learned.query("select item_id, vector::float[] from recudf.vec_items"))
    for table, found in (("int_item_factors", known), ("int_adapted_factors", adapted)):
        for fold, item, factors in learned.query(f"select fold, item_id, factors from recudf.{table}"):
            found.setdefault(fold, {})[item] = factors
    for fold, user, factors in learned.query("select fold, user_id, factors from recudf.int_user_factors"):
        users[fold, user] = factors
    assert maps
    assert adapted.keys() == maps.keys()
    for fold, rows in maps.items():
        assert len(rows) == 64
        assert set(adapted[fold]) == {item for item, vector in vectors.items() if vector} - set(known[fold])
        for item, factors in adapted[fold].items():
            expected = [intercept + np.dot(vectors[item], weights) for intercept, weights in rows]
            assert factors == pytest.approx(expected, abs=1e-5)
        scored = learned.query(
            "select user_id, item_id, score from recudf.int_candidates_by_factors where fold = ?", fold
        )
        new = [(user, item, score) for user, item, score in scored if item in adapted[fold]]
        assert new
        for user, item, score in new[::7]:
            expected = float(np.dot(users[fold, user], adapted[fold][item]))
            assert score == pytest.approx(expected, abs=1e-4)


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
    ((n, learned_ndcg, fixed_ndcg, error, is_learned),) = learned.query(
        "select users, learned_ndcg, fixed_ndcg, gain_error, is_learned from recudf.int_ranker_choice"
    )
    assert n > 20
    assert is_learned == (learned_ndcg > fixed_ndcg + 2 * error)
    column = "learned_weight" if is_learned else "fixed_weight"
    assert learned.query(f"select count(*) from recudf.int_ranker where abs(weight - {column}) > 1e-8") == [
        (0,)
    ]


def test_a_reason_names_what_the_user_did(learned):
    kinds = dict(learned.query("select reason_kind, count(*) from recudf.fct_recommendations group by 1"))
    assert kinds["item"] > 10
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
    assert warehouse.query("select odds_slope from recudf.int_ranker_choice") == [(None,)]
    assert warehouse.query("select max(probability) from recudf.fct_recommendations") == [(None,)]
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
        ("item_weights_ridge", 0),
        ("candidates_per_user", 0),
    ],
)
def test_a_wrong_var_is_refused_by_name(warehouse, variable, value):
    warehouse.load(items="select 'i' as item_id")
    result = warehouse.try_build("--select", "+int_ranker", **{"ranking": "learned", variable: value})
    assert not result.ok
    assert f"{variable} is '{value}'" in result.output


def test_explain_shows_the_parts_with_what_leads_to_them(learned):
    ((user, item, score, probability),) = learned.query(
        "select user_id, item_id, score, probability from recudf.fct_recommendations "
        "where rank = 1 order by user_id limit 1"
    )
    command = ["explain", user, item, "--database", str(learned.path)]
    assert f"score {score:.3f}, chance {probability:.0%}: " in CliRunner().invoke(main, command).output
    found = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)
    assert found["probability"] == probability
    kept = learned.query(
        "select part, value, lead_ref_id from recudf.fct_recommendation_parts where user_id = ? and item_id = ?",
        user,
        item,
    )
    shown = [(p["part"], p["value"], p["lead"] and p["lead"]["ref_id"]) for p in found["parts"]]
    assert sorted(shown) == sorted(kept)
    assert any(ref_id for *_, ref_id in shown)
    assert sum(value for _, value, _ in shown) == pytest.approx(score, abs=1e-4)
