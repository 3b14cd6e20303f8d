"""Which case cannot apply to which driver, and why. Everything else applies to every driver that is registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from drivers import declarative, registry
from drivers.clock import VirtualClock
from drivers.device import Device
from drivers.link import Link
from tests.drivers.contract.bench import Bench
from tests.drivers.contract.subjects import Subject, Tellable, subjects
from tests.drivers.line import Ears


@dataclass(frozen=True)
class Reason:
    """Why a case cannot apply, and how that is seen from the driver itself."""

    text: str
    holds: Callable[[Subject, Device[Any]], bool]


def _told(subject: Subject, device: Device[Any]) -> Tellable:
    return Tellable(subject.driver, device)


NO_COMMANDS = Reason("it is only read", lambda _s, d: not d.commands)
ONE_WAY = Reason(
    "nothing is ever answered: what is sent is assumed, and no outcome waits for the device",
    lambda s, d: not _told(s, d).answered(),
)
SAYS_NOTHING = Reason(
    "the device says nothing at all, so there is no valid frame",
    lambda s, d: s.kind in {"serial", "tcp", "udp"} and not _told(s, d).answered(),
)
ONE_WISH = Reason(
    "no two of its commands contradict each other and are both answered",
    lambda s, d: not _told(s, d).answered_rivals(),
)
NO_KEYS = Reason(
    "no two of its commands have the same key", lambda s, d: not [*_told(s, d).rivals()]
)
NO_STOP = Reason("nothing moves, so there is no stop", lambda _s, d: "stop" not in d.commands)
MESSAGES = Reason(
    "a datagram, a topic and a web answer are messages: they are never cut",
    lambda s, _d: s.kind in {"udp", "mqtt", "http"},
)

EXEMPT: Mapping[str, tuple[Reason, ...]] = {
    "any cut": (MESSAGES, SAYS_NOTHING),
    "next valid frame": (SAYS_NOTHING,),
    "timeout": (ONE_WAY,),
    "late answer": (ONE_WISH,),
    "garbage before a reply": (ONE_WAY,),
    "unplugged": (NO_COMMANDS,),
    "stop": (NO_STOP,),
    "newest wins": (NO_KEYS,),
    "time to live": (NO_COMMANDS,),
    "standing clock": (ONE_WAY,),
    "storm": (NO_COMMANDS,),
}

SENSORS = frozenset({"mqtt_contact", "mqtt_sensor"})
WITHOUT_FEEDBACK = frozenset({"artnet", "generic_hex", "lift_ff5", "sacn", "screen_ff5"})
MOTORS = frozenset(
    {
        "curtain_dooya",
        "generic_hex",
        "lift_element_one",
        "lift_ff5",
        "lift_kimex",
        "relay_triplet",
        "screen_ff5",
        "visca",
    }
)
TABLE: Mapping[Reason, frozenset[str]] = {
    NO_COMMANDS: SENSORS,
    ONE_WAY: SENSORS | WITHOUT_FEEDBACK,
    SAYS_NOTHING: WITHOUT_FEEDBACK,
    ONE_WISH: SENSORS | WITHOUT_FEEDBACK,
    NO_KEYS: SENSORS,
}
"""The drivers of this repository that a reason holds for; a test compares."""


@cache
def device_of(subject: Subject) -> Device[Any]:
    """Return a device that is on no line."""
    clock = VirtualClock(pause=0)
    link = Link("nowhere", Bench(subject.kind, clock), clock, Ears())
    return subject.spec.device("it", subject.settings(), link.port("it"))


def exemption(case: str, subject: Subject) -> str | None:
    """Return why a case does not apply, or None."""
    for reason in EXEMPT.get(case, ()):
        if reason.holds(subject, device_of(subject)):
            return reason.text
    return None


def over(case: str) -> pytest.MarkDecorator:
    """Run a case over every driver that it applies to."""
    applies = [s for s in subjects() if exemption(case, s) is None]
    return pytest.mark.parametrize("subject", applies, ids=str)


def of_this_repository() -> frozenset[str]:
    """Return the ids of the drivers that the table is about."""
    return frozenset({*registry.BUILT_IN, *declarative.definitions()})
