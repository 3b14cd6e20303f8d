"""`roomd stop --direct`: without a daemon, write each device's prepared stop frames to its line once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import structlog

from drivers.clock import LoopClock
from drivers.errors import DriverError
from drivers.link import Link
from drivers.points import Report
from drivers.session import PortState
from drivers.spec import DriverSpec
from drivers.trace import TraceEvent
from drivers.transport.frames import Chunk
from roomd.assembly import make_plan, make_transport
from roomd.config_service import ConfigKeeper
from roomd.control.plan import DevicePlan, LinkPlan, RoomPlan

log = structlog.stdlib.get_logger(__name__)
TOGETHER = 2.0
"""Seconds for all lines together: systemd waits for this on the way out."""


MOVES = frozenset({"lift", "screen", "curtain"})
"""Kinds whose stop must be told of even where no bytes of ours can reach them."""


async def stop_direct(config: Path, data: Path) -> dict[str, Any] | None:
    """Stop what can be stopped without a broker.

    What ran last counts, not what the file says by now: those devices are the ones that may be moving.

    Returns:
        `{"devices": {id: {"outcome", "code"}}}`; None where there is no usable configuration.
    """
    room = ConfigKeeper(config, data).last_good()
    if room is None:
        return None
    plan = make_plan(room, None)
    frames = _frames(plan)
    work = [_stop_line(plan.links[link], by_device) for link, by_device in frames.items()]
    outcomes: dict[str, Any] = {}
    for found in await asyncio.gather(*work):
        outcomes |= found
    for device in plan.devices.values():
        if device.kind in MOVES and device.id not in outcomes:
            outcomes[device.id] = {"outcome": "offline", "code": "unreachable"}
    return {"devices": outcomes}


def _frames(plan: RoomPlan) -> dict[str, dict[str, tuple[bytes, ...]]]:
    found: dict[str, dict[str, tuple[bytes, ...]]] = {}
    for device in plan.devices.values():
        if device.spec is None or plan.links[device.link].kind in ("mqtt", "http"):
            continue
        if frames := _frames_of(device, device.spec, plan.links[device.link]):
            found.setdefault(device.link, {})[device.id] = frames
    return found


def _frames_of(device: DevicePlan, spec: DriverSpec, line: LinkPlan) -> tuple[bytes, ...]:
    # A link that is never run: the driver only tells its frames.
    link = Link(device.link, make_transport(line), LoopClock(), _Deaf())
    try:
        return spec.device(device.id, device.settings, link.port(device.id)).stop_frames()
    except Exception:
        # A driver's own mistake keeps no other motor running.
        log.exception("device.not_made", device=device.id)
        return ()


class _Deaf:
    """Nobody who listens."""

    def on_report(self, report: Report) -> None:
        """Ignore it."""

    def on_state(self, device: str, state: PortState, error: DriverError | None) -> None:
        """Ignore it."""

    def on_trace(self, event: TraceEvent) -> None:
        """Ignore it."""


async def _stop_line(link: LinkPlan, by_device: dict[str, tuple[bytes, ...]]) -> dict[str, Any]:
    transport = make_transport(link)
    try:
        async with asyncio.timeout(TOGETHER):
            await transport.open(_ignore, _ignore)
            for frames in by_device.values():
                for frame in frames:
                    await transport.send(frame)
                    await asyncio.sleep(transport.wire_time(len(frame)) + link.gap)
    except (DriverError, TimeoutError) as error:
        code = error.code if isinstance(error, DriverError) else "no_reply"
        return {d: {"outcome": "offline", "code": code} for d in by_device}
    finally:
        await transport.close()
    return {d: {"outcome": "sent", "code": None} for d in by_device}


def _ignore(_what: Chunk | DriverError) -> None:
    """Nobody listens: this program only speaks."""
