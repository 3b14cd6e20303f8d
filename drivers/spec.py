"""What the registry holds of each driver: one `DriverSpec`, exported as `DRIVER` by each family package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from drivers.device import Device, LinkDefaults, TransportName

if TYPE_CHECKING:
    from drivers.clock import Clock
    from drivers.simulation.simulator import Simulator


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
