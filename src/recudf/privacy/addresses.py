"""Addresses of mail and of machines."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import regex

# Han is written without blanks, so that it ends an address
_MAIL = regex.compile(
    r"(?V1)(?<![\w.+--\p{Han}])[\w.+%'\---\p{Han}]{1,64}@[\w\---\p{Han}]{1,63}(?:\.[\w\---\p{Han}]{1,63})+"
)
# anna (at) example (dot) com, and `anna at example dot com` where both words are there
_SPELLED = regex.compile(
    r"(?i)(?<![\w.+-])[\w.+-]{1,64}\s?(?:[(\[{]\s?at\s?[)\]}]\s?[\w-]{1,63}(?:\s?(?:\.|[(\[{]\s?dot\s?[)\]}]|\bdot\b)\s?[\w-]{1,63})+"
    r"|\bat\s[\w-]{1,63}(?:\s?[(\[{]?\bdot\b[)\]}]?\s?[\w-]{1,63})+)"
)
_IPV4 = regex.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = regex.compile(r"(?i)(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])")
_VERSION = regex.compile(r"(?i)(?:versions?|firmware|release|build|update|chapter|section|v)[\s:.]*$")


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand."""
    if "@" in text:
        yield from (found.span() for found in _MAIL.finditer(text))
    lower = text.lower()
    if "at)" in lower or "at]" in lower or "at}" in lower or (" at " in lower and "dot" in lower):
        yield from (found.span() for found in _SPELLED.finditer(text))
    if text.count(".") > 2:
        yield from (m.span() for m in _IPV4.finditer(text) if _is_host(m[0], text[: m.start()]))
    if text.count(":") > 1:
        yield from (m.span() for m in _IPV6.finditer(text) if _is_ipv6(m[0]))


def _is_host(written: str, before: str) -> bool:
    """Four numbers up to 255 that are no version or chapter; a chapter's are small."""
    numbers = [int(part) for part in written.split(".")]
    return max(numbers) <= 255 and max(numbers) > 9 and not _VERSION.search(before[-12:])


def _is_ipv6(written: str) -> bool:
    """A valid address with a digit and three groups or more, which `std::vector` is not."""
    groups = [group for group in written.split(":") if group]
    if len(groups) < 3 or not any(c.isdigit() for c in written):
        return False
    try:
        ipaddress.IPv6Address(written)
    except ValueError:
        return False
    return True
