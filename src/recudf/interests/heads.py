"""The parts of a fit of sentiment: linear heads over vectors and over n-grams, folds, how good a score is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recudf.interests.ngrams import MARK

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

VECTOR_C, NGRAM_C = 3.0, 0.2  # inverse strength of the penalty of each head, chosen on folds
MOST_NGRAMS = 100_000
NEGATED_WEIGHT = 1.5  # of a word under a negation, chosen on folds of the prototypes


@dataclass(frozen=True)
class Linear:
    """A score: intercept + features @ weights. weights: float64 [d]."""

    intercept: float
    weights: Floats

    def __call__(self, features: Any) -> Floats:
        """The scores of rows."""
        scores: Floats = features @ self.weights + self.intercept
        return scores


def fit_logistic(features: Any, positive: Flags, weight: Floats, c: float) -> Linear:
    """L2-penalised logistic regression (scikit-learn). features: float64 [n, d], dense or sparse."""
    from sklearn.linear_model import LogisticRegression

    solver = "newton-cholesky" if isinstance(features, np.ndarray) else "liblinear"
    model = LogisticRegression(C=c, solver=solver, max_iter=1000, random_state=0)
    model.fit(features, positive, sample_weight=weight)
    return Linear(float(model.intercept_[0]), model.coef_[0])


@dataclass(frozen=True)
class Grams:
    """Which n-grams each text has. matrix: csr of ones [n, names]. names: sorted.

    denied: numbers of the negated words and of the words that they deny, [m, 2]. share_negated: of each text,
    the share of its single words and characters that are negated, float64 [n].
    """

    matrix: Any
    names: Sequence[str]
    denied: Places
    share_negated: Floats

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> Grams:
        """From the distinct n-grams of each text."""
        import scipy.sparse as sp

        names = sorted({name for grams in texts for name in grams})
        number = {name: column for column, name in enumerate(names)}
        columns = np.fromiter((number[name] for grams in texts for name in grams), np.int32)
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        matrix = sp.csr_array((np.ones(len(columns)), columns, ends), (len(texts), len(names)))
        single = np.array([" " not in name for name in names], bool)
        marked = np.array([name.startswith(MARK) for name in names], bool) & single
        words = {
            int(column): number.get(names[column].removeprefix(MARK)) for column in np.flatnonzero(marked)
        }
        denied = [(column, word) for column, word in words.items() if word is not None]
        share = (matrix @ marked.astype(float)) / np.maximum(matrix @ single.astype(float), 1)
        return cls(matrix, names, np.array(denied, np.intp).reshape(-1, 2), share)

    def terms(self, rows: Flags) -> Terms:
        """What the n-grams of these texts are worth as features.

        Those that at least two of these texts have, at most MOST_NGRAMS, the most frequent (ties by name).
        """
        import scipy.sparse as sp

        count = self.matrix[np.flatnonzero(rows)].sum(axis=0)
        met = np.flatnonzero(count >= 2)
        kept = np.sort(met[np.argsort(-count[met], kind="stable")[:MOST_NGRAMS]])
        idf = np.log((1 + rows.sum()) / (1 + count[kept])) + 1
        place = np.full(len(self.names), -1)
        place[kept] = np.arange(len(kept))
        denied = self.denied[place[self.denied[:, 1]] >= 0]
        denies = place[denied[:, 1]]
        columns = np.concatenate((kept, denied[:, 0]))
        values = np.concatenate((idf, -NEGATED_WEIGHT * idf[denies]))
        places = np.concatenate((np.arange(len(kept)), denies))
        values_of = sp.csr_array((values, (columns, places)), (len(self.names), len(kept)))
        return Terms(values_of, np.unique(columns))


@dataclass(frozen=True)
class Terms:
    """N-grams as features. values: csr [names, features]: of an n-gram its inverse document frequency,
    ln((1 + n) / (1 + texts)) + 1; a negated word has the word's too, times -NEGATED_WEIGHT, so that what is
    learned of a word is learned of its negation. known: numbers of the n-grams with a value, ascending."""

    values: Any
    known: Places

    def features(self, matrix: Any) -> Any:
        """The values of a text's n-grams, over the root of how many are known: csr [n, features]."""
        import scipy.sparse as sp

        number = np.maximum(matrix[:, self.known].sum(axis=1), 1)
        features = (sp.diags_array(number**-0.5) @ matrix @ self.values).tocsr()
        # liblinear takes no others
        features.indices, features.indptr = (
            features.indices.astype(np.int32),
            features.indptr.astype(np.int32),
        )
        return features


def folds(hashes: Places, parts: int) -> Iterator[Flags]:
    """Masks of the rows that each fold holds out."""
    for part in range(parts):
        yield hashes % parts == part


def auc(scores: Floats, positive: Flags) -> float:
    """The chance that a positive text scores above a negative one; ties count half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, scores))
