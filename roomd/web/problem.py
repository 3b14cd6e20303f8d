"""Errors over HTTP: `application/problem+json` with `code` and `params` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from drivers.commands import Outcome, OutcomeKind
from roomd.errors import RoomError

STATUS: Mapping[str, int] = {
    **{kind.code: kind.status for kind in RoomError.__subclasses__()},
    "wrong_origin": 403,
    "method_not_allowed": 405,
    "body_timeout": 408,
    "unknown_scene": 404,
    "unknown_run": 404,
    "unknown_rule": 404,
    "not_homed": 409,
    "login_failed": 401,
    "totp_needed": 401,
    "totp_enrol": 401,
    "password_change_needed": 401,
    "proof_needed": 401,
    "join_wrong": 403,
    "join_off": 403,
    "pairing_closed": 403,
    "setup_code": 403,
    "wrong_pin": 403,
    "account_without_role": 403,
    "needs_tablet": 403,
    "role_by_security": 403,
    "unknown_account": 404,
    "unknown_token": 404,
    "unknown_meeting": 404,
    "password_short": 422,
    "password_long": 422,
    "password_name": 422,
    "password_common": 422,
    "password_same": 422,
    "account_name": 422,
    "unknown_role": 422,
    "unknown_clearance": 422,
    "setup_roles": 422,
    "https_required": 403,
    "tls.no_certificate": 422,
    "tls.no_key": 422,
    "tls.mismatch": 422,
    "tls.order": 422,
    "tls.expired": 422,
    "tls.not_yet": 422,
    "try_later": 429,
    "login_busy": 503,
    "record_unwritable": 503,
    "bad_type": 415,
    "wrong_host": 421,
    "unknown_fault": 422,
    "headers_too_large": 431,
    "internal": 500,
    "garbled": 502,
    "unreachable": 503,
    "panel.missing": 503,
    "config_none": 503,
}
"""Code -> HTTP status; a refusal whose code is not here is a 409."""

OUTCOME_STATUS: Mapping[OutcomeKind, int] = {
    OutcomeKind.CONFIRMED: 200,
    OutcomeKind.SENT: 200,
    OutcomeKind.SUPERSEDED: 200,
    OutcomeKind.CANCELLED: 409,
    OutcomeKind.FAILED: 502,
    OutcomeKind.OFFLINE: 503,
    OutcomeKind.EXPIRED: 503,
    OutcomeKind.TIMEOUT: 504,
}


class Problem(Exception):
    """An error that ends a request; `params` are what its words need."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def status(self) -> int:
        """Return the HTTP status of its code."""
        return STATUS.get(self.code, 409)


def json_response(body: Any, status: int = 200) -> web.Response:
    """Return `body` as JSON."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def problem_response(
    code: str, params: Mapping[str, Any], status: int | None = None
) -> web.Response:
    """Return an error as problem+json."""
    at = STATUS.get(code, 409) if status is None else status
    body = {"type": f"urn:roomd:{code}", "status": at, "code": code, "params": dict(params)}
    later = params.get("retry_after")
    return web.Response(
        body=orjson.dumps(body, default=str),
        status=at,
        content_type="application/problem+json",
        headers={} if later is None else {"Retry-After": str(later)},
    )


def outcome_body(command_id: str, outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as it goes over HTTP and WebSocket."""
    return {
        "id": command_id,
        "outcome": outcome.kind.value,
        "code": outcome.code,
        "params": dict(outcome.params),
        "tx": outcome.tx,
        "ms": outcome.ms,
    }


def outcome_response(command_id: str, outcome: Outcome) -> web.Response:
    """Return an outcome over HTTP: 200, or problem+json that carries it."""
    body = outcome_body(command_id, outcome)
    if outcome.kind is OutcomeKind.REFUSED:
        status = STATUS.get(outcome.code or "", 409)
    else:
        status = OUTCOME_STATUS[outcome.kind]
    if status == 200:
        return json_response(body)
    body = {"type": f"urn:roomd:{outcome.code or outcome.kind.value}", "status": status, **body}
    return web.Response(
        body=orjson.dumps(body, default=str), status=status, content_type="application/problem+json"
    )
