"""The lexical encoder: vectors from the characters of one's own texts, in any language, without a model.

A text is the sum of the vectors of its terms (`terms`), scaled to length 1, less the mean of all texts,
scaled again. The vectors come from a fit (`lexical_fit`), which is a table: a row per term, and one under ''
with the mean. An index over it is what texts are embedded with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.encoders.columns import COVERAGE, read_texts
from recudf.encoders.terms import Ints, TermCounts, count_terms, is_single, term_codes
from recudf.errors import InputError
from recudf.search import Index, get_index
from recudf.vectors import Mask, Matrix, norms, scatter, unit, valid_mask, write_vectors

CENTER = ""  # the term of the row that holds the mean
_ROUNDING = 1e-5  # a text at this distance of the mean is as good as the mean


@dataclass(frozen=True)
class Lexicon:
    """A fit, read from an index.

    codes: int64 [n], terms as numbers, ascending. vectors: float32 [n, d]. center: float64 [d].
    """

    codes: Ints
    vectors: Matrix
    center: npt.NDArray[np.float64]

    @classmethod
    def of(cls, index: Index) -> Lexicon:
        """Raises InputError where the index is over something else."""
        codes = term_codes(index.ids)
        order = np.argsort(codes, kind="stable")
        none = int((codes < 0).sum())
        center = np.zeros(index.dimension)
        if none == 1 and index.ids[int(order[0])].as_py() == CENTER:
            center = index.matrix[order[0]].astype(np.float64)
        elif none:
            raise InputError(
                f"{index.handle} is no index over a lexical fit: make it with vector_index(term, vector) "
                "over what lexical_fit returns"
            )
        return cls(codes[order[none:]], index.matrix[order[none:]], center)

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of length 1, float32 [n, d]; zero for a text without a known term, or like the mean."""
        found, place = self._known(count_terms(texts))
        sums = summed(found.texts, place, self.vectors, len(texts))
        told = sums.any(axis=1)
        sums[told] -= self.center
        sums[norms(sums) < _ROUNDING] = 0
        return unit(sums)

    def _known(self, counted: TermCounts) -> tuple[TermCounts, Ints]:
        """The terms that the fit holds, and their places in it."""
        place = np.minimum(np.searchsorted(self.codes, counted.codes), len(self.codes) - 1)
        known = self.codes[place] == counted.codes
        return counted.where(known), place[known]

    def coverage(self, texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Per text its terms, its characters (those that are terms), and those of them not in the fit."""
        counted = count_terms(texts)
        characters = counted.where(is_single(counted.codes))
        known, _ = self._known(characters)
        sizes = [
            np.bincount(part.texts, part.counts, len(texts)).astype(np.int64)
            for part in (counted, characters, known)
        ]
        return sizes[0], sizes[1], sizes[1] - sizes[2]


def summed(texts: Ints, place: Ints, vectors: Matrix, n_texts: int) -> Matrix:
    """The sums of the vectors of each text's terms, scaled to length 1: float32 [n_texts, d].

    texts, place: int64 [n], a text and the row of a term of it.
    """
    import scipy.sparse as sp  # 0.2 s, so not at registration

    used, column = np.unique(place, return_inverse=True)  # a batch has few of the terms
    holds = sp.csr_matrix((np.ones(len(texts)), (texts, column)), (n_texts, len(used)))
    return unit(holds @ vectors[used].astype(np.float64))


def embed_lexical(texts: pa.Array, handles: pa.Array) -> pa.Array:
    """Unit-length vectors of texts by the fits that handles name, FLOAT[].

    texts, handles: string [n]. NULL for NULL or blank text, NULL handle, and text of which the fit knows no
    term. Raises UnknownHandleError, and InputError for an index that is no fit.
    """
    words, valid = read_texts(texts)
    result = pa.nulls(len(texts), pa.list_(pa.float32()))
    for lexicon, chosen in _by_lexicon(handles, valid):
        matrix = lexicon.encode([words[i] for i in np.flatnonzero(chosen[valid])])
        told = matrix.any(axis=1)
        placed = chosen.copy()
        placed[chosen] = told
        result = pc.if_else(pa.array(chosen), write_vectors(matrix[told], placed), result)
    return result


def lexical_coverage(texts: pa.Array, handles: pa.Array) -> pa.Array:
    """What the fits know of texts, as COVERAGE; NULL for NULL or blank text and NULL handle. Raises as
    `embed_lexical`."""
    words, valid = read_texts(texts)
    result = pa.nulls(len(texts), COVERAGE)
    for lexicon, chosen in _by_lexicon(handles, valid):
        sizes = lexicon.coverage([words[i] for i in np.flatnonzero(chosen[valid])])
        columns = [pa.array(size, pa.int32()) for size in sizes]
        found = scatter(pa.StructArray.from_arrays(columns, fields=list(COVERAGE)), chosen)
        result = pc.if_else(pa.array(chosen), found, result)
    return result


def _by_lexicon(handles: pa.Array, valid: Mask) -> list[tuple[Lexicon, Mask]]:
    """Each fit that rows with a text name, with a mask of these rows."""
    present = valid & valid_mask(handles)
    named = handles.filter(pa.array(present)).cast(pa.string())
    found = []
    for handle in pc.unique(named).to_pylist():
        chosen = present.copy()
        chosen[present] = pc.equal(named, handle).to_numpy(zero_copy_only=False)
        found.append((Lexicon.of(get_index(handle)), chosen))
    return found
