"""The terms of the lexical encoder: characters, and pairs of neighbours within a word, counted per text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.vectors import Mask

Ints = npt.NDArray[np.int64]

READ = {"L", "M", "N"}  # general categories of Unicode: letters, the marks on them, numbers
_BLOCK = 1 << 20  # characters at a time: bounds memory, and the numbers of texts to 20 bits
_PAIR = 21  # bits of a code point


@dataclass(frozen=True)
class TermCounts:
    """How often each text has each of its terms, in order of text and term.

    texts: int64 [n], number of the text. codes: int64 [n], the term: a code point, or two of them in one
    number. counts: int64 [n].
    """

    texts: Ints
    codes: Ints
    counts: Ints

    def where(self, kept: Mask) -> TermCounts:
        """Some of the counts."""
        return TermCounts(self.texts[kept], self.codes[kept], self.counts[kept])


def count_terms(texts: Sequence[str]) -> TermCounts:
    """Terms of texts after NFKC and lower-casing: each letter, mark or digit, and each two that stand side
    by side. What is neither (blanks, punctuation, symbols) is no term and parts what it stands between."""
    parts = [_count(block, start) for start, block in _blocks([_folded(text) for text in texts])]
    none = np.zeros(0, np.int64)
    columns = zip(*parts, strict=True) if parts else ([none], [none], [none])
    return TermCounts(*(np.concatenate(column) for column in columns))


def is_single(codes: Ints) -> Mask:
    """Which terms are single characters."""
    single: Mask = codes < 1 << _PAIR
    return single


def term_names(codes: Ints) -> list[str]:
    """Terms as people read them."""
    mask = (1 << _PAIR) - 1
    return [chr(c) if c <= mask else chr(c >> _PAIR) + chr(c & mask) for c in codes.tolist()]


def term_codes(names: pa.StringArray) -> Ints:
    """The codes of terms, -1 for what is none: the inverse of `term_names`."""
    lengths = pc.utf8_length(names).to_numpy(zero_copy_only=False).astype(np.int64)
    points = _points("".join(names.to_pylist()))
    starts = np.cumsum(lengths) - lengths
    codes = np.full(len(lengths), -1)
    one, two = lengths == 1, lengths == 2
    codes[one] = points[starts[one]]
    codes[two] = points[starts[two]] << _PAIR | points[starts[two] + 1]
    return codes


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Runs of texts that together have few characters, or of one text, and the number of their first."""
    start = length = 0
    for number, text in enumerate(texts):
        if number > start and length + len(text) + 1 > _BLOCK:
            yield start, texts[start:number]
            start, length = number, 0
        length += len(text) + 1
    if start < len(texts):
        yield start, texts[start:]


def _count(texts: Sequence[str], first: int) -> tuple[Ints, Ints, Ints]:
    points = _points("\n".join([*texts, ""]))  # the end of a line is no term, so no pair crosses it
    owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
    distinct, inverse = np.unique(points, return_inverse=True)
    is_read = np.array([unicodedata.category(chr(point))[0] in READ for point in distinct.tolist()], bool)
    reads = is_read[inverse]
    single, pair = np.flatnonzero(reads), np.flatnonzero(reads[:-1] & reads[1:])
    codes = np.concatenate((points[single], points[pair] << _PAIR | points[pair + 1]))
    owners = np.concatenate((owner[single], owner[pair]))
    keys, counts = np.unique(owners << 2 * _PAIR | codes, return_counts=True)
    return (keys >> 2 * _PAIR) + first, keys & (1 << 2 * _PAIR) - 1, counts.astype(np.int64)


def _points(text: str) -> Ints:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
