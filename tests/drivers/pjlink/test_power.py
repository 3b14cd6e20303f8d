"""Switching, against a projector of which only the power is real."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from functools import partial

import pytest

from drivers.clock import VirtualClock
from drivers.errors import NoReply, Refused, Unreachable
from drivers.execute import Mismatch
from drivers.pjlink.power import FOLLOW, Switching, patiently
from drivers.pjlink.tables import SILENCE

WARM, COOL = 20.0, 30.0
LIMITS = {"warming": 40.0, "cooling": 60.0}


class Lamp:
    """A projector's power: it warms up, cools down, and refuses meanwhile."""

    def __init__(self, clock: VirtualClock, power: str = "off") -> None:
        self.clock = clock
        self.power = power
        self.told: list[tuple[float, str]] = []
        self.looks: list[float] = []
        self.answers: Iterator[bool | Exception] = iter(())
        """What the next commands get instead of their true answer."""
        self.deaf = self.silent = self.explains = False

    @property
    def orders(self) -> list[str]:
        return [wish for _, wish in self.told]

    async def look(self) -> str | None:
        self.looks.append(self.clock.monotonic())
        return None if self.silent else self.power

    def passing(self) -> bool:
        return self.explains

    async def tell(self, wish: str) -> bool:
        self.told.append((self.clock.monotonic(), wish))
        answer = next(self.answers, None)
        if answer is None:
            answer = Refused("ERR3") if self.power in {"warming", "cooling"} else True
        if isinstance(answer, Exception):
            raise answer
        if not self.deaf:
            self.begin(wish)
        return answer

    def begin(self, wish: str) -> None:
        if wish == self.power:
            return
        self.power, seconds = ("warming", WARM) if wish == "on" else ("cooling", COOL)
        self.clock.call_later(seconds, lambda: self.become(wish))

    def become(self, power: str) -> None:
        self.power = power


class Run:
    """One wish, under way."""

    def __init__(self, lamp: Lamp, wish: str) -> None:
        self.clock = lamp.clock
        self.began = self.ended = lamp.clock.monotonic()
        switching = Switching(lamp, lamp.clock, LIMITS)
        self.task = asyncio.create_task(switching.to(wish))
        self.task.add_done_callback(self._note_end)

    def _note_end(self, _task: object) -> None:
        self.ended = self.clock.monotonic()

    @property
    def took(self) -> float:
        return self.ended - self.began

    async def end(self) -> None:
        """Let it end; raises what it raised."""
        await self.clock.advance(200)
        assert self.task.done()
        self.task.result()


async def test_on_ends_when_it_is_on() -> None:
    lamp = Lamp(VirtualClock())
    run = Run(lamp, "on")
    await run.end()
    assert lamp.power == "on"
    assert lamp.orders == ["on"]
    assert WARM <= run.took <= WARM + 2.5


async def test_what_it_is_already_is_told_all_the_same() -> None:
    lamp = Lamp(VirtualClock(), "on")
    run = Run(lamp, "on")
    await run.end()
    assert run.took == 0
    assert lamp.orders == ["on"]


async def test_in_a_transition_it_is_looked_at_every_two_seconds() -> None:
    lamp = Lamp(VirtualClock())
    await Run(lamp, "on").end()
    gaps = [b - a for a, b in itertools.pairwise(lamp.looks[1:])]
    assert set(gaps) == {2.0}


@pytest.mark.parametrize("wish, opposite", [("on", "off"), ("off", "on")])
async def test_a_wish_against_a_transition_waits_and_is_told_once(wish: str, opposite: str) -> None:
    lamp = Lamp(VirtualClock(), wish)
    lamp.begin(opposite)
    await Run(lamp, wish).end()
    assert lamp.power == wish
    assert lamp.orders == [wish]


async def test_a_wish_that_a_transition_fulfils_is_not_told() -> None:
    lamp = Lamp(VirtualClock())
    lamp.begin("on")
    await Run(lamp, "on").end()
    assert lamp.orders == []


async def test_not_now_is_asked_again_every_three_seconds_while_a_transition_explains_it() -> None:
    clock = VirtualClock()
    lamp = Lamp(clock)
    lamp.answers, lamp.explains = iter([Refused("ERR3"), Refused("ERR3")]), True
    await Run(lamp, "on").end()
    assert lamp.orders == ["on"] * 3
    first, second, third = (at for at, _ in lamp.told)
    assert (second - first, third - second) == (3.0, 3.0)


async def test_not_now_without_a_transition_is_a_refusal() -> None:
    lamp = Lamp(VirtualClock())
    lamp.answers = iter([Refused("ERR3")])
    with pytest.raises(Refused, match="ERR3"):
        await Run(lamp, "on").end()
    assert lamp.orders == ["on"]


async def test_not_now_for_longer_than_a_transition_is_a_refusal() -> None:
    lamp = Lamp(VirtualClock())
    lamp.answers, lamp.explains = itertools.repeat(Refused("ERR3")), True
    run = Run(lamp, "on")
    with pytest.raises(Refused, match="ERR3"):
        await run.end()
    assert 60 < run.took < 70


@pytest.mark.parametrize("code", ["ERR1", "ERR2", "ERR4"])
async def test_another_no_is_not_repeated(code: str) -> None:
    lamp = Lamp(VirtualClock())
    lamp.answers, lamp.explains = iter([Refused(code)]), True
    with pytest.raises(Refused, match=code):
        await Run(lamp, "on").end()
    assert lamp.orders == ["on"]


async def test_a_transition_has_a_limit() -> None:
    lamp = Lamp(VirtualClock())
    lamp.become("warming")
    run = Run(lamp, "on")
    with pytest.raises(NoReply, match="still warming after 40 s"):
        await run.end()
    assert run.took == pytest.approx(42, abs=1)


async def test_accepted_and_not_done_is_a_mismatch() -> None:
    lamp = Lamp(VirtualClock())
    lamp.deaf = True
    run = Run(lamp, "on")
    with pytest.raises(Mismatch, match="power is 'off', wished 'on'"):
        await run.end()
    assert lamp.orders == ["on"]
    assert run.took == pytest.approx(FOLLOW + 2, abs=2)


async def test_a_lost_answer_is_no_second_command_where_the_first_shows() -> None:
    lamp = Lamp(VirtualClock())
    lamp.answers = iter([False])
    await Run(lamp, "on").end()
    assert lamp.orders == ["on"]


async def test_an_unanswered_command_that_does_not_show_is_sent_three_times() -> None:
    lamp = Lamp(VirtualClock())
    lamp.answers, lamp.deaf = itertools.repeat(False), True
    with pytest.raises(NoReply, match="sent 3 times and never answered"):
        await Run(lamp, "on").end()
    assert lamp.orders == ["on"] * 3


async def test_silence_after_the_command_is_borne_for_a_minute() -> None:
    lamp = Lamp(VirtualClock())
    run = Run(lamp, "on")
    await lamp.clock.advance(1)
    lamp.silent = True
    await lamp.clock.advance(45)
    assert not run.task.done()
    lamp.silent = False
    await run.end()
    assert lamp.orders == ["on"]


async def test_silence_for_longer_is_a_timeout() -> None:
    lamp = Lamp(VirtualClock())
    lamp.silent = True
    run = Run(lamp, "on")
    with pytest.raises(NoReply, match="silent for 60 s"):
        await run.end()
    assert lamp.orders == ["on"]
    assert run.took == pytest.approx(SILENCE + 2, abs=2)


async def test_a_silent_projector_is_told_although_nobody_knows_how_it_is() -> None:
    """Some answer nothing in standby and obey all the same."""
    lamp = Lamp(VirtualClock())
    lamp.silent = True
    run = Run(lamp, "on")
    await lamp.clock.advance(1)
    assert lamp.power == "warming"
    lamp.silent = False
    await run.end()


async def test_what_cannot_leave_is_said_at_once() -> None:
    lamp = Lamp(VirtualClock())
    lamp.silent, lamp.answers = True, iter([Unreachable("gone")])
    with pytest.raises(Unreachable):
        await Run(lamp, "on").end()


async def fail(error: Exception) -> str | None:
    raise error


async def test_patience() -> None:
    async def works() -> str | None:
        return "on"

    assert await patiently(works) == "on"
    for error in (NoReply(), Unreachable(), Refused("ERR3")):
        assert await patiently(partial(fail, error)) is None
    with pytest.raises(Refused):
        await patiently(partial(fail, Refused("ERR1")))
