"""What a learned ranking is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from recudf.errors import ParameterError
from recudf.preference.params import FitParams

METHODS = ("listwise", "logistic", "svm", "trees", "network")


@dataclass(frozen=True)
class RankerParams(FitParams):
    """What `ranker_fit` is asked for.

    features: their names, in the order of a row. hidden_from: the methods that do not see a feature, by its
    name. baseline: one that methods are compared with, or "". methods: some of METHODS. folds: of the
    cross-validation; folds_by: a separator, as Ranked.folds takes it. k: of ndcg. seed: of the trees and the
    network. l2: penalty of the linear methods. rounds, leaves (of a tree, at most), rate, min_leaf (rows of a
    leaf, at least): of the trees. units, epochs, network_l2: of the network. judged: groups whose name has
    this text tell how good a method is.
    """

    features: tuple[str, ...] = ()
    hidden_from: dict[str, tuple[str, ...]] = field(default_factory=dict)
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
        for name in ("features", "methods"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        hidden: Any = self.hidden_from
        if not isinstance(hidden, dict):
            raise ParameterError(f'hidden_from is {hidden!r}: give an object, like {{"x": ["trees"]}}')
        hidden = {feature: _names(f"hidden_from of {feature!r}", of) for feature, of in hidden.items()}
        object.__setattr__(self, "hidden_from", hidden)
        if unknown := sorted({*hidden, *([self.baseline] if self.baseline else [])} - {*self.features}):
            raise ParameterError(f"{unknown[0]!r} is no feature: choose from {', '.join(self.features)}")
        for name, given in [
            ("methods", self.methods),
            *((f"hidden_from of {f!r}", of) for f, of in hidden.items()),
        ]:
            if unknown := [method for method in given if method not in METHODS]:
                raise ParameterError(f"{name} has {unknown[0]!r}: choose from {', '.join(METHODS)}")
        if blind := [method for method in self.methods if not self.seen_by(method)]:
            raise ParameterError(
                f"all features are hidden from {blind[0]!r}: leave it one, like {self.features[0]!r}"
            )
        for name in ("folds_by", "judged"):
            if not isinstance(getattr(self, name), str):
                raise ParameterError(f'{name} is {getattr(self, name)!r}: give a text, like ":"')
        self.require_whole(folds=2, k=1, seed=0, rounds=1, leaves=2, min_leaf=1, units=1, epochs=1)
        self.require_numbers("l2", "network_l2", "rate", above_zero=True)

    def seen_by(self, method: str) -> list[int]:
        """Places of the features that a method sees."""
        return [
            place for place, name in enumerate(self.features) if method not in self.hidden_from.get(name, ())
        ]


def _names(name: str, value: Any) -> tuple[str, ...]:
    """A list of distinct names."""
    given = value if isinstance(value, list | tuple) else ()
    if not given or not all(isinstance(each, str) and each for each in given):
        raise ParameterError(f'{name} is {value!r}: give a list of names, like ["a", "b"]')
    if twice := sorted({each for each in given if given.count(each) > 1}):
        raise ParameterError(f"{name} has {twice[0]!r} more than once: give each one name")
    return tuple(given)
