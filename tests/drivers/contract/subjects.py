"""Every registered driver on each of its transports, what a room file must say for it, and what it can be told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from drivers import registry
from drivers.commands import Arg, CommandSpec, Priority, RetryClass
from drivers.device import Device, TransportName
from drivers.spec import DriverSpec

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "ac_tasmota_irhvac": {"topic": "ac"},
    "artnet": {"channel": 1, "fixture": "warm_cold"},
    "generic_hex": {"frame_up": "55 01 01", "frame_down": "55 01 02", "frame_stop": "55 01 00"},
    "generic_text": {"on": "ON", "off": "OFF"},
    "mqtt_contact": {"topic": "zigbee2mqtt/door"},
    "mqtt_sensor": {"topic": "zigbee2mqtt/climate"},
    "sacn": {"channel": 1},
    "tasmota": {"topic": "lamp", "dimmable": True, "tunable": True},
    "tasmota_relay": {"topic": "board"},
    "zigbee2mqtt": {"name": "table", "dimmable": True, "tunable": True},
}
"""What has no default; a driver that is not here is made without any."""

Told = tuple[str, dict[str, Any]]
"""A command with its arguments."""


@dataclass(frozen=True)
class Subject:
    """One driver on one kind of line."""

    driver: str
    kind: TransportName

    def __str__(self) -> str:
        return f"{self.driver}-{self.kind}"

    @property
    def spec(self) -> DriverSpec:
        """Return the driver."""
        found = registry.find(self.driver)
        assert found is not None, self.driver
        return found

    def settings(self) -> BaseModel:
        """Return the driver's settings in the tests."""
        return self.spec.settings(**OPTIONS.get(self.driver, {}))


def subjects() -> list[Subject]:
    """Return all, in the order of their names."""
    found: list[Subject] = []
    for driver in registry.ids():
        spec = registry.find(driver)
        assert spec is not None
        kinds = sorted(spec.transports - {"memory"})
        found += [Subject(driver, kind) for kind in kinds]
    return found


# -- what a device can be told ----------------------------------------------------------------------------------------

ARGUMENTS: Mapping[tuple[str, str], tuple[Mapping[str, Any], ...]] = {
    # The ends of the protocol's range are beyond what the simulated camera turns to.
    ("visca", "goto"): ({"pan": 100, "tilt": 50}, {"pan": -100, "tilt": -50}),
}
"""Arguments where the ends of the declared ranges are no good."""
NOT_ALWAYS: Mapping[tuple[str, str], str] = {
    ("visca", "focus_step"): "refused while the camera focuses by itself, as it does after start",
}
"""Commands that a device which is on may refuse; their own drivers' tests have them."""


def variants(driver: str, spec: CommandSpec) -> list[dict[str, Any]]:
    """Return arguments at the ends of their ranges, the upper ones first."""
    if (driver, spec.name) in ARGUMENTS:
        return [dict(args) for args in ARGUMENTS[driver, spec.name]]
    wanted = {n: a for n, a in spec.args.items() if not a.optional or spec.merge is not None}
    if not wanted and spec.args:
        name = next(iter(spec.args))
        wanted = {name: spec.args[name]}
    ends = [dict.fromkeys(_ends(arg)) for arg in wanted.values()]
    return [dict(zip(wanted, values, strict=True)) for values in itertools.product(*ends)]


def _ends(arg: Arg) -> tuple[Any, ...]:
    match arg.type:
        case "bool":
            return True, False
        case "enum":
            return arg.values[-1], arg.values[0]
        case "string":
            return "b", "a"
        case "duration":
            return (arg.minimum or 0.0,)
        case "int" | "number":
            least = 0 if arg.minimum is None else arg.minimum
            most = least + 1 if arg.maximum is None else arg.maximum
            return (int(most), int(least)) if arg.type == "int" else (most, least)


class Tellable:
    """The commands of a device.

    Args:
        driver: id of its driver.
        device: the device.
    """

    def __init__(self, driver: str, device: Device[Any]) -> None:
        self.driver = driver
        self.commands = device.commands

    def all(self) -> list[Told]:
        """Return what can be told to a device that is on, each once; switching off and stopping is left out."""
        return [
            (name, variants(self.driver, spec)[0])
            for name, spec in self.commands.items()
            if name not in {"power_off", "stop"} and (self.driver, name) not in NOT_ALWAYS
        ]

    def answered(self) -> list[Told]:
        """Return those that the device or its gateway answers."""
        return [t for t in self.all() if self.commands[t[0]].answers != "none"]

    def motion(self) -> list[Told]:
        """Return those that make something move."""
        return [t for t in self.all() if self.commands[t[0]].retry is RetryClass.MOTION]

    def rivals(self) -> Iterator[tuple[Told, Told]]:
        """Yield pairs of which the second takes the place of the first, the first being a wish of the second kind."""
        told = [
            (name, args)
            for name, spec in self.commands.items()
            for args in variants(self.driver, spec)
            if spec.priority is not Priority.SAFETY
        ]
        for (name, args), (other, others) in itertools.combinations(told, 2):
            keys = self.commands[name].key_for(args), self.commands[other].key_for(others)
            if keys[0] is not None and keys[0] == keys[1]:
                yield (name, args), (other, others)

    def answered_rivals(self) -> list[tuple[Told, Told]]:
        """Return the pairs of which both are answered and contradict each other, those that differ most first."""
        found = [
            (first, second)
            for first, second in self.rivals()
            if "none" not in {self.commands[t[0]].answers for t in (first, second)}
            and self._contradict(first, second)
        ]
        return sorted(found, key=lambda pair: -_differences(*pair))

    def _contradict(self, first: Told, second: Told) -> bool:
        """Return whether what is true after the one cannot be true after the other."""
        wishes = [self.commands[name].wishes(args) for name, args in (first, second)]
        if not any(wishes):
            return True
        return any(wishes[0][p] != wishes[1][p] for p in wishes[0].keys() & wishes[1].keys())


def _differences(first: Told, second: Told) -> int:
    """Return in how many arguments two commands differ."""
    return sum(1 for name, value in first[1].items() if second[1].get(name) != value)
