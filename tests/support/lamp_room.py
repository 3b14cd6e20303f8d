"""A room of lamps and lifts on lines in memory: the control floor without wires."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from drivers.clock import VirtualClock
from drivers.commands import Outcome
from drivers.device import LinkDefaults
from drivers.spec import DriverSpec
from drivers.transport.base import Transport
from roomd.control.commands import Actor, Command
from roomd.control.dispatch import Dispatch
from roomd.control.holds import Holds
from roomd.control.plan import DevicePlan, LinkPlan, RoomPlan
from roomd.control.room import Zone
from roomd.control.supervisor import Supervisor
from roomd.state.store import Store
from tests.drivers.line import Lamp, Lift, Line, NoSettings, obliging

ANNA = Actor("anna", "presenter", client="tablet-1")
BORIS = Actor("boris", "presenter", client="tablet-2")


def spec(kind: type[Lamp]) -> DriverSpec:
    return DriverSpec(
        id=kind.__name__.lower(),
        kind="lift" if kind is Lift else "light",
        name={"zh": "灯", "en": "Lamp"},
        transports=frozenset({"tcp"}),
        defaults=LinkDefaults(),
        settings=NoSettings,
        device=kind,
        simulator=None,
    )


LAMP, LIFT = spec(Lamp), spec(Lift)


def device(device_id: str, link: str, driver: DriverSpec = LAMP, zh: str = "灯") -> DevicePlan:
    return DevicePlan(
        device_id, driver.kind, driver.id, {"zh": zh, "en": "Lamp"}, driver, NoSettings(), link
    )


def plan(*devices: DevicePlan, zones: tuple[Zone, ...] = ()) -> RoomPlan:
    links = {d.link: LinkPlan(d.link, "tcp") for d in devices if d.link}
    return RoomPlan(links, {d.id: d for d in devices}, {z.id: z for z in zones})


@dataclass
class LampRoom:
    """See the module."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    lines: dict[str, Line] = field(default_factory=dict[str, Line])

    def __post_init__(self) -> None:
        self.store = Store(self.clock)
        self.dispatch = Dispatch(self.clock, self.store)
        self.holds = Holds(self.clock, self.dispatch)
        self.supervisor = Supervisor(
            self.clock, self.store, self.dispatch, self.holds, self.make_line
        )
        self.ended: list[tuple[str, Outcome]] = []
        """(client's id, outcome) of each hold that is over."""

    def make_line(self, link: LinkPlan) -> Transport:
        line = Line(self.clock)
        line.answer = obliging
        self.lines[link.id] = line
        return line

    def begin(
        self, path: str, actor: Actor = ANNA, *, hold: str | None = None, **args: Any
    ) -> asyncio.Task[Outcome]:
        device_id, _, command = path.rpartition(".")
        return asyncio.create_task(
            self.dispatch.run(Command(device_id, command, args, actor, hold=hold))
        )

    async def do(self, path: str, actor: Actor = ANNA, **args: Any) -> Outcome:
        task = self.begin(path, actor, **args)
        for _ in range(2000):
            if task.done():
                break
            await self.clock.advance(0.05)
        return task.result()

    def hold(self, client_id: str, path: str, actor: Actor = ANNA) -> Outcome | None:
        device_id, _, command = path.rpartition(".")
        return self.holds.start(client_id, device_id, command, {}, actor, self._over)

    async def _over(self, client_id: str, outcome: Outcome) -> None:
        self.ended.append((client_id, outcome))

    async def finger(self, client_id: str, seconds: float, actor: Actor = ANNA) -> None:
        """Keep a finger on a button: a `keep` every 150 ms."""
        for _ in range(round(seconds / 0.15)):
            await self.clock.advance(0.15)
            self.holds.keep(actor.client, client_id, None)

    def shown(self, path: str) -> tuple[Any, str]:
        body = self.store.snapshot()[path]
        return body["value"], str(body["quality"])


@asynccontextmanager
async def lamp_room(room_plan: RoomPlan) -> AsyncIterator[LampRoom]:
    room = LampRoom()
    await room.supervisor.apply(room_plan)
    await room.clock.advance(1.5)
    for line in room.lines.values():
        line.sent.clear()
    try:
        yield room
    finally:
        await room.supervisor.close()
