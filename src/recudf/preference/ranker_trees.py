"""Boosted trees, and what they are as rows: scikit-learn grows them, SQL walks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recudf.preference.events import Floats
from recudf.preference.ranker_rows import Ranked
from recudf.preference.threads import one_thread


@dataclass(frozen=True)
class Tree:
    """Nodes, the root first. feature, left, right: intp [n], of no meaning at a leaf. threshold: float64 [n],
    a row goes left where its feature is at most this. value: float64 [n], the mean of the leaves below over
    the rows that it was grown on. leaf: bool [n]."""

    feature: npt.NDArray[np.intp]
    threshold: Floats
    left: npt.NDArray[np.intp]
    right: npt.NDArray[np.intp]
    value: Floats
    leaf: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Boosted:
    """base + the leaf of each tree: log odds of a positive. model: scikit-learn's, which is never stored."""

    base: float
    trees: tuple[Tree, ...]
    model: Any

    def __call__(self, features: Floats) -> Floats:
        """The scores of rows [n, f]."""
        with one_thread():
            scores: Floats = self.model.decision_function(features)
        return scores


def fit_trees(rows: Ranked, rounds: int, leaves: int, rate: float, min_leaf: int, seed: int) -> Boosted:
    """Boosting of histograms by log loss on single rows (Ke et al., LightGBM, NeurIPS 2017)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        max_leaf_nodes=leaves,
        learning_rate=rate,
        min_samples_leaf=min_leaf,
        early_stopping=False,
        random_state=seed,
    )
    with one_thread():  # 200,000 rows gain little from a second one, and lose much where it has other work
        model.fit(rows.features, rows.positive)
    trees = tuple(_tree(of_round[0].nodes) for of_round in model._predictors)
    return Boosted(float(np.ravel(model._baseline_prediction)[0]), trees, model)


def _tree(nodes: Any) -> Tree:
    """From scikit-learn's array of nodes, in which children come after their parent."""
    value, count = nodes["value"].astype(np.float64), nodes["count"].astype(np.float64)
    leaf = nodes["is_leaf"].astype(bool)
    left, right = nodes["left"].astype(np.intp), nodes["right"].astype(np.intp)
    for node in np.flatnonzero(~leaf)[::-1]:
        children = [left[node], right[node]]
        value[node] = np.average(value[children], weights=count[children])
    feature, threshold = nodes["feature_idx"].astype(np.intp), nodes["num_threshold"].astype(np.float64)
    return Tree(feature, threshold, left, right, value, leaf)
