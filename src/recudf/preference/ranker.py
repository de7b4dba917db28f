"""Learning to rank from rows: several methods, measured on groups that they did not see, told as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from recudf import interrupts
from recudf.errors import ParameterError
from recudf.preference.events import Floats, Ints
from recudf.preference.params import FitParams
from recudf.preference.ranker_calibration import calibrated
from recudf.preference.ranker_linear import Linear, fit_linear
from recudf.preference.ranker_network import Network, fit_network
from recudf.preference.ranker_rows import Ranked, ndcg_of_groups, read_ranked
from recudf.preference.ranker_trees import Boosted, fit_trees
from recudf.vectors import scatter, valid_mask

METHODS = ("listwise", "logistic", "svm", "trees", "network")
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
        ("rows", pa.int64()),
    ]
)
ROWS = pa.list_(ROW)
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class RankerParams(FitParams):
    """What `ranker_fit` is asked for.

    features: their names, in the order of a row. only_measured: those that methods do not see. baseline: one
    that methods are compared with, or "". methods: some of METHODS. folds: of the cross-validation; folds_by:
    a separator, as Ranked.folds takes it. k: of ndcg. seed: of the trees and the network. l2: penalty of the
    linear methods. rounds, leaves (of a tree, at most), rate, min_leaf (rows of a leaf, at least): of the
    trees. units, epochs, network_l2: of the network. judged: groups whose name has this text tell how good a
    method is.
    """

    features: tuple[str, ...] = ()
    only_measured: tuple[str, ...] = ()
    baseline: str = ""
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
    units: int = 16
    epochs: int = 20
    network_l2: float = 0.003
    judged: str = ""

    def __post_init__(self) -> None:
        for name in ("features", "methods", "only_measured"):
            object.__setattr__(self, name, self._names(name))
        if unknown := sorted(
            {*self.only_measured, *([self.baseline] if self.baseline else [])} - {*self.features}
        ):
            raise ParameterError(f"{unknown[0]!r} is no feature: choose from {', '.join(self.features)}")
        if len(self.only_measured) == len(self.features):
            raise ParameterError(
                f"only_measured has all features: leave methods one, like {self.features[0]!r}"
            )
        if unknown := [method for method in self.methods if method not in METHODS]:
            raise ParameterError(f"methods has {unknown[0]!r}: choose from {', '.join(METHODS)}")
        for name in ("folds_by", "judged"):
            if not isinstance(getattr(self, name), str):
                raise ParameterError(f'{name} is {getattr(self, name)!r}: give a text, like ":"')
        self.require_whole(folds=2, k=1, seed=0, rounds=1, leaves=2, min_leaf=1, units=1, epochs=1)
        self.require_numbers("l2", "network_l2", "rate", above_zero=True)

    def _names(self, name: str) -> tuple[str, ...]:
        """A list of distinct names."""
        value: Any = getattr(self, name)
        given = value if isinstance(value, list | tuple) else ()
        may_be_none = name == "only_measured" and isinstance(value, list | tuple)
        if not (given or may_be_none) or not all(isinstance(each, str) and each for each in given):
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
    folds = rows.folds(min(params.folds, len(rows.groups)), params.folds_by)
    seen = [place for place, name in enumerate(params.features) if name not in params.only_measured]
    names = tuple(params.features[place] for place in seen)
    shown = Ranked(rows.features[:, seen], rows.positive, rows.starts, rows.groups)
    held_out = dict(_held_out(shown, folds, params))
    for place, name in enumerate(params.features):
        held_out[FEATURE + name] = rows.features[:, place]
    told, best = _measured(held_out, rows, folds, params)
    for method in params.methods:
        told += _told(_fit(shown, method, params), method, names)
    if best.startswith(FEATURE):
        alone = Linear(np.zeros(1), np.ones(1), np.ones(1), 0.0)
        told += _told(alone, best, (best.removeprefix(FEATURE),))
    return told


def _held_out(rows: Ranked, folds: Ints, params: RankerParams) -> Iterator[tuple[str, Floats]]:
    """Scores by each method of groups that it was not fitted on."""
    since = interrupts.generation()
    for method in params.methods:
        scores = np.zeros(len(rows.positive))
        for part in range(int(folds.max()) + 1):
            interrupts.check(since)
            chosen = (folds == part)[rows.owners]
            scores[chosen] = _fit(rows.kept(folds != part), method, params)(rows.features[chosen])
        yield method, scores


def _measured(scores: dict[str, Floats], rows: Ranked, folds: Ints, params: RankerParams) -> tuple[Rows, str]:
    """What is known of these scores, and whose are best."""
    measure, baseline = f"ndcg@{params.k}", FEATURE + params.baseline
    chosen = np.array([params.judged in name for name in rows.groups])
    if len(np.unique(folds[chosen])) < 2:
        chosen[:] = True
    judged, folds = rows.kept(chosen), folds[chosen]
    scores = {method: of[chosen[rows.owners]] for method, of in scores.items()}
    of_groups = {method: ndcg_of_groups(of, judged, params.k) for method, of in scores.items()}
    quality = {method: float(values.mean()) for method, values in of_groups.items()}
    told = [_row("quality", method, name=measure, value=value) for method, value in quality.items()]
    best = max(quality, key=quality.__getitem__)  # the first of equal ones
    told.append(_row("chosen", best, name=measure, value=quality[best]))
    for method in params.methods:
        if params.baseline:
            gain = of_groups[method] - of_groups[baseline]
            error = float(gain.std() / np.sqrt(len(gain)))
            told.append(_row("gain", method, name=measure, threshold=error, value=float(gain.mean())))
    for method in (*params.methods, *([baseline] if params.baseline else [])):
        told += [_row(kind, method, **row) for kind, row in calibrated(scores[method], judged, folds)]
    return told, best


def _fit(rows: Ranked, method: str, params: RankerParams) -> Linear | Boosted | Network:
    if method == "trees":
        return fit_trees(rows, params.rounds, params.leaves, params.rate, params.min_leaf, params.seed)
    if method == "network":
        linear = fit_linear(rows, "listwise", params.l2)
        return fit_network(rows, linear, params.units, params.network_l2, params.epochs, params.seed)
    return fit_linear(rows, method, params.l2)


def _told(scorer: Linear | Boosted | Network, method: str, names: tuple[str, ...]) -> Rows:
    if isinstance(scorer, Boosted):
        return [_row("base", method, value=scorer.base), *_nodes(scorer, method, names)]
    if isinstance(scorer, Network):
        return [*_told(scorer.linear, method, names), *_units(scorer, method, names)]
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


def _units(scorer: Network, method: str, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for unit in range(len(scorer.out)):
        yield _row("bias", method, node=unit, value=float(scorer.bias[unit]))
        for name, weight in zip(names, scorer.into[:, unit], strict=True):
            yield _row("into", method, name=name, node=unit, feature=name, value=float(weight))
        yield _row("out", method, node=unit, value=float(scorer.out[unit]))


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
