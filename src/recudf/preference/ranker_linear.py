"""Linear scores of standardised features: a listwise softmax, logistic regression, a support vector machine.

Each makes mean loss + l2 / 2 |w|^2 small, of groups where it is listwise, of rows where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recudf.preference.events import Floats
from recudf.preference.ranker_rows import Flags, Ranked
from recudf.preference.threads import one_thread


@dataclass(frozen=True)
class Linear:
    """intercept + sum of weights x (features - means) / deviations, each float64 [f]."""

    means: Floats
    deviations: Floats
    weights: Floats
    intercept: float

    def __call__(self, features: Floats) -> Floats:
        """The scores of rows [n, f]."""
        scores: Floats = (features - self.means) / self.deviations @ self.weights + self.intercept
        return scores


def fit_linear(rows: Ranked, method: str, l2: float) -> Linear:
    """A method by name: listwise, logistic or svm. A feature without variance has the deviation 1."""
    means, deviations = rows.features.mean(axis=0), rows.features.std(axis=0)
    deviations[deviations <= 1e-12 * np.abs(means)] = 1  # what is left of equal values is rounding
    standardised = (rows.features - means) / deviations
    with one_thread():
        if method == "listwise":
            return Linear(means, deviations, _listwise(standardised, rows, l2), 0.0)
        weights, intercept = (_logistic if method == "logistic" else _svm)(standardised, rows.positive, l2)
    return Linear(means, deviations, weights, intercept)


def _listwise(features: Floats, rows: Ranked, l2: float) -> Floats:
    """The cross-entropy between the softmax of a group's scores and one mass spread over its positives.

    Cao et al., Learning to Rank: From Pairwise Approach to Listwise Approach (ICML 2007), for the top one.
    An intercept would change no softmax, so there is none.
    """
    from scipy.optimize import minimize

    owners, starts = rows.owners, rows.starts[:-1]
    positive = rows.positive.astype(np.float64)
    target = positive / np.add.reduceat(positive, starts)[owners]
    of_target = features.T @ target

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = features @ weights
        top = np.maximum.reduceat(scores, starts)
        exponents = np.exp(scores - top[owners])
        sums = np.add.reduceat(exponents, starts)
        value = (np.log(sums) + top).sum() - of_target @ weights
        gradient = features.T @ (exponents / sums[owners]) - of_target
        return value / len(starts) + l2 / 2 * weights @ weights, gradient / len(starts) + l2 * weights

    options = {"maxiter": 1000, "ftol": 1e-13, "gtol": 1e-8}
    found: Floats = minimize(
        loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", options=options
    ).x
    return found


def _logistic(features: Floats, positive: Flags, l2: float) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression

    c = 1 / (l2 * len(features))
    model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-8, max_iter=1000)
    model.fit(features, positive)
    return model.coef_[0], float(model.intercept_[0])


def _svm(features: Floats, positive: Flags, l2: float) -> tuple[Floats, float]:
    """With the squared hinge loss; liblinear's penalty takes the intercept in."""
    from sklearn.svm import LinearSVC

    c = 1 / (l2 * len(features))
    model = LinearSVC(C=c, dual=False, tol=1e-6, max_iter=10_000, random_state=0)
    model.fit(features, positive)
    return model.coef_[0], float(model.intercept_[0])
