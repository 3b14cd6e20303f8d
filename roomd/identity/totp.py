"""Six-digit codes that change every 30 s. Source: RFC 6238 (TOTP) over RFC 4226 (HOTP), SHA-1, 6 digits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds of one code."""
DRIFT = 2
"""Steps by which a phone's clock may be wrong, either way."""
BITS = 160
"""Of a secret: as long as the hash, RFC 4226 section 4."""


def fresh_secret() -> str:
    """Return a new secret in Base32, as authenticator programs take it."""
    return base64.b32encode(secrets.token_bytes(BITS // 8)).decode()


def code_at(secret: str, step: int) -> str:
    """Return the code of one step.

    Args:
        secret: Base32.
        step: 30 s periods since 1970-01-01 UTC.
    """
    key = base64.b32decode(secret, casefold=True)
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"


def step_of(wall: float) -> int:
    """Return the step of a wall time in seconds since 1970-01-01 UTC."""
    return int(wall // STEP)


def matching_step(secret: str, code: str, *, around: int, after: int) -> int | None:
    """Return the step whose code was given, or None.

    Args:
        secret: Base32.
        code: six digits, blanks allowed.
        around: the step that is now, with the known drift of that phone.
        after: the last step that was accepted; it and earlier ones are not accepted again.
    """
    given = code.replace(" ", "")
    if not (given.isascii() and given.isdigit() and len(given) == 6):
        return None
    for step in sorted(range(around - DRIFT, around + DRIFT + 1), key=lambda s: abs(s - around)):
        if step > after and hmac.compare_digest(code_at(secret, step), given):
            return step
    return None


def uri(secret: str, account: str, room: str) -> str:
    """Return what the QR of an enrolment holds (Key URI Format of Google Authenticator, as observed in its clients)."""
    label = quote(f"roomd {room}:{account}", safe="")
    return f"otpauth://totp/{label}?" + urlencode({"secret": secret, "issuer": f"roomd {room}"})
