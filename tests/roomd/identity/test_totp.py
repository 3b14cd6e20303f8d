"""The vectors of RFC 6238, appendix B, and what is taken and what is not."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomd.identity.totp import DRIFT, code_at, fresh_secret, matching_step, step_of, uri

RFC = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    "wall, code",
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_the_standard(wall: int, code: str) -> None:
    # RFC 6238, appendix B, SHA-1: its eight digits end with these six.
    assert code_at(RFC, step_of(wall)) == code


@given(st.integers(0, 10**9), st.integers(-DRIFT - 3, DRIFT + 3))
def test_a_code_is_taken_near_its_step_and_once(now: int, off: int) -> None:
    secret, step = fresh_secret(), max(0, now + off)
    found = matching_step(secret, code_at(secret, step), around=now, after=-1)
    if abs(step - now) <= DRIFT:
        assert found is not None
        assert code_at(secret, found) == code_at(secret, step)
        assert matching_step(secret, code_at(secret, step), around=now, after=found) != found


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "12 34 5"]
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert matching_step(RFC, code, around=1, after=-1) is None


def test_blanks_are_allowed() -> None:
    assert matching_step(RFC, "287 082", around=1, after=0) == 1


def test_the_address_for_the_qr_names_room_and_account() -> None:
    parts = urlsplit(uri(RFC, "张三", "r301"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": [RFC], "issuer": ["roomd r301"]}
    assert "%E5%BC%A0%E4%B8%89" in parts.path
