r"""Hash chain and epoch keys of the record (trust.md 11). Pure.

    hash(n) = H("roomd-audit-1\n" || hash(n-1) || body(n))      mac(n) = HMAC(K_e, hash(n))
    K_{e+1} = H("next" || K_e)

H is SHA-256 or SM3. Who learns a key learns nothing of earlier ones, so rows of a past epoch cannot be sealed anew.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final, Literal

Algorithm = Literal["sha256", "sm3"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = ("sha256", "sm3")
PREFIX: Final = b"roomd-audit-1\n"
NOTHING: Final = bytes(32)
"""Hash before the first row."""
KEY_SIZE: Final = 32


def available(algorithm: str) -> bool:
    """Return whether this machine's OpenSSL knows it; SM3 is missing from some."""
    return algorithm in hashlib.algorithms_available


def digest(algorithm: str) -> Callable[[bytes], bytes]:
    """Return the function that hashes bytes.

    Raises:
        ValueError: not one of `ALGORITHMS`, or not known to this machine.
    """
    if algorithm not in ALGORITHMS or not available(algorithm):
        raise ValueError(algorithm)
    return lambda message: hashlib.new(algorithm, message).digest()


def link(algorithm: str, before: bytes, body: bytes) -> bytes:
    """Return the hash of a row: 32 bytes, over the row before and its own text."""
    return hashlib.new(algorithm, PREFIX + before + body).digest()


def seal(algorithm: str, key: bytes, row_hash: bytes) -> bytes:
    """Return the MAC of a row: 32 bytes."""
    return hmac.digest(key, row_hash, algorithm)


def next_key(algorithm: str, key: bytes) -> bytes:
    """Return the key of the next epoch."""
    return hashlib.new(algorithm, b"next" + key).digest()


def key_after(algorithm: str, key: bytes, epochs: int) -> bytes:
    """Return the key that many epochs later, 0 or more."""
    for _ in range(epochs):
        key = next_key(algorithm, key)
    return key


def fingerprint(algorithm: str, key: bytes) -> str:
    """Return what may be told of a key: 16 hex digits that do not give it away."""
    return hashlib.new(algorithm, b"fingerprint" + key).hexdigest()[:16]
