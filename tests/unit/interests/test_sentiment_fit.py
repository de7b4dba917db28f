"""Fits of sentiment: planted words and directions, values by hand, scikit-learn on features made by hand."""

import math

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression

from recudf.errors import InputError, ParameterError
from recudf.interests.heads import Grams, fit_logistic
from recudf.interests.ngrams import ngrams
from recudf.interests.sentiment import sentiment_fits

GOOD, BAD, REST = (
    ["fine", "lovely", "clear"],
    ["awful", "broken", "dull"],
    ["cable", "strap", "pedal", "stand"],
)


def reviews(n, share_bad=0.5, seed=0):
    """Texts of one telling word among others, a weak direction in the vector, and labels."""
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random(n) < share_bad, -1.0, 1.0)
    texts = [
        " ".join([*rng.choice(REST, 3), rng.choice(GOOD if label > 0 else BAD), f"nr{number}"])
        for number, label in enumerate(labels)
    ]
    vectors = rng.normal(size=(n, 4)) + labels[:, None] * [0.5, 0, 0, 0]
    return texts, vectors.tolist(), labels.tolist()


PROTOTYPES = (
    ["fine", "lovely", "not awful", "not dull", "awful", "dull", "not fine", "not lovely"],
    [[1, 0, 0, 0], [1, 0.1, 0, 0], [0.2, 0, 1, 0], [0.1, 0, 1, 0], [-1, 0, 0, 0], [-1, 0, 0, 0.1], [0, 0, 1, 0.1], [-0.1, 0, 1, 0]],
    [1.0, 1, 1, 1, -1, -1, -1, -1],
)  # fmt: skip


def fit(texts, vectors, labels, examples=None, min_labels=None):
    (found,) = sentiment_fits(
        pa.array([texts]), pa.array([vectors]), pa.array([labels]),
        pa.array([examples], pa.list_(pa.bool_())), pa.array([min_labels], pa.int64()),
    ).to_pylist()  # fmt: skip
    return found and {(row["kind"], row["name"]): row["weight"] for row in found}


def with_prototypes(texts, vectors, labels, min_labels=None):
    return fit(
        [*texts, *PROTOTYPES[0]], [*vectors, *PROTOTYPES[1]], [*labels, *PROTOTYPES[2]],
        [False] * len(texts) + [True] * 8, min_labels,
    )  # fmt: skip


def score(weights, text, vector):
    """As the documentation says, without the code."""
    names = ngrams(text)
    single = [name for name in names if " " not in name]
    negated = sum(name.startswith("not_") for name in single) / len(single)
    known = [weights[("ngram", name)] for name in names if ("ngram", name) in weights]
    of_vector = weights[("intercept", "vector")] + sum(
        weights[("vector", str(i))] * x for i, x in enumerate(vector)
    )
    of_ngrams = sum(known) / math.sqrt(len(known)) if known else 0
    return (
        of_vector * (1 + weights[("negation", "vector")] * negated)
        + weights[("intercept", "ngrams")]
        + of_ngrams
    )


def test_planted_words_are_found():
    weights = with_prototypes(*reviews(600, share_bad=0.1))
    assert weights[("method", "ratings")] == 1
    assert weights[("labels", "positive")] + weights[("labels", "negative")] == 600
    assert weights[("auc", "both")] > 0.99
    assert 0.5 < weights[("auc", "vector")] < weights[("auc", "both")]
    assert min(weights[("ngram", w)] for w in GOOD) > max(abs(weights[("ngram", w)]) for w in REST)
    assert max(weights[("ngram", w)] for w in BAD) < -max(abs(weights[("ngram", w)]) for w in REST)
    nowhere = [0, 0, 0, 0]
    for word in GOOD:
        assert score(weights, f"a {word} one", nowhere) > max(0, score(weights, f"not {word}", nowhere))
    for word in BAD:
        assert score(weights, f"{word} strap", nowhere) < min(0, score(weights, f"never {word}", nowhere))


def test_zero_is_neutral_where_nearly_all_are_positive():
    """Texts without any telling word are near zero, though nine of ten labels are positive."""
    weights = with_prototypes(*reviews(600, share_bad=0.1))
    told = [score(weights, f"the {word}", [0, 0, 0, 0]) for word in REST]
    assert max(map(abs, told)) < min(abs(score(weights, word, [0, 0, 0, 0])) for word in GOOD + BAD) / 2


def test_few_labels_leave_it_to_prototypes():
    texts, vectors, labels = reviews(100)
    weights = with_prototypes(texts, vectors, labels)
    assert weights[("method", "prototypes")] == 1
    assert not [name for kind, name in weights if kind == "ngram"]
    assert with_prototypes(texts, vectors, labels, 80)[("method", "ratings")] == 1


def test_prototypes_by_hand():
    """The direction is the difference of the unit means of those that negate nothing."""
    weights = with_prototypes([], [], [])
    first, second = np.array(PROTOTYPES[1][:2], float), np.array(PROTOTYPES[1][4:6], float)
    means = [
        m / np.linalg.norm(m) for m in (sum(v / np.linalg.norm(v) for v in part) for part in (first, second))
    ]
    found = np.array([weights[("vector", str(i))] for i in range(4)])
    expected = means[0] - means[1]
    np.testing.assert_allclose(found / np.linalg.norm(found), expected / np.linalg.norm(expected), atol=1e-6)
    for text, vector, label in zip(*PROTOTYPES, strict=True):
        unit = np.array(vector) / np.linalg.norm(vector)
        assert score(weights, text, unit) * label > 0 or "not" in text


def test_labels_that_texts_do_not_tell_leave_it_to_prototypes():
    """Like tags, of which every second is on a film that was liked."""
    texts, vectors, labels = reviews(600)
    shuffled = np.random.default_rng(1).permutation(labels).tolist()
    weights = with_prototypes(texts, vectors, shuffled)
    assert weights[("method", "prototypes")] == 1
    assert weights[("auc", "both")] == pytest.approx(0.5, abs=0.1)
    assert fit(texts, vectors, shuffled) is None


def test_ngrams_alone_where_there_are_no_vectors():
    texts, _, labels = reviews(400)
    weights = fit(texts, [None] * 400, labels)
    assert not [name for kind, name in weights if kind == "vector"]
    assert weights[("auc", "ngrams")] > 0.99
    assert weights[("auc", "vector")] == 0.5


def test_the_order_of_rows_does_not_show():
    texts, vectors, labels = reviews(400)
    order = np.random.default_rng(3).permutation(400)
    assert fit(texts, vectors, labels) == fit(
        [texts[i] for i in order], [vectors[i] for i in order], [labels[i] for i in order]
    )


def test_nothing_to_fit_is_null():
    assert fit(["a", "b"], [[1, 0], [0, 1]], [1, -1]) is None
    assert fit(None, [[1, 0]], [1]) is None
    assert fit([], [], []) is None


def test_values_of_ngrams_by_hand():
    """idf = ln((1 + n) / (1 + texts with it)) + 1; a negated word is -1.5 times the word, and itself where met twice."""
    grams = Grams.of([["good", "cable"], ["good", "not_good"], ["cable", "once"]])
    terms = grams.terms(np.ones(3, bool))
    features = terms.features(grams.matrix).toarray()
    idf = math.log(4 / 3) + 1
    assert [grams.names[at] for at in terms.known] == ["cable", "good", "not_good"]
    expected = [[idf / 2**0.5, idf / 2**0.5], [0, (idf - 1.5 * idf) / 2**0.5], [idf, 0]]
    np.testing.assert_allclose(features, expected)


def test_a_head_is_scikit_learns():
    rng = np.random.default_rng(0)
    features, positive, weight = rng.normal(size=(80, 3)), rng.random(80) < 0.4, rng.random(80) + 0.5
    found = fit_logistic(features, positive, weight, c=2.0)
    model = LogisticRegression(C=2.0, tol=1e-10, max_iter=10_000).fit(
        features, positive, sample_weight=weight
    )
    np.testing.assert_allclose(found.weights, model.coef_[0], atol=1e-4)
    assert found.intercept == pytest.approx(model.intercept_[0], abs=1e-4)


def test_wrong_lists_are_named():
    with pytest.raises(
        InputError, match="lists of 2, 1, 2, 2 texts, vectors, labels and examples: give one each"
    ):
        fit(["a", "b"], [[1, 0]], [1, -1])
    with pytest.raises(ParameterError, match="min_labels is 0: give a whole number of at least 1"):
        fit(["a"], [[1, 0]], [1], min_labels=0)
    with pytest.raises(InputError, match="holds NaN or infinity"):
        fit(["a"], [[math.nan, 0]], [1])
