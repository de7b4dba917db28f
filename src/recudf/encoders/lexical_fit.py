"""The fit of the lexical encoder: from texts to a table of terms with vectors.

Terms that occur in the same texts more often than by chance are alike. With n(s, t) the texts that hold both,
n(s) the sum of n(s, t) over all t and n the sum of all,

    m(s, t) = max(0, ln( n(s, t) n / (n(s) n(t)) ))

Bullinaria & Levy, Extracting semantic representations from word co-occurrence statistics (Behavior Research
Methods 39, 2007): positive pointwise mutual information. The vector of a term is its row of V |L|^(1/2),
where V L V' is the leading part of m (the root: Levy, Goldberg & Dagan, Improving distributional similarity,
TACL 3, 2015), times the term's weight in a text, ln(1 + texts / texts that hold it) (inverse document
frequency: Sparck Jones, Journal of Documentation 28, 1972), so that a sum is all that embedding takes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from recudf.encoders.columns import read_texts
from recudf.encoders.factors import leading
from recudf.encoders.lexical import CENTER, summed
from recudf.encoders.terms import Ints, count_terms, term_names
from recudf.errors import ParameterError
from recudf.vectors import Mask, Matrix, valid_mask, write_vectors

LONGEST = 400  # characters of a text that a fit reads: its cost grows with their square
_BLOCK = 1000  # terms whose texts are counted at a time

TERM = pa.struct(
    [
        ("term", pa.string()),
        ("texts", pa.int64()),
        ("vector", pa.list_(pa.float32())),
    ]
)
TERMS = pa.list_(TERM)


@dataclass(frozen=True)
class LexicalParams:
    """What `lexical_fit` is asked for.

    dimensions: the most components wanted; texts and terms may give fewer. seed: of what is drawn.
    min_texts: terms of fewer texts are left out; None: 3, below 1,000 texts 2, below 500 none is left out.
    max_terms: so many at most, those of the most texts.
    """

    dimensions: int = 384
    seed: int = 0
    min_texts: int | None = None
    max_terms: int = 8_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value, least = getattr(self, field.name), 0 if field.name == "seed" else 1
            if value is None and field.name == "min_texts":
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
                raise ParameterError(
                    f"{field.name} is {value!r}: give a whole number from {least} to 2147483647"
                )

    @classmethod
    def parse(cls, text: str | None) -> LexicalParams:
        """Parameters from a JSON object; NULL means the defaults, and so does a key whose value is null.

        Raises ParameterError for text that is no JSON object, an unknown key, and an impossible value.
        """
        try:
            given = json.loads(text) if text is not None else {}
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise ParameterError(
                f'parameters {str(text)[:80]!r} are not a JSON object: write them like {{"dimensions": 100}}'
            )
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(given) - set(known)):
            raise ParameterError(f"unknown parameter {unknown[0]!r}: known are {', '.join(known)}")
        return cls(**{name: value for name, value in given.items() if value is not None})

    def least_texts(self, n_texts: int) -> int:
        """In how many of so many texts a term must be."""
        return self.min_texts or min(3, 1 + n_texts // 500)


@dataclass(frozen=True)
class Fit:
    """A lexical encoder as rows: the mean under CENTER first, unless it is zero, then terms.

    terms: [n]. texts: int64 [n], how many hold the term. vectors: float32 [n, d].
    """

    terms: Sequence[str]
    texts: Ints
    vectors: Matrix


def lexical_fit(lists: pa.Array, params: pa.Array) -> pa.Array:
    """Per row, the fit of a list of texts as list<struct> (TERMS); empty where fewer than two differ.

    lists: list<string> [n]; a NULL list -> NULL, NULL and blank texts are skipped, their order does not
    matter. params: string [n], JSON as LexicalParams.parse takes it. Raises ParameterError, Interrupted.
    """
    fitted, present = [], valid_mask(lists)
    for row in np.flatnonzero(present).tolist():
        chosen = LexicalParams.parse(params[row].as_py())
        words, _ = read_texts(lists[row].values)
        fitted.append(_struct(fit_terms(words, chosen)))
    return _lists(fitted, present)


def fit_terms(texts: Sequence[str], params: LexicalParams) -> Fit:
    """The fit of texts, whatever their order."""
    counted = count_terms([text[:LONGEST] for text in sorted(texts)])
    codes, place = np.unique(counted.codes, return_inverse=True)
    n_with = np.bincount(place, minlength=len(codes))
    least = params.least_texts(len(texts))
    order = np.lexsort((codes, -n_with))  # by the number of texts, ties by code
    chosen = np.sort(order[n_with[order] >= least][: params.max_terms])
    holds = _presence(counted.texts, place, chosen, len(texts))
    matrix = positive_pmi(holds)
    values, vectors = leading(matrix, params.dimensions, params.seed)
    weights = np.log1p(len(texts) / n_with[chosen])
    vectors = vectors * np.sqrt(np.abs(values)) * weights[:, None]
    told = np.flatnonzero(np.abs(vectors).max(axis=1, initial=0) > 1e-6)  # others occur with nothing else
    kept: Matrix = vectors[told].astype(np.float32)
    center = _mean(holds[:, told], kept)
    return Fit(
        [CENTER] * len(center) + term_names(codes[chosen[told]]),
        np.concatenate(([len(texts)] * len(center), n_with[chosen[told]])).astype(np.int64),
        np.concatenate((center, kept)),
    )


def positive_pmi(holds: Any) -> Matrix:
    """The positive pointwise mutual information of terms by the texts that hold both: float32 [m, m].

    holds: scipy CSR of ones [n, m], texts x terms.
    """
    found: Matrix = np.empty((holds.shape[1], holds.shape[1]), np.float32)
    transposed = holds.T.tocsr()
    for start in range(0, len(found), _BLOCK):
        found[start : start + _BLOCK] = (transposed[start : start + _BLOCK] @ holds).toarray()
    np.fill_diagonal(found, 0)
    totals = found.sum(axis=1, dtype=np.float64)
    scale = np.zeros(len(totals), np.float32)
    scale[totals > 0] = np.sqrt(totals.sum()) / totals[totals > 0]
    found *= scale[:, None]
    found *= scale
    np.maximum(found, 1, out=found)
    np.log(found, out=found)
    return found


def _presence(texts: Ints, place: Ints, chosen: Ints, n_texts: int) -> Any:
    """Texts x chosen terms, a one where a text holds the term."""
    import scipy.sparse as sp  # 0.2 s, so not at registration

    column = np.full(place.max(initial=-1) + 1, -1)
    column[chosen] = np.arange(len(chosen))
    kept = column[place] >= 0
    ones = np.ones(kept.sum(), np.float32)
    return sp.csr_matrix((ones, (texts[kept], column[place[kept]])), (n_texts, len(chosen)))


def _mean(holds: Any, vectors: Matrix) -> Matrix:
    """The mean of the texts that have a vector, as the one row of a matrix; no row where it is zero."""
    rows = np.repeat(np.arange(holds.shape[0]), np.diff(holds.indptr))
    sums = summed(rows, holds.indices, vectors, holds.shape[0])
    told = sums.any(axis=1)
    if not told.any():
        return sums[:0]
    mean: Matrix = sums[told].mean(axis=0, dtype=np.float64, keepdims=True).astype(np.float32)
    return mean if np.abs(mean).max() > 1e-6 else sums[:0]


def _struct(fit: Fit) -> pa.StructArray:
    vectors = write_vectors(fit.vectors, np.ones(len(fit.terms), bool))
    columns = [pa.array(fit.terms, pa.string()), pa.array(fit.texts), vectors]
    return pa.StructArray.from_arrays(columns, fields=list(TERM))


def _lists(fitted: Sequence[pa.StructArray], present: Mask) -> pa.Array:
    """One list for each present row, NULL for the others."""
    lengths = np.zeros(len(present), np.int32)
    lengths[present] = [len(rows) for rows in fitted]
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    rows = pa.concat_arrays(list(fitted)) if fitted else pa.array([], TERM)
    return pa.ListArray.from_arrays(pa.array(offsets), rows, type=TERMS, mask=pa.array(~present))
