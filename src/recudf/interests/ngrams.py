"""N-grams by script: of words where words are written apart, of characters where they are not.

"It isn't bad, is it" gives it, not_bad, is, "is it"; 不好 gives 不, 不好, 好. A negation marks the words
after it, for what is not bad is no kind of bad: Das & Chen, Yahoo! for Amazon (2001); Pang, Lee &
Vaithyanathan, Thumbs up? (2002). Characters need no mark: 不好 is one n-gram.
"""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import regex

from recudf.errors import ParameterError
from recudf.vectors import scatter, valid_mask

MOST_WORDS = 5
LONGEST_WORD = 64  # characters: a longer one is no word
NEGATED = 3  # words after a negation, up to the next punctuation: those that it speaks of, most often
MARK = "not_"

_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "nothing",
        "none",
        "nobody",
        "nor",
        "neither",
        "cannot",
        "without",
        "hardly",
        "cant",
        "dont",
        "didnt",
        "doesnt",
        "isnt",
        "wasnt",
        "wont",
        "couldnt",
        "wouldnt",
    ]
)
_PLAIN = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'"))
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー々\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKENS = regex.compile(
    rf"""(?V1)
      (?P<word> [\p{{L}}\p{{N}}--[{_UNSPACED}]][\p{{L}}\p{{N}}\p{{M}}'--[{_UNSPACED}]]*(?<!') )
    | (?P<run> [{_UNSPACED}]+ )
    | [.,;:!?()"\n]                                          # ends what was said""",
    regex.VERBOSE,
)


def ngrams(text: str, words: int = 2) -> list[str]:
    """The distinct n-grams of a text, in order of appearance.

    1 to `words` words in a row, joined by a blank; in runs of characters of a script without blanks 1 to
    `words` + 1 characters. Lower case, NFKC (full-width forms fold), apostrophes of print as on a keyboard.
    A negation only marks the next NEGATED words. No row of words goes beyond it or a punctuation mark.
    """
    folded = unicodedata.normalize("NFKC", text).lower().translate(_PLAIN)
    found: dict[str, None] = {}
    row: list[str] = []  # the words before
    negated = 0  # how many of the words to come are
    for match in _TOKENS.finditer(folded):
        token = match[0]
        if match["word"] is None:
            row, negated = [], 0
            if match["run"] is not None:
                found.update(dict.fromkeys(_characters(token, words + 1)))
        elif token in _NEGATIONS or token.endswith("n't"):
            row, negated = [], NEGATED
        elif len(token) <= LONGEST_WORD:
            row = [*row, MARK * (negated > 0) + token][-words:]
            negated -= 1
            for length in range(1, len(row) + 1):
                found[" ".join(row[-length:])] = None
    return list(found)


def _characters(run: str, most: int) -> list[str]:
    return [
        run[start:end]
        for start in range(len(run))
        for end in range(start + 1, min(start + most, len(run)) + 1)
    ]


def text_ngrams(texts: pa.Array, words: pa.Array) -> pa.Array:
    """Per row, the distinct n-grams of a text as list<string>; NULL for a NULL text, empty where it has none.

    texts: string [n]. words: int64 [n], the most words of one n-gram; NULL means 2.
    Raises ParameterError where it is not from 1 to MOST_WORDS.
    """
    valid = valid_mask(texts)
    found = []
    for text, most in zip(texts.filter(valid).to_pylist(), words.filter(valid).to_pylist(), strict=True):
        if most is not None and not 1 <= most <= MOST_WORDS:
            raise ParameterError(f"max_words is {most}: give a whole number from 1 to {MOST_WORDS}")
        found.append(ngrams(text, 2 if most is None else most))
    return scatter(pa.array(found, pa.list_(pa.string())), valid)
