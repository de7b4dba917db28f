"""The lexical encoder against values by hand, and against scikit-learn's counts with numpy's SVD."""

import math
import unicodedata
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from recudf.encoders.factors import leading
from recudf.encoders.lexical import CENTER, Lexicon
from recudf.encoders.lexical_fit import LexicalParams, fit_terms, lexical_fit, positive_pmi
from recudf.encoders.terms import count_terms, term_codes, term_names
from recudf.errors import InputError, ParameterError
from recudf.search.index import build
from recudf.settings import Settings

BOOK, ROOM, COMPUTER = "好书", "房间", "电脑"


def lexicon_of(fit):
    return Lexicon.of(build("fit", pa.array(fit.terms), fit.vectors))


def cosines(lexicon, texts):
    vectors = lexicon.encode(texts).astype(np.float64)
    return vectors @ vectors.T


@pytest.fixture
def texts():
    """150 texts of words in four scripts; texts of one topic share words."""
    rng = np.random.default_rng(3)
    topics = [
        ["guitar", "string", "sound", "music", "吉他", "好听", "музыка", "гитара"],
        ["房间", "酒店", "干净", "отель", "방", "hotel", "room", "clean", "bed"],
    ]
    return [
        " ".join(rng.choice(topics[n % 2], rng.integers(1, 9))) + " " + str(rng.integers(9))
        for n in range(150)
    ]


def naive_terms(text):
    """Terms one by one, as the definition says."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    reads = [unicodedata.category(c)[0] in "LMN" for c in folded]
    single = [c for c, read in zip(folded, reads, strict=True) if read]
    pairs = zip(folded, folded[1:], reads, reads[1:], strict=False)
    return [*single, *(a + b for a, b, here, there in pairs if here and there)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("AB", ["a", "b", "ab"]),
        ("ab b!", ["a", "b", "b", "ab"]),
        ("\uff21\uff22\uff0c\uff11\uff12", ["1", "2", "a", "b", "12", "ab"]),  # full width: AB,12
        ("很好。", ["好", "很", "很好"]),
        ("ﬁ", ["f", "i", "fi"]),
        ("İ", ["i", "\u0307", "i\u0307"]),  # lower-casing may give two
        ("कि", ["क", "ि", "कि"]),  # a vowel sign is part of the word
        ("a😀b", ["a", "b"]),
        ("𠮷野", ["野", "𠮷", "𠮷野"]),  # beyond 16 bits
        ("--- ...", []),
    ],
)
def test_terms(text, terms):
    assert sorted(naive_terms(text)) == sorted(terms)
    counted = count_terms([text])
    named = dict(zip(term_names(counted.codes), counted.counts.tolist(), strict=True))
    assert named == Counter(terms)


def test_terms_of_many_texts(texts, monkeypatch):
    """Counted in blocks that end anywhere, each text has its own."""
    monkeypatch.setattr("recudf.encoders.terms._BLOCK", 100)
    counted = count_terms([*texts, "", "x" * 300])
    found = Counter()
    for text, term, count in zip(counted.texts, term_names(counted.codes), counted.counts, strict=True):
        found[int(text), term] = int(count)
    expected = Counter((n, t) for n, text in enumerate([*texts, "", "x" * 300]) for t in naive_terms(text))
    assert found == expected


def test_codes_of_names():
    codes = term_codes(pa.array(["a", "ab", "好书", "𠮷野", "", "abc"]))
    assert term_names(codes[:4]) == ["a", "ab", "好书", "𠮷野"]
    assert codes[4:].tolist() == [-1, -1]


def test_positive_pmi_by_hand():
    """Texts {a, b}, {a, b}, {a, c}: pairs ab 2, ac 1; n(a) 3, n(b) 2, n(c) 1, all 6."""
    import scipy.sparse as sp

    holds = sp.csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1]], np.float32))
    ab, ac = math.log(2 * 6 / (3 * 2)), math.log(1 * 6 / (3 * 1))
    np.testing.assert_allclose(positive_pmi(holds), [[0, ab, ac], [ab, 0, 0], [ac, 0, 0]], atol=1e-6)


def test_three_texts_by_hand():
    """Texts without a common term stand at right angles, less their mean at 120 degrees: -1/2. A text of two of them is
    (1, 1, 0) / sqrt 2 less (1, 1, 1) / 3, whose product with (1, 0, 0) less (1, 1, 1) / 3 is sqrt 2 / 6; the squared
    lengths are 4/3 - sqrt 8 / 3 and 2/3."""
    lexicon = lexicon_of(fit_terms([BOOK, ROOM, COMPUTER], LexicalParams()))
    both = math.sqrt(2) / 6 / math.sqrt((4 - math.sqrt(8)) / 3 * 2 / 3)
    assert both == pytest.approx(0.4619, abs=5e-5)
    found = cosines(lexicon, [BOOK, ROOM, COMPUTER, "好书 房间"])
    np.testing.assert_allclose(found[0, 1:], [-0.5, -0.5, both], atol=1e-5)
    np.testing.assert_allclose(found[3, 1:3], [both, -0.92388], atol=1e-5)


def independent(texts, dimensions, least, also=()):
    """Vectors of `texts` and of others by scikit-learn's counts and numpy's SVD."""
    counter = CountVectorizer(analyzer=naive_terms, binary=True, min_df=least)
    holds = counter.fit_transform(texts).toarray().astype(np.float64)
    pairs = holds.T @ holds
    np.fill_diagonal(pairs, 0)
    totals = pairs.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.maximum(np.nan_to_num(np.log(pairs * totals.sum() / np.outer(totals, totals)), neginf=0), 0)
    u, s, _ = np.linalg.svd(pmi)
    weights = np.log(1 + len(texts) / holds.sum(axis=0))
    vectors = u[:, :dimensions] * np.sqrt(s[:dimensions]) * weights[:, None]

    def placed(rows):
        sums = rows @ vectors
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)

    mean = placed(holds).mean(axis=0)
    rows = placed(np.vstack([holds, counter.transform(also).toarray()]) if also else holds) - mean
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize(("dimensions", "least"), [(400, 1), (400, 3), (10, 3)])
def test_equals_scikit_learn_and_numpy(texts, dimensions, least):
    later = ["guitar of a clean hotel", "吉他 房间 новый"]
    params = LexicalParams(dimensions=dimensions, min_texts=least)
    found = cosines(lexicon_of(fit_terms(texts, params)), [*texts, *later])
    expected = independent(texts, dimensions, least, later)
    np.testing.assert_allclose(found, expected @ expected.T, atol=2e-4)


def test_leading_pairs_of_a_matrix_too_large_for_an_exact_answer():
    rng = np.random.default_rng(0)
    basis, _ = np.linalg.qr(rng.standard_normal((1200, 1200)))
    values = np.concatenate(([50, -40, 30, 20, -10], rng.uniform(-0.5, 0.5, 1195)))
    matrix = ((basis * values) @ basis.T).astype(np.float32)
    found, vectors = leading(matrix, 5, seed=1)
    np.testing.assert_allclose(found, [50, -40, 30, 20, -10], rtol=1e-4)
    np.testing.assert_allclose(np.abs((vectors * basis[:, :5]).sum(axis=0)), 1, atol=1e-4)


def test_the_order_of_texts_and_the_company_do_not_matter(texts):
    fit = fit_terms(texts, LexicalParams())
    again = fit_terms(texts[::-1], LexicalParams())
    assert again.terms == fit.terms
    assert again.vectors.tobytes() == fit.vectors.tobytes()
    lexicon = lexicon_of(fit)
    alone = np.vstack([lexicon.encode([text]) for text in texts])
    np.testing.assert_allclose(lexicon.encode(texts), alone, atol=1e-6)


def test_what_a_fit_holds(texts):
    fit = fit_terms(texts, LexicalParams(dimensions=7, max_terms=20))
    assert fit.terms[0] == CENTER
    assert fit.vectors.shape == (21, 7)
    assert fit.vectors.dtype == np.float32
    with_term = Counter(term for text in texts for term in set(naive_terms(text)))
    most = sorted(with_term, key=lambda term: (-with_term[term], term_codes(pa.array([term]))[0]))[:20]
    assert sorted(fit.terms[1:]) == sorted(most)
    assert fit.texts.tolist() == [150, *(with_term[term] for term in fit.terms[1:])]


@pytest.mark.parametrize("texts", [[], ["a"], ["...", "!"], ["a", "b", "c"]])
def test_nothing_to_fit(texts):
    found = lexical_fit(pa.array([texts], pa.list_(pa.string())), pa.nulls(1, pa.string()))
    assert found.to_pylist() == [[]]


def test_one_text_is_its_own_mean():
    lexicon = lexicon_of(fit_terms(["ab ab", "ab"], LexicalParams()))
    assert not lexicon.encode(["ab"]).any()


def test_rows_of_lists(texts):
    lists = pa.array([texts, None, [], [None, " ", *texts[::-1]]], pa.list_(pa.string()))
    first, none, empty, last = lexical_fit(lists, pa.nulls(4, pa.string())).to_pylist()
    assert (none, empty) == (None, [])
    assert first == last
    assert len(first) > 50


def test_coverage(texts):
    lexicon = lexicon_of(fit_terms(texts, LexicalParams()))
    terms, characters, unknown = lexicon.coverage(["Guitar!", "吉他 鋼琴", "鋼", "..."])
    assert terms.tolist() == [11, 6, 1, 0]
    assert characters.tolist() == [6, 4, 1, 0]
    assert unknown.tolist() == [0, 2, 1, 0]


def test_another_index_is_no_fit():
    with pytest.raises(InputError, match=r"is no index over a lexical fit: make it with vector_index\(term"):
        Lexicon.of(build("items", pa.array(["item 1", "item 2"]), np.eye(2, dtype=np.float32)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "are not a JSON object: write them like"),
        ("{", "are not a JSON object"),
        ('{"k": 3}', "unknown parameter 'k': known are dimensions, seed, min_texts, max_terms"),
        ('{"dimensions": 0}', "dimensions is 0: give a whole number from 1"),
        ('{"seed": -1}', "seed is -1: give a whole number from 0"),
        ('{"min_texts": 1.5}', "min_texts is 1.5: give a whole number"),
        ('{"max_terms": true}', "max_terms is True: give a whole number"),
    ],
)
def test_wrong_parameters(text, said):
    with pytest.raises(ParameterError, match=said.replace("(", r"\(")):
        LexicalParams.parse(text)


def test_parameters_left_out():
    assert LexicalParams.parse(None) == LexicalParams.parse('{"min_texts": null}') == LexicalParams()
    assert [LexicalParams().least_texts(n) for n in (3, 499, 500, 1000, 10**6)] == [1, 1, 2, 3, 3]


def test_no_alias_takes_its_name():
    with pytest.raises(
        ParameterError, match="encoder alias 'lexical' names the encoder without a model: take"
    ):
        Settings.from_mapping({"encoders": {"lexical": "bundled"}})
