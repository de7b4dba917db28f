"""Texts to words, by script: the only place that knows where a word ends.

Han text, which has no blanks, is segmented by rjieba (jieba's dictionary and hidden Markov model); a Han run
of Japanese, told by the kana of its text, and a run of katakana are one word each; hiragana is taken as
grammar. Elsewhere a word is a run of letters, digits and marks, with what may stand inside it: o'brien,
wi-fi, node.js, c++.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import regex

from recudf.interests.spelling import word_key


class Role(IntEnum):
    """What a token may be in a phrase.

    BREAK: no phrase holds it. LINK: only inside one. TAIL: only at the end of one of several words (numbers,
    single letters). WEAK: only in one with a PART or WORD (praise, vague verbs: `great gatsby`, not `great`).
    PART: in one of several words (a single Han character). WORD: anywhere, and by itself.
    """

    BREAK = 0
    LINK = 1
    TAIL = 2
    WEAK = 3
    PART = 4
    WORD = 5


class Token(NamedTuple):
    """A word of a text. solid: Han or kana, written without blanks. last: its form at a phrase's end."""

    text: str
    role: Role
    key: str = ""
    solid: bool = False
    last: str = ""


BREAK = Token("", Role.BREAK)
LONGEST_WORD = 64  # characters: beyond, it is no word

# may stand inside a phrase, not at its ends: director of photography, black and white
_LINKS = frozenset(["of", "and", "de", "du", "del", "della", "di", "und", "и"])
# a stop word follows the apostrophe: don't, they've
_CONTRACTED = ("n't", "'re", "'ve", "'ll", "'m", "'d")

_OTHER = r"[\p{L}\p{N}--[\p{Han}\p{Hiragana}\p{Katakana}ー]]"
_INSIDE = r"[\p{L}\p{N}\p{M}--[\p{Han}\p{Hiragana}\p{Katakana}ー]]*"
_TOKENS = regex.compile(
    rf"""(?V1)
      \p{{Han}}[\p{{Han}}々]*
    | [\p{{Katakana}}ー]+
    | \p{{Hiragana}}+
    | (?:{_OTHER}\.){{2,}}                                  # u.s.a.
    | \.net\b
    | {_OTHER}{_INSIDE} (?: ['_&-] {_OTHER}{_INSIDE} | \.(?=\p{{N}}|(?:js|net|io|com|org)\b){_INSIDE} )*
      (?: \+\+ | \#(?!\p{{L}}) )?                           # c++, c#
    | \n\s*\n
    | [^\s\p{{L}}\p{{N}}']+""",
    regex.VERBOSE,
)
# quotation marks and hyphens of print become plain; soft hyphens and blanks without width go
_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u2010\u2011", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff")
)
_MARKUP = regex.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,64}(?:\.\w+)+|&#?\w{1,10};|</?[a-z][^<>]{0,200}>"
)
LONGEST_WORD = 64  # characters: beyond, it is no word
_HIRAGANA = regex.compile(r"\p{Hiragana}")
_HAN = regex.compile(r"\p{Han}")
_SOLID = regex.compile(r"[\p{Han}\p{Katakana}ー]")
_INITIALS = regex.compile(r"(?:\p{L}\.){2,}")
_NUMBER = regex.compile(r"[\p{N}][\p{N}\p{P}]*(?:st|nd|rd|th|s|x)?")


def tokens(text: str) -> list[Token]:
    """The words of a text in order, and a BREAK for what separates phrases (stop words, punctuation)."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_PLAIN)
    if "<" in text or "&" in text or "@" in text or "://" in text or "www." in text:
        text = _MARKUP.sub(" . ", text)
    found: list[str] = _TOKENS.findall(text)
    if text.isascii():
        return [_token(word) if len(word) <= LONGEST_WORD else BREAK for word in found]
    is_japanese = len(_HIRAGANA.findall(text)) * 10 > len(_HAN.findall(text))
    result: list[Token] = []
    for word in found:
        if not is_japanese and _HAN.match(word):
            result += (_segmented_once if len(word) <= LONGEST_WORD else _segmented)(word)
        else:
            result.append(_token(word) if len(word) <= LONGEST_WORD else BREAK)
    return result


def stop_words() -> frozenset[str]:
    """Words that no phrase holds, of all languages together, so that no language need be told.

    What is a subject in another of them (German war, French or) is not among them.
    """
    return _word_list("stop_words")


@cache
def _word_list(folder: str) -> frozenset[str]:
    files = sorted((resources.files("recudf.interests") / folder).iterdir(), key=lambda file: file.name)
    return frozenset(word for file in files for word in file.read_text(encoding="utf-8").split())


@lru_cache(maxsize=1 << 17)
def _token(word: str) -> Token:
    if word in _LINKS:
        return Token(word, Role.LINK)
    if word in stop_words() or word.endswith(_CONTRACTED) or not regex.search(r"\p{L}|\p{N}", word):
        return BREAK
    is_weak = word in _word_list("weak_words")
    if _SOLID.match(word):
        role = Role.WEAK if is_weak else Role.WORD if len(word) > 1 else Role.PART
        return Token(word, role, word, solid=True, last=word)
    if _HIRAGANA.match(word):
        return BREAK
    last = word.removesuffix("'s")
    if last in stop_words():  # it's, that's
        return BREAK
    if _INITIALS.fullmatch(word):  # u.s.a.
        word = last = word.replace(".", "")
    is_tail = len(last) == 1 or _NUMBER.fullmatch(last) is not None
    key = " ".join(sorted(word_key(word).split()))
    return Token(word, Role.TAIL if is_tail else Role.WEAK if is_weak else Role.WORD, key, last=last)


def _segmented(run: str) -> tuple[Token, ...]:
    """A run of Han characters as words."""
    import rjieba  # 40 MB, so not at registration

    return tuple(_token(word) for word in rjieba.cut(run))


_segmented_once = lru_cache(maxsize=1 << 15)(_segmented)
