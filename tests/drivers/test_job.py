"""One command on its way through a lane: what ends it, and what it may still do then."""

from __future__ import annotations

import asyncio
import math

import pytest

from drivers.commands import OutcomeKind, Priority, RetryClass
from drivers.errors import DriverError
from drivers.job import (
    CommandRefused,
    Denial,
    Ended,
    GateRefused,
    Job,
    Preempted,
    current_job,
    open_gate,
)


def job(name: str = "set", **fields: float | str | None) -> Job:
    return Job(
        device="a",
        name=name,
        priority=Priority.USER,
        retry=RetryClass.ABSOLUTE,
        accepted=0.0,
        ttl=10.0,
        timeout=1.0,
        **fields,  # type: ignore[arg-type]  # a test gives what it needs
    )


def test_jobs_know_their_order() -> None:
    first, second = job(), job()
    assert first.order < second.order
    assert first != second


def test_queued_until_the_first_byte_or_a_slot() -> None:
    waiting, flying, told = job(), job(), job()
    flying.in_flight, told.tx = True, 1
    assert [j.queued for j in (waiting, flying, told)] == [True, False, False]


def test_the_first_verdict_counts() -> None:
    one = job()
    one.end_with(OutcomeKind.CANCELLED, "stopped")
    one.end_with(OutcomeKind.EXPIRED)
    assert one.verdict == (OutcomeKind.CANCELLED, "stopped")


async def test_a_verdict_ends_its_task() -> None:
    one = job()
    one.task = asyncio.create_task(asyncio.Event().wait())
    one.end_with(OutcomeKind.EXPIRED)
    await asyncio.wait({one.task})
    assert one.task.cancelled()


def test_what_waits_gives_way_at_once_and_what_is_in_flight_finishes() -> None:
    waiting, flying = job(), job()
    flying.in_flight = True
    waiting.give_way()
    flying.give_way()
    assert waiting.verdict == (OutcomeKind.SUPERSEDED, None)
    assert flying.verdict is None
    assert flying.replaced


@pytest.mark.parametrize("end", ["give way", "verdict"])
def test_an_ended_job_sends_nothing_more(end: str) -> None:
    one = job()
    one.check()
    if end == "verdict":
        one.end_with(OutcomeKind.CANCELLED)
    else:
        one.in_flight = True
        one.give_way()
    with pytest.raises(Ended):
        one.check()
    assert one.verdict is not None


def test_a_poll_is_never_late_unless_it_is_said() -> None:
    assert job().late_at == math.inf


def test_an_open_gate_lets_everything_pass() -> None:
    assert open_gate() is None
    assert job().gate is open_gate


def test_refusals_carry_their_code() -> None:
    denial = Denial("interlocked", {"rule": "lift"})
    assert GateRefused(denial).denial.params == {"rule": "lift"}
    refused = CommandRefused("need_full_state", missing="mode")
    assert (refused.code, refused.params) == ("need_full_state", {"missing": "mode"})


def test_to_lose_the_line_to_stop_is_a_missing_answer() -> None:
    error = Preempted("STOP")
    assert isinstance(error, DriverError)
    assert (error.code, error.retryable) == ("no_reply", True)


def test_no_job_no_line() -> None:
    assert current_job.get(None) is None
