"""Keyed hashes of ids, beside hashlib; keys, and what is said of them."""

import hashlib

import pyarrow as pa
import pytest

from recudf.errors import InputError, ParameterError
from recudf.privacy.pseudonyms import key_fingerprint, pseudonym
from recudf.settings import user_key

KEY, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("RECUDF_USER_KEY", KEY)
    monkeypatch.delenv("RECUDF_USER_KEY_FILE", raising=False)


def hmac_by_hand(key, message):
    """RFC 2104: H((K ^ opad) || H((K ^ ipad) || m)), the key filled up to the 64 bytes of a block."""
    block = key.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).hexdigest()


def test_a_pseudonym_is_the_hmac_of_the_id():
    body = hmac_by_hand(KEY, b"id:u1")[:32]
    expected = f"p-{body}-{hmac_by_hand(KEY, b'tag:' + body.encode())[:8]}"
    ids = pa.array(["u1", " u1\t", None, "", " ", "u2"])
    found = pseudonym(ids).to_pylist()
    assert found[:5] == [expected, expected, None, None, None]
    assert found[5] not in (None, expected)


def test_a_pseudonym_of_the_key_stays_and_one_of_another_is_refused(monkeypatch):
    once = pseudonym(pa.array(["u1"]))
    assert pseudonym(once) == once
    monkeypatch.setenv("RECUDF_USER_KEY", OTHER)
    assert pseudonym(pa.array(["u1"])) != once
    with pytest.raises(InputError, match=r"p-[0-9a-f-]+ is a pseudonym of another key"):
        pseudonym(once)


def test_a_missing_key_is_told(monkeypatch):
    monkeypatch.delenv("RECUDF_USER_KEY")
    with pytest.raises(InputError, match="there is no key for pseudonyms: set RECUDF_USER_KEY"):
        pseudonym(pa.array(["u1"]))


def test_keys_come_from_a_file_too(monkeypatch, tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    monkeypatch.setenv("RECUDF_USER_KEY_FILE", str(file))
    with pytest.raises(ParameterError, match="both RECUDF_USER_KEY and RECUDF_USER_KEY_FILE are set"):
        user_key()
    monkeypatch.delenv("RECUDF_USER_KEY")
    assert user_key() == KEY.encode()


@pytest.mark.parametrize(
    ("content", "said"), [("secret", "holds 6 characters: give at least 16"), (None, "cannot be read"), (b"\xff" * 20, "it is no text")]
)  # fmt: skip
def test_bad_keys_are_refused_and_never_shown(monkeypatch, tmp_path, content, said):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    monkeypatch.delenv("RECUDF_USER_KEY")
    monkeypatch.setenv("RECUDF_USER_KEY_FILE", str(file))
    with pytest.raises(ParameterError, match=said) as raised:
        user_key()
    assert "secret" not in str(raised.value)


def test_a_fingerprint_tells_keys_apart():
    assert key_fingerprint(KEY.encode()) == hmac_by_hand(KEY, b"fingerprint")[:16]
    assert key_fingerprint(OTHER.encode()) != key_fingerprint(KEY.encode())
