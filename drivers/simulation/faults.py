"""Breaking a simulator while it runs (protocols.md 1.5): what is sent and received passes through here."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

from drivers.simulation.simulator import WIRE_FAULTS, Frame, Simulator, UnknownFault, Wire

NOISE = 0.2
"""Share of answers that `garble` spoils unless a rate is given."""
DEFAULTS: dict[str, Any] = {"garble": NOISE, "split": 1, "slow": 100, "late": 2000, "reboot": 3}
"""What a fault's parameter is when only its name is given: rate, bytes, ms, ms, s."""


def set_fault(simulator: Simulator, name: str, value: Any, seconds: float | None) -> None:
    """Set a fault, for `seconds` or until it is cleared; a second setting takes the place of the first.

    Raises:
        UnknownFault: this simulator has no such fault.
        ValueError: its parameter is no number, or below 0; nothing has changed.
    """
    known = WIRE_FAULTS | simulator.protocol_faults
    if name not in known:
        raise UnknownFault(f"no such fault: {name}; there are {', '.join(sorted(known))}")
    if name in DEFAULTS:
        value = DEFAULTS[name] if value is True else _number(name, value)
    _forget_timer(simulator, name)
    simulator.faults[name] = value
    if name == "unplug" and simulator.wire is not None:
        simulator.wire.unplug()
    if name == "reboot":
        seconds = value
        if simulator.wire is not None:
            simulator.wire.drop_connections()
    if name == "intruder":
        simulator.intrude()
    if seconds is not None:
        timer = simulator.clock.call_later(seconds, lambda: clear_fault(simulator, name))
        simulator.fault_timers[name] = timer


def clear_fault(simulator: Simulator, name: str) -> None:
    """Mend one fault, a reboot by its end; harmless when it is not set."""
    _forget_timer(simulator, name)
    if simulator.faults.pop(name, None) is None:
        return
    if name == "unplug":
        _plug(simulator)
    if name == "reboot":
        simulator.power_cycle()


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(f"{name} takes a number, 0 or more, not {value!r}")
    return value


def _forget_timer(simulator: Simulator, name: str) -> None:
    timer = simulator.fault_timers.pop(name, None)
    if timer is not None:
        timer.cancel()


def clear_faults(simulator: Simulator) -> None:
    """Mend everything."""
    for name in list(simulator.faults):
        clear_fault(simulator, name)


def deliver(simulator: Simulator, data: bytes, peer: object, topic: str) -> None:
    """Give a simulator what arrived for it, unless it is deaf, off or unplugged."""
    if "unplug" in simulator.faults or "reboot" in simulator.faults:
        return
    simulator.frames.append(Frame(simulator.clock.monotonic(), "rx", data, topic))
    if "echo" in simulator.faults:
        _put(simulator, data, peer=peer, topic=topic, retain=False)
    if "deaf" not in simulator.faults:
        simulator.receive(data, peer, topic)


def send_through(
    simulator: Simulator, data: bytes, *, peer: object, topic: str, retain: bool, after: float
) -> None:
    """Send for a simulator, through the faults that are set."""
    faults = simulator.faults
    delay = after + float(faults.get("slow", 0)) / 1000 + float(faults.get("late", 0)) / 1000

    def go() -> None:
        if {"mute", "deaf", "reboot", "unplug"} & faults.keys():
            return
        for _ in range(2 if "echo_twice" in faults else 1):
            spoiled = _garbled(simulator, data)
            for piece in _pieces(simulator, spoiled):
                _put(simulator, piece, peer=peer, topic=topic, retain=retain)

    _later(simulator, delay, go)


def _later(simulator: Simulator, delay: float, go: Callable[[], None]) -> None:
    if delay > 0:
        simulator.clock.call_later(delay, go)
    else:
        go()


def _put(simulator: Simulator, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
    simulator.frames.append(Frame(simulator.clock.monotonic(), "tx", data, topic))
    if simulator.wire is not None:
        simulator.wire.transmit(data, peer=peer, topic=topic, retain=retain)


def _garbled(simulator: Simulator, data: bytes) -> bytes:
    rate = float(simulator.faults.get("garble", 0))
    dice = simulator.random
    if not data or dice.random() >= rate:
        return data
    match dice.randrange(3):
        case 0:
            spot = dice.randrange(len(data))
            return data[:spot] + bytes((data[spot] ^ (1 << dice.randrange(8)),)) + data[spot + 1 :]
        case 1:
            noise = bytes(dice.randrange(256) for _ in range(dice.randint(1, 20)))
            return noise + data
        case _:
            return data[:-1]


def _pieces(simulator: Simulator, data: bytes) -> list[bytes]:
    """Return `data` in pieces of 1 to `split` bytes; a datagram, a topic or a web answer is never cut."""
    most = int(simulator.faults.get("split", 0))
    if most <= 0 or not data or not (simulator.wire is None or is_stream(simulator.wire)):
        return [data]
    pieces: list[bytes] = []
    while data:
        size = simulator.random.randint(1, most)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def is_stream(wire: Wire) -> bool:
    """Return whether bytes run together on this wire, so that cuts mean nothing."""
    return bool(getattr(wire, "stream", True))


def _plug(simulator: Simulator) -> None:
    if simulator.wire is not None:
        task = asyncio.ensure_future(simulator.wire.plug())
        _plugging.add(task)
        task.add_done_callback(_plugging.discard)


_plugging: set[asyncio.Future[None]] = set()
"""Keeps the tasks from being collected while they run."""
