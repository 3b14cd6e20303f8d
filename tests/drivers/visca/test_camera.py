"""The simulated camera itself: sockets, standby, movement, presets."""

from __future__ import annotations

import pytest

from drivers.clock import VirtualClock
from drivers.visca.camera import PAN_LIMIT, WAKE, Camera


class Desk:
    """A camera that is told packets without address and terminator."""

    def __init__(self, **faults: object) -> None:
        self.clock = VirtualClock(pause=0)
        self.faults: dict[str, object] = dict(faults)
        self.camera = Camera(self.clock, self.faults)
        self.heard: list[str] = []

    def say(self, text: str) -> list[str]:
        """Say something; return what it answers at once."""
        before = len(self.heard)
        self.camera.handle(bytes.fromhex(text), lambda body: self.heard.append(body.hex(" ")))
        return self.heard[before:]

    async def wait(self, seconds: float) -> list[str]:
        """Let time pass; return what it says meanwhile."""
        before = len(self.heard)
        await self.clock.advance(seconds)
        return self.heard[before:]

    def moves(self) -> bool:
        return self.camera.moving

    @property
    def place(self) -> tuple[float, float, float]:
        state = self.camera.state
        return state.pan, state.tilt, state.zoom


DRIVE_RIGHT, HALT, HOME = "01 06 01 18 14 02 03", "01 06 01 01 01 03 03", "01 06 04"
GO = "01 06 02 18 14 00 03 08 04 00 00 00 00"  # 0384h = 900
RECALL = "01 04 3f 02 01"
SAVE = "01 04 3f 01 01"


async def test_two_sockets_and_no_third() -> None:
    desk = Desk()
    assert desk.say(SAVE) == ["41"]
    assert desk.say("01 04 38 03") == ["42"]
    assert desk.say(DRIVE_RIGHT) == ["60 03"]
    assert not desk.moves()
    assert sorted(await desk.wait(0.2)) == ["51", "52"]
    assert desk.say(DRIVE_RIGHT) == ["41"]


async def test_a_socket_that_is_used_again_ends_only_its_new_command() -> None:
    desk = Desk()
    desk.say(SAVE)
    assert desk.say("21") == ["61 04"]
    assert desk.say(SAVE) == ["41"]
    assert await desk.wait(0.5) == ["51"]


async def test_it_moves_with_time_and_stops_at_its_end() -> None:
    desk = Desk()
    desk.say(DRIVE_RIGHT)
    await desk.wait(1)
    assert 850 <= desk.place[0] <= 900
    desk.say(HALT)
    assert not desk.moves()
    desk.say("01 06 01 18 14 01 02")
    await desk.wait(10)
    assert desk.place[:2] == (-PAN_LIMIT, -1296)


async def test_it_completes_when_it_is_there() -> None:
    desk = Desk()
    assert desk.say(GO) == ["41"]
    assert await desk.wait(0.9) == []
    assert await desk.wait(0.2) == ["51"]
    assert desk.place == (900, 0, 0)


async def test_an_interrupted_movement_is_completed_and_its_socket_free() -> None:
    desk = Desk()
    desk.say(GO)
    await desk.wait(0.2)
    assert desk.say(HALT) == ["51", "42"]
    await desk.wait(1)
    assert desk.place[0] < 300
    assert desk.camera.busy == {}


async def test_a_zoom_does_not_interrupt_what_pans() -> None:
    desk = Desk()
    desk.say(GO)
    desk.say("01 04 47 04 00 00 00")
    assert await desk.wait(5) == ["51", "52"]
    assert desk.place == (900, 0, 0x4000)


async def test_presets() -> None:
    desk = Desk()
    desk.say(GO)
    await desk.wait(2)
    desk.say(SAVE)
    await desk.wait(0.2)
    desk.say(HOME)
    assert await desk.wait(2) == ["51"]
    assert desk.place[0] == 0
    desk.say(RECALL)
    await desk.wait(2)
    assert desk.place[0] == 900
    desk.say("01 04 3f 00 01")
    assert desk.camera.state.presets == {}


async def test_standby() -> None:
    desk = Desk()
    desk.say(DRIVE_RIGHT)
    assert desk.say("01 04 00 03") == ["42"]
    assert not desk.moves()
    await desk.wait(0.2)
    assert desk.say("09 04 00") == ["50 03"]
    assert desk.say(DRIVE_RIGHT) == ["61 41"]
    assert desk.say("01 04 00 02") == ["41"]
    assert desk.say("09 04 00") == ["50 03"]
    assert desk.say("01 04 00 02") == ["62 41"]
    assert await desk.wait(WAKE) == ["51"]
    assert desk.say("09 04 00") == ["50 02"]


async def test_focus_is_refused_while_it_focuses_by_itself() -> None:
    desk = Desk()
    assert desk.say("01 04 08 02") == ["61 41"]
    desk.say("01 04 38 03")
    await desk.wait(0.1)
    assert desk.say("01 04 08 02") == ["41"]
    await desk.wait(0.5)
    focus = desk.camera.state.focus
    assert focus > 0
    desk.say("01 04 08 37")
    await desk.wait(0.1)
    assert desk.camera.state.focus < focus
    desk.say("01 04 08 00")
    assert not desk.moves()


@pytest.mark.parametrize(
    "text",
    [
        "01 04 00 04",
        "01 04 00",
        "01 04 07 28",
        "01 04 07 10",
        "01 04 07 01",
        "01 04 08 01",
        "01 04 08 2f",
        "01 04 38 10",
        "01 04 3f 03 01",
        "01 04 47 00 00",
        "01 06 01 19 01 02 03",
        "01 06 01 01 19 02 03",
        "01 06 01 01 01 04 03",
        "01 06 02 01 01 00",
        "01 06 05 01",
        "01 05 00",
        "09 05 38",
        "33",
        "",
    ],
)
def test_what_it_does_not_know_is_a_syntax_error(text: str) -> None:
    desk = Desk()
    assert desk.say(text) == ["60 02"]
    assert desk.camera.busy == {}
    assert desk.camera.state.executed == 0


@pytest.mark.parametrize(
    "text, answer",
    [
        ("09 00 02", "50 00 01 05 13 01 00 02"),
        ("09 04 38", "50 02"),
        ("09 04 47", "50 02 00 00 00"),
        ("09 06 12", "50 00 00 06 04 0f 0f 0c 0e"),
    ],
)
def test_inquiries(text: str, answer: str) -> None:
    desk = Desk()
    state = desk.camera.state
    state.pan, state.tilt, state.zoom = 100, -50, 0x2000
    assert desk.say(text) == [answer]


@pytest.mark.parametrize("text", ["02", "03", "20", "27", "30", "37"])
def test_zoom_speeds(text: str) -> None:
    desk = Desk()
    assert desk.say(f"01 04 07 {text}") == ["41"]
    speed = desk.camera.state.zoom_speed
    assert (speed > 0) == (text in {"02", "20", "27"})
    desk.say("01 04 07 00")
    assert not desk.moves()


async def test_five_nibbles_for_pan() -> None:
    desk = Desk()
    desk.say("01 06 02 18 14 0f 0f 0f 0f 0e 00 00 00 01")
    await desk.wait(0.2)
    assert desk.place[:2] == (-2, 1)


def test_nothing_runs_in_that_socket() -> None:
    assert Desk().say("21") == ["61 05"]


async def test_cancelling_a_movement_ends_it() -> None:
    desk = Desk()
    desk.say(GO)
    await desk.wait(0.2)
    assert desk.say("21") == ["61 04"]
    assert not desk.moves()
    assert await desk.wait(2) == []


async def test_clearing_empties_the_sockets_and_nothing_completes() -> None:
    desk = Desk()
    desk.say(SAVE)
    desk.say(GO)
    assert desk.say("01 00 01") == ["50"]
    assert await desk.wait(3) == []
    assert desk.place[0] == 900


async def test_a_power_cycle_forgets_all_but_the_presets() -> None:
    desk = Desk()
    state = desk.camera.state
    for text in (SAVE, "01 04 00 03", "01 04 00 02"):
        desk.say(text)
        await desk.wait(0.2)
    desk.camera.power_cycle()
    state.on = False
    assert await desk.wait(WAKE + 1) == []
    assert not state.on
    state.on = True
    assert desk.camera.state is state
    assert state.presets == {1: (0, 0, 0)}
    assert (state.on, state.executed) == (True, 0)


@pytest.mark.parametrize(
    "faults, answers",
    [
        ({"refuse": True}, ["60 41"] * 3),
        ({"refuse": 2}, ["60 41", "60 41", "41"]),
        ({"refuse": 0}, ["41"]),
        ({"buffer_full": 1}, ["60 03", "41"]),
        ({"socket_zero": True}, ["40"]),
    ],
)
def test_faults(faults: dict[str, object], answers: list[str]) -> None:
    desk = Desk(**faults)
    assert [desk.say(SAVE)[0] for _ in answers] == answers


async def test_no_acknowledgement_but_a_completion() -> None:
    desk = Desk(no_ack=True)
    assert desk.say(SAVE) == []
    assert await desk.wait(0.2) == ["51"]


async def test_acknowledged_and_not_done() -> None:
    desk = Desk(wrong_state=True)
    assert desk.say(GO) == ["41"]
    assert await desk.wait(0.2) == ["51"]
    assert desk.place == (0, 0, 0)
