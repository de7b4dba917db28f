"""The parameters of a fit: parsed from JSON once, refused by name where they make no sense."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from recudf.errors import ParameterError

Method = Literal["kmeans", "spherical", "agglomerative", "dbscan", "hdbscan", "graph"]
METHODS: tuple[str, ...] = get_args(Method)

_CHOOSES_K = {"k", "k_min", "k_max", "seed"}
_LLOYD = _CHOOSES_K | {"restarts", "max_iterations", "tolerance"}
_ALWAYS = {"method", "previous", "first_new_id"}
USED: dict[str, set[str]] = {
    "kmeans": _ALWAYS | _LLOYD,
    "spherical": _ALWAYS | _LLOYD,
    "agglomerative": _ALWAYS | _CHOOSES_K | {"max_distance"},
    "dbscan": _ALWAYS | {"eps", "min_samples"},
    "hdbscan": _ALWAYS | {"min_cluster_size", "min_samples"},
    "graph": _ALWAYS | _LLOYD | {"neighbors", "smoothings"},
}


@dataclass(frozen=True)
class ClusterParams:
    """What `cluster_fit` is asked for.

    method: kmeans (Euclidean, vectors as given); spherical, agglomerative (average linkage), dbscan,
    hdbscan and graph (k-means of vectors smoothed over their neighbour graph) look at directions alone
    (cosine).
    k: the most clusters wanted (fewer distinct vectors give fewer), or chosen in k_min..k_max: "auto", by
    silhouette, or "stable" (kmeans, spherical, graph), by prediction strength.
    seed: of everything drawn. restarts: seedings tried on the sample, the best goes on; None: 4, graph 20.
    max_iterations: rounds of Lloyd. tolerance: stop when the squared shift of all centroids together is
    at most tolerance x the mean variance of a component.
    neighbors, smoothings: graph, as in `recudf.clustering.graph`.
    max_distance: agglomerative, instead of k: merge while the mean cosine distance is at most this.
    eps: dbscan's radius as a cosine distance, which it needs. min_samples, min_cluster_size: as in
    scikit-learn; hdbscan's min_samples defaults to min_cluster_size.
    previous: handle of an index over earlier centroids, whose ids are integers: ids stay stable.
    first_new_id: the smallest id that a cluster without an earlier one may get.
    """

    method: Method = "kmeans"
    k: int | Literal["auto", "stable"] = "auto"
    k_min: int = 2
    k_max: int = 30
    seed: int = 0
    restarts: int | None = None
    max_iterations: int = 300
    tolerance: float = 1e-4
    neighbors: int = 15
    smoothings: int = 10
    max_distance: float | None = None
    eps: float | None = None
    min_samples: int | None = None
    min_cluster_size: int = 5
    previous: str | None = None
    first_new_id: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ParameterError(f"method is {self.method!r}: choose one of {', '.join(METHODS)}")
        if self.k not in ("auto", "stable"):
            whole("k", self.k, 1, ' or "auto" or "stable"')
        if self.k == "stable" and self.method == "agglomerative":
            raise ParameterError('agglomerative does not use k "stable": give "auto" or a number')
        for name, least in (
            ("k_min", 2), ("k_max", 2), ("seed", 0), ("max_iterations", 1), ("neighbors", 2),
            ("smoothings", 0), ("min_cluster_size", 2), ("first_new_id", 0),
        ):  # fmt: skip
            whole(name, getattr(self, name), least)
        if self.k_min > self.k_max:
            raise ParameterError(f"k_min is {self.k_min} and k_max {self.k_max}: give k_min <= k_max")
        for name in ("restarts", "min_samples"):
            if (value := getattr(self, name)) is not None:
                whole(name, value, 1)
        _number("tolerance", self.tolerance, 0, math.inf)
        for name in ("max_distance", "eps"):
            if (value := getattr(self, name)) is not None:
                _number(name, value, 0, 2)
        if self.eps == 0:
            raise ParameterError("eps is 0: give a cosine distance above 0")
        if self.previous is not None and not isinstance(self.previous, str):
            raise ParameterError(f"previous is {self.previous!r}: give a handle of vector_index")
        if self.method == "dbscan" and self.eps is None:
            raise ParameterError("dbscan needs eps, a cosine distance: try 0.3, or use hdbscan")

    @property
    def seedings(self) -> int:
        """How many seedings k-means tries."""
        return self.restarts or (20 if self.method == "graph" else 4)

    @classmethod
    def parse(cls, text: str | None) -> ClusterParams:
        """Parameters from a JSON object; NULL means the defaults.

        Raises ParameterError for text that is no JSON object, an unknown key, a key that the method does
        not use, and an impossible value. A key whose value is null counts as left out.
        """
        given = read_object(text)
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(given) - set(known)):
            raise ParameterError(f"unknown parameter {unknown[0]!r}: known are {', '.join(known)}")
        params = cls(**given)
        if unused := sorted(set(given) - USED[params.method]):
            listed = ", ".join(name for name in known if name in USED[params.method])
            raise ParameterError(f"{params.method} does not use {unused[0]!r}: it uses {listed}")
        if "k" in given and "max_distance" in given:
            raise ParameterError("k and max_distance are both given: give one of them")
        if isinstance(params.k, int) and (ranged := sorted({"k_min", "k_max"} & set(given))):
            raise ParameterError(f'{ranged[0]} is given beside k {params.k}: it needs k "auto" or "stable"')
        return params


def read_object(text: str | None) -> dict[str, Any]:
    """The keys of a JSON object whose values are not null; none of NULL. Raises ParameterError."""
    if text is None:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = getattr(error, "msg", error)
        raise ParameterError(
            f'parameters {text[:80]!r} are not JSON ({why}): write them like {{"k": 20}}'
        ) from None
    if not isinstance(value, dict):
        raise ParameterError(f'parameters {text[:80]!r} are not a JSON object: write them like {{"k": 20}}')
    return {key: item for key, item in value.items() if item is not None}


def whole(name: str, value: Any, least: int, alternative: str = "") -> None:
    """Raise ParameterError unless the value is a whole number from `least` up that fits an INTEGER."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ParameterError(f"{name} is {value!r}: give a whole number of at least {least}{alternative}")
    if value >= 2**31:
        raise ParameterError(f"{name} is {value}: give a whole number below 2147483648")


def _number(name: str, value: Any, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        limits = f"from {least} to {most}" if most < math.inf else f"of at least {least}"
        raise ParameterError(f"{name} is {value!r}: give a number {limits}")
