"""The key of a word: what its plural, its inflections and its other spellings share.

Rules of spelling first (British to American, hyphens, apostrophes, accents), then a Snowball stem
(Porter, Snowball: a language for stemming algorithms, 2001; PyStemmer) of the language that the script tells:
English for Latin, Russian for Cyrillic, and so on. Of a Korean word the particle at its end goes;
what has no stemmer here is its own key.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from typing import Any

import regex

STEMMERS = {
    "Latin": "english", "Cyrillic": "russian", "Greek": "greek", "Arabic": "arabic", "Devanagari": "hindi",
    "Armenian": "armenian", "Tamil": "tamil",
}  # fmt: skip
_SCRIPT = regex.compile("|".join(rf"(?P<{script}>\p{{{script}}})" for script in STEMMERS))

_OUR = (
    "arm behavi cand clam col dem endeav fav ferv flav glam harb hon hum lab misdemean neighb od parl ranc "
    "rig rum sav savi splend succ tum val vap vig"
)
_RE = "accout calib cent fib goit lit lust meag met ochr sab scept sept somb spect theat"
_SPELLINGS = [
    (regex.compile(rf"({'|'.join(_OUR.split())})our"), r"\1or"),
    (regex.compile(rf"({'|'.join(_RE.split())})re(s|d)?$"), r"\1er\2"),
    (regex.compile(r"(?<=\p{L}{4})is(e[sdr]?|ers|ing|ations?)$"), r"iz\1"),
    (regex.compile(r"(?<=anal|atal|aral)ys(e[sdr]?|ers|ing)$"), r"yz\1"),
    (regex.compile(r"logue(s|d)?$"), r"log\1"),
    (regex.compile(r"(def|off|lic|pret)ence(s|d)?$"), r"\1ense\2"),
    (regex.compile(r"(p|an|gyn|orthop|encyclop|arch)ae(?=[dmco])"), r"\1e"),
    (regex.compile(r"programme(s?)$"), r"program\1"),
    (regex.compile(r"^grey(s|ed|ing)?$"), r"gray\1"),
    (regex.compile(r"^jewellery$"), r"jewelry"),
    (regex.compile(r"^aluminium$"), r"aluminum"),
    (regex.compile(r"^moustache"), r"mustache"),
]
_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "feet": "foot",
    "teeth": "tooth", "geese": "goose", "lives": "life", "wives": "wife", "knives": "knife", "wolves": "wolf",
    "leaves": "leaf", "shelves": "shelf", "halves": "half", "thieves": "thief", "loaves": "loaf",
    "indices": "index", "matrices": "matrix", "vertices": "vertex", "criteria": "criterion",
}  # fmt: skip
# with less than three letters, or one of these, a part of a compound joins the other: e-mail, non-fiction
_PREFIXES = (
    "anti",
    "auto",
    "bio",
    "mid",
    "mini",
    "multi",
    "mis",
    "non",
    "over",
    "post",
    "pre",
    "semi",
    "sub",
    "super",
)
_PARTICLES = regex.compile(
    r"(?<=\p{Hangul}{2})(?:에서는|에서도|으로는|에서|에게|으로|까지|부터|처럼|보다|이나|이랑"
    r"|은|는|이|가|을|를|의|에|로|와|과|도|만|랑)$"
)
_stemmers = threading.local()  # a stemmer serves one thread at a time


@lru_cache(maxsize=1 << 17)
def word_key(word: str) -> str:
    """The key of one word in lower case; of a hyphenated compound its parts' keys, separated by blanks."""
    word = word.removesuffix("'s").replace("'", "")
    if "-" in word or "_" in word:
        return _compound_key([part for part in regex.split("[-_]", word) if part])
    script = _SCRIPT.match(word)
    if script is None:
        return str(_PARTICLES.sub("", word))
    word = word.replace("ё", "е")  # noqa: RUF001
    if script.lastgroup in ("Latin", "Greek"):
        word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    if not word.isalpha():  # node.js, c++, mp3: names, which have no inflection
        return word
    if script.lastgroup == "Latin":
        word = _IRREGULAR.get(word, word)
        for pattern, replacement in _SPELLINGS:
            word = pattern.sub(replacement, word)
    stem: str = _stemmer(STEMMERS[str(script.lastgroup)]).stemWord(word)
    return stem


def _compound_key(parts: list[str]) -> str:
    """science-fiction as science fiction, e-mail as email, non-fiction as nonfiction."""
    joined = [""]
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        joined[-1] += part
        is_short = len(part) < 3 or part in _PREFIXES or (following is not None and len(following) < 3)
        if following is not None and not is_short:
            joined.append("")
    return " ".join(word_key(part) for part in joined)


def _stemmer(language: str) -> Any:
    """This thread's stemmer of a language."""
    import Stemmer

    if not hasattr(_stemmers, language):
        setattr(_stemmers, language, Stemmer.Stemmer(language))
    return getattr(_stemmers, language)
