"""Take a command to its one outcome: lock, arguments, preview, pending, lane, end.

Whether somebody *may* ask (roles) is decided before; `stop` never passes through anything that could refuse it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Protocol

import structlog

from drivers.arguments import ArgumentProblem, check_arguments
from drivers.clock import Clock
from drivers.commands import CommandSpec, Outcome, OutcomeKind, Priority, RetryClass
from drivers.execute import Request, probe
from drivers.job import Denial
from roomd.control.commands import Actor, Command, refused
from roomd.control.locks import LOCK_COMMANDS, Locks
from roomd.control.room import ADMIN_COMMANDS, RoomDevice, Zone
from roomd.state.store import Store

log = structlog.stdlib.get_logger(__name__)

WORST_FIRST = (
    OutcomeKind.FAILED,
    OutcomeKind.TIMEOUT,
    OutcomeKind.OFFLINE,
    OutcomeKind.EXPIRED,
    OutcomeKind.REFUSED,
    OutcomeKind.CANCELLED,
    OutcomeKind.SUPERSEDED,
    OutcomeKind.SENT,
    OutcomeKind.CONFIRMED,
)
"""Which outcome a zone shows when its devices ended differently."""

Rule = Callable[[Command], Denial | None]


class Asked(Protocol):
    """Takes note of a command that is about to be given."""

    def __call__(self, command: Command, /, *, moves: bool) -> Awaitable[None] | None:
        """Return what must be awaited before the first byte, or None."""
        ...


def _not_recorded(_command: Command, *, moves: bool) -> Awaitable[None] | None:  # noqa: ARG001  # as `Asked` says
    """Keep no record: a room in a test."""
    return None


class Dispatch:
    """The one way from a wish to a device."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self.devices: dict[str, RoomDevice] = {}
        self.zones: dict[str, Zone] = {}
        self.rules: list[Rule] = []
        """Asked at the preview and again right before the bytes; interlocks join here."""
        self.stopping = False
        """The daemon ends: only `stop` passes."""
        self.owner_of: Callable[[str], Actor | None] = lambda _device: None
        """Who holds a device down right now; set by `roomd.control.holds`."""
        self.locks = Locks(clock)
        self.hold_alive: Callable[[str], bool] = lambda _hold: False
        self.on_stop: Callable[[str | None], None] = lambda _device: None
        """Told which device, or None for all, is being stopped; set by `roomd.control.holds`."""
        self.on_asked: Asked = _not_recorded
        """Told of each command that is about to be given; what it returns is awaited first."""
        self.asked: list[Callable[[Command], None]] = []
        """Told of each command as it is asked for, also of those that will be refused: somebody is there."""
        self._under_way: set[asyncio.Task[Outcome]] = set()
        self._stopped: Counter[str] = Counter()
        """How often each device was told to stop: what waited meanwhile is not begun."""
        self._stops: dict[str, asyncio.Task[Outcome]] = {}
        """Device -> the stop under way, which further presses of STOP join."""
        self.outcomes: list[Callable[[Command, Outcome], None]] = []
        """Told of each end: metrics, the operation record, scenes that wait for a finger."""

    async def run(self, command: Command) -> Outcome:
        """Run a command; each ends in exactly one outcome, in the log and, where it is wished, in the record."""
        # Who asked stands in the operation record; a line for engineers comes with the end.
        log.debug(
            "command.asked",
            id=command.id,
            device=command.device,
            command=command.command,
            origin=command.origin,
        )
        accepted = self._clock.monotonic()
        for told in self.asked:
            told(command)
        try:
            outcome = await self._run(command)
        except asyncio.CancelledError:
            self._ended(command, Outcome(OutcomeKind.CANCELLED))
            raise
        except Exception:
            # A driver's own mistake: this command fails, the room goes on.
            log.exception(
                "command.crashed", id=command.id, device=command.device, command=command.command
            )
            outcome = Outcome(OutcomeKind.FAILED, "driver_error", {"device": command.device})
        outcome = replace(outcome, ms=round((self._clock.monotonic() - accepted) * 1000, 3))
        self._ended(command, outcome)
        return outcome

    def begin(self, command: Command) -> asyncio.Task[Outcome]:
        """Run a command whatever becomes of who asked: a connection that breaks takes nothing back."""
        task = asyncio.create_task(self.run(command), name=f"command {command.id}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def stop_all(self, actor: Actor) -> dict[str, Outcome]:
        """Stop everything that moves. A press joins the stops under way, but not where something started since."""
        log.warning("stop.asked", user=actor.user, client=actor.client)
        self.on_stop(None)
        stops = {
            d.id: self._stop(d.id, actor) for d in self.devices.values() if "stop" in d.commands
        }
        outcomes = await asyncio.gather(*(asyncio.shield(stop) for stop in stops.values()))
        return dict(zip(stops, outcomes, strict=True))

    def _stop(self, device: str, actor: Actor) -> asyncio.Task[Outcome]:
        stop = self._stops.get(device)
        if stop is None or stop.done():
            command = Command(device, "stop", {}, actor, priority=Priority.SAFETY)
            stop = asyncio.create_task(self.run(command), name=f"stop {device}")
            self._stops[device] = stop
        return stop

    def is_look_after(self, device: str, command: str) -> bool:
        """Return whether `command` is one that every device has for those who look after it."""
        found = self.devices.get(device)
        return command in ADMIN_COMMANDS and (found is None or command not in found.commands)

    def check(self, command: Command, *, with_arguments: bool = True) -> Outcome | None:
        """Return the refusal that would come now, or None: for holds, previews and `why`."""
        found = self._find(command)
        if isinstance(found, Outcome):
            return found
        admitted = self._admit(command, *found, with_arguments=with_arguments)
        return admitted if isinstance(admitted, Outcome) else None

    # -- one command ----------------------------------------------------------------------------------------------

    async def _run(self, command: Command) -> Outcome:
        zone = self.zones.get(command.device)
        if zone is not None:
            return await self._run_zone(zone, command)
        found = self._find(command)
        if isinstance(found, Outcome):
            return found
        device, spec = found
        if spec.name == "stop":
            self._stopped[device.id] += 1
            self.on_stop(device.id)
        if spec.name in ADMIN_COMMANDS and spec.name not in device.commands:
            return await self._look_after(device, spec.name)
        args = self._admit(command, device, spec)
        if isinstance(args, Outcome):
            return args
        if device.lock and spec.name in LOCK_COMMANDS:
            return self.locks.run(device.id, spec.name, str(args.get("pin", "")), command.actor)
        if _moves(spec):
            self._stops.pop(device.id, None)
            self.locks.moved(device.id)
        stopped = self._stopped[device.id]
        recorded = self.on_asked(command, moves=_moves(spec))
        if recorded is not None and spec.name != "stop":
            await recorded
            if stopped != self._stopped[device.id]:
                return Outcome(OutcomeKind.CANCELLED, "stopped")
        return await self._with_wishes(command, device, spec, args)

    def _find(self, command: Command) -> tuple[RoomDevice, CommandSpec] | Outcome:
        device = self.devices.get(command.device)
        if device is None:
            near = get_close_matches(command.device, [*self.devices, *self.zones], 1)
            return refused("unknown_device", device=command.device, **_suggestion(near))
        if device.problem is not None and not device.problem.file:
            return refused(device.problem.code, **device.problem.params)
        if device.problem is not None:
            place = f"{device.problem.file}:{device.problem.line}"
            return refused("misconfigured", device=command.device, place=place)
        spec = device.commands.get(command.command) or ADMIN_COMMANDS.get(command.command)
        if spec is None:
            near = get_close_matches(command.command, device.commands, 1)
            return refused(
                "unknown_command",
                device=command.device,
                command=command.command,
                **_suggestion(near),
            )
        return device, spec

    def _admit(
        self,
        command: Command,
        device: RoomDevice,
        spec: CommandSpec,
        *,
        with_arguments: bool = True,
    ) -> Outcome | dict[str, Any]:
        """Return the arguments as the driver gets them, or a refusal: lock, owner, arguments, rules, in this order."""
        if spec.name == "stop":
            return {}  # whatever was written beside it, it is a stop
        if device.lock and _moves(spec) and self.locks.closed(device.id, command.actor):
            return refused("locked", device=device.id)
        if device.run_of(spec) == "hold" and command.hold is None:
            return refused("hold_required", device=device.id, command=spec.name)
        owner = self.owner_of(device.id)
        if owner is not None and spec.run is not None and command.hold is None:
            return refused("owned", device=device.id, who=owner.user)
        args: dict[str, Any] = {}
        try:
            if with_arguments:
                args.update(check_arguments(spec, command.args))
        except ArgumentProblem as problem:
            return refused(
                problem.code, device=command.device, command=command.command, **problem.params
            )
        denial = self._gate(command)
        return args if denial is None else refused(denial.code, **denial.params)

    def _gate(self, command: Command) -> Denial | None:
        """Say whether bytes may leave for `command` right now."""
        if command.command == "stop":
            return None
        if self.stopping:
            return Denial("stopping")
        if command.hold is not None and not self.hold_alive(command.hold):
            return Denial("hold_lost")
        for rule in self.rules:
            denial = rule(command)
            if denial is not None:
                return denial
        return None

    async def _with_wishes(
        self, command: Command, device: RoomDevice, spec: CommandSpec, args: Mapping[str, Any]
    ) -> Outcome:
        wishes = {f"{device.id}.{point}": value for point, value in spec.wishes(args).items()}
        generations = {
            path: self._store.wish(path, value, command.id) for path, value in wishes.items()
        }

        def left() -> None:
            for path, generation in generations.items():
                self._store.left(path, generation)

        outcome: Outcome | None = None
        try:
            outcome = await self._to_device(command, device, spec, dict(args), left)
            return outcome
        finally:
            doubtful = outcome is not None and outcome.kind is OutcomeKind.TIMEOUT
            for path, generation in generations.items():
                self._store.end_wish(path, generation, doubtful=doubtful)

    async def _to_device(
        self,
        command: Command,
        device: RoomDevice,
        spec: CommandSpec,
        args: dict[str, Any],
        left: Callable[[], None],
    ) -> Outcome:
        motor = device.motor
        if spec.name == "stop":
            left()
            return await (device.stop() if motor is None else motor.stop())
        if motor is None or not _moves(spec):
            return await device.run(self._request(command, spec.name, args, left))

        async def run(name: str, given: dict[str, Any], begun: Callable[[], None]) -> Outcome:
            def both() -> None:
                left()
                begun()

            return await device.run(self._request(command, name, given, both))

        if spec.name == "goto" and device.estimates:
            return await motor.goto(float(args["position"]), run)
        return await motor.drive(spec.name, args, run)

    def _request(
        self, command: Command, name: str, args: Mapping[str, Any], left: Callable[[], None]
    ) -> Request:
        """Return what the lane gets: the command with its gate; `left` is called when the gate lets bytes pass."""

        def gate() -> Denial | None:
            denial = self._gate(command)
            if denial is None:
                left()
            return denial

        return Request(name, args, command.id, command.priority, gate)

    async def _look_after(self, device: RoomDevice, name: str) -> Outcome:
        if device.link is None or device.device is None:
            return refused("misconfigured", device=device.id)
        if name == "reconnect":
            device.link.reconnect()
            return Outcome(OutcomeKind.SENT)
        return await probe(device.link, device.device)

    # -- several devices ------------------------------------------------------------------------------------------

    async def _run_zone(self, zone: Zone, command: Command) -> Outcome:
        """Run it on each member that has such a command, all at once; the worst end is the zone's."""
        able = [
            d
            for d in zone.devices
            if d in self.devices and command.command in self.devices[d].commands
        ]
        if not able:
            return refused("unknown_command", device=zone.id, command=command.command)
        each = [command.for_member(d, n) for n, d in enumerate(able)]
        outcomes = await asyncio.gather(*(self.run(c) for c in each))
        worst = min(outcomes, key=lambda o: WORST_FIRST.index(o.kind))
        params = {
            **worst.params,
            "devices": {d: o.kind.value for d, o in zip(able, outcomes, strict=True)},
        }
        return Outcome(
            worst.kind, worst.code, params, sum(o.tx for o in outcomes), max(o.ms for o in outcomes)
        )

    def _ended(self, command: Command, outcome: Outcome) -> None:
        log.info(
            "command.ended",
            id=command.id,
            device=command.device,
            command=command.command,
            origin=command.origin,
            outcome=outcome.kind.value,
            code=outcome.code,
            tx=outcome.tx,
            ms=round(outcome.ms, 1),
        )
        if command.command in LOCK_COMMANDS:
            command = replace(command, args={})  # a PIN is nobody's business
        for told in self.outcomes:
            told(command, outcome)


def _moves(spec: CommandSpec) -> bool:
    return spec.run is not None or spec.retry is RetryClass.MOTION


def _suggestion(near: list[str]) -> dict[str, str]:
    return {"suggestion": near[0]} if near else {}
