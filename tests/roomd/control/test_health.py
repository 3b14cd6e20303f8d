"""Each device's line for those who look after the room."""

from __future__ import annotations

import pytest

from roomd.control.health import health, latencies
from roomd.control.room import Misconfigured
from roomd.web.answers import DeviceHealth
from tests.support.lamp_room import device, lamp_room, plan


@pytest.mark.parametrize(
    "values,shown",
    [
        ([], (None, None)),
        ([3.14], (3.1, 3.1)),
        ([1.0, 2.0], (1.5, 1.9)),
        ([float(n) for n in range(101)], (50.0, 95.0)),
    ],
)
def test_median_and_95th_percentile(
    values: list[float], shown: tuple[float | None, float | None]
) -> None:
    assert latencies(values) == pytest.approx(shown, abs=0.06)


async def test_a_device_that_answers() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        await room.do("a.set", level=3)
        await room.clock.advance(2)
        shown = health(room.dispatch.devices["a"], room.supervisor.states, room.clock)
        line = DeviceHealth.model_validate(shown)
        assert (line.state, line.code, line.link) == (
            "online",
            None,
            "l1",
        )
        assert str(line.endpoint).startswith("memory:")
        assert line.last_answer_s == pytest.approx(2, abs=0.2)
        assert line.p50_ms is not None
        assert (line.failures, line.reconnects, line.queue, line.junk) == (0, 0, 0, {})


async def test_a_device_that_has_never_answered() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        found = room.dispatch.devices["a"]
        assert found.device is not None
        found.device.link.last_answer = None
        found.device.link.answer_ms.clear()
        line = DeviceHealth.model_validate(health(found, {}, room.clock))
        assert (line.state, line.last_answer_s, line.p50_ms) == ("starting", None, None)


async def test_a_lost_device_says_why() -> None:
    async with lamp_room(plan(device("a", "l1"))) as room:
        room.lines["l1"].lose()
        await room.clock.advance(0.1)
        (shown,) = room.supervisor.health()
        assert (shown["state"], shown["code"]) == ("offline", "unreachable")


@pytest.mark.parametrize(
    "problem,place",
    [
        (Misconfigured("room.yaml", 7, 3, "unknown_driver", {}), "room.yaml:7:3"),
        (Misconfigured("", 0, 0, "driver_failed", {}), None),
    ],
)
async def test_a_misconfigured_device_says_where(problem: Misconfigured, place: str | None) -> None:
    broken = device("b", "")
    entry = type(broken)(**{**broken.__dict__, "spec": None, "problem": problem})
    async with lamp_room(plan(device("a", "l1"), entry)) as room:
        line = DeviceHealth.model_validate(room.supervisor.health()[1])
        assert (line.state, line.code, line.place) == ("misconfigured", problem.code, place)
        assert line.link is None
