"""How a score becomes a probability: by how far it stands above the other candidates of its group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from recudf.preference.events import Floats, Ints
from recudf.preference.ranker_rows import Flags, Ranked

BINS = 10


def standing(scores: Floats, rows: Ranked) -> Floats:
    """In standard deviations of the group above its mean, float64 [n]; 0 where all scores are the same."""
    sizes = np.diff(rows.starts)
    centred = scores - (np.add.reduceat(scores, rows.starts[:-1]) / sizes)[rows.owners]
    deviation = np.sqrt(np.add.reduceat(centred**2, rows.starts[:-1]) / sizes)
    deviation[deviation <= 1e-9 * np.abs(scores).max()] = np.inf
    found: Floats = centred / deviation[rows.owners]
    return found


def calibrated(scores: Floats, rows: Ranked, folds: Ints) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows (kind, columns) of what is known of scores [n] that no fit on their own group gave.

    `calibration` intercept and slope: of the log odds of a positive by `standing` (Platt, 1999).
    `reliability`: for each tenth of the rows by probability its mean and the share of positives, where the
    probability comes from the other folds [groups]; `calibration` ece is the mean distance of the
    two (Naeini et al., AAAI 2015, with bins of equal size). Nothing of a single fold.
    """
    from scipy.special import expit

    if len(np.unique(folds)) < 2:
        return
    place = standing(scores, rows)
    intercept, slope = _logistic(place, rows.positive)
    yield "calibration", {"name": "intercept", "value": intercept}
    yield "calibration", {"name": "slope", "value": slope}
    probability = np.zeros(len(place))
    for part in np.unique(folds):
        chosen = (folds == part)[rows.owners]
        of_others = _logistic(place[~chosen], rows.positive[~chosen])
        probability[chosen] = expit(of_others[0] + of_others[1] * place[chosen])
    order = np.argsort(probability, kind="stable")
    error = 0.0
    for number, rows_of_bin in enumerate(np.array_split(order, min(BINS, len(order)))):
        expected, share = float(probability[rows_of_bin].mean()), float(rows.positive[rows_of_bin].mean())
        error += abs(expected - share) * len(rows_of_bin) / len(order)
        yield (
            "reliability",
            {"name": f"{number + 1}", "threshold": expected, "value": share, "rows": len(rows_of_bin)},
        )
    yield "calibration", {"name": "ece", "value": error}


def _logistic(place: Floats, positive: Flags) -> tuple[float, float]:
    """Intercept and slope; a trace of a penalty holds the slope where the rows are separable."""
    from sklearn.linear_model import LogisticRegression

    if not place.any():
        share = positive.mean()
        return float(np.log(share / (1 - share))), 0.0
    model = LogisticRegression(C=1e3, solver="newton-cholesky", tol=1e-8, max_iter=1000)
    model.fit(place[:, None], positive)
    return float(model.intercept_[0]), float(model.coef_[0, 0])
