"""Names of persons where a word before them says so: `my name is`, `Frau`, `my wife`, `Regards,`.

A name without such a word is not told from a title or a place.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

_NAME = r"\p{Lu}[\p{L}\p{M}'\u2019-]+"
_NAMES = rf"({_NAME}(?:\s(?:and\s)?{_NAME}){{0,2}})"
_HAN = r"(\p{Han}{2,3})"

# after these whatever follows is a name, capital or not, but for the words below
_SAID = regex.compile(
    r"(?i)\b(?:my\sname(?:\sis|['\u2019]s)|mein\sname\sist|ich\shei(?:ß|ss)e|je\sm['\u2019]appelle|"
    r"mon\snom\sest|me\sllamo|mi\snombre\ses|mi\schiamo|il\smio\snome\s(?:è|e['\u2019]?)|ik\sheet|mijn\snaam\sis|"
    r"meu\snome\sé|me\schamo|меня\sзовут)\s+"  # noqa: RUF001
    rf"((?-i:{_NAME}(?:\s{_NAME}){{0,2}})|\p{{L}}[\p{{L}}\p{{M}}'\u2019-]+)"
)
# what follows them in other sentences: my name is on the list
_NO_NAMES = (
    "a all also an and at auf but das der die ein eine el en for from here hier his her il in is it la le "
    "legion like mud my never no not nicht now of on one only or our out so still the their there this to "
    "too un una under unimportant unknown very what written wrong your"
)
# words of which a text must have one, in lower case, and what to look for then
_CUES = (
    # forms of address; a full stop may follow the short ones
    (
        "mr|ms|miss|mx|herr|frau|monsieur|madame|mme|señor|sra|signor|senhor|mevrouw|meneer",
        rf"\b(?:Mrs|Mr|Ms|Miss|Mx|Herrn?|Frau|Monsieur|Madame|Mme|Señora?|Sra|Signora?|Senhora?|Mevrouw|Meneer)\.?\s+{_NAMES}",
    ),
    # people one has
    (
        "my |our |his |her |mein |meine |mon |ma |mi ",
        r"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Mm]eine?|[Mm]on|[Mm]a|[Mm]i)\s"
        r"(?:(?:little|older|younger|best|good|dear|ex)\s)?"
        r"(?:wife|husband|partner|girlfriend|boyfriend|fiancée?|son|daughter|brother|sister|mother|father|mum|mom|dad|"
        r"uncle|aunt|cousin|nephew|niece|grandson|granddaughter|friend|neighbou?r|colleague|boss|teacher|frau|mann|sohn|"
        r"tochter|bruder|schwester|freund|freundin|femme|mari|fils|fille|frère|sœur|hijo|hija|esposa|marido|hermano|"
        rf"hermana|amigo|amiga),?\s(?:(?:is\s)?(?:called|named)\s)?{_NAMES}",
    ),
    # who speaks
    (
        "hi|hello|hey|hallo|salut|hola",
        rf"(?i:\b(?:hi|hello|hey|hallo|salut|hola)\b,?\s(?:i['\u2019]m|i\sam|this\sis|ich\sbin|je\ssuis|soy)\s){_NAMES}",
    ),
    ("this is", rf"(?i:\bthis\sis\s){_NAMES}(?=\s(?:speaking|calling|writing|from|again)\b)"),
    (" called", rf"(?i:\bi(?:['\u2019]m|\sam)\scalled\s){_NAMES}"),
    ("call me", rf"(?i:\bcall\sme\s){_NAMES}"),
    # letters
    ("dear", rf"(?i:\bdear\s){_NAMES}(?=\s*(?:[,!:]|\n))"),
    ("contact", rf"(?i:\bcontact\s){_NAMES}(?=\s(?:at|on|by|via|under)\s)"),
    ("ask for|signed", rf"(?i:\b(?:ask\sfor|signed)\s){_NAMES}"),
)
_CUED = tuple((tuple(heads.split("|")), regex.compile(cue)) for heads, cue in _CUES)
# at the end of a letter
_CLOSING = tuple(
    regex.compile(cue)
    for cue in (
        r"(?i:\b(?:regards|wishes|sincerely|greetings|grüße|gruß|grüßen|saludos|cordialement|amicalement)\b)[,.!]?\s+"
        rf"{_NAMES}\.?\s*$",
        rf"(?i:\b(?:cheers|thanks|yours|love)\b)(?:,|[,.!]?\s*\n)\s*{_NAMES}\.?\s*$",
    )
)
_TAIL = 120  # characters
_IN_CHINESE = regex.compile(rf"(?:我叫|我的名字是|我的名字叫|我是叫){_HAN}(?!\p{{Han}})")
_HEADS = (
    "name",
    "heiß",
    "heiss",
    "appelle",
    "nom ",
    "llamo",
    "nombre",
    "chiamo",
    "nome",
    "heet",
    "naam",
    "chamo",
    "зовут",
)
# characters of stage and of custom
_FIGURES = frozenset(
    {"Santa", "Santa Claus", "Sir", "Madam", "Diary", "Customer", "Customer Service", "Team", "God", "Friend"}
)


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where such names stand."""
    lower = text.lower()
    if any(head in lower for head in _HEADS):
        for found in _SAID.finditer(text):
            if found[1].lower() not in _NO_NAMES.split():
                yield found.span(1)
    if "我" in text:
        yield from (found.span(1) for found in _IN_CHINESE.finditer(text))
    found_in = [cue.finditer(text) for heads, cue in _CUED if any(head in lower for head in heads)] + [
        cue.finditer(text, max(0, len(text) - _TAIL)) for cue in _CLOSING
    ]
    for findings in found_in:
        yield from (found.span(1) for found in findings if found[1] not in _FIGURES)
