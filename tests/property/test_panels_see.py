"""Whatever happens to devices, rooms and connections: a panel that is connected ends up with what is true."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drivers.points import PointSpec, Quality, Report
from roomd.state.store import Store
from roomd.web.feed import QUEUE, Client, Feed
from tests.property.panels import MemoryClock, Step

DEVICES = ("a", "b")
POINTS = (PointSpec("level", "number", minimum=0, maximum=100), PointSpec("power", "bool"))
PANELS = 3

WHICH = st.integers(0, PANELS - 1)
NAMES = st.sampled_from(DEVICES)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("report"), NAMES, st.integers(-1, 101), st.sampled_from(Quality)),
    st.tuples(st.just("burst"), NAMES, st.integers(1, QUEUE + 10)),
    st.tuples(st.just("wish"), NAMES, st.integers(0, 100)),
    st.tuples(st.just("left"), NAMES),
    st.tuples(st.just("end"), NAMES, st.booleans()),
    st.tuples(st.just("judge"), NAMES, st.sampled_from([True, False, None])),
    st.tuples(st.just("lose"), NAMES),
    st.tuples(st.just("declare"), NAMES, st.booleans()),
    st.tuples(st.just("remove"), NAMES),
    st.tuples(st.just("connect"), WHICH),
    st.tuples(st.just("drop"), WHICH),
    st.tuples(st.just("stall"), WHICH),
    st.tuples(st.just("flow"), WHICH),
    st.tuples(st.just("turn")),
)


class Panel:
    """A panel as it is written for browsers: a snapshot replaces all, a patch changes some, the last number is kept."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self.store = store
        self.feed = feed
        self.points: dict[str, Any] = {}
        self.seq: int | None = None
        self.numbers: list[int] = []
        self.client: Client | None = None
        self.writing: asyncio.Task[None] | None = None
        self.flows = asyncio.Event()
        self.flows.set()

    async def send_str(self, data: str) -> None:
        await self.flows.wait()
        self._take(data)

    def send_now(self, frame: bytes) -> bool:
        """Take a framed patch at once, unless earlier bytes still wait; the text begins at its brace."""
        if not self.flows.is_set():
            return False
        self._take(frame[frame.index(b"{") :].decode())
        return True

    def _take(self, data: str) -> None:
        message = json.loads(data)
        if message["type"] == "snapshot":
            self.points = message["points"]
        else:
            self.points |= message["points"]
        self.seq = message["seq"]
        self.numbers.append(message["seq"])

    def connect(self) -> None:
        """Connect and say `hello` with the last number seen."""
        if self.client is not None:
            return
        self.client = self.feed.join()
        self.numbers.clear()
        patch = None if self.seq is None else self.store.since(self.seq)
        self.client.live = True
        body = {"type": "patch", "seq": self.store.seq, "points": patch}
        if patch is None:
            body |= {"type": "snapshot", "points": self.store.snapshot()}
        self.client.push(json.dumps(body))
        self.writing = asyncio.create_task(self.client.write(self, self.store))

    async def drop(self) -> None:
        """Lose the connection; what had not arrived is lost with it."""
        if self.client is None or self.writing is None:
            return
        self.feed.leave(self.client)
        self.writing.cancel()
        await asyncio.wait({self.writing})
        self.client = self.writing = None
        self.flows.set()


class Room:
    """A store, its feed, and panels that come and go."""

    def __init__(self) -> None:
        self.clock = MemoryClock()
        self.store = Store(self.clock)
        for name in DEVICES:
            self.store.declare(name, POINTS)
        self.feed = Feed(self.clock, self.store)
        self.panels = [Panel(self.store, self.feed) for _ in range(PANELS)]
        self.generations: dict[str, int] = {}

    async def do(self, step: Step) -> None:
        name, *rest = step
        if name in ("connect", "drop", "stall", "flow", "turn"):
            await self._panel(name, *rest)
        elif name == "burst":
            await self._burst(*rest)
        else:
            self._device(name, *rest)

    async def _burst(self, device: str, count: int) -> None:
        """Change one point so often that a stalled panel's queue is full; each change is a patch of its own."""
        for n in range(count):
            self.store.report(Report(device, "power", bool(n % 2), Quality.CONFIRMED))
            await asyncio.sleep(0)

    async def _panel(self, name: str, which: int = 0) -> None:
        panel = self.panels[which]
        match name:
            case "connect":
                panel.connect()
            case "drop":
                await panel.drop()
            case "stall":
                panel.flows.clear()
            case "flow":
                panel.flows.set()
        if name in ("flow", "turn"):
            await self.clock.advance(0)

    def _device(self, name: str, device: str, *rest: Any) -> None:
        path = f"{device}.level"
        match name, rest:
            case "report", (value, quality):
                self.store.report(Report(device, "level", value, quality))
            case "wish", (value,):
                self.generations[path] = self.store.wish(path, value, "c1")
            case "left", ():
                self.store.left(path, self.generations.get(path, 0))
            case "end", (doubtful,):
                self.store.end_wish(path, self.generations.get(path, 0), doubtful=doubtful)
            case "judge", (agrees,):
                self.store.judge(path, agrees=agrees)
            case "lose", ():
                self.store.lose(device)
            case _:
                self._reload(name, device, *rest)

    def _reload(self, name: str, device: str, more: bool = True) -> None:  # drawn by hypothesis
        """Change the room; whoever is connected gets it whole, as the daemon does it."""
        if name == "declare":
            self.store.declare(device, POINTS if more else POINTS[:1])
        else:
            self.store.remove(device)
        self.store.renew()
        points = self.store.snapshot()
        self.feed.broadcast({"type": "snapshot", "seq": self.store.seq, "points": points})

    async def settle(self) -> None:
        for panel in self.panels:
            panel.flows.set()
        await self.clock.advance(0)


def shown(points: dict[str, Any]) -> dict[str, Any]:
    """Return points without their age: an equal report refreshes it and sends nothing."""
    plain: dict[str, Any] = json.loads(json.dumps(points))
    return {path: {k: v for k, v in body.items() if k != "ts"} for path, body in plain.items()}


@given(st.lists(STEPS, max_size=40))
def test_every_connected_panel_ends_up_with_the_state(story: list[Step]) -> None:
    async def play() -> None:
        room = Room()
        for step in story:
            await room.do(step)
        await room.settle()
        for panel in room.panels:
            if panel.client is not None and not panel.client.too_slow.is_set():
                assert shown(panel.points) == shown(room.store.snapshot())
                assert panel.numbers == sorted(panel.numbers)
            # Whoever was away comes back and has it too.
            await panel.drop()
            panel.connect()
        await room.settle()
        for panel in room.panels:
            assert shown(panel.points) == shown(room.store.snapshot())
            await panel.drop()

    asyncio.run(play())
