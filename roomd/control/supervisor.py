"""Make the room's links and devices, keep them running, and tell the store what they say.

A device that fails never takes another one with it; a reload touches only what changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from drivers.clock import Clock
from drivers.commands import Outcome, OutcomeKind
from drivers.errors import DriverError
from drivers.link import Link
from drivers.points import PointValue, Quality, Report
from drivers.session import PortState
from drivers.trace import TraceEvent
from drivers.transport.base import Transport
from roomd.control.dispatch import Dispatch
from roomd.control.health import health
from roomd.control.holds import Holds
from roomd.control.lifeline import Moving
from roomd.control.motion import Motor
from roomd.control.plan import WINDOW, Change, DevicePlan, LinkPlan, RoomPlan, difference
from roomd.control.restore import Restorer
from roomd.control.room import Misconfigured, RoomDevice
from roomd.control.verify import SecondOpinions
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

MakeTransport = Callable[[LinkPlan], Transport]
TRUSTED = frozenset({Quality.CONFIRMED, Quality.OBSERVED})
RESTART = 1.0
"""Seconds before a link whose own code failed is started again."""
STANDSTILL = 60.0
"""Seconds a reload waits for a motor before it changes its device."""
HALT = 1.0
"""Seconds in which all must stand when the daemon ends."""


class Supervisor:
    """The room's devices. It is each link's listener."""

    def __init__(
        self, clock: Clock, store: Store, dispatch: Dispatch, holds: Holds, make: MakeTransport
    ) -> None:
        self._clock = clock
        self._store = store
        self._dispatch = dispatch
        self._holds = holds
        self._make = make
        self.plan = RoomPlan({}, {})
        self.links: dict[str, Link] = {}
        self.states: dict[str, tuple[str, str | None]] = {}
        """Device id -> (state, error code)."""
        self.traces: list[Callable[[TraceEvent], None]] = []
        """Told of each piece of traffic, while somebody watches."""
        self._opinions = SecondOpinions(clock, store)
        self._restorer = Restorer(store, dispatch)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changing = asyncio.Lock()

    # -- making ---------------------------------------------------------------------------------------------------

    async def apply(self, plan: RoomPlan) -> Change:
        """Go over to `plan`: everything new is built before anything old is touched.

        A device whose driver fails while it is made is out, with the code `driver_failed`; all others run.
        """
        async with self._changing:
            change = difference(self.plan, plan)
            links = self._new_links(plan, change)
            built = {
                d: self._build(plan.devices[d], links) for d in (*change.added, *change.changed)
            }
            await self._let_go(change)
            await self._close_unused(plan, links)
            self.links = links
            for device_id in change.untouched:
                self._rename(plan.devices[device_id])
            for device in built.values():
                self._take_in(device)
            self._in_order(plan)
            self._dispatch.zones = dict(plan.zones)
            self.plan = plan
            self._opinions.use(
                {f"{d.id}.{p}": c for d in plan.devices.values() for p, c in d.verify.items()}
            )
            self._store.renew()
            for link_id, link in links.items():
                if link_id not in self._tasks:
                    self._tasks[link_id] = asyncio.create_task(
                        self._keep(link), name=f"link {link_id}"
                    )
            return change

    async def close(self) -> None:
        """End all links."""
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _new_links(self, plan: RoomPlan, change: Change) -> dict[str, Link]:
        wanted = {d.link for d in plan.devices.values() if d.problem is None and d.link}
        links: dict[str, Link] = {}
        for link_id in sorted(wanted):
            link_plan = plan.links[link_id]
            known = self.links.get(link_id)
            if known is not None and self.plan.links.get(link_id) == link_plan:
                links[link_id] = known
                continue
            links[link_id] = Link(
                link_id,
                self._make(link_plan),
                self._clock,
                self,
                window=WINDOW[link_plan.kind],
                gap=link_plan.gap,
            )
        return links

    def _build(self, plan: DevicePlan, links: dict[str, Link]) -> RoomDevice:
        room_device = RoomDevice(
            plan.id,
            plan.kind,
            plan.driver,
            plan.name,
            problem=plan.problem,
            preview=plan.preview,
            lock=plan.lock,
            restore=plan.restore,
        )
        if plan.problem is not None or plan.spec is None:
            return room_device
        link = links[plan.link]
        port = link.port(plan.id)
        try:
            device = plan.spec.device(plan.id, plan.settings, port)
        except Exception:
            # A driver's own mistake: this device is out, the room goes on.
            log.exception("device.not_made", device=plan.id, driver=plan.driver)
            room_device.problem = Misconfigured("", 0, 0, "driver_failed", {"device": plan.id})
            return room_device
        port.bind(device)
        room_device.device, room_device.link = device, link
        if device.motion is not None:
            room_device.motor = Motor(
                plan.kind,
                device.motion,
                self._clock,
                room_device.stop,
                lambda point, value: self._reckon(room_device, point, value),
            )
        room_device.learn()
        return room_device

    def _take_in(self, device: RoomDevice) -> None:
        self._dispatch.devices[device.id] = device
        self._store.declare(device.id, device.points)
        if device.device is not None and device.link is not None:
            device.link.attach(device.device.link)

    def _in_order(self, plan: RoomPlan) -> None:
        """Keep the devices in the order of the room file: pages show them in it."""
        devices = self._dispatch.devices
        for device_id in plan.devices:
            devices[device_id] = devices.pop(device_id)

    def _rename(self, plan: DevicePlan) -> None:
        device = self._dispatch.devices[plan.id]
        device.name, device.preview = plan.name, plan.preview
        device.lock, device.restore = plan.lock, plan.restore
        device.learn()

    async def _let_go(self, change: Change) -> None:
        for device_id in (*change.changed, *change.removed):
            device = self._dispatch.devices[device_id]
            await self._stand_still(device)
            self._holds.lose_device(device_id, "stopping")
            del self._dispatch.devices[device_id]
            if device.link is not None:
                await device.link.detach(device_id)
            self.states.pop(device_id, None)
        for device_id in change.removed:
            self._store.remove(device_id)

    async def _stand_still(self, device: RoomDevice) -> None:
        """Wait until a motor stands: what moves stays on the old configuration until then."""
        waited = 0.0
        while device.motor is not None and device.motor.moving and waited < STANDSTILL:
            await self._clock.sleep(0.1)
            waited += 0.1

    async def _close_unused(self, plan: RoomPlan, links: dict[str, Link]) -> None:
        for link_id, link in list(self.links.items()):
            if links.get(link_id) is not link:
                task = self._tasks.pop(link_id, None)
                if task is not None:
                    task.cancel()
                    await asyncio.wait({task})

    async def _keep(self, link: Link) -> None:
        while True:
            try:
                await link.run()
            except Exception:
                # Its own code failed: every device on it is offline, the room goes on, and it is tried again.
                log.exception("link.crashed", link=link.id)
                for device_id in link.ports:
                    self._lost(device_id, "driver_error")
                await self._clock.sleep(RESTART)

    # -- what links tell ------------------------------------------------------------------------------------------

    def on_report(self, report: Report) -> None:
        """Take a device's report into the store."""
        device = self._dispatch.devices.get(report.device)
        told_end = report.point == "end" and report.quality in TRUSTED
        if told_end and device is not None and device.motor is not None:
            device.motor.observe_end(str(report.value))
        self._store.report(report)

    def on_state(self, device: str, state: PortState, error: DriverError | None) -> None:
        """Take note that a device can, or cannot, be reached."""
        code = None if error is None else error.code
        self.states[device] = (state.value, code)
        if state in (PortState.OFFLINE, PortState.SILENT):
            self._lost(device, code)
        elif state is PortState.STARTING:
            self._found(device)
        elif state is PortState.ONLINE:
            self._back(device)
        log.info("device.state", device=device, state=state.value, code=code)

    def on_trace(self, event: TraceEvent) -> None:
        """Hand a piece of traffic to those who watch."""
        for watcher in self.traces:
            watcher(event)

    def _lost(self, device_id: str, code: str | None) -> None:
        self._restorer.lost(device_id)
        self._store.lose(device_id)
        self._holds.lose_device(device_id, code or "unreachable")
        device = self._dispatch.devices.get(device_id)
        if device is not None and device.motor is not None:
            device.motor.forget()

    def _found(self, device_id: str) -> None:
        device = self._dispatch.devices.get(device_id)
        if device is not None and device.motor is not None:
            device.motor.found()

    def _back(self, device_id: str) -> None:
        self._restorer.back(device_id)
        device = self._dispatch.devices.get(device_id)
        if device is not None and device.motor is not None:
            device.motor.was_stopped()

    def _reckon(self, device: RoomDevice, point: str, value: PointValue) -> None:
        """Take a motor's estimate, unless the device measures that point itself; a fault is always told."""
        if point == "fault":
            self._store.report(Report(device.id, point, value, Quality.OBSERVED))
            if value:
                self._holds.lose_device(device.id, str(value))
            return
        measured = device.device is not None and (
            (own := device.device.values.get(point)) is not None and own.quality in TRUSTED
        )
        if not measured:
            self._store.report(Report(device.id, point, value, Quality.ASSUMED))

    # -- looking after --------------------------------------------------------------------------------------------

    def health(self) -> list[dict[str, Any]]:
        """Return each device's line of the admin page; the room's own have no wire that could fail."""
        wired = [d for d in self._dispatch.devices.values() if d.inner is None]
        return [health(d, self.states, self._clock) for d in wired]

    def stoppable(self) -> tuple[Moving, ...]:
        """Return what moves and can be stopped past the event loop, for the lifeline."""
        found: list[Moving] = []
        for device in self._dispatch.devices.values():
            moving = device.motor is not None and device.motor.moving
            held = self._holds.owner(device.id) is not None
            if device.device is None or not (moving or held):
                continue
            descriptor = None if device.link is None else device.link.transport.descriptor()
            if descriptor is not None and (frames := device.device.stop_frames()):
                found.append(Moving(device.id, descriptor, frames))
        return tuple(found)

    def moving(self) -> list[str]:
        """Return the ids of devices that move, as far as anybody knows."""
        return [
            d.id for d in self._dispatch.devices.values() if d.motor is not None and d.motor.moving
        ]

    async def halt(self) -> list[Outcome]:
        """Stop what moves, before the daemon ends; at most 1 s."""
        self._dispatch.stopping = True
        self._holds.lose_all("stopping")
        held = asyncio.create_task(self._holds.settle(HALT))
        motors = [d.motor for d in self._dispatch.devices.values() if d.motor is not None]
        moving = [asyncio.create_task(m.stop()) for m in motors if m.moving]
        done, _ = await asyncio.wait({held, *moving}, timeout=HALT)
        return [
            t.result() if t in done else Outcome(OutcomeKind.TIMEOUT, "no_reply") for t in moving
        ]
