"""What identity raises, as pages are told."""

from __future__ import annotations

import pytest

from roomd.identity.accounts import AccountProblem
from roomd.identity.attempts import TooOften
from roomd.identity.devices import BadKey
from roomd.identity.login import LoginRefused
from roomd.identity.passwords import Busy, WeakPassword
from roomd.web.problem import Problem
from roomd.web.who import only, text_of, translated


@pytest.mark.parametrize(
    "error, code, status, params",
    [
        (TooOften(12.3), "try_later", 429, {"retry_after": 13}),
        (Busy(), "login_busy", 503, {"retry_after": 2}),
        (WeakPassword("password_short"), "password_short", 422, {}),
        (BadKey("x"), "bad_request", 400, {"fields": ["key"]}),
        (AccountProblem("account_exists", name="a"), "account_exists", 409, {"name": "a"}),
        (LoginRefused("totp_needed"), "totp_needed", 401, {}),
        (OSError(28, "full"), "record_unwritable", 503, {}),
    ],
)
def test_each_error_has_its_code(
    error: Exception, code: str, status: int, params: dict[str, object]
) -> None:
    with pytest.raises(Problem) as refused, translated():
        raise error
    told = refused.value
    assert (told.code, told.status, told.params) == (code, status, params)


def test_texts_of_a_body() -> None:
    assert text_of({"a": "x"}, "a", most=3) == "x"
    assert text_of({}, "a", most=3, needed=False) == ""
    bad: tuple[object, ...] = ("", " ", "xxxx", 1, None)
    for value in bad:
        with pytest.raises(Problem):
            text_of({"a": value}, "a", most=3)
    with pytest.raises(Problem):
        text_of({}, "a", most=3)


def test_fields_that_nobody_knows_are_named() -> None:
    only({"a": 1}, "a", "b")
    with pytest.raises(Problem) as refused:
        only({"a": 1, "z": 2, "y": 3}, "a")
    assert refused.value.params == {"fields": ["y", "z"]}
