"""Names that rules and scenes use: devices, zones, points, values, commands, arguments. What is wrong with one?

A device that is misconfigured is known by its id alone: nothing more is said about its points and commands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import structlog

from drivers.arguments import ArgumentProblem, check_arguments
from drivers.commands import CommandSpec
from drivers.outline import Outline, outline
from drivers.points import PointSpec
from roomd.config.built_in import BUILT_IN
from roomd.config.known_keys import nearest
from roomd.config.models.conditions import Condition, Span
from roomd.config.room import DeviceConfig

log = structlog.stdlib.get_logger(__name__)

Wrong = tuple[str, dict[str, Any]]
"""Code and parameters of a problem; whoever asks knows its place."""


class References:
    """What a room has.

    Args:
        devices: those that can be built.
        broken: ids of those that cannot.
        zones: zone id -> its devices.
    """

    def __init__(
        self,
        devices: Mapping[str, DeviceConfig],
        broken: Collection[str],
        zones: Mapping[str, Iterable[str]],
    ) -> None:
        self._devices = devices
        self._broken = frozenset(broken)
        self.zones = {zone: tuple(members) for zone, members in zones.items()}
        self._outlines: dict[str, Outline | None] = dict(BUILT_IN)

    @property
    def devices(self) -> list[str]:
        """Return the ids of all devices, in the order of the room file, broken ones last."""
        return [*self._devices, *BUILT_IN, *sorted(self._broken)]

    def _exists(self, device: str) -> bool:
        return device in self._devices or device in self._broken or device in BUILT_IN

    def outline(self, device: str) -> Outline | None:
        """Return what a device will be; None where nobody can say."""
        if device not in self._outlines:
            self._outlines[device] = self._made(device)
        return self._outlines[device]

    def _made(self, device: str) -> Outline | None:
        config = self._devices.get(device)
        if config is None:
            return None
        try:
            return outline(config.spec, config.options)
        except Exception:  # noqa: BLE001  # a third party's driver; the supervisor says so when it builds the device
            log.warning("outline.failed", device=device, driver=config.spec.id)
            return None

    def members(self, name: str) -> tuple[str, ...]:
        """Return the devices of a zone, or the device itself."""
        return self.zones.get(name, (name,))

    def of_kinds(self, kinds: Iterable[str]) -> list[str]:
        """Return the devices of these kinds."""
        wanted = set(kinds)
        return [d for d, config in self._devices.items() if config.spec.kind in wanted]

    # -- what is wrong --------------------------------------------------------------------------------------------

    def device(self, name: str) -> Wrong | None:
        """Return what is wrong with the name of a device or zone."""
        if self._exists(name) or name in self.zones:
            return None
        return "unknown_device", _meant({"device": name}, name, [*self.devices, *self.zones])

    def kind(self, name: str) -> Wrong | None:
        """Return what is wrong with a kind: no device has it."""
        kinds = {config.spec.kind for config in self._devices.values()}
        if name in kinds or self._broken:
            return None
        return "unknown_kind", _meant({"kind": name}, name, kinds)

    def command(
        self, name: str, command: str, args: Mapping[str, Any] | None = None
    ) -> Wrong | None:
        """Return what is wrong with a command of a device or zone.

        Args:
            name: device or zone that exists.
            command: its command.
            args: its arguments; None where only the name counts.
        """
        outlines = [o for d in self.members(name) if (o := self.outline(d)) is not None]
        specs = [o.commands[command] for o in outlines if command in o.commands]
        if not outlines:
            return None
        if not specs:
            known = {c for o in outlines for c in o.commands}
            return "unknown_command", _meant({"device": name, "command": command}, command, known)
        return None if args is None else _arguments(specs, args)

    def condition(self, path: str, need: Condition) -> Wrong | None:
        """Return what is wrong with a condition: its point, or the value it asks for."""
        device = self.device_of(path)
        if device is None:
            ids = [*self._devices, *self._broken]
            return "unknown_device", _meant({"device": path}, path.rpartition(".")[0], ids)
        shape = self.outline(device)
        if shape is None:
            return None
        name = path.removeprefix(f"{device}.")
        point = shape.point(name)
        if point is None:
            return "unknown_point", _meant({"device": device, "point": name}, name, shape.points)
        return _value(point, need)

    def device_of(self, path: str) -> str | None:
        """Return the device whose point `path` is, or None."""
        parts = path.split(".")
        for length in range(len(parts) - 1, 0, -1):
            name = ".".join(parts[:length])
            if self._exists(name):
                return name
        return None


def _arguments(specs: list[CommandSpec], args: Mapping[str, Any]) -> Wrong | None:
    """Return what the first member that refuses the arguments says; one that takes them is enough."""
    found: Wrong | None = None
    for spec in specs:
        try:
            check_arguments(spec, args)
        except ArgumentProblem as problem:
            found = found or (problem.code, dict(problem.params))
        else:
            return None
    return found


def _value(point: PointSpec, need: Condition) -> Wrong | None:
    if isinstance(need, Span):
        return None if point.type in {"int", "number"} else ("expected_text", {})
    for choice in need if isinstance(need, list) else [need]:
        wrong = _one_value(point, choice)
        if wrong is not None:
            return wrong
    return None


def _one_value(point: PointSpec, choice: bool | int | str) -> Wrong | None:  # noqa: FBT001  # a value, not a switch
    match point.type:
        case "bool" if not isinstance(choice, bool):
            return "expected_boolean", {}
        case "int" | "number" if isinstance(choice, bool | str):
            return "expected_number", {}
        case "enum" if point.values and choice not in (*point.values, *point.via):
            allowed = [*point.values, *(v for v in point.via if v not in point.values)]
            return "not_one_of", _meant({"allowed": ", ".join(allowed)}, str(choice), allowed)
        case _:
            return None


def _meant(params: dict[str, Any], word: str, choices: Iterable[str]) -> dict[str, Any]:
    suggestion = nearest(word, choices)
    return params if suggestion is None else {**params, "suggestion": suggestion}
