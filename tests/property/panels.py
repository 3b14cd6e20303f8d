"""People at panels, cables that fail, and the wire that remembers all of it: for random interleavings."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.errors import Unreachable
from drivers.motion import MotionSpec, Stroke
from drivers.spec import DriverSpec
from roomd.control.commands import Actor, Command
from tests.drivers.line import Lift, obliging
from tests.support.lamp_room import LAMP, LIFT, LampRoom, device, plan, spec

ANNA = Actor("anna", "presenter", client="tablet-1")
BORIS = Actor("boris", "presenter", client="tablet-2")
PEOPLE = (ANNA, BORIS)
PAUSE = 0.5
WAYS = ("up", "down")


class MemoryClock(VirtualClock):
    """A virtual clock for rooms without any kernel in them: nothing real has to be waited for."""

    async def advance(self, seconds: float) -> None:
        end = self._now + seconds
        await _turns()
        while self._timers and self._timers[0][0] <= end:
            when, _, timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                self._now = max(self._now, when)
                timer.callback()
                await _turns()
        self._now = end
        await _turns()


async def _turns() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


class Screen(Lift):
    """A motor that runs by a tap."""

    kind = "screen"
    motion_spec = MotionSpec(
        up=Stroke("up", 4.0), down=Stroke("down", 3.0), reverse_pause=PAUSE, max_run=9.0, run="tap"
    )


SCREEN: DriverSpec = spec(Screen)
ROOM = plan(
    device("lamp", "l1", LAMP),
    device("lift", "l2", LIFT),
    device("screen", "l3", SCREEN),
)
LINES = ("l1", "l2", "l3")
Step = tuple[Any, ...]

WHO = st.sampled_from([0, 1])
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.01, 0.1, 0.15, 0.3, 0.6, 2.0, 11.0])),
    st.tuples(st.just("set"), WHO, st.integers(0, 100)),
    st.tuples(st.just("step"), WHO),
    st.tuples(st.just("tap"), WHO, st.sampled_from(WAYS)),
    st.tuples(st.just("goto"), WHO, st.sampled_from([0, 30, 100])),
    st.tuples(st.just("hold"), WHO, st.sampled_from(["lift", "screen"]), st.sampled_from(WAYS)),
    st.tuples(st.just("keep"), WHO),
    st.tuples(st.just("release"), WHO),
    st.tuples(st.just("drop"), WHO),
    st.tuples(st.just("stop"), WHO, st.sampled_from(["lift", "screen"])),
    st.tuples(st.just("stop_all"), WHO),
    st.tuples(st.just("lose"), st.sampled_from(LINES)),
    st.tuples(st.just("cut"), st.sampled_from(LINES)),
    st.tuples(st.just("mend"), st.sampled_from(LINES)),
    st.tuples(st.just("mute"), st.sampled_from(LINES)),
    st.tuples(st.just("reload"), st.booleans()),
)
STORIES = st.lists(STEPS, min_size=1, max_size=25)


@dataclass
class Story:
    """A room, what was done to it, and what came of it."""

    room: LampRoom = field(default_factory=lambda: LampRoom(clock=MemoryClock()))
    asked: list[str] = field(default_factory=list[str])
    ended: Counter[str] = field(default_factory=Counter[str])
    """Command id -> outcomes."""
    late: list[str] = field(default_factory=list[str])
    broken: list[str] = field(default_factory=list[str])
    held: set[str] = field(default_factory=set[str])
    """Hold ids that were accepted."""
    over: Counter[str] = field(default_factory=Counter[str])
    fingers: dict[int, str] = field(default_factory=dict[int, str])
    """Person -> newest hold id."""
    kept: dict[str, float] = field(default_factory=dict[str, float])
    """Device -> until when a finger counts, monotonic seconds."""
    tasks: set[asyncio.Task[Any]] = field(default_factory=set["asyncio.Task[Any]"])

    @property
    def clock(self) -> VirtualClock:
        return self.room.clock

    async def begin(self) -> None:
        self.room.dispatch.outcomes.append(self._ended)
        await self.room.supervisor.apply(ROOM)
        await self.clock.advance(1.5)
        for line in self.room.lines.values():
            line.sent.clear()

    async def do(self, step: Step) -> None:
        """Do one step."""
        name, *rest = step
        work: Callable[..., Awaitable[None]] = getattr(self, f"_{name}")
        await work(*rest)
        await asyncio.sleep(0)

    async def finish(self) -> None:
        """Mend everything, let go of everything, and wait until nothing can be under way any more."""
        for line in LINES:
            await self._mend(line)
        for n in (0, 1):
            await self._drop(n)
        await self.clock.advance(40)

    async def close(self) -> None:
        await self.room.supervisor.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    # -- steps ----------------------------------------------------------------------------------------------------

    async def _wait(self, seconds: float) -> None:
        await self.clock.advance(seconds)

    async def _set(self, who: int, level: int) -> None:
        self._ask(Command("lamp", "set", {"level": level}, PEOPLE[who]))

    async def _step(self, who: int) -> None:
        self._ask(Command("lamp", "step", {}, PEOPLE[who]))

    async def _tap(self, who: int, way: str) -> None:
        self._ask(Command("screen", way, {}, PEOPLE[who]))

    async def _goto(self, who: int, position: int) -> None:
        self._ask(Command("screen", "goto", {"position": position}, PEOPLE[who]))

    async def _hold(self, who: int, name: str, way: str) -> None:
        hold_id = f"h{len(self.held)}-{who}"
        refusal = self.room.holds.start(hold_id, name, way, {}, PEOPLE[who], self._hold_over)
        if refusal is None:
            self.held.add(hold_id)
            self.fingers[who] = hold_id
            self.kept[name] = self.clock.monotonic() + 0.4

    async def _keep(self, who: int) -> None:
        hold_id = self.fingers.get(who)
        if hold_id is not None and self.room.holds.keep(PEOPLE[who].client, hold_id, None):
            for name in ("lift", "screen"):
                if self.room.holds.owner(name) == PEOPLE[who]:
                    self.kept[name] = self.clock.monotonic() + 0.4

    async def _release(self, who: int) -> None:
        hold_id = self.fingers.get(who)
        if hold_id is not None:
            self.room.holds.release(PEOPLE[who].client, hold_id)

    async def _drop(self, who: int) -> None:
        self.room.holds.lose_client(PEOPLE[who].client, "hold_lost")

    async def _stop(self, who: int, name: str) -> None:
        self._ask(Command(name, "stop", {}, PEOPLE[who]))

    async def _stop_all(self, who: int) -> None:
        self._spawn(self.room.dispatch.stop_all(PEOPLE[who]))

    async def _lose(self, line: str) -> None:
        self.room.lines[line].lose()

    async def _cut(self, line: str) -> None:
        self.room.lines[line].refuse_open = Unreachable("cut")
        self.room.lines[line].lose()

    async def _mend(self, line: str) -> None:
        self.room.lines[line].refuse_open = None
        self.room.lines[line].answer = obliging

    async def _mute(self, line: str) -> None:
        self.room.lines[line].answer = lambda _text: None

    async def _reload(self, renamed: bool) -> None:  # drawn by hypothesis
        named = device("lamp", "l1", LAMP, zh="主灯" if renamed else "灯")
        again = plan(named, device("lift", "l2", LIFT), device("screen", "l3", SCREEN))
        self._spawn(self.room.supervisor.apply(again))

    # -- what comes of it -----------------------------------------------------------------------------------------

    def _ask(self, command: Command) -> None:
        self.asked.append(command.id)
        self._spawn(self._run(command))

    async def _run(self, command: Command) -> None:
        spec = self.room.dispatch.devices[command.device].commands[command.command]
        limit = 0.5 + spec.deadline(spec.priority)
        if command.device != "lamp":
            limit += 5  # for a motor the stop before it and its pause come first
        began = self.clock.monotonic()
        await self.room.dispatch.begin(command)
        if self.clock.monotonic() - began > limit:
            self.late.append(f"{command.device}.{command.command}")

    def _ended(self, command: Command, _outcome: Outcome) -> None:
        self.ended[command.id] += 1

    async def _hold_over(self, client_id: str, _outcome: Outcome) -> None:
        self.over[client_id] += 1

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.broken.append(repr(task.exception()))


def told(story: Sequence[Step], check: Callable[[Story], Awaitable[None]]) -> None:
    """Play a story to its end on a loop of its own, and check what came of it."""

    async def play() -> None:
        played = Story()
        await played.begin()
        try:
            for step in story:
                await played.do(step)
            await played.finish()
            assert played.broken == []
            await check(played)
        finally:
            await played.close()

    asyncio.run(play())


def motions(story: Story, line: str) -> list[tuple[float, str]]:
    """Return what went over a motor's line that moves or stops it, with its time."""
    found = [(at, text.split(" ")[-1]) for at, text in story.room.lines[line].sent]
    return [(at, word) for at, word in found if word in (*WAYS, "stop")]
