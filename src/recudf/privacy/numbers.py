"""Numbers of phones, cards and accounts. Cards are told by their check digit (Luhn's, ISO/IEC 7812), accounts
by their remainder by 97 (ISO 7064, ISO 13616), phones by how they are written."""

from __future__ import annotations

from collections.abc import Iterator

import regex

_DIGITS = regex.compile(r"\d(?:[^\d\n]{0,4}\d){5}")  # the least there is in any of them
_CARD = regex.compile(r"(?<![\d.,])[2-6]\d(?:[ -]?\d){11,17}(?![\d])")
# how long accounts are in each country, by the registry of ISO 13616
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
_IBAN = regex.compile(r"(?i)(?<!\w)([A-Z]{2})\d{2}(?:[ -]?[A-Z\d]{4}){2,7}(?:[ -]?[A-Z\d]{1,3})?(?!\w)")
_GAP = r"[ ().\/-]{0,3}"
_PHONE = regex.compile(
    rf"""(?x)
      # abroad: +44 20 7946 0123
      (?<![\w.]) (?<!\d[ -]) (?:\+|00)\s?[1-9] (?:{_GAP}\d){{7,13}} (?!\w|[ ]\d{{4}})
      # at home: 0151 23456789
    | (?<![\w.,+-]) (?<!\d[ -]) \(?0 (?:{_GAP}\d){{8,11}} (?!\w|[.,-]\d|[ ]\d{{4}})
      # in North America: 415-555-0132
    | (?<![\w.,+-]) (?:\([2-9]\d{{2}}\)\s?|[2-9]\d{{2}}[ .-]) [2-9]\d{{2}}[ .-]\d{{4}} (?!\w|[.,-]\d)
      # a mobile in China
    | (?<!\d) 1[3-9]\d{{9}} (?!\d)
    """
)
# a date, or a part's number
_OTHERS = regex.compile(
    r"\d{3}[ -]\d{4}[ -]\d{3}|\d{1,2}[.\/-]\d{1,2}[.\/-]\d{2,4}|\d{4}[.\/-]\d{1,2}[.\/-]\d{1,2}"
)
# after a word that asks to be called any number of a phone's length is one
_CALLED = regex.compile(
    rf"(?i)\b(?:call|ring|text|phone|tel|telephone|mobile|cell|fax|whatsapp|telefon|handy|tél|téléphone|teléfono|"
    rf"llame|llámame|telefono|telefoon)\b(?:\s+(?:me|us|number|no|nr|is|at|on|al|under|unter|au))*[.:]*\s*"
    rf"(\+?\(?\d(?:{_GAP}\d){{5,14}})(?!\w|[.,-]\d)"
)
_BOOK = regex.compile(r"(?i)(?:isbn|issn|ean|gtin|order|serial|no\.?|#)[\s:#-]*(?:1[03])?[\s:]*$")


def numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where such numbers stand."""
    if not _DIGITS.search(text):
        return
    yield from (m.span() for m in _CARD.finditer(text) if _is_card(m[0]))
    for found in _IBAN.finditer(text):
        if end := _iban_length(found[0]):
            yield found.start(), found.start() + end
    for found in _PHONE.finditer(text):
        is_other = _BOOK.search(text[: found.start()][-12:]) or _OTHERS.fullmatch(found[0])
        if not is_other and len({c for c in found[0] if c.isdigit()}) > 1:
            yield found.span()
    yield from (found.span(1) for found in _CALLED.finditer(text) if not _OTHERS.fullmatch(found[1]))


def _is_card(written: str) -> bool:
    digits = [int(c) for c in reversed(written) if c.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _iban_length(written: str) -> int:
    """How many characters of a candidate are an account's number, 0 where none are: words may follow it."""
    wanted, seen = _LENGTHS.get(written[:2].upper(), 0), 0
    for end, character in enumerate(written, 1):
        seen += character.isalnum()
        if seen == wanted and written[end : end + 1] in ("", " ", "-"):
            plain = "".join(filter(str.isalnum, written[:end])).upper()
            return end if int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1 else 0
    return 0
