"""Hashes, seals and keys against the standard library's plain formulas."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from roomd.audit.chain import (
    NOTHING,
    available,
    digest,
    fingerprint,
    key_after,
    link,
    next_key,
    seal,
)


def test_the_formulas_of_the_design() -> None:
    row = link("sha256", NOTHING, b"{}")
    assert row == hashlib.sha256(b"roomd-audit-1\n" + bytes(32) + b"{}").digest()
    key = b"k" * 32
    assert seal("sha256", key, row) == hmac.new(key, row, hashlib.sha256).digest()
    assert next_key("sha256", key) == hashlib.sha256(b"next" + key).digest()
    assert key_after("sha256", key, 3) == next_key(
        "sha256", next_key("sha256", next_key("sha256", key))
    )
    assert key_after("sha256", key, 0) == key
    assert len(fingerprint("sha256", key)) == 16


@pytest.mark.skipif(not available("sm3"), reason="this machine's OpenSSL has no SM3")
def test_sm3_by_its_standard_s_own_example() -> None:
    # GB/T 32905-2016, example 1: the message "abc".
    assert digest("sm3")(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


@pytest.mark.parametrize("name", ["md5", "sha1", "", "SHA256"])
def test_other_hashes_are_not_taken(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}$"):
        digest(name)
