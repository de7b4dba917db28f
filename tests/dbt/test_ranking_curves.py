"""Rankings whose score is no sum of weight x feature: trees and networks, recomputed from their rows with numpy."""

import numpy as np
import pytest
from warehouse import copied

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def networked(built, tmp_path_factory):
    """The sample, ranked by a network."""
    return copied(built, tmp_path_factory, "networked").build(
        "--select",
        "+fct_recommendations",
        "+fct_recommendation_parts",
        ranking="learned",
        ranking_split="tail",
        ranking_method="network",
        ranking_min_users=20,
    )


@pytest.fixture(scope="module")
def boosted(networked, tmp_path_factory):
    """The same by boosted trees, as if they had found enough: the sample is too small for them."""
    chosen = {
        "ranking": "learned",
        "ranking_split": "tail",
        "ranking_method": "trees",
        "ranking_min_users": 20,
    }
    shop = copied(networked, tmp_path_factory, "boosted").build("--select", "int_ranker_fit", **chosen)
    shop.run("update recudf.int_ranker_fit set value = 1 where kind = 'gain'")
    return shop.build(
        "--select",
        "int_ranker_choice+,+fct_recommendation_parts",
        "int_ranker_choice+,+fct_recommendations",
        **chosen,
    )


def features_of(shop):
    """{(user, item): {feature: value}} of the candidates."""
    names = [name for (name,) in shop.query("select feature from recudf.int_ranker")]
    return {
        (user, item): dict(zip(names, values, strict=True))
        for user, item, *values in shop.query(
            f"select user_id, item_id, {', '.join(names)} from recudf.int_ranking_features where fold = 0"
        )
    }


def test_a_network_is_computed_by_sql(networked):
    """Layer after layer as the table says; parts as the mean of gradients on the way from the mean row."""
    assert networked.query("select distinct method, is_learned from recudf.int_ranker") == [("network", True)]
    layers = {}
    for layer, source, target, weight in networked.query(
        "select layer, input, output, weight from recudf.int_ranker_layers"
    ):
        layers.setdefault((layer, target), {})[source] = weight
    units = sorted(target for layer, target in layers if layer == 1)
    assert len(units) == 16
    last = layers[2, "score"]
    features = features_of(networked)
    names = list(next(iter(features.values())))

    def scaled(row):
        return {name: row[name] * layers[0, name][name] + layers[0, name]["bias"] for name in names}

    def score(z):
        total = sum(last[name] * z[name] for name in names)
        for unit in units:
            into = layers[1, unit]
            total += last[unit] * max(0, into["bias"] + sum(into[name] * z[name] for name in names))
        return total

    def gradient(z):
        active = [unit for unit in units if sum(w * z.get(n, 1) for n, w in layers[1, unit].items()) > 0]
        return {n: last[n] + sum(last[unit] * layers[1, unit][n] for unit in active) for n in names}

    parts = {
        (user, item, part): value
        for user, item, part, value in networked.query(
            "select user_id, item_id, part, value from recudf.fct_recommendation_parts"
        )
    }
    origin = score(dict.fromkeys(names, 0.0))
    recommended = networked.query(
        "select user_id, item_id, score from recudf.fct_recommendations order by user_id, rank"
    )
    for number, (user, item, told) in enumerate(recommended):
        z = scaled(features[user, item])
        assert told == pytest.approx(score(z) - origin, abs=1e-5)
        assert sum(parts[user, item, name] for name in names) == pytest.approx(told, rel=1e-5, abs=2e-6)
        if number % 400 == 0:
            steps = [gradient({n: z[n] * (t + 0.5) / 500 for n in names}) for t in range(500)]
            for name in names:
                expected = z[name] * np.mean([step[name] for step in steps])
                assert parts[user, item, name] == pytest.approx(expected, abs=2e-2)
    user = recommended[0][0]
    ranked = sorted(
        (-(score(scaled(row)) - origin), item) for (of, item), row in features.items() if of == user
    )
    assert [item for of, item, _ in recommended if of == user] == [item for _, item in ranked[:10]]


def test_a_probability_is_told_by_how_far_a_score_stands_above_the_others(networked):
    """From the parts of all candidates of a user, and the odds that the fit told."""
    ((intercept, slope, error),) = networked.query(
        "select odds_intercept, odds_slope, calibration_error from recudf.int_ranker_choice"
    )
    known = dict(
        networked.query("""
        select name, any_value(value) from recudf.int_ranker_fit
        where kind = 'calibration' and method = 'network' group by name""")
    )
    assert (intercept, slope, error) == (known["intercept"], known["slope"], known["ece"])
    ((user,),) = networked.query("select min(user_id) from recudf.fct_recommendations")
    ((item,),) = networked.query(
        "select item_id from recudf.fct_recommendations where user_id = ? and rank = 1", user
    )
    candidates = networked.query(
        "select item_id, sum(value) from recudf.int_ranking_features as f, "
        "lateral (select value from recudf.why_not(f.user_id, f.item_id)) as told "
        "where f.fold = 0 and f.user_id = ? group by item_id", user
    )  # fmt: skip
    scores = dict(candidates)
    z = (scores[item] - np.mean(list(scores.values()))) / np.std(list(scores.values()))
    assert networked.query(
        "select probability from recudf.fct_recommendations where user_id = ? and rank = 1", user
    )[0][0] == pytest.approx(1 / (1 + np.exp(-intercept - slope * z)), abs=1e-4)
    assert networked.query("""
        select count(*) from recudf.fct_recommendations as a join recudf.fct_recommendations as b using
        (user_id)
        where a.rank < b.rank and a.probability < b.probability""") == [(0,)]


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
            select 1 from recudf.fct_recommendations as r where r.user_id = f.user_id and r.item_id =
            f.item_id)
        order by 1, 2 limit 1""")
    told = boosted.query("select answer, part, value from recudf.why_not(?, ?)", user, item)
    assert len(told) == 17
    assert all("it comes at rank" in answer for answer, _, _ in told)
    assert any(value for _, _, value in told)
