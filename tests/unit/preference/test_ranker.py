"""Rankers: scores recomputed from the rows alone, beside scikit-learn and an optimiser without a gradient."""

import json
import math

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ndcg_score
from sklearn.svm import LinearSVC

from recudf.errors import InputError, ParameterError
from recudf.preference.ranker import ranker_fits
from recudf.preference.ranker_params import METHODS
from recudf.preference.ranker_rows import Ranked, ndcg_of_groups

NAMES = ["score", "rank", "age"]
SMALL = {"epochs": 2, "rounds": 12, "leaves": 6, "min_leaf": 10}


def candidates(n_groups=40, per_group=25, seed=0):
    """Groups, features and labels; the first feature tells, the second where it is low, the third nothing."""
    rng = np.random.default_rng(seed)
    groups = np.repeat([f"g{i:02}" for i in range(n_groups)], per_group)
    features = rng.standard_normal((len(groups), 3)) * [1, 10, 0.1] + [0, 50, -3]
    logit = 1.5 * features[:, 0] - 2.0 * ((features[:, 1] - 50) / 10 > 0.5) - 1.2
    labels = (rng.random(len(groups)) < 1 / (1 + np.exp(-logit))).astype(float)
    labels[::per_group], labels[1::per_group] = 1, 0  # both in every group
    return groups.tolist(), features.tolist(), labels.tolist()


def fit(groups, features, labels, names=NAMES, **params):
    (found,) = ranker_fits(
        pa.array([groups], pa.list_(pa.string())), pa.array([features], pa.list_(pa.list_(pa.float64()))),
        pa.array([labels], pa.list_(pa.float64())), pa.array([json.dumps(params | {"features": names})]),
    ).to_pylist()  # fmt: skip
    return found


def of(rows, kind, method=None):
    return [row for row in rows if row["kind"] == kind and method in (None, row["method"])]


def linear_scores(rows, method, features, names=NAMES):
    """As the documentation says, without the code."""
    weights = {row["feature"]: row["value"] for row in of(rows, "weight", method)}
    scales = {row["name"]: (row["value"], row["threshold"]) for row in of(rows, "scale", method)}
    (intercept,) = (row["value"] for row in of(rows, "intercept", method))
    total = np.full(len(features), intercept)
    for column, name in enumerate(names):
        if name in weights:
            mean, deviation = scales[name]
            total += weights[name] * (np.array(features)[:, column] - mean) / deviation
    return total


def paths(rows, row, names=NAMES):
    """The nodes that a row of features comes through, by tree."""
    trees = {}
    for node in of(rows, "node", "trees"):
        trees.setdefault(node["tree"], {})[node["node"]] = node
    for tree in trees.values():
        path = [tree[0]]
        while path[-1]["left_node"] is not None:
            goes_left = row[names.index(path[-1]["feature"])] <= path[-1]["threshold"]
            path.append(tree[path[-1]["left_node" if goes_left else "right_node"]])
        yield path


def base(rows):
    return of(rows, "base", "trees")[0]["value"]


def standardised(features):
    features = np.array(features)
    return (features - features.mean(axis=0)) / features.std(axis=0)


def test_logistic_and_svm_score_as_scikit_learn_does():
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, methods=["logistic", "svm"], l2=0.01)
    c = 1 / (0.01 * len(labels))
    for method, model in {
        "logistic": LogisticRegression(C=c, tol=1e-10, max_iter=10_000),
        "svm": LinearSVC(C=c, tol=1e-8, max_iter=100_000, dual=True, random_state=1),
    }.items():
        expected = model.fit(standardised(features), labels).decision_function(standardised(features))
        np.testing.assert_allclose(linear_scores(rows, method, features), expected, atol=1e-3)


def test_listwise_is_the_minimum_of_its_loss():
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, methods=["listwise"], l2=0.05)
    x, y = standardised(features).reshape(40, 25, 3), np.array(labels).reshape(40, 25)

    def loss(weights):
        scores = x @ weights
        log_softmax = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return -(log_softmax * y).sum(axis=1) @ (1 / y.sum(axis=1)) / 40 + 0.05 / 2 * weights @ weights

    expected = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14}).x
    found = [row["value"] for row in of(rows, "weight", "listwise")]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(
        linear_scores(rows, "listwise", features), standardised(features) @ expected, atol=1e-4
    )


def test_listwise_by_hand():
    """One feature at +1 and -1, two groups of a positive and a negative: 1 - sigmoid(2 w) = l2 w / 2 at the minimum."""
    rows = fit(
        ["g", "g", "h", "h"], [[1], [-1], [1], [-1]], [1, 0, 1, 0], ["x"], methods=["listwise"], l2=0.5
    )
    (weight,) = (row["value"] for row in of(rows, "weight"))
    assert 2 * (1 - 1 / (1 + math.exp(-2 * weight))) == pytest.approx(0.5 * weight, abs=1e-6)


def test_trees_score_as_scikit_learn_does():
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, methods=["trees"], rate=0.1, **SMALL)
    model = HistGradientBoostingClassifier(
        max_iter=12, max_leaf_nodes=6, min_samples_leaf=10, learning_rate=0.1, early_stopping=False
    ).fit(features, labels)
    found = [base(rows) + sum(path[-1]["value"] for path in paths(rows, row)) for row in features]
    np.testing.assert_allclose(found, model.decision_function(features), atol=1e-9)


def test_values_of_inner_nodes_are_means_so_that_paths_split_a_score():
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, methods=["trees"], **SMALL)
    met = {}
    for row in features:
        for path in paths(rows, row):
            for node in path:
                met.setdefault((node["tree"], node["node"]), []).append(path[-1]["value"])
    nodes = {(node["tree"], node["node"]): node["value"] for node in of(rows, "node")}
    assert nodes.keys() == met.keys()
    assert nodes == pytest.approx({key: np.mean(values) for key, values in met.items()}, abs=1e-9)
    inner = [node for node in of(rows, "node") if node["left_node"] is not None]
    assert inner
    assert {node["feature"] for node in inner} <= set(NAMES)


def network_scores(rows, features, names=NAMES):
    """As the documentation says, without the code."""
    scales = {row["name"]: (row["value"], row["threshold"]) for row in of(rows, "scale", "network")}
    z = np.stack(
        [(np.array(features)[:, i] - scales[n][0]) / scales[n][1] for i, n in enumerate(names)], axis=1
    )
    total = linear_scores(rows, "network", features)
    for unit, (bias, out) in enumerate(zip(of(rows, "bias"), of(rows, "out"), strict=True)):
        into = {row["feature"]: row["value"] for row in of(rows, "into") if row["node"] == unit}
        assert bias["node"] == out["node"] == unit
        total += out["value"] * np.maximum(0, bias["value"] + z @ [into[name] for name in names])
    return total


def test_a_network_finds_what_no_line_can():
    """What is wanted lies in the middle of a feature."""
    rng = np.random.default_rng(3)
    groups = np.repeat([f"g{i:03}" for i in range(120)], 20).tolist()
    features = rng.standard_normal((2400, 2))
    nearest = np.abs(features[:, 0]).reshape(120, 20).argsort(axis=1)
    labels = np.zeros((120, 20))
    np.put_along_axis(labels, nearest[:, :3], 1, axis=1)
    rows = fit(
        groups, features.tolist(), labels.ravel().tolist(), ["x", "y"], methods=["listwise", "network"]
    )
    quality = {row["method"]: row["value"] for row in of(rows, "quality")}
    assert quality["listwise"] < 0.4
    assert quality["network"] > 0.9
    scores = network_scores(rows, features, ["x", "y"]).reshape(120, 20)
    assert ndcg_score(labels, scores, k=10) > 0.9


def test_a_network_without_steps_away_is_the_linear_score():
    """Its linear part begins where listwise ends; a penalty that outweighs the loss takes all weights to nothing."""
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, methods=["listwise", "network"], l2=0.05, network_l2=1e6, epochs=200)
    assert np.abs(network_scores(rows, features)).max() < 0.2
    near = fit(groups, features, labels, methods=["listwise", "network"], l2=0.05, epochs=1, units=1)
    one, other = linear_scores(near, "listwise", features), network_scores(near, features)
    assert np.corrcoef(one, other)[0, 1] > 0.99


def test_a_probability_is_that_of_scikit_learn_and_as_often_right():
    groups, features, labels = candidates(200)
    rows = fit(groups, features, labels, methods=["listwise"], baseline="score")
    known = {row["name"]: row["value"] for row in of(rows, "calibration", "feature:score")}
    scores = np.array(features)[:, 0].reshape(200, 25)
    z = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    model = LogisticRegression(C=1e3, tol=1e-10, max_iter=10_000).fit(z.reshape(-1, 1), labels)
    assert known["slope"] == pytest.approx(model.coef_[0, 0], abs=1e-3)
    assert known["intercept"] == pytest.approx(model.intercept_[0], abs=1e-3)
    bins = of(rows, "reliability", "feature:score")
    assert [row["name"] for row in bins] == [str(n) for n in range(1, 11)]
    assert {row["rows"] for row in bins} == {500}
    assert sum(row["value"] for row in bins) / 10 == pytest.approx(np.mean(labels))
    assert known["ece"] == pytest.approx(np.mean([abs(row["value"] - row["threshold"]) for row in bins]))
    assert 0 < known["ece"] < 0.03
    assert bins[-1]["threshold"] > 3 * bins[0]["threshold"]


def test_groups_of_another_kind_teach_and_judge_nothing():
    groups, features, labels = candidates(60)
    known = [group >= "g30" for group in groups]
    named = [("known:" if kind else "new:") + group for group, kind in zip(groups, known, strict=True)]
    given = {"methods": ["listwise"], "baseline": "score", "judged": "known:", "folds": 2}
    rows = fit(named, features, labels, **given)
    assert sum(row["rows"] for row in of(rows, "reliability", "feature:score")) == 30 * 25
    by_group = np.array(features)[30 * 25 :, 0].reshape(30, 25)
    (quality,) = of(rows, "quality", "feature:score")
    assert quality["value"] == pytest.approx(ndcg_score(np.reshape(labels, (60, 25))[30:], by_group, k=10))
    everybody = fit(named, features, labels, **given | {"judged": ""})
    assert of(rows, "weight") == of(everybody, "weight")  # they teach
    nobody = fit(named, features, labels, **given | {"judged": "nobody"})
    assert of(nobody, "calibration") == of(everybody, "calibration")


def test_equal_scores_have_the_share_of_positives():
    groups, _, labels = candidates(10)
    rows = fit(groups, [[1.5]] * len(groups), labels, ["x"], methods=["listwise"], baseline="x")
    known = {row["name"]: row["value"] for row in of(rows, "calibration", "feature:x")}
    assert 1 / (1 + math.exp(-known["intercept"])) == pytest.approx(np.mean(labels), abs=1e-4)
    assert known["slope"] == 0


def test_quality_is_of_groups_that_were_held_out():
    """A feature that names the group's positives only where the fit has seen them tells nothing on others."""
    rng = np.random.default_rng(5)
    groups = np.repeat([f"g{i}" for i in range(30)], 10).tolist()
    labels = np.tile([1.0] + [0.0] * 9, 30)
    features = rng.standard_normal((300, 1))
    rows = fit(
        groups, features.tolist(), labels.tolist(), ["x"], methods=["trees"], min_leaf=1, leaves=300, rate=0.5
    )
    scores = [base(rows) + sum(p[-1]["value"] for p in paths(rows, r, ["x"])) for r in features.tolist()]
    seen = ndcg_score(labels.reshape(30, 10), np.reshape(scores, (30, 10)), k=10)
    (quality,) = (row["value"] for row in of(rows, "quality", "trees"))
    assert seen > 0.95
    assert quality == pytest.approx(0.45, abs=0.12)  # of one positive at a place of chance among ten: .454


def test_what_a_moment_has_in_common_is_not_learned_from_it():
    """At either moment everybody takes the item in fashion then, which one value of a feature names: the same
    moment's other groups tell it, and those of the other moment do not."""
    groups = np.repeat([f"{moment}:u{i}" for moment in "ab" for i in range(20)], 10).tolist()
    popularity = np.tile(np.arange(10.0), 40)
    labels = (popularity == np.repeat([3.0, 7.0], 200)).astype(float)
    given = (groups, popularity[:, None].tolist(), labels.tolist(), ["popularity"])
    params = {"methods": ["trees"], "min_leaf": 1}
    (known,) = (row["value"] for row in of(fit(*given, **params), "quality", "trees"))
    (unknown,) = (row["value"] for row in of(fit(*given, folds_by=":", **params), "quality", "trees"))
    assert known > 0.75
    assert unknown < 0.5
    one_moment = [group.replace("b:", "a:v") for group in groups]
    assert of(fit(one_moment, *given[1:], folds_by=":", **params), "quality") == of(
        fit(one_moment, *given[1:], **params), "quality"
    )


def test_ndcg_is_scikit_learns_ties_too():
    rng = np.random.default_rng(6)
    scores, labels = rng.integers(0, 4, (50, 12)).astype(float), (rng.random((50, 12)) < 0.3)
    labels[:, 0], labels[:, 1] = True, False
    ranked = Ranked(scores.reshape(-1, 1), labels.ravel(), np.arange(51) * 12, [f"{i:02}" for i in range(50)])
    for k in (1, 5, 20):
        found = ndcg_of_groups(scores.ravel(), ranked, k)
        assert found == pytest.approx([ndcg_score(labels[[i]], scores[[i]], k=k) for i in range(50)])


def test_quality_of_a_feature_alone_and_the_choice():
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, methods=["logistic", "trees"], k=5, **SMALL)
    quality = {row["method"]: row["value"] for row in of(rows, "quality")}
    assert list(quality) == ["logistic", "trees", "feature:score", "feature:rank", "feature:age"]
    assert {row["name"] for row in of(rows, "quality")} == {"ndcg@5"}
    by_group = np.array(features)[:, 0].reshape(40, 25)
    assert quality["feature:score"] == pytest.approx(ndcg_score(np.reshape(labels, (40, 25)), by_group, k=5))
    (chosen,) = of(rows, "chosen")
    assert chosen["method"] == max(quality, key=quality.get)
    assert chosen["value"] == max(quality.values())


def test_a_feature_that_is_chosen_has_the_rows_of_a_linear_method():
    groups, features, labels = candidates(12)
    features = [[row[0], row[1], label] for row, label in zip(features, labels, strict=True)]
    rows = fit(groups, features, labels, methods=["svm"])
    quality = {row["method"]: row["value"] for row in of(rows, "quality")}
    assert quality["feature:age"] == 1
    features = [[-label, row[1], 2 * label] for row, label in zip(features, labels, strict=True)]
    rows = fit(groups, features, labels, methods=["trees"])  # which have too few rows to split
    (chosen,) = of(rows, "chosen")
    assert chosen["method"] == "feature:age"
    np.testing.assert_allclose(linear_scores(rows, "feature:age", features), np.array(features)[:, 2])


def test_a_gain_is_the_mean_difference_with_its_standard_error():
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, methods=["listwise"], baseline="rank", k=5)
    (gain,) = of(rows, "gain")
    quality = {row["method"]: row["value"] for row in of(rows, "quality")}
    assert gain["value"] == pytest.approx(quality["listwise"] - quality["feature:rank"])
    # two groups, each held out once: a fit on the other has the sign of its only feature
    given = ["g", "g", "h", "h"], [[2], [1], [1], [2]], [1, 0, 1, 0]
    (gain,) = of(fit(*given, ["x"], methods=["listwise"], baseline="x", k=1), "gain")
    # x finds g's and not h's; fitted on h it is upside down for g, and the other way round: -1 and 0
    assert gain["value"] == pytest.approx(-0.5)
    assert gain["threshold"] == pytest.approx(0.5 / math.sqrt(2))


def test_a_lag_is_the_mean_difference_to_the_best_method_with_its_standard_error():
    groups, features, labels = candidates()
    rows = fit(groups, features, labels, **SMALL)
    quality = {row["method"]: row["value"] for row in of(rows, "quality") if ":" not in row["method"]}
    lags = {row["method"]: row for row in of(rows, "lag")}
    assert lags.keys() == quality.keys()
    for method, lag in lags.items():
        assert lag["value"] == pytest.approx(max(quality.values()) - quality[method])
    assert lags[max(quality, key=quality.get)]["threshold"] == 0
    assert max(lag["threshold"] for lag in lags.values()) > 0


def test_a_feature_is_hidden_from_a_method():
    seeing, blind = (
        fit(*candidates(), NAMES, methods=["listwise", "svm"], **more)
        for more in ({}, {"hidden_from": {NAMES[0]: ["svm"]}})
    )
    assert {row["feature"] for row in of(seeing, "weight", "svm")} == {*NAMES}
    assert {row["feature"] for row in of(blind, "weight", "svm")} == {*NAMES[1:]}
    assert {row["feature"] for row in of(blind, "scale", "svm")} == {*NAMES[1:]}
    assert of(seeing, "weight", "listwise") == of(blind, "weight", "listwise")


def test_what_is_hidden_from_all_is_no_part_of_a_score():
    groups, features, labels = candidates()
    whole = [[*row, label] for row, label in zip(features, labels, strict=True)]
    more = {"hidden_from": {"told": METHODS}, "baseline": "told"}
    rows = fit(groups, whole, labels, [*NAMES, "told"], **more, **SMALL)
    plain = fit(groups, features, labels, **SMALL)
    for method, kind in (
        ("listwise", "weight"),
        ("trees", "node"),
        ("network", "weight"),
        ("network", "into"),
    ):
        one, other = (
            [(row["feature"], row["value"]) for row in of(each, kind, method)] for each in (rows, plain)
        )
        assert [name for name, _ in one] == [name for name, _ in other]
        # rows of a group lie in another order, whose sums differ in their last places
        assert [value for _, value in one] == pytest.approx([value for _, value in other], abs=1e-5)
    assert {row["value"] for row in of(rows, "quality", "feature:told")} == {1}
    assert all(row["value"] < 0 for row in of(rows, "gain"))


def test_folds_are_of_groups_and_of_equal_size():
    ranked = Ranked(np.zeros((14, 1)), np.tile([True, False], 7), np.arange(8) * 2, list("abcdefg"))
    folds = ranked.folds(3)
    assert sorted(np.bincount(folds)) == [2, 2, 3]
    assert (
        Ranked(np.zeros((4, 1)), np.tile([True, False], 2), np.arange(3) * 2, ["a", "b"]).folds(2) >= 0
    ).all()


def test_the_order_of_rows_does_not_show():
    groups, features, labels = candidates()
    order = np.random.default_rng(1).permutation(len(groups))
    shuffled = [[part[i] for i in order] for part in (groups, features, labels)]
    assert fit(groups, features, labels, **SMALL) == fit(*shuffled, **SMALL)


def test_groups_of_one_label_and_rows_with_a_null_are_left_out():
    groups, features, labels = candidates()
    more = (["all", "all", "none", None, "g00"], [[9, 9, 9]] * 5, [1, 1, 0, 1, None])
    assert fit(groups + more[0], features + more[1], labels + more[2], **SMALL) == fit(
        groups, features, labels, **SMALL
    )


def test_a_feature_without_variance_weighs_nothing():
    groups, features, labels = candidates()
    rows = fit(groups, [[*row[:2], 0.1] for row in features], labels, methods=["listwise", "logistic", "svm"])
    for method in ("listwise", "logistic", "svm"):
        (scale,) = (row for row in of(rows, "scale", method) if row["name"] == "age")
        assert scale["threshold"] == 1
        (weight,) = (row["value"] for row in of(rows, "weight", method) if row["feature"] == "age")
        assert weight == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "given",
    [([], [], []), (["g", "g"], [[1], [2]], [1, 0]), (["g", "h"], [[1], [2]], [1, 0]), (None, [[1]], [1])],
)
def test_too_few_groups_are_null(given):
    assert fit(*given, ["x"]) is None


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"names": None}, "features is .*: give a list of names"),
        ({"names": ["a", "a"]}, "features has 'a' more than once"),
        ({"names": ["a", 1]}, "features is .*: give a list of names"),
        (
            {"methods": ["forest"]},
            "methods has 'forest': choose from listwise, logistic, svm, trees, network",
        ),
        ({"baseline": "y"}, "'y' is no feature: choose from x"),
        ({"hidden_from": {"y": ["svm"]}}, "'y' is no feature: choose from x"),
        ({"hidden_from": ["x"]}, "hidden_from is .*: give an object, like"),
        ({"hidden_from": {"x": "svm"}}, "hidden_from of 'x' is 'svm': give a list of names"),
        ({"hidden_from": {"x": ["forest"]}}, "hidden_from of 'x' has 'forest': choose from listwise"),
        ({"hidden_from": {"x": ["svm"]}}, "all features are hidden from 'svm': leave it one, like 'x'"),
        ({"folds": 1}, "folds is 1: give a whole number from 2"),
        ({"folds_by": 1}, 'folds_by is 1: give a text, like ":"'),
        ({"judged": None, "folds_by": 2}, "folds_by is 2"),
        ({"judged": 7}, "judged is 7: give a text"),
        ({"l2": 0}, "l2 is 0: give a number above 0"),
        ({"leaves": 1}, "leaves is 1: give a whole number from 2"),
        (
            {"depth": 3},
            "unknown parameter 'depth': known are features, hidden_from, baseline, methods, folds",
        ),
    ],
)
def test_impossible_parameters_are_named(params, said):
    with pytest.raises(ParameterError, match=said):
        fit(["g", "g"], [[1], [2]], [1, 0], **{"names": ["x"], **params})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((["g"], [[1.0]], [1, 0]), "ranker_fit: lists of 1, 1, 2 groups, features and labels: give one each"),
        ((["g"], [[1.0]], [0.5]), "a label is 0.5: give 1 for a positive, 0 for a negative"),
        ((["g"], [[1.0, 2.0]], [1]), "a row of group 'g' has 2 features, params name 1: x"),
        (
            (["f", "g"], [[1.0], [None]], [1, 1]),
            "feature 'x' of a row of group 'g' is NULL: give a finite number",
        ),
        ((["f", "g"], [[1.0], [math.nan]], [1, 1]), "feature 'x' of a row of group 'g' is nan"),
        ((["f", "g"], [[1.0], [-math.inf]], [1, 1]), "feature 'x' of a row of group 'g' is -inf"),
        ((["f", "g"], [[1.0], None], [1, 1]), "a row of group 'g' has NULL for its features: give it x"),
    ],
)
def test_wrong_rows_are_named(given, said):
    with pytest.raises(InputError, match=said):
        fit(*given, ["x"])
