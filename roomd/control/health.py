"""How each device is doing, for those who look after the room. Reading only."""

from __future__ import annotations

from statistics import quantiles
from typing import Any

from drivers.clock import Clock
from roomd.control.room import RoomDevice


def health(
    device: RoomDevice, states: dict[str, tuple[str, str | None]], clock: Clock
) -> dict[str, Any]:
    """Return one device's line of the admin page.

    Args:
        device: the device.
        states: device id -> (state, error code) as last told by its link.
        clock: for the age of the last answer.
    """
    state, code = states.get(device.id, ("starting", None))
    shown: dict[str, Any] = {
        "id": device.id,
        "driver": device.driver,
        "kind": device.kind,
        "name": dict(device.name),
        "state": "misconfigured" if device.problem is not None else state,
        "code": device.problem.code if device.problem is not None else code,
    }
    if device.problem is not None and device.problem.file:
        shown["place"] = f"{device.problem.file}:{device.problem.line}:{device.problem.column}"
    if device.link is None or device.device is None:
        return shown
    port = device.device.link
    p50, p95 = latencies(list(port.answer_ms))
    age = None if port.last_answer is None else clock.monotonic() - port.last_answer
    return {
        **shown,
        "link": device.link.id,
        "endpoint": device.link.transport.endpoint,
        "last_answer_s": None if age is None else round(age, 1),
        "p50_ms": p50,
        "p95_ms": p95,
        "failures": port.failures,
        "junk": dict(port.junk),
        "reconnects": device.link.reconnects,
        "queue": device.link.lane.waiting(),
    }


def latencies(values: list[float]) -> tuple[float | None, float | None]:
    """Return p50 and p95 in milliseconds, or None twice where nothing was measured."""
    if not values:
        return None, None
    if len(values) == 1:
        return round(values[0], 1), round(values[0], 1)
    cuts = quantiles(values, n=20, method="inclusive")
    return round(cuts[9], 1), round(cuts[18], 1)
