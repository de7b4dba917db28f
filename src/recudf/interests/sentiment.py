"""The polarity of texts: two linear heads, over vectors and over n-grams, added up and told as a table.

The score of a text, of which 0 is neutral, is that of its vector, intercept + vector . weights, times 1 +
negation x the share of negated words, which encoders hardly read; and that of its n-grams, intercept + the
sum of their weights / sqrt(how many have one). With labels the heads are logistic regressions, and a third
one over their scores out of fold adds them up (Platt, Probabilistic Outputs for Support Vector Machines,
1999). Without, the vector's is the cosine to the mean of positive prototypes less that to the negative ones'.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from recudf.errors import InputError, ParameterError
from recudf.interests.heads import (
    NGRAM_C,
    VECTOR_C,
    Flags,
    Floats,
    Grams,
    Linear,
    Places,
    Terms,
    auc,
    fit_logistic,
    folds,
)
from recudf.interests.ngrams import ngrams
from recudf.vectors import read_vectors, require_finite, scatter, unit, valid_mask

WEIGHT = pa.struct([("kind", pa.string()), ("name", pa.string()), ("weight", pa.float64())])
WEIGHTS = pa.list_(WEIGHT)

MIN_LABELS = 300
LEAST_OF_A_SIDE = 20  # labels: with fewer, folds hold too few to tell how good a head is
LEAST_AUC = 0.75  # labels that texts tell less of are not about the texts: tags tell taste, not sentiment
HEAD_SHARE = 0.03  # what all examples together weigh beside the labels, in a head
ZERO_SHARE = 0.3  # ... and in what adds the heads up: they alone tell where neutral is in a short phrase
FOLDS = 5
DIGITS = 6  # of a weight: what a sum that is split over threads leaves alone

Weights = list[tuple[str, str, float]]


@dataclass(frozen=True)
class Rows:
    """Labelled texts. vectors: float64 [n, d] of unit length, zero where a text has none; d may be 0.

    grams: the n-grams of the texts. positive, example: bool [n]. hashes: of the texts, that folds go by.
    """

    vectors: Floats
    grams: Grams
    positive: Flags
    example: Flags
    hashes: Places

    @property
    def embedded(self) -> Flags:
        """Which rows have a vector."""
        found: Flags = (self.vectors != 0).any(axis=1)
        return found

    @property
    def sides(self) -> tuple[Flags, Flags]:
        """Which rows are positive, and which negative."""
        return self.positive, ~self.positive

    def weights(self, balance: float, share: float) -> Floats:
        """Of the rows: n / (labels of their side) to the power of balance, n labels in all; examples alike,
        together `share` of the labels."""
        labels = ~self.example
        weight = np.ones(len(labels))
        for side in self.sides:
            weight[labels & side] = (labels.sum() / max(1, (labels & side).sum())) ** balance
        weight[labels] *= labels.sum() / weight[labels].sum()
        weight[self.example] = share * labels.sum() / max(1, self.example.sum())
        return weight


@dataclass(frozen=True)
class Weighted:
    """The score of a text without what single n-grams say: vector x (1 + negation x share negated) + rest."""

    vector: Linear
    negation: float
    rest: float

    @classmethod
    def of(cls, vector: Linear, factor: float, factor_of_negated: float, rest: float) -> Weighted:
        """From a score and what it, and it times the share of negated words, are multiplied by."""
        negation = factor_of_negated / factor if factor else 0.0
        return cls(Linear(factor * vector.intercept, factor * vector.weights), negation, rest)

    def __call__(self, rows: Rows) -> Floats:
        """The scores of rows."""
        return self.vector(rows.vectors) * (1 + self.negation * rows.grams.share_negated) + self.rest

    def told(self) -> Weights:
        """As rows of the table of weights."""
        return [
            ("intercept", "vector", self.vector.intercept),
            ("intercept", "ngrams", self.rest),
            ("negation", "vector", self.negation),
            *(("vector", str(place), weight) for place, weight in enumerate(self.vector.weights)),
        ]


def sentiment_fits(
    texts: pa.Array, vectors: pa.Array, labels: pa.Array, examples: pa.Array, min_labels: pa.Array
) -> pa.Array:
    """Per row, the weights of a fit as list<struct> (WEIGHTS); NULL where texts, vectors or labels are NULL,
    and where there is nothing to fit: too few labels, and not two prototypes with a vector of each side.

    texts: list<string> [n]. vectors: list<vector> [n], NULL for a text without one. labels: list<double> [n],
    above 0 positive, below 0 negative; 0 and NULL are skipped, as are NULL texts. examples: list<bool> [n],
    True for a prototype; a NULL row means none. min_labels: int64 [n]; with fewer labels prototypes serve;
    NULL means MIN_LABELS.
    Raises InputError where lists differ in length, ParameterError for min_labels below 1, VectorError.
    """
    valid = valid_mask(texts) & valid_mask(vectors) & valid_mask(labels)
    fits = []
    for row in np.flatnonzero(valid):
        least = min_labels[row].as_py()
        if least is not None and least < 1:
            raise ParameterError(f"min_labels is {least}: give a whole number of at least 1")
        rows = _read(texts[row], vectors[row], labels[row], examples[row])
        weights = fit_sentiment(rows, MIN_LABELS if least is None else least)
        fits.append([dict(zip(WEIGHT.names, entry, strict=True)) for entry in weights] or None)
    return scatter(pa.array(fits, WEIGHTS), valid)


def fit_sentiment(rows: Rows, min_labels: int = MIN_LABELS) -> Weights:
    """(kind, name, weight) of each weight, empty where there is nothing to fit.

    Kinds: intercept (vector, ngrams), vector (by component, from 0), negation, ngram (by n-gram); and what
    tells of the fit: method (ratings or prototypes), labels (positive, negative), auc (of each part, on
    labels that it was not fitted on).
    Prototypes serve where there are fewer labels than min_labels or than LEAST_OF_A_SIDE of one side, and
    where they tell the labels better than the heads do out of fold.
    """
    labels = ~rows.example
    counts = [len(np.unique(rows.hashes[labels & side])) for side in rows.sides]
    told: Weights = [("labels", name, n) for name, n in zip(("positive", "negative"), counts, strict=True)]
    parts = {}
    prototypes = _prototypes(rows)
    if prototypes is not None and min(counts):
        parts["prototypes"] = prototypes(rows)
    enough = sum(counts) >= min_labels and min(counts) >= LEAST_OF_A_SIDE
    if enough:
        scores, both = _scores_out_of_fold(rows)
        parts |= {"vector": scores[:, 0], "ngrams": scores[:, 1], "both": both(scores)}
    found = {name: auc(part[labels], rows.positive[labels]) for name, part in parts.items()}
    told += [("auc", name, value) for name, value in found.items()]
    if enough and found["both"] >= max(LEAST_AUC, found.get("prototypes", 0)):
        return _rounded([("method", "ratings", 1.0), *told, *_added_up(rows, both)])
    if prototypes is None:
        return []
    return _rounded([("method", "prototypes", 1.0), *told, *prototypes.told()])


def _scores_out_of_fold(rows: Rows) -> tuple[Floats, Linear]:
    """Of every row, the scores of heads that did not see its text: of its vector, of its n-grams, and the
    first times the share of negated words, float64 [n, 3]; and what adds them up.

    There the rarer side counts by the root of its rarity: at full balance most texts called negative would be
    positive ones where nearly all are, as in shops.
    """
    scores = np.zeros((len(rows.positive), 2))
    for held_out in folds(rows.hashes, FOLDS):
        vector, ngram, terms = _heads(rows, ~held_out)
        features = terms.features(rows.grams.matrix[np.flatnonzero(held_out)])
        of_vectors = vector(rows.vectors[held_out]) * rows.embedded[held_out]
        scores[held_out] = np.column_stack((of_vectors, ngram(features)))
    scores = np.column_stack((scores, scores[:, 0] * rows.grams.share_negated))
    return scores, fit_logistic(scores, rows.positive, rows.weights(0.5, ZERO_SHARE), c=10)


def _added_up(rows: Rows, both: Linear) -> Weights:
    """The weights of heads fitted on all rows, multiplied by what adds them up."""
    vector, ngram, terms = _heads(rows, np.ones(len(rows.positive), bool))
    intercept = both.intercept + both.weights[1] * ngram.intercept
    weights = terms.values @ ngram.weights * both.weights[1]
    return [
        *Weighted.of(vector, both.weights[0], both.weights[2], intercept).told(),
        *(("ngram", rows.grams.names[at], weights[at]) for at in terms.known),
    ]


def _heads(rows: Rows, chosen: Flags) -> tuple[Linear, Linear, Terms]:
    """The heads over vectors and over n-grams, fitted on chosen rows, and what n-grams are worth to these."""
    weight, positive = rows.weights(1, HEAD_SHARE)[chosen], rows.positive[chosen]
    vector = Linear(0.0, np.zeros(rows.vectors.shape[1]))
    embedded = rows.embedded[chosen]
    if len(set(positive[embedded])) == 2:
        vector = fit_logistic(rows.vectors[chosen][embedded], positive[embedded], weight[embedded], VECTOR_C)
    terms = rows.grams.terms(chosen)
    ngram = Linear(0.0, np.zeros(terms.values.shape[1]))
    if len(terms.known):
        features = terms.features(rows.grams.matrix[np.flatnonzero(chosen)])
        ngram = fit_logistic(features, positive, weight, NGRAM_C)
    return vector, ngram, terms


def _prototypes(rows: Rows) -> Weighted | None:
    """The cosine to the mean of the positive examples less that to the negative ones', scaled and placed by
    logistic regressions over the examples, each left out of its own mean; None where a side has no two.

    Examples that negate something are left out of the means, for they look like what they deny; they tell
    what a negation does to the difference.
    """
    share = rows.grams.share_negated
    given = rows.example & rows.embedded
    means = given & (share == 0)
    if min(int((means & side).sum()) for side in rows.sides) < 2:
        return None
    sums = np.stack([rows.vectors[means & side].sum(axis=0) for side in rows.sides])
    left_out = [
        _unit(total - rows.vectors * (side & means)[:, None])
        for total, side in zip(sums, rows.sides, strict=True)
    ]
    differences = np.einsum("ij,ij->i", rows.vectors, left_out[0] - left_out[1])
    ones = np.ones(len(share))
    plain = fit_logistic(differences[means, None], rows.positive[means], ones[means], c=100)
    score = plain(differences[:, None])
    of_both = fit_logistic(
        np.column_stack((score, score * share))[given], rows.positive[given], ones[given], c=100
    )
    direction = _unit(sums)
    weights = plain.weights[0] * (direction[0] - direction[1])
    factor, factor_of_negated = of_both.weights
    return Weighted.of(Linear(plain.intercept, weights), factor, factor_of_negated, of_both.intercept)


def _unit(matrix: Floats) -> Floats:
    """Rows scaled to length 1, in double precision; a zero row stays zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))[:, None]
    scaled: Floats = np.divide(matrix, lengths, out=np.zeros_like(matrix), where=lengths > 0)
    return scaled


def _rounded(weights: Weights) -> Weights:
    return [(kind, name, round(float(weight), DIGITS) + 0.0) for kind, name, weight in weights]


def _read(texts: pa.Scalar, vectors: pa.Scalar, labels: pa.Scalar, examples: pa.Scalar) -> Rows:
    lists = [texts.values, vectors.values, labels.values]
    lists.append(examples.values if examples.is_valid else pa.array([False] * len(lists[0])))
    if len({len(values) for values in lists}) > 1:
        counts = ", ".join(str(len(values)) for values in lists)
        raise InputError(
            f"sentiment_fit: lists of {counts} texts, vectors, labels and examples: give one each"
        )
    words, sides, given = (lists[at].to_pylist() for at in (0, 2, 3))
    kept = [row for row, text in enumerate(words) if text is not None and sides[row]]
    # the order of the rows must not show
    kept.sort(key=lambda row: (words[row], sides[row], bool(given[row])))
    column = read_vectors(lists[1], "vectors")
    require_finite(column.matrix, "vector")
    matrix = np.zeros((len(words), column.dimension))
    matrix[column.valid] = unit(column.matrix)
    digests = (hashlib.md5(words[row].encode(), usedforsecurity=False).digest() for row in kept)
    return Rows(
        matrix[kept],
        Grams.of([ngrams(words[row]) for row in kept]),
        np.array([sides[row] > 0 for row in kept], bool),
        np.array([bool(given[row]) for row in kept], bool),
        np.array([int.from_bytes(digest[:4]) for digest in digests], np.intp),
    )
