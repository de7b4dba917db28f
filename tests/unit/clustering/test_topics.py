"""Topics of words: planted ones found, the loadings place texts, factors against scikit-learn's."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import adjusted_rand_score

from recudf.clustering.lda import fit_lda
from recudf.clustering.nmf import fit_nmf
from recudf.clustering.stable import Earlier
from recudf.clustering.term_counts import read_texts
from recudf.clustering.topics import TopicParams, fit_topics, topic_fit
from recudf.errors import InputError, ParameterError
from recudf.vectors import unit

METHODS = ("nmf", "lda")


def drawn(n=600, topics=4, words=30, length=8, noise=0.15, seed=0):
    """Texts of words of their topic, and of all words at a rate of noise: lists, and the topic of each."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % topics
    own = truth[:, None] * words + rng.zipf(1.5, (n, length)) % words
    other = rng.integers(topics * words, size=(n, length))
    found = np.where(rng.random((n, length)) < noise, other, own)
    return [[f"w{word:03d}" for word in row] for row in found], truth


def texts_of(lists, vectors=None, least=2):
    texts = read_texts([f"{i:04d}" for i in range(len(lists))], lists, None, least)
    return texts if vectors is None else type(texts)(texts.ids, texts.counts, texts.terms, vectors)


def labels_of(topics, n):
    labels = np.full(n, -1)
    for topic in topics:
        labels[[int(member) for member in topic["members"]]] = topic["cluster_id"]
    return labels


@pytest.mark.parametrize("method", METHODS)
def test_planted_topics_are_found_and_made_of_their_words(method):
    lists, truth = drawn()
    topics = fit_topics(texts_of(lists), TopicParams(method, k=4))
    labels = labels_of(topics, len(lists))
    assert adjusted_rand_score(truth, labels) > 0.9
    for topic in topics:
        planted = truth[labels == topic["cluster_id"]][0]
        first = [int(row["term"][1:]) // 30 for row in topic["terms"][:10]]
        assert first == [planted] * 10
        assert sum(row["weight"] for row in topic["terms"]) <= 1 + 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_the_sum_of_loadings_is_the_fit(method):
    lists, _ = drawn(n=300, length=5)
    topics = fit_topics(texts_of(lists), TopicParams(method, k=4))
    labels = labels_of(topics, len(lists))
    loadings = {
        (row["term"], topic["cluster_id"]): row["loading"] for topic in topics for row in topic["terms"]
    }
    for terms, label in zip(lists, labels, strict=True):
        sums = [round(sum(loadings.get((term, t), 0) for term in terms), 5) for t in range(4)]
        assert label in {t for t in range(4) if sums[t] >= max(sums) - 1e-5}


def test_two_words_by_hand():
    """Three texts of `a b`, three of `c`: idf of a and b is ln(7 / 4) + 1, that of c as well. Each half is one topic;
    rows of length 1 are (a, b) / sqrt(2) and c, at right angles, so loadings are these times the idf."""
    idf = np.log(7 / 4) + 1
    topics = fit_topics(texts_of([["a", "b"]] * 3 + [["c"]] * 3), TopicParams("nmf", k=2))
    found = {
        row["term"]: (topic["cluster_id"], row["weight"], row["loading"])
        for topic in topics
        for row in topic["terms"]
    }
    assert len(found) == 3
    assert found["a"][1:] == pytest.approx((0.5, idf / np.sqrt(2)), abs=1e-4)
    assert found["c"][1:] == pytest.approx((1.0, idf), abs=1e-4)
    assert found["a"][0] == found["b"][0] != found["c"][0]


def test_factors_explain_as_much_as_those_of_scikit_learn():
    lists, _ = drawn(n=400, noise=0.4)
    counts = texts_of(lists).counts
    weights, _ = fit_nmf(counts, 6, 200, None, 0)
    rows = TfidfTransformer(smooth_idf=True).fit_transform(counts)
    peer = NMF(6, init="nndsvda", random_state=0, max_iter=500).fit(rows).components_

    def unexplained(topics):
        scaled = unit(topics.astype(np.float32)).astype(np.float64)
        projected = rows @ np.linalg.pinv(scaled)
        return float(np.linalg.norm(rows - projected @ scaled) ** 2)

    assert unexplained(weights) <= 1.02 * unexplained(peer)


def test_chances_of_topics_sum_to_one():
    lists, _ = drawn(n=200)
    counts = texts_of(lists).counts
    weights, loadings = fit_lda(counts, 4, 30, None, 0)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert loadings.sum(axis=0) == pytest.approx(1)


@pytest.mark.parametrize("method", METHODS)
def test_numbers_and_topics_stay_when_texts_are_added(method):
    lists, truth = drawn(n=660)
    directions = np.random.default_rng(1).standard_normal((4, 16))
    vectors = unit((directions[truth] + 0.1).astype(np.float32))
    before = fit_topics(texts_of(lists[:600], vectors[:600]), TopicParams(method, k=4))
    earlier = Earlier(np.stack([t["centroid"] for t in before])[::-1], np.array([3, 5, 7, 9]))
    known = {t["cluster_id"]: number for t, number in zip(before[::-1], (3, 5, 7, 9), strict=True)}
    after = labels_of(fit_topics(texts_of(lists, vectors), TopicParams(method, k=4), earlier), 660)
    moved = np.array([known[label] for label in labels_of(before, 600)]) != after[:600]
    assert moved.mean() < 0.03
    more = fit_topics(texts_of(lists, vectors), TopicParams(method, k=5), earlier)
    assert {3, 5, 7, 9} <= {t["cluster_id"] for t in more} <= {3, 5, 7, 9, 10}


def test_a_text_without_a_known_term_joins_the_nearest_centroid():
    lists = [["a", "b"]] * 3 + [["c"]] * 3 + [["alone"], []]
    vectors = np.array([[1, 0]] * 3 + [[0, 1]] * 3 + [[0.9, 0.1], [0, 0]], np.float32)
    topics = fit_topics(texts_of(lists, unit(vectors)), TopicParams(k=2))
    labels = labels_of(topics, 8)
    assert labels[6] == labels[0]
    assert labels[7] == -1
    without = labels_of(fit_topics(texts_of(lists), TopicParams(k=2)), 8)
    assert list(without[6:]) == [-1, -1]


def test_the_order_of_texts_does_not_matter():
    lists, _ = drawn(n=200)
    ids = [f"{i:03d}" for i in range(200)]
    other = np.random.default_rng(3).permutation(200)
    nothing = pa.array([None], pa.string())
    a, b = (
        topic_fit(pa.array([[ids[i] for i in o]]), pa.array([[lists[i] for i in o]]), nothing, nothing)
        for o in (range(200), other)
    )
    assert a.equals(b)


def test_nothing_known():
    nothing = pa.array([None], pa.string())
    ids, terms = pa.array([["a", "b"]]), pa.array([[["x"], None]])
    assert topic_fit(ids, terms, nothing, nothing).to_pylist() == [[]]
    assert topic_fit(pa.array([None], ids.type), terms, nothing, nothing).to_pylist() == [None]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ('{"method": "plsa"}', "method is 'plsa': choose nmf or lda"),
        ('{"k": "auto"}', "k is 'auto'"),
        ('{"min_texts": 0}', "min_texts is 0"),
        ('{"restarts": 3}', "unknown parameter 'restarts'"),
        ('{"previous": 3}', "previous is 3"),
    ],
)
def test_what_makes_no_sense_is_named(given, message):
    with pytest.raises(ParameterError, match=message):
        TopicParams.parse(given)


def test_lists_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="2 ids and 1 lists"):
        read_texts(["a", "b"], [["x"]], None, 1)
    with pytest.raises(InputError, match="'a' occurs twice"):
        read_texts(["a", "a"], [["x"], ["x"]], None, 1)
    with pytest.raises(InputError, match="an id is NULL"):
        read_texts(["a", None], [["x"], ["x"]], None, 1)
