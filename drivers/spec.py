"""What the registry holds of each driver: one `DriverSpec`, exported as `DRIVER` by each family package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from drivers.device import Device, LinkDefaults, TransportName

if TYPE_CHECKING:
    from drivers.clock import Clock
    from drivers.simulation.simulator import Simulator
    from drivers.transport.base import Transport


@dataclass(frozen=True)
class DriverSpec:
    """One driver: what a room file names in `driver:`."""

    id: str
    kind: str
    name: Mapping[str, str]
    """`{"zh": ..., "en": ...}`."""
    transports: frozenset[TransportName]
    defaults: LinkDefaults
    settings: type[BaseModel]
    """Model of `options:`; strict, frozen, `extra="forbid"`, docstrings as descriptions."""
    device: Callable[[str, Any, Any], Device[Any]]
    """`device(device_id, settings, port)`."""
    simulator: Callable[[Any, str, Clock], Simulator] | None
    """`simulator(settings, transport_name, clock)`; None only where nothing can be simulated."""
    transport: Callable[[Any, Transport, Clock, MutableMapping[str, str]], Transport] | None = None
    """`transport(settings, inner, clock, memory)`: wraps the TCP connection of a device that has it to itself, for
    what happens below its messages (encryption, connections that are closed between commands). `memory` outlives the
    daemon; keys begin with the endpoint. It may return `inner`. None: plain TCP."""
