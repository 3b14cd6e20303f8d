"""Whatever panels, scenes, reloads, reports and broken cables do: no forbidden frame ever reaches the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.transport.frames import Frame
from tests.drivers.line import Line
from tests.roomd.control.scene_room import SceneRoom, scene_room
from tests.support.lamp_room import ANNA, BORIS

DARK = {"id": "dark", "deny": {"kind": ["lift", "screen"]}, "unless": {"a.level": {"below": 50}}}
STRICT = {**DARK, "unless": {"a.level": {"below": 20}}}
ONE = {"id": "one", "mutex": ["b", "d"]}
LIMIT = {"lenient": 50, "strict": 20}

actions = st.one_of(
    st.tuples(st.just("report"), st.sampled_from([0, 10, 30, 60, 90])),
    st.tuples(st.just("wish"), st.sampled_from([5, 40, 80])),
    st.tuples(st.just("hold"), st.sampled_from(["up", "down"])),
    st.tuples(st.just("tap"), st.sampled_from(["up", "down", "stop"])),
    st.tuples(st.just("scene"), st.sampled_from(["move", "lights"])),
    st.tuples(st.just("rules"), st.sampled_from(["lenient", "strict"])),
    st.tuples(st.just("cable"), st.sampled_from(["l1", "l2", "l4"])),
    st.tuples(st.just("wait"), st.sampled_from([0.1, 0.7, 3.0])),
    st.tuples(st.just("release"), st.just(0)),
    st.tuples(st.just("stop"), st.just(0)),
)


class Story:
    """One room in which things happen, watched at the wire."""

    def __init__(self, room: SceneRoom) -> None:
        self.room = room
        self.rules = "lenient"
        self.holds = 0
        self.forbidden: list[str] = []
        self.tasks: list[asyncio.Future[Any]] = []
        for link in ("l2", "l4"):
            self._watch(room.room.lines[link])

    def _watch(self, line: Line) -> None:
        send: Callable[[Frame], Awaitable[None]] = line.send

        async def watched(frame: Frame) -> None:
            text = bytes(frame).decode() if isinstance(frame, bytes) else ""
            if text.endswith((" up", " down")) and not self._allowed():
                self.forbidden.append(text)
            await send(frame)

        line.send = watched  # type: ignore[method-assign]  # the wire itself is watched

    def _allowed(self) -> bool:
        """Return whether the lamp is surely dark enough, read without the code under test."""
        body = self.room.room.store.snapshot()["a.level"]
        known = str(body["quality"]) in {"confirmed", "observed"} or (
            str(body["quality"]) == "pending" and str(body["was"]) in {"confirmed", "observed"}
        )
        values = [body["value"], *([body["desired"]] if "desired" in body else [])]
        return known and all(v is not None and v < LIMIT[self.rules] for v in values)

    async def do(self, kind: str, what: object) -> None:
        room = self.room.room
        match kind:
            case "report":
                room.lines["l1"].feed(f"a is {what}")
            case "wish":
                self.tasks.append(room.begin("a.set", level=what))
            case "hold":
                self.holds += 1
                room.hold(f"h{self.holds}", f"b.{what}", ANNA)
            case "tap":
                self.tasks.append(room.begin(f"d.{what}", BORIS))
            case "scene":
                self.room.scenes.start(str(what), ANNA, force=True)
            case "rules":
                self.rules = str(what)
                self.room.rules(DARK if what == "lenient" else STRICT, ONE)
            case "cable":
                room.lines[str(what)].lose()
            case "release":
                room.holds.release(ANNA.client, f"h{self.holds}")
            case "stop":
                self.tasks.append(asyncio.ensure_future(room.dispatch.stop_all(BORIS)))
            case _:
                assert isinstance(what, float)
                await room.clock.advance(what)
        await room.clock.advance(0.01)


@settings(max_examples=40)
@given(st.lists(actions, max_size=25))
def test_no_forbidden_frame_reaches_the_wire(story: list[tuple[str, object]]) -> None:
    async def run() -> None:
        async with scene_room() as room:
            room.use(
                move=[{"seq": [{"device": "d", "command": "up"}, {"set": {"a": {"level": 80}}}]}],
                lights=[{"set": {"a": {"level": 90}}}],
            )
            room.rules(DARK, ONE)
            told = Story(room)
            for kind, what in story:
                await told.do(kind, what)
            await room.room.clock.advance(5)
            assert told.forbidden == []

    asyncio.run(run())
