"""Learning to rank from rows: several methods, measured on groups that they did not see, told as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from recudf import interrupts
from recudf.preference.events import Floats, Ints
from recudf.preference.ranker_calibration import calibrated
from recudf.preference.ranker_linear import Linear, fit_linear
from recudf.preference.ranker_network import Network, fit_network
from recudf.preference.ranker_params import RankerParams
from recudf.preference.ranker_rows import Ranked, ndcg_of_groups, read_ranked
from recudf.preference.ranker_trees import Boosted, fit_trees
from recudf.vectors import scatter, valid_mask

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
    held_out = dict(_held_out(rows, folds, params))
    for place, name in enumerate(params.features):
        held_out[FEATURE + name] = rows.features[:, place]
    told, best = _measured(held_out, rows, folds, params)
    for method in params.methods:
        names = tuple(params.features[place] for place in params.seen_by(method))
        told += _told(_fit(_shown(rows, method, params), method, params), method, names)
    if best.startswith(FEATURE):
        alone = Linear(np.zeros(1), np.ones(1), np.ones(1), 0.0)
        told += _told(alone, best, (best.removeprefix(FEATURE),))
    return told


def _shown(rows: Ranked, method: str, params: RankerParams) -> Ranked:
    """The rows with the features that a method sees."""
    return Ranked(rows.features[:, params.seen_by(method)], rows.positive, rows.starts, rows.groups)


def _held_out(rows: Ranked, folds: Ints, params: RankerParams) -> Iterator[tuple[str, Floats]]:
    """Scores by each method of groups that it was not fitted on."""
    since = interrupts.generation()
    for method in params.methods:
        shown = _shown(rows, method, params)
        scores = np.zeros(len(rows.positive))
        for part in range(int(folds.max()) + 1):
            interrupts.check(since)
            chosen = (folds == part)[rows.owners]
            scores[chosen] = _fit(shown.kept(folds != part), method, params)(shown.features[chosen])
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
    leader = max(params.methods, key=quality.__getitem__)
    for method in params.methods:
        told.append(_row("lag", method, **_difference(of_groups[leader], of_groups[method], measure)))
        if params.baseline:
            told.append(_row("gain", method, **_difference(of_groups[method], of_groups[baseline], measure)))
    for method in (*params.methods, *([baseline] if params.baseline else [])):
        told += [_row(kind, method, **row) for kind, row in calibrated(scores[method], judged, folds)]
    return told, best


def _difference(first: Floats, second: Floats, measure: str) -> dict[str, Any]:
    """The mean over groups of how much more the first is, and its standard error."""
    more = first - second
    return {
        "name": measure,
        "threshold": float(more.std() / np.sqrt(len(more))),
        "value": float(more.mean()),
    }


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
