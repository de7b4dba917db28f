"""Learning to rank from rows: several methods, measured on groups that they did not see, told as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from recudf import interrupts
from recudf.errors import ParameterError
from recudf.preference.params import FitParams
from recudf.preference.ranker_linear import Linear, fit_linear
from recudf.preference.ranker_rows import Ranked, mean_ndcg, read_ranked
from recudf.preference.ranker_trees import Boosted, fit_trees
from recudf.vectors import scatter, valid_mask

METHODS = ("listwise", "logistic", "svm", "trees")
FEATURE = "feature:"  # before the name of a feature that is ranked by alone

ROW = pa.struct(
    [
        ("kind", pa.string()),
        ("method", pa.string()),
        ("name", pa.string()),
        ("tree", pa.int32()),
        ("node", pa.int32()),
        ("feature", pa.string()),
        ("threshold", pa.float64()),
        ("left_node", pa.int32()),
        ("right_node", pa.int32()),
        ("value", pa.float64()),
    ]
)
ROWS = pa.list_(ROW)
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class RankerParams(FitParams):
    """What `ranker_fit` is asked for.

    features: their names, in the order of a row. methods: some of METHODS. folds: of the cross-validation;
    folds_by: a separator, as Ranked.folds takes it. k: of ndcg. seed: of the trees. l2: penalty of the linear
    methods. rounds, leaves (of a tree, at most), rate, min_leaf (rows of a leaf, at least): of the trees.
    """

    features: tuple[str, ...] = ()
    methods: tuple[str, ...] = METHODS
    folds: int = 3
    folds_by: str = ""
    k: int = 10
    seed: int = 42
    l2: float = 1e-3
    rounds: int = 200
    leaves: int = 15
    rate: float = 0.05
    min_leaf: int = 100

    def __post_init__(self) -> None:
        for name in ("features", "methods"):
            object.__setattr__(self, name, self._names(name))
        if unknown := [method for method in self.methods if method not in METHODS]:
            raise ParameterError(f"methods has {unknown[0]!r}: choose from {', '.join(METHODS)}")
        if not isinstance(self.folds_by, str):
            raise ParameterError(f'folds_by is {self.folds_by!r}: give a text, like ":"')
        self.require_whole(folds=2, k=1, seed=0, rounds=1, leaves=2, min_leaf=1)
        self.require_numbers("l2", "rate", above_zero=True)

    def _names(self, name: str) -> tuple[str, ...]:
        """A list of distinct names."""
        value: Any = getattr(self, name)
        given = value if isinstance(value, list | tuple) else ()
        if not given or not all(isinstance(each, str) and each for each in given):
            raise ParameterError(f'{name} is {value!r}: give a list of names, like ["a", "b"]')
        if twice := sorted({each for each in given if given.count(each) > 1}):
            raise ParameterError(f"{name} has {twice[0]!r} more than once: give each one name")
        return tuple(given)


def ranker_fits(groups: pa.Array, features: pa.Array, labels: pa.Array, params: pa.Array) -> pa.Array:
    """Per row, a ranker as list<struct> (ROWS).

    groups: list<string> [n]. features: list<list<double>> [n]. labels: list<double> [n], 0 or 1. NULL where
    one of these is, and where fewer than two groups have both labels. params: string [n], JSON as
    RankerParams takes it. Raises InputError as `read_ranked`, ParameterError, Interrupted.
    """
    valid = valid_mask(groups) & valid_mask(features) & valid_mask(labels)
    fits: list[Rows] = []
    for row in np.flatnonzero(valid).tolist():
        chosen = RankerParams.parse(params[row].as_py())
        ranked = read_ranked(groups[row], features[row], labels[row], chosen.features)
        valid[row] = len(ranked.groups) > 1
        if valid[row]:
            fits.append(fit_ranker(ranked, chosen))
    return scatter(pa.array(fits, ROWS), valid)


def fit_ranker(rows: Ranked, params: RankerParams) -> Rows:
    """The rows of the table that the methods and what is known of them make."""
    quality = _quality(rows, params)
    best = max(quality, key=quality.__getitem__)  # the first of equal ones
    measure = f"ndcg@{params.k}"
    told: Rows = [_row("quality", method, name=measure, value=value) for method, value in quality.items()]
    told.append(_row("chosen", best, name=measure, value=quality[best]))
    for method in params.methods:
        told += _told(_fit(rows, method, params), method, params.features)
    if best.startswith(FEATURE):
        name = (best.removeprefix(FEATURE),)
        told += _told(Linear(np.zeros(1), np.ones(1), np.ones(1), 0.0), best, name)
    return told


def _quality(rows: Ranked, params: RankerParams) -> dict[str, float]:
    """Mean ndcg@k of each method on groups that it was not fitted on, and of each feature."""
    folds = rows.folds(min(params.folds, len(rows.groups)), params.folds_by)
    since = interrupts.generation()
    found = {}
    for method in params.methods:
        scores = np.zeros(len(rows.positive))
        for part in range(int(folds.max()) + 1):
            interrupts.check(since)
            held_out = (folds == part)[rows.owners]
            scores[held_out] = _fit(rows.kept(folds != part), method, params)(rows.features[held_out])
        found[method] = mean_ndcg(scores, rows, params.k)
    for place, name in enumerate(params.features):
        found[FEATURE + name] = mean_ndcg(rows.features[:, place], rows, params.k)
    return found


def _fit(rows: Ranked, method: str, params: RankerParams) -> Linear | Boosted:
    if method == "trees":
        return fit_trees(rows, params.rounds, params.leaves, params.rate, params.min_leaf, params.seed)
    return fit_linear(rows, method, params.l2)


def _told(scorer: Linear | Boosted, method: str, names: tuple[str, ...]) -> Rows:
    if isinstance(scorer, Boosted):
        return [_row("base", method, value=scorer.base), *_nodes(scorer, method, names)]
    scales = zip(names, scorer.means, scorer.deviations, strict=True)
    return [
        _row("intercept", method, value=scorer.intercept),
        *(
            _row("scale", method, name=name, feature=name, threshold=float(deviation), value=float(mean))
            for name, mean, deviation in scales
        ),
        *(
            _row("weight", method, name=name, feature=name, value=float(weight))
            for name, weight in zip(names, scorer.weights, strict=True)
        ),
    ]


def _nodes(scorer: Boosted, method: str, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number, tree in enumerate(scorer.trees):
        for node in range(len(tree.value)):
            split = {} if tree.leaf[node] else {
                "feature": names[tree.feature[node]],
                "threshold": float(tree.threshold[node]),
                "left_node": int(tree.left[node]),
                "right_node": int(tree.right[node]),
            }  # fmt: skip
            yield _row("node", method, tree=number, node=node, value=float(tree.value[node]), **split)


def _row(kind: str, method: str, **parts: Any) -> dict[str, Any]:
    return {"kind": kind, "method": method, **parts}
