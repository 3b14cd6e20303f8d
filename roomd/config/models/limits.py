"""Limits of the web server, of queues and of the room; each has a default and a hard maximum."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from roomd.config.models.base import Model
from roomd.config.models.quantities import Duration, Size

KIB = 1024


class Limits(Model):
    """What is refused, dropped or closed, and when.

    `stop`, `keep` and `release` are never counted.
    """

    request_line: Annotated[Size, Field(le=64 * KIB)] = 4 * KIB
    """First line of an HTTP request."""
    header: Annotated[Size, Field(le=64 * KIB)] = 8 * KIB
    """One HTTP header."""
    headers: Annotated[Size, Field(le=256 * KIB)] = 16 * KIB
    """All HTTP headers of a request."""
    json_body: Annotated[Size, Field(le=16 * KIB * KIB)] = 256 * KIB
    """JSON body of a request, counted after unpacking."""
    json_depth: Annotated[int, Field(ge=4, le=128)] = 32
    """Nesting of JSON."""
    json_string: Annotated[Size, Field(le=KIB * KIB)] = 64 * KIB
    """One text in JSON."""
    header_time: Annotated[Duration, Field(ge=1, le=60)] = 10.0
    """For all headers of a request."""
    body_time: Annotated[Duration, Field(ge=1, le=300)] = 30.0
    """For a JSON body."""
    keep_alive: Annotated[Duration, Field(ge=1, le=300)] = 15.0
    """How long an idle HTTP connection stays open."""
    connections_per_address: Annotated[int, Field(ge=4, le=10_000)] = 64
    """Open connections of one address; the own display and loopback are exempt."""
    connections: Annotated[int, Field(ge=16, le=10_000)] = 2_500
    """Open connections in all."""
    ws_message: Annotated[Size, Field(le=KIB * KIB)] = 64 * KIB
    """One WebSocket text message."""
    ws_rate: Annotated[int, Field(ge=5, le=1_000)] = 50
    """WebSocket messages per second and client."""
    ws_burst: Annotated[int, Field(ge=5, le=5_000)] = 100
    """WebSocket messages of one client at once."""
    ws_queue: Annotated[int, Field(ge=8, le=1_024)] = 64
    """Messages waiting for a slow client; then the newest value of each point, then the end."""
    ws_behind: Annotated[Duration, Field(ge=1, le=60)] = 5.0
    """How long a client may stay behind."""
    ws_ping: Annotated[Duration, Field(ge=1, le=60)] = 10.0
    """How often the server pings a WebSocket."""
    ws_dead: Annotated[Duration, Field(ge=2, le=120)] = 20.0
    """After this silence a WebSocket is closed."""
    commands_per_person: Annotated[int, Field(ge=4, le=256)] = 32
    """Commands of one person that may wait."""
    commands_per_device: Annotated[int, Field(ge=4, le=512)] = 64
    """Commands of one device that may wait."""
    commands_per_link: Annotated[int, Field(ge=8, le=2_048)] = 256
    """Commands of one link that may wait."""
    device_frame: Annotated[Size, Field(le=KIB * KIB)] = 64 * KIB
    """One reply frame, serial buffer or MQTT packet of a device."""
    devices: Annotated[int, Field(ge=1, le=10_000)] = 512
    """Devices of the room."""
    points: Annotated[int, Field(ge=16, le=200_000)] = 16_384
    """Points of all devices."""
    scenes: Annotated[int, Field(ge=1, le=1_000)] = 256
    """Scenes of the room."""
