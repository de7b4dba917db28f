"""Topics of texts by their terms: which terms make up a topic, and what each adds for it in a text."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa

from recudf.clustering.choose import draw_rows
from recudf.clustering.lda import fit_lda
from recudf.clustering.nmf import fit_nmf
from recudf.clustering.params import read_object, whole
from recudf.clustering.points import Floats, Labels, Points
from recudf.clustering.stable import Earlier, number_clusters
from recudf.clustering.term_counts import Texts, read_texts
from recudf.errors import InputError, ParameterError
from recudf.search import get_index
from recudf.vectors import Matrix, require_dimension, scatter, unit, valid_mask

TopicMethod = Literal["nmf", "lda"]
TERM = pa.struct([("term", pa.string()), ("weight", pa.float64()), ("loading", pa.float64())])
TOPIC = pa.struct(
    [
        ("cluster_id", pa.int32()),
        ("centroid", pa.list_(pa.float32())),
        ("size", pa.int64()),
        ("members", pa.list_(pa.string())),
        ("terms", pa.list_(TERM)),
    ]
)
TOPICS = pa.list_(TOPIC)

FITTED_TEXTS = 50_000
FAINT = 0.01  # loadings below this share of the term's largest are left out
DIGITS = 6


@dataclass(frozen=True)
class TopicParams:
    """What `topic_fit` is asked for.

    method: nmf or lda. k: the most topics wanted. seed: of what is drawn. max_iterations: rounds at most.
    min_texts: in how many texts a term must be. previous, first_new_id: as in ClusterParams.
    """

    method: TopicMethod = "nmf"
    k: int = 10
    seed: int = 0
    max_iterations: int = 100
    min_texts: int = 2
    previous: str | None = None
    first_new_id: int = 0

    def __post_init__(self) -> None:
        if self.method not in get_args(TopicMethod):
            raise ParameterError(f"method is {self.method!r}: choose nmf or lda")
        least = {"k": 1, "seed": 0, "max_iterations": 1, "min_texts": 1, "first_new_id": 0}
        for name, lowest in least.items():
            whole(name, getattr(self, name), lowest)
        if self.previous is not None and not isinstance(self.previous, str):
            raise ParameterError(f"previous is {self.previous!r}: give a handle of vector_index")

    @classmethod
    def parse(cls, text: str | None) -> TopicParams:
        """Parameters from a JSON object, NULL and null meaning the defaults; raises ParameterError."""
        given = read_object(text)
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(given) - set(known)):
            raise ParameterError(f"unknown parameter {unknown[0]!r}: known are {', '.join(known)}")
        return cls(**given)


def topic_fit(ids: pa.Array, terms: pa.Array, handles: pa.Array, params: pa.Array) -> pa.Array:
    """Per row, the topics of a list of texts as list<struct> (TOPICS), by cluster id.

    ids: list<string> [n]. terms: list<list<string>> [n], of each text, a repeated one counts again. handles:
    string [n], an index that may have a vector for an id; NULL for none. params: string [n], JSON as
    TopicParams.parse takes it. NULL ids or terms -> NULL; no term in min_texts texts -> an empty list.
    Raises InputError (lists of different lengths, an id that is NULL or occurs twice, previous without a
    handle), ParameterError, UnknownHandleError, VectorError where `previous` has another dimension.
    """
    valid = valid_mask(ids) & valid_mask(terms)
    fitted = []
    for row in np.flatnonzero(valid):
        chosen = TopicParams.parse(params[row].as_py())
        texts = read_texts(ids[row].as_py(), terms[row].as_py(), handles[row].as_py(), chosen.min_texts)
        fitted.append(fit_topics(texts, chosen, _earlier(texts, chosen)))
    return scatter(pa.array(fitted, TOPICS), valid)


def fit_topics(texts: Texts, params: TopicParams, earlier: Earlier | None = None) -> list[dict[str, Any]]:
    """The topics as rows of TOPICS; a text is in that with the largest sum of loadings over its terms."""
    told = np.flatnonzero(texts.counts.sum(axis=1) > 0)
    if not len(told):
        return []
    rows = told[draw_rows(len(told), FITTED_TEXTS, params.seed)]
    start = None
    if earlier is not None and texts.vectors is not None and len(earlier.ids):
        start = _groups(texts.vectors[rows], earlier, params)
    counts = texts.counts[rows]
    k = min(params.k, len(rows))
    weights, loadings = _fit(counts, k, params, start)
    loadings = _rounded(loadings)
    labels = np.full(len(texts.ids), -1)
    labels[told] = np.round(texts.counts[told] @ loadings.T, DIGITS).argmax(axis=1)
    labels = _placed(labels, texts.vectors)
    groups = [np.flatnonzero(labels == topic) for topic in range(len(loadings))]
    order = sorted(
        (t for t, group in enumerate(groups) if len(group)), key=lambda t: (-len(groups[t]), groups[t][0])
    )
    centroids = None if texts.vectors is None else np.stack([_mean(texts.vectors[groups[t]]) for t in order])
    ids = _numbers(centroids, len(order), earlier, params.first_new_id)
    topics = [
        {
            "cluster_id": int(ids[place]),
            "centroid": None if centroids is None else centroids[place],
            "size": len(groups[t]),
            "members": [texts.ids[row] for row in groups[t]],
            "terms": _terms(texts.terms, weights[t], loadings[t]),
        }
        for place, t in enumerate(order)
    ]
    return sorted(topics, key=lambda topic: topic["cluster_id"])


def _fit(counts: Any, k: int, params: TopicParams, start: Labels | None) -> tuple[Floats, Floats]:
    """Weights and loadings. lda begins from the groups of nmf where there are no earlier ones: from chances
    drawn at random it may leave topics together that share no word."""
    if params.method == "nmf" or start is None:
        weights, loadings = fit_nmf(counts, k, params.max_iterations, start, params.seed)
        if params.method == "nmf":
            return weights, loadings
        start = (counts @ loadings.T).argmax(axis=1)
    return fit_lda(counts, k, params.max_iterations, start, params.seed)


def _groups(vectors: Matrix, earlier: Earlier, params: TopicParams) -> Labels:
    """Topics to begin from: the nearest earlier ones, of which the k with the most texts; a text of another
    begins in that of them which is nearest. Missing ones begin from texts that are drawn."""
    nearest = Points.of(vectors, centre=False).nearest(unit(earlier.centroids))[0]
    used = np.bincount(nearest, minlength=len(earlier.ids))
    kept = np.sort(np.argsort(-used, kind="stable")[: params.k])
    kept = kept[used[kept] > 0]
    labels = Points.of(vectors, centre=False).nearest(unit(earlier.centroids[kept]))[0]
    if missing := min(params.k, len(labels)) - len(kept):
        size = max(1, len(labels) // (2 * params.k))
        drawn = np.random.default_rng(params.seed).permutation(len(labels))[: missing * size]
        labels[drawn] = len(kept) + np.arange(len(drawn)) // size
    return np.unique(labels, return_inverse=True)[1]


def _rounded(loadings: Floats) -> Floats:
    faint = np.abs(loadings) < FAINT * np.abs(loadings).max(axis=0)
    rounded: Floats = np.where(faint, 0.0, loadings)
    return np.round(rounded, DIGITS) + 0.0


def _placed(labels: Labels, vectors: Matrix | None) -> Labels:
    """Texts without a known term (-1) join the topic with the nearest centroid, if they have a vector."""
    if vectors is None or not (labels < 0).any():
        return labels
    topics = np.unique(labels[labels >= 0])
    centroids = np.stack([_mean(vectors[labels == topic]) for topic in topics])
    rows = np.flatnonzero((labels < 0) & vectors.any(axis=1))
    placed = labels.copy()
    placed[rows] = topics[(vectors[rows] @ unit(centroids).T).argmax(axis=1)]
    return placed


def _mean(vectors: Matrix) -> Matrix:
    told = vectors[vectors.any(axis=1)]
    mean: Matrix = (told if len(told) else vectors).mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def _numbers(centroids: Matrix | None, topics: int, earlier: Earlier | None, first: int) -> Labels:
    if centroids is None:
        return first + np.arange(topics)
    if earlier is not None:
        earlier = Earlier(unit(earlier.centroids), earlier.ids)
    return number_clusters(unit(centroids), earlier, first)


def _terms(names: list[str], weights: Floats, loadings: Floats) -> list[dict[str, Any]]:
    """The terms with a loading, those of most weight first, ties by name."""
    kept = np.flatnonzero(loadings)
    kept = kept[np.argsort(-np.round(weights[kept], 9), kind="stable")]
    return [
        {"term": names[t], "weight": round(float(weights[t]), 9), "loading": float(loadings[t])} for t in kept
    ]


def _earlier(texts: Texts, params: TopicParams) -> Earlier | None:
    if params.previous is None:
        return None
    if texts.vectors is None:
        raise InputError("previous is given without a handle: topics keep their numbers by their vectors")
    index = get_index(params.previous)
    require_dimension(index.matrix.shape[1], texts.vectors.shape[1], "previous", "the index")
    return Earlier.of(index.ids.to_pylist(), index.matrix)
