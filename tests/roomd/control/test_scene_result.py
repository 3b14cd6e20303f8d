"""A line per step, and what all of them make of the run."""

from __future__ import annotations

import pytest

from roomd.control.scene_result import StepResult, verdict


def line(
    outcome: str, *, critical: bool = False, step: str = "1", command: str = "on"
) -> StepResult:
    return StepResult(step, "lamp", command, {}, outcome, critical=critical)


@pytest.mark.parametrize("outcome", ["confirmed", "sent", "skipped"])
def test_good_lines_make_it_ok(outcome: str) -> None:
    assert verdict([line(outcome, critical=True)]) == "ok"


def test_a_bad_line_makes_it_partial_and_a_critical_one_failed() -> None:
    assert verdict([line("sent"), line("timeout")]) == "partial"
    assert verdict([line("timeout"), line("offline", critical=True)]) == "failed"
    assert verdict([]) == "ok"


def test_only_commands_of_devices_can_be_done_again() -> None:
    assert line("timeout").can_be_done_again
    assert not line("timeout", command="wait").can_be_done_again
    assert not line("sent", step="stop").can_be_done_again


def test_the_line_of_the_panel_has_whole_milliseconds() -> None:
    result = StepResult("2.1", "lamp", "set", {"level": 3}, "failed", "mismatch", {"a": 1}, 12.6)
    assert result.as_json() == {
        "step": "2.1",
        "device": "lamp",
        "command": "set",
        "args": {"level": 3},
        "outcome": "failed",
        "code": "mismatch",
        "params": {"a": 1},
        "ms": 13,
    }
