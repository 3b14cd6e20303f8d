"""One endpoint for ever: connecting, losing, coming back, and who hears what."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from structlog.testing import capture_logs

from drivers.clock import VirtualClock
from drivers.commands import OutcomeKind
from drivers.errors import Garbled, Misconfigured, Refused, Unreachable
from drivers.link import JITTER, SCHEDULE, Link
from drivers.session import PortState
from drivers.transport.frames import Published
from tests.drivers.line import Ears, Lamp, Lift, Line, ask, finish, lamps, obliging, running


def set_up(*ids: str, lamp: type[Lamp] = Lamp, **line: Any) -> tuple[Line, Link, dict[str, Lamp]]:
    wire = Line(VirtualClock(pause=0), **line)
    wire.answer = obliging
    link, made = lamps(wire, *(ids or ("a",)), lamp=lamp)
    return wire, link, made


# -- reconnecting -----------------------------------------------------------------------------------------------------


async def openings(wire: Line, link: Link, seconds: float) -> list[float]:
    """Return when attempts were made, in seconds after the start."""
    clock = wire.clock
    began, seen = clock.monotonic(), list[float]()
    inner = wire.open

    async def noted(*args: Any) -> None:
        seen.append(round(clock.monotonic() - began, 3))
        await inner(*args)

    wire.__dict__["open"] = noted
    async with running(link, clock, settle=seconds):
        return list(seen)


async def test_the_schedule_and_then_every_five_seconds_for_ever() -> None:
    wire, link, _ = set_up()
    wire.refuse_open = Unreachable("nobody there")
    assert await openings(wire, link, 29.0) == [0, 0.2, 0.7, 1.7, 3.7, 8.7, 13.7, 18.7, 23.7, 28.7]


async def test_each_step_varies_by_a_fifth() -> None:
    wire, link, _ = set_up()
    link._jitter = JITTER
    wire.refuse_open = Unreachable("nobody there")
    seen = await openings(wire, link, 300.0)
    steps = [after - before for before, after in itertools.pairwise(seen)]
    wanted = [*SCHEDULE, *[5.0] * (len(steps) - len(SCHEDULE))]
    shares = [step / want for step, want in zip(steps, wanted, strict=True)]
    assert all(0.799 <= share <= 1.201 for share in shares)
    assert max(shares) - min(shares) > 0.1


async def test_an_answer_begins_the_schedule_anew_and_a_mere_connection_does_not() -> None:
    wire, link, _ = set_up()
    wire.answer = lambda _text: None
    async with running(link, wire.clock, settle=0.1):
        for wait in (0.21, 0.51, 1.01):
            wire.lose()
            await wire.clock.advance(wait)
            assert link.up.is_set()
        wire.answer = obliging
        await wire.clock.advance(10.0)
        wire.lose()
        await wire.clock.advance(0.21)
        assert link.up.is_set()


async def test_a_person_shortens_the_wait_and_the_schedule_goes_on() -> None:
    wire, link, made = set_up()
    wire.refuse_open = Unreachable("nobody there")
    async with running(link, wire.clock, settle=20.0):
        before = wire.opened
        task = ask(link, made["a"], "set", level=1)
        await wire.clock.advance(0.01)
        assert wire.opened == before + 1
        wire.refuse_open = None
        link.retry_now()
        (outcome,) = await finish(wire.clock, task)
        assert outcome.kind is OutcomeKind.CONFIRMED


async def test_a_port_that_appears_is_opened_within_a_second() -> None:
    wire, link, _ = set_up(kind="serial")
    wire.refuse_open, wire.there = Unreachable("no such port"), False
    async with running(link, wire.clock, settle=30.0):
        wire.refuse_open, wire.there = None, True
        await wire.clock.advance(1.01)
        assert link.up.is_set()


async def test_a_port_that_stays_is_tried_by_the_schedule() -> None:
    wire, link, _ = set_up(kind="serial")
    wire.refuse_open, wire.there = Unreachable("held by another process"), True
    assert await openings(wire, link, 4.0) == [0, 0.2, 0.7, 1.7, 3.7]


@pytest.mark.parametrize("error", [Refused("auth", permanent=True), Misconfigured("two fit")])
async def test_a_permanent_fault_waits_for_a_person_who_looks_after_the_room(
    error: Refused | Misconfigured,
) -> None:
    wire, link, made = set_up()
    wire.refuse_open = error
    async with running(link, wire.clock, settle=120.0):
        assert wire.opened == 1
        task = ask(link, made["a"], "set", level=1)
        await finish(wire.clock, task)
        assert wire.opened == 1, "what was asked for must not try a wrong password again"
        link.reconnect()
        await wire.clock.advance(0.01)
        assert wire.opened == 2


async def test_a_command_that_came_before_the_refusal_brings_no_second_attempt() -> None:
    wire, link, made = set_up()
    opening = asyncio.Event()

    async def refuse(*_: Any) -> None:
        wire.opened += 1
        await opening.wait()
        raise Refused("wrong_pin", permanent=True)

    wire.__dict__["open"] = refuse
    async with running(link, wire.clock, settle=0.1):
        task = ask(link, made["a"], "set", level=1)  # kicks, while nobody knows of the wrong PIN
        await wire.clock.advance(0.1)
        opening.set()
        await wire.clock.advance(60.0)
        assert wire.opened == 1
        assert task.result().kind is OutcomeKind.OFFLINE


async def test_a_far_end_that_asks_for_patience_is_not_tried_quickly() -> None:
    wire, link, _ = set_up()
    async with running(link, wire.clock):
        error = Unreachable("somebody uses our id")
        error.patient = True
        opened = wire.opened
        wire.lose(error)
        await wire.clock.advance(4.9)
        assert wire.opened == opened
        await wire.clock.advance(0.2)
        assert wire.opened == opened + 1


async def test_a_reconnect_that_is_asked_for_is_at_once() -> None:
    wire, link, _ = set_up()
    async with running(link, wire.clock) as ears:
        link.reconnect()
        await wire.clock.advance(0.01)
        assert (wire.opened, link.up.is_set(), link.reconnects) == (2, True, 1)
        assert [s for _, s in ears.states[-2:]] == [PortState.STARTING, PortState.ONLINE]


async def test_what_an_old_connection_has_to_say_does_not_end_the_new_one() -> None:
    wire, link, _ = set_up()
    async with running(link, wire.clock):
        old = wire._on_lost
        wire.lose()
        await wire.clock.advance(1.0)
        assert link.up.is_set()
        old(Unreachable("an echo of the past"))
        await wire.clock.advance(0.01)
        assert link.up.is_set()


async def test_lost_and_back_are_logged_once_each_whatever_the_number_of_attempts() -> None:
    wire, link, _ = set_up()
    with capture_logs() as logs:
        async with running(link, wire.clock):
            wire.refuse_open = Unreachable("nobody there")
            wire.lose()
            await wire.clock.advance(60.0)
            wire.refuse_open = None
            await wire.clock.advance(6.0)
    events = [entry["event"] for entry in logs if entry["event"].startswith("link.")]
    assert events == ["link.up", "link.lost", "link.up"]


async def test_a_loss_for_another_reason_is_said_too() -> None:
    wire, link, _ = set_up()
    with capture_logs() as logs:
        async with running(link, wire.clock) as ears:
            wire.refuse_open = Refused("auth", permanent=True)
            wire.lose()
            await wire.clock.advance(1.0)
    lost = [entry["code"] for entry in logs if entry["event"] == "link.lost"]
    assert lost == ["unreachable", "refused_by_device"]
    assert ears.states[-1] == ("a", PortState.OFFLINE)


# -- nothing old on the new connection --------------------------------------------------------------------------------


async def test_what_was_half_received_is_forgotten() -> None:
    wire, link, made = set_up()
    async with running(link, wire.clock):
        wire.bring(b"a is 7")
        wire.lose()
        wire.answer = lambda _text: None
        await wire.clock.advance(0.5)
        wire.bring(b"7\n")
        await wire.clock.advance(0.1)
        assert made["a"].value("level") == 5
        assert link.ports["a"].undeclared == {}


async def test_a_command_that_waited_in_the_lane_leaves_after_the_handshake() -> None:
    class Polite(Lamp):
        async def handshake(self) -> None:
            await self.link.exchange(
                f"{self.id} hello".encode(), until=lambda m: m if m == "a hello ok" else None
            )

    wire, link, made = set_up(lamp=Polite)
    wire.answer = lambda text: f"{text} ok" if "?" not in text else "a is 5"
    async with running(link, wire.clock):
        link.lane.quiet(100.0)
        waiting = ask(link, made["a"], "set", level=3)
        await wire.clock.advance(0.5)
        wire.sent.clear()
        wire.lose()
        (outcome,) = await finish(wire.clock, waiting)
    assert outcome.kind is OutcomeKind.CONFIRMED
    assert wire.texts()[0] == "a hello"
    assert "a level 3" in wire.texts()


async def test_a_command_in_flight_ends_in_a_timeout_and_is_not_said_again() -> None:
    wire, link, made = set_up()
    wire.answer = lambda text: "a is 5" if "?" in text else None
    async with running(link, wire.clock):
        waiting = ask(link, made["a"], "set", level=3)
        await wire.clock.advance(0.1)
        wire.lose()
        (outcome,) = await finish(wire.clock, waiting)
        await wire.clock.advance(20.0)
    assert (outcome.kind, outcome.code, outcome.tx) == (OutcomeKind.TIMEOUT, "no_reply", 1)
    assert wire.texts().count("a level 3") == 1


@pytest.mark.parametrize("gone", [0.5, 2.5, 5.0])
async def test_a_command_that_was_lost_before_its_first_byte_waits_three_seconds(
    gone: float,
) -> None:
    wire, link, made = set_up()
    async with running(link, wire.clock):
        link.lane.quiet(100.0)
        waiting = ask(link, made["a"], "set", level=3)
        await wire.clock.advance(0.1)
        wire.refuse_open = Unreachable("nobody there")
        wire.lose()
        await wire.clock.advance(gone)
        wire.refuse_open = None
        link.retry_now()
        (outcome,) = await finish(wire.clock, waiting)
    expected = OutcomeKind.CONFIRMED if gone < 3.0 else OutcomeKind.OFFLINE
    assert outcome.kind is expected
    assert wire.texts().count("a level 3") == (1 if gone < 3.0 else 0)


async def test_motion_that_waits_in_the_lane_dies_with_the_connection() -> None:
    wire, link, made = set_up(lamp=Lift)
    async with running(link, wire.clock, settle=2.0):
        link.lane.quiet(100.0)
        moving = ask(link, made["a"], "up")
        await wire.clock.advance(0.1)
        wire.lose()
        await wire.clock.advance(10.0)
        assert moving.result().kind is OutcomeKind.OFFLINE
    assert "a up" not in wire.texts()


# -- devices ----------------------------------------------------------------------------------------------------------


async def test_a_device_that_comes_later_comes_online_without_a_new_connection() -> None:
    wire, link, _ = set_up()
    async with running(link, wire.clock) as ears:
        port = link.port("b")
        port.bind(Lamp("b", type(link.ports["a"].device.settings)(), port))
        link.attach(port)
        await wire.clock.advance(1.0)
        assert ears.states[-1] == ("b", PortState.ONLINE)
        assert wire.opened == 1


async def test_a_device_that_goes_takes_its_commands_along_and_no_other() -> None:
    wire, link, made = set_up("a", "b")
    wire.answer = lambda text: f"{text[:-1]} is 5" if "?" in text else None
    async with running(link, wire.clock):
        going, staying = (ask(link, made[d], "step") for d in ("a", "b"))
        await wire.clock.advance(0.1)
        await link.detach("a")
        (outcome,) = await finish(wire.clock, going)
        assert (outcome.kind, outcome.code) == (OutcomeKind.CANCELLED, "stopping")
        assert not staying.done()
        assert list(link.ports) == ["b"]
        await link.detach("never there")
        await finish(wire.clock, staying)


async def test_a_link_that_ends_ends_its_waits() -> None:
    wire, link, made = set_up()
    async with running(link, wire.clock):
        wire.answer = lambda _text: None
        task = ask(link, made["a"], "set", level=3)
        await wire.clock.advance(0.1)
    assert not wire.is_open
    (outcome,) = await finish(wire.clock, task)
    assert outcome.kind is OutcomeKind.TIMEOUT


async def test_other_links_may_look_at_a_device_that_is_not_there() -> None:
    _, link, _ = set_up()
    link.look("nobody")
    link.available("nobody", online=False)
    link.drop(Garbled("never connected"))


# -- traffic ----------------------------------------------------------------------------------------------------------


async def test_traffic_is_told_with_its_meaning() -> None:
    wire, link, made = set_up("a", "b")
    async with running(link, wire.clock) as ears:
        ears.traces.clear()
        await finish(wire.clock, ask(link, made["a"], "set", level=30))
        wire.bring(b"\xff\n")
    told = [(t.direction, t.device, t.data, t.text) for t in ears.traces]
    assert ("tx", "a", b"a level 30", "set level=30") in told
    assert any(t[:3] == ("rx", "a", b"a level 30 ok\n") and "level 30 ok" in t[3] for t in told)
    assert ("rx", "", b"\xff\n", "") in told


async def test_everybody_on_a_line_hears_everything_and_on_a_broker_their_topics() -> None:
    class Listener(Lamp):
        def topics(self) -> tuple[str, ...]:
            return (f"home/{self.id}/#",)

        def decoder(self) -> Any:
            return Topics()

    class Topics:
        def feed(self, chunk: Published) -> list[str]:
            return [chunk.payload.decode()]

        def reset(self) -> None:
            return None

    wire, link, made = set_up("a", "b", lamp=Listener)
    async with running(link, wire.clock):
        wire.bring(Published("home/a/state", b"a is 9", retain=False))
        wire.bring(Published("home/a/state", b"b is 9", retain=False))
        assert (made["a"].value("level"), made["b"].value("level")) == (9, None)


@pytest.mark.parametrize(
    "endpoint, kind, host",
    [
        ("serial:/dev/ttyUSB0", "serial", ""),
        ("tcp:10.0.0.5:4352", "tcp", "10.0.0.5"),
        ("udp:camera.local:52381", "udp", "camera.local"),
        ("mqtt:broker:1883", "mqtt", ""),
        ("http://10.0.0.6", "http", ""),
        ("https://10.0.0.6:8443", "http", ""),
    ],
)
def test_what_kind_of_link_it_is(endpoint: str, kind: str, host: str) -> None:
    class Named(Line):
        @property
        def endpoint(self) -> str:
            return endpoint

    clock = VirtualClock(pause=0)
    link = Link("l", Named(clock), clock, Ears())
    assert (link.kind, link.host) == (kind, host)
