"""Outcomes over HTTP: which status goes with which end, and that every code has words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from drivers.commands import Outcome, OutcomeKind
from roomd.messages import known
from roomd.web.problem import OUTCOME_STATUS, STATUS, Problem, outcome_response, problem_response

ROOT = Path(__file__).parents[3]
CONTRACT = {
    (OutcomeKind.CONFIRMED, None): 200,
    (OutcomeKind.SENT, None): 200,
    (OutcomeKind.SUPERSEDED, None): 200,
    (OutcomeKind.CANCELLED, "stopped"): 409,
    (OutcomeKind.FAILED, "mismatch"): 502,
    (OutcomeKind.OFFLINE, "unreachable"): 503,
    (OutcomeKind.EXPIRED, None): 503,
    (OutcomeKind.TIMEOUT, "no_reply"): 504,
    (OutcomeKind.REFUSED, "unknown_device"): 404,
    (OutcomeKind.REFUSED, "not_allowed"): 403,
    (OutcomeKind.REFUSED, "interlocked"): 409,
    (OutcomeKind.REFUSED, "hold_required"): 409,
    (OutcomeKind.REFUSED, "invalid_value"): 422,
    (OutcomeKind.REFUSED, "busy"): 429,
    (OutcomeKind.REFUSED, "a_drivers_own_code"): 409,
}


@pytest.mark.parametrize("kind,code", CONTRACT)
def test_an_outcome_and_its_status(kind: OutcomeKind, code: str | None) -> None:
    answer = outcome_response("c1", Outcome(kind, code, {"device": "a"}, 1, 2.5))
    expected = CONTRACT[kind, code]
    body = json.loads(answer.body)  # type: ignore[arg-type]  # bytes here
    assert answer.status == expected
    assert (body["id"], body["outcome"], body["code"], body["tx"]) == ("c1", kind.value, code, 1)
    if expected == 200:
        assert answer.content_type == "application/json"
    else:
        assert answer.content_type == "application/problem+json"
        assert (body["status"], body["type"]) == (expected, f"urn:roomd:{code or kind.value}")


def test_every_outcome_has_a_status() -> None:
    assert OUTCOME_STATUS.keys() | {OutcomeKind.REFUSED} == set(OutcomeKind)


def test_every_status_belongs_to_a_code_with_words() -> None:
    assert [code for code in STATUS if not known(code)] == []
    allowed = {400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 422, 429, 431, 500, 502, 503}
    assert set(STATUS.values()) <= allowed


def test_every_code_that_the_daemon_uses_has_words() -> None:
    pattern = re.compile(
        r"(?:Problem|_refuse|problem_response|refused|Denial|fail|_warn|Outcome|_bye|lose_\w+|_finish)"
        r"\((?:[\w.]+, |\{[^}]*\}, )?\s*\"([a-z_.]+)\""
    )
    found: dict[str, str] = {}
    for folder in ("web", "control", "cli", "demo", "northbound"):
        for file in (ROOT / "roomd" / folder).rglob("*.py"):
            found |= dict.fromkeys(pattern.findall(file.read_text("utf-8")), file.name)
    found |= dict.fromkeys(pattern.findall((ROOT / "roomd/app.py").read_text("utf-8")), "app.py")
    assert len(found) > 30
    assert {code: place for code, place in found.items() if not known(code)} == {}


def test_a_problem_says_what_its_words_need() -> None:
    answer = problem_response("unknown_device", {"device": "x"})
    assert answer.status == Problem("unknown_device").status == 404
    body = json.loads(answer.body)  # type: ignore[arg-type]  # bytes here
    assert body == {
        "type": "urn:roomd:unknown_device",
        "status": 404,
        "code": "unknown_device",
        "params": {"device": "x"},
    }
