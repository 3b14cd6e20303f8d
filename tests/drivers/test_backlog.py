"""Newest wins, STOP goes before all, and there is a limit (control.md 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drivers.backlog import DEVICE_QUEUE, LINK_QUEUE, Backlog
from drivers.commands import OutcomeKind, Priority, RetryClass
from drivers.job import Job


def job(device: str = "a", key: str | None = None, **fields: Any) -> Job:
    given: dict[str, Any] = {"priority": Priority.USER, "retry": RetryClass.ABSOLUTE, **fields}
    return Job(device=device, name="set", accepted=0.0, ttl=10.0, timeout=1.0, key=key, **given)


def stop(device: str = "a", key: str | None = None) -> Job:
    return job(device, key, priority=Priority.SAFETY, retry=RetryClass.STOP)


def verdict(one: Job) -> OutcomeKind | None:
    return None if one.verdict is None else one.verdict[0]


def filled(count: int, name: Callable[[int], str]) -> Backlog:
    backlog = Backlog()
    for number in range(count):
        assert backlog.admit(job(name(number)), flush=False)
    return backlog


def test_a_newer_one_with_the_same_key_takes_the_place_of_what_waits() -> None:
    backlog = Backlog()
    old, other, elsewhere, new = (
        job(key="level"),
        job(key="cct"),
        job("b", "level"),
        job(key="level"),
    )
    for one in (old, other, elsewhere, new):
        assert backlog.admit(one, flush=False)
    assert [verdict(j) for j in (old, other, elsewhere, new)] == [
        OutcomeKind.SUPERSEDED,
        None,
        None,
        None,
    ]


def test_what_is_in_flight_finishes_and_is_marked() -> None:
    backlog = Backlog()
    old = job(key="level")
    backlog.admit(old, flush=False)
    old.in_flight = True
    backlog.admit(job(key="level"), flush=False)
    assert verdict(old) is None
    assert old.replaced


def test_without_a_key_each_is_its_own() -> None:
    backlog = Backlog()
    steps = [job() for _ in range(3)]
    for step in steps:
        backlog.admit(step, flush=False)
    assert [verdict(s) for s in steps] == [None] * 3


def test_stop_empties_its_devices_queue_and_no_other() -> None:
    backlog = Backlog()
    mine, flying, other = job(), job(key="level"), job("b")
    for one in (mine, flying, other):
        backlog.admit(one, flush=False)
    flying.in_flight = True
    assert backlog.admit(stop(), flush=True)
    assert [j.verdict for j in (mine, flying, other)] == [
        (OutcomeKind.CANCELLED, "stopped"),
        (OutcomeKind.CANCELLED, "stopped"),
        None,
    ]


def test_nothing_takes_the_place_of_stop_but_stop() -> None:
    backlog = Backlog()
    first, move, second = stop(key="move"), job(key="move"), stop(key="move")
    backlog.admit(first, flush=True)
    backlog.admit(move, flush=False)
    assert verdict(first) is None
    backlog.admit(second, flush=True)
    assert verdict(first) is OutcomeKind.SUPERSEDED
    assert verdict(move) is OutcomeKind.CANCELLED


def test_a_device_may_have_64_waiting_and_stop_is_never_refused() -> None:
    backlog = filled(DEVICE_QUEUE, lambda _: "a")
    assert not backlog.admit(job(), flush=False)
    assert backlog.admit(job("b"), flush=False)
    assert backlog.admit(stop(), flush=True)
    assert backlog.admit(job(), flush=False)


def test_a_link_may_have_256_waiting_and_stop_is_never_refused() -> None:
    backlog = filled(LINK_QUEUE, lambda number: f"d{number % 8}")
    assert not backlog.admit(job("new"), flush=False)
    assert backlog.admit(stop("new"), flush=True)


def test_one_that_makes_room_does_not_count() -> None:
    backlog = filled(DEVICE_QUEUE - 1, lambda _: "a")
    old, new = job(key="level"), job(key="level")
    assert backlog.admit(old, flush=False)
    assert backlog.admit(new, flush=False)
    assert verdict(old) is OutcomeKind.SUPERSEDED


def test_one_that_is_refused_takes_nobodys_place() -> None:
    backlog = filled(DEVICE_QUEUE - 1, lambda _: "a")
    flying = job(key="level")
    backlog.admit(flying, flush=False)
    flying.in_flight = True
    assert not backlog.admit(job(key="level"), flush=False)
    assert not flying.replaced


def test_what_has_ended_and_what_is_no_command_does_not_count() -> None:
    backlog = filled(DEVICE_QUEUE, lambda _: "a")
    first = backlog.jobs["a"][0]
    first.end_with(OutcomeKind.EXPIRED)
    assert backlog.admit(job(bounded=False), flush=False)
    assert backlog.admit(job(), flush=False)
    assert not backlog.admit(job(), flush=False)


def test_busy_while_a_command_is_under_way() -> None:
    backlog = Backlog()
    assert not backlog.busy("a")
    poll, command = job(bounded=False), job()
    backlog.admit(poll, flush=False)
    assert not backlog.busy("a")
    backlog.admit(command, flush=False)
    assert backlog.busy("a")
    backlog.dismiss(command)
    backlog.dismiss(command)
    assert not backlog.busy("a")
    assert not backlog.busy("b")


def test_a_device_that_goes_takes_its_commands_along() -> None:
    backlog = filled(2, lambda _: "a")
    waiting = list(backlog.jobs["a"])
    backlog.forget("a")
    backlog.forget("a")
    assert [j.verdict for j in waiting] == [(OutcomeKind.CANCELLED, "stopping")] * 2
    backlog.dismiss(waiting[0])


@pytest.mark.parametrize("tx, kind", [(0, OutcomeKind.OFFLINE), (1, OutcomeKind.TIMEOUT)])
def test_motion_ends_with_the_line(tx: int, kind: OutcomeKind) -> None:
    backlog = Backlog()
    move, level = job(retry=RetryClass.MOTION), job()
    move.tx = tx
    for one in (move, level):
        backlog.admit(one, flush=False)
    backlog.end_motion()
    assert (verdict(move), verdict(level)) == (kind, None)


async def test_a_group_is_one_lock_for_each_device() -> None:
    backlog = Backlog()
    assert backlog.group("a", "slow") is backlog.group("a", "slow")
    assert backlog.group("a", "slow") is not backlog.group("b", "slow")
    assert backlog.group("a", "slow") is not backlog.group("a", "quick")
