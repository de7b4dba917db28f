"""Pseudonyms: keyed hashes (HMAC-SHA256, RFC 2104) in place of users' ids.

`p-<32 hex digits>-<8 hex digits>`: the first are of the id, the last of the first, so that a pseudonym is
known as one, and as one of another key. Who has no key can neither make one nor guess the id behind it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import lru_cache, partial

import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError
from recudf.inputs import BLANKS
from recudf.settings import user_key

_FORM = re.compile(r"p-([0-9a-f]{32})-([0-9a-f]{8})")


def pseudonym(ids: pa.Array) -> pa.Array:
    """Pseudonyms of ids, without the blanks around these: string [n]. NULL or blank -> NULL.

    A pseudonym of the key stays as it is. Raises InputError where there is no key, and for a pseudonym of
    another one.
    """
    coded = ids.cast(pa.string()).dictionary_encode()
    pseudonym_of = make_pseudonyms(user_key())
    values = pa.array([pseudonym_of(value) for value in coded.dictionary.to_pylist()], pa.string())
    return pc.take(values, coded.indices)


def make_pseudonyms(key: bytes | None) -> Callable[[str], str | None]:
    """What makes the pseudonym of an id; raises InputError without a key."""
    if key is None:
        raise InputError(
            "there is no key for pseudonyms: set RECUDF_USER_KEY, or RECUDF_USER_KEY_FILE to a file with it"
        )
    return partial(_pseudonym, key)


@lru_cache(maxsize=1 << 16)  # engines hand over two thousand rows at a time, and users have many
def _pseudonym(key: bytes, user: str) -> str | None:
    trimmed = user.strip(BLANKS)
    if not trimmed:
        return None
    if found := _FORM.fullmatch(trimmed):
        if not hmac.compare_digest(_tag(key, found[1]), found[2]):
            raise InputError(
                f"{trimmed} is a pseudonym of another key: give the key it was made with, or the true id"
            )
        return trimmed
    body = hmac.digest(key, b"id:" + trimmed.encode(), "sha256").hex()[:32]
    return f"p-{body}-{_tag(key, body)}"


def is_pseudonym(user: str) -> bool:
    """Whether an id is one by its form."""
    return _FORM.fullmatch(user.strip(BLANKS)) is not None


def key_fingerprint(key: bytes) -> str:
    """What tells keys apart, and nothing of them: 16 hex digits."""
    return hmac.digest(key, b"fingerprint", "sha256").hex()[:16]


def _tag(key: bytes, body: str) -> str:
    return hmac.digest(key, b"tag:" + body.encode(), "sha256").hex()[:8]
