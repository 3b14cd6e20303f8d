"""Take a command to its one outcome: lock, arguments, preview, pending, lane, end.

Whether somebody *may* ask (roles) is decided before; `stop` never passes through anything that could refuse it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from drivers.clock import Clock
from drivers.commands import CommandSpec, Outcome, OutcomeKind, Priority
from drivers.execute import Request, probe
from drivers.job import Denial
from roomd.control.commands import Actor, ArgumentProblem, Command, check_arguments, refused
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
        self.hold_alive: Callable[[str], bool] = lambda _hold: False
        self.on_stop: Callable[[str | None], None] = lambda _device: None
        """Told which device, or None for all, is being stopped; set by `roomd.control.holds`."""
        self._stop_round: asyncio.Task[dict[str, Outcome]] | None = None
        self.outcomes: list[Callable[[Command, Outcome], None]] = []
        """Told of each end: metrics, later the operation record."""

    async def run(self, command: Command) -> Outcome:
        """Run a command; each ends in exactly one outcome, in the log and, where it is wished, in the record."""
        log.info(
            "command.asked",
            id=command.id,
            device=command.device,
            command=command.command,
            origin=command.origin,
        )
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
            outcome = Outcome(OutcomeKind.FAILED, "driver_error")
        self._ended(command, outcome)
        return outcome

    async def stop_all(self, actor: Actor) -> dict[str, Outcome]:
        """Stop everything that moves; simultaneous calls join one round."""
        log.warning("stop.asked", user=actor.user, client=actor.client)
        self.on_stop(None)
        if self._stop_round is None or self._stop_round.done():
            self._stop_round = asyncio.create_task(self._stop_everything(actor), name="stop")
        return await asyncio.shield(self._stop_round)

    def is_look_after(self, device: str, command: str) -> bool:
        """Return whether `command` is one that every device has for those who look after it."""
        found = self.devices.get(device)
        return command in ADMIN_COMMANDS and (found is None or command not in found.commands)

    def check(self, command: Command) -> Outcome | None:
        """Return the refusal that would come now, or None: for previews and `why`."""
        found = self._find(command)
        if isinstance(found, Outcome):
            return found
        device, spec = found
        return self._preview(command, device, spec)

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
            self.on_stop(device.id)
        if spec.name in ADMIN_COMMANDS and spec.name not in device.commands:
            return await self._look_after(device, spec.name)
        denial = self._preview(command, device, spec)
        if denial is not None:
            return denial
        try:
            args = check_arguments(spec, command.args)
        except ArgumentProblem as problem:
            return refused(
                problem.code, device=command.device, command=command.command, **problem.params
            )
        return await self._with_wishes(command, device, spec, args)

    def _find(self, command: Command) -> tuple[RoomDevice, CommandSpec] | Outcome:
        device = self.devices.get(command.device)
        if device is None:
            return refused("unknown_device", device=command.device)
        if device.problem is not None and not device.problem.file:
            return refused(device.problem.code, **device.problem.params)
        if device.problem is not None:
            place = f"{device.problem.file}:{device.problem.line}"
            return refused("misconfigured", device=command.device, place=place)
        spec = device.commands.get(command.command) or ADMIN_COMMANDS.get(command.command)
        if spec is None:
            return refused("unknown_command", device=command.device, command=command.command)
        return device, spec

    def _preview(self, command: Command, device: RoomDevice, spec: CommandSpec) -> Outcome | None:
        if spec.name == "stop":
            return None
        if spec.run == "hold" and device.motor is not None and command.hold is None:
            return refused("hold_required", device=device.id, command=spec.name)
        owner = self.owner_of(device.id)
        if owner is not None and spec.run is not None and command.hold is None:
            return refused("owned", device=device.id, who=owner.user)
        denial = self._gate(command)
        return None if denial is None else refused(denial.code, **denial.params)

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
        outcome: Outcome | None = None
        try:
            outcome = await self._to_device(command, device, spec, dict(args))
            return outcome
        finally:
            doubtful = outcome is not None and outcome.kind is OutcomeKind.TIMEOUT
            for path, generation in generations.items():
                self._store.end_wish(path, generation, doubtful=doubtful)

    async def _to_device(
        self, command: Command, device: RoomDevice, spec: CommandSpec, args: dict[str, Any]
    ) -> Outcome:
        motor = device.motor
        if motor is None:
            return await device.run(self._request(command, spec.name, args))
        if spec.name == "stop":
            return await motor.stop()

        async def run(name: str, given: dict[str, Any]) -> Outcome:
            return await device.run(self._request(command, name, given))

        if (
            spec.name == "goto"
            and device.device is not None
            and "goto" not in device.device.command_specs()
        ):
            return await motor.goto(float(args["position"]), run)
        return await motor.drive(spec.name, args, run)

    def _request(self, command: Command, name: str, args: Mapping[str, Any]) -> Request:
        """Return what the lane gets: the command with its gate."""
        return Request(name, args, command.id, command.priority, lambda: self._gate(command))

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
        each = [
            Command(
                d,
                command.command,
                command.args,
                command.actor,
                command.origin,
                command.priority,
                command.hold,
            )
            for d in able
        ]
        outcomes = await asyncio.gather(*(self.run(c) for c in each))
        worst = min(outcomes, key=lambda o: WORST_FIRST.index(o.kind))
        params = {
            **worst.params,
            "devices": {d: o.kind.value for d, o in zip(able, outcomes, strict=True)},
        }
        return Outcome(
            worst.kind, worst.code, params, sum(o.tx for o in outcomes), max(o.ms for o in outcomes)
        )

    async def _stop_everything(self, actor: Actor) -> dict[str, Outcome]:
        stoppable = [d for d in self.devices.values() if "stop" in d.commands]
        outcomes = await asyncio.gather(*(self._stop_one(d, actor) for d in stoppable))
        return {d.id: o for d, o in zip(stoppable, outcomes, strict=True)}

    async def _stop_one(self, device: RoomDevice, actor: Actor) -> Outcome:
        return await self.run(Command(device.id, "stop", {}, actor, priority=Priority.SAFETY))

    def _ended(self, command: Command, outcome: Outcome) -> None:
        log.info(
            "command.ended",
            id=command.id,
            device=command.device,
            command=command.command,
            outcome=outcome.kind.value,
            code=outcome.code,
            tx=outcome.tx,
            ms=round(outcome.ms, 1),
        )
        for told in self.outcomes:
            told(command, outcome)
