"""The benchmarks by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bench import fanout, growth, lines, starts, taps
from bench.stage import Run

BENCHMARKS: Mapping[str, Callable[[Run], Coroutine[Any, Any, None]]] = {
    "tap-udp": taps.udp,
    "tap-pty": taps.pty,
    "tap-mqtt": taps.mqtt,
    "group": taps.group,
    "slider": lines.slider,
    "stop": lines.stop,
    "fanout": fanout.fanout,
    "stalled": fanout.stalled,
    "start": starts.start,
    "demo": starts.demo,
    "dead": starts.dead,
    "growth": growth.growth,
}
