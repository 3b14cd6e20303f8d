"""The base of all devices: what an author gets without writing it."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.commands import Priority, RetryClass
from drivers.device import Device, LinkDefaults
from drivers.points import Quality, Report
from tests.drivers.line import Lamp, Lift, Line, NoSettings, lamps


def made(lamp: type[Lamp] = Lamp) -> Lamp:
    _, devices = lamps(Line(VirtualClock(pause=0)), "a", lamp=lamp)
    return devices["a"]


def test_a_marked_method_is_a_command() -> None:
    lamp = made()
    specs = lamp.command_specs()
    assert sorted(specs) == ["down", "set", "step", "stop", "up"]
    assert specs["set"].args["level"].maximum == 100
    assert (specs["stop"].priority, specs["stop"].retry) == (Priority.SAFETY, RetryClass.STOP)
    assert lamp.method("step") == lamp.step


def test_commands_are_put_together_once() -> None:
    lamp = made()
    assert lamp.commands is lamp.commands
    assert dict(lamp.commands) == lamp.command_specs()


def test_its_capabilities_come_from_points_and_commands() -> None:
    assert made().capabilities == ("Dimmer", "Motion")


@pytest.mark.parametrize("name", ["level", "online", "fault"])
def test_a_point_is_found_by_its_name(name: str) -> None:
    point = made().point(name)
    assert point is not None
    assert point.name == name


def test_there_are_no_other_points() -> None:
    assert made().point("colour") is None


@pytest.mark.parametrize(
    "answering, quality", [(True, Quality.CONFIRMED), (False, Quality.OBSERVED)]
)
def test_an_answer_is_confirmed_and_what_nobody_asked_for_observed(
    answering: bool, quality: Quality
) -> None:
    lamp, heard = made(), list[Report]()
    lamp.attach(heard.append)
    lamp.link.answering = answering
    lamp.report("level", 30)
    assert heard == [Report("a", "level", 30, quality)]
    assert lamp.value("level") == 30


def test_a_quality_that_is_said_counts_and_several_points_are_told_at_once() -> None:
    lamp = made()
    lamp.report_many({"level": 30, "fault": "hot"}, Quality.ASSUMED)
    assert {point: r.quality for point, r in lamp.values.items()} == {
        "level": Quality.ASSUMED,
        "fault": Quality.ASSUMED,
    }
    assert lamp.value("online") is None


def test_a_point_that_was_never_declared_is_counted_and_not_told() -> None:
    lamp, heard = made(), list[Report]()
    lamp.attach(heard.append)
    lamp.report("colour", "red")
    assert heard == []
    assert lamp.link.undeclared == {"colour": 1}


def test_a_report_is_noted_with_its_time() -> None:
    lamp = made()
    lamp.report("level", 30)
    assert lamp.link.reported.at("level") == lamp.link.clock.monotonic()


async def test_what_a_driver_need_not_say() -> None:
    class Quiet(Device[NoSettings]):
        kind = "sensor"

    lamp = made()
    quiet = Quiet("q", NoSettings(), lamp.link)
    assert quiet.topics() == ()
    assert quiet.motion is None
    assert quiet.stop_frames() == ()
    assert quiet.waking("on") is None
    assert quiet.defaults == LinkDefaults()
    assert (quiet.silence_is_offline, quiet.bare_replies) == (True, False)
    assert quiet.capabilities == ("Sensor",)
    quiet.on_message("anything")
    await quiet.open_bus()
    await quiet.handshake()
    await quiet.refresh(frozenset())
    with pytest.raises(NotImplementedError):
        quiet.decoder()


async def test_a_probe_asks_for_all_polled_points() -> None:
    asked: list[Any] = []

    class Asking(Lamp):
        async def refresh(self, points: frozenset[str]) -> None:
            asked.append(points)

    await made(Asking).probe()
    assert asked == [frozenset({"level"})]


def test_a_lift_says_how_it_moves() -> None:
    motion = made(Lift).motion
    assert motion is not None
    assert motion.stroke("up") is motion.up
