"""What a link hands to a transport and gets back, where it is not plain bytes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Publish:
    """One MQTT message to send. Never retained: a stored command would run at each start."""

    topic: str
    payload: bytes
    qos: int = 1


@dataclass(frozen=True, slots=True)
class Published:
    """One MQTT message that arrived."""

    topic: str
    payload: bytes
    retain: bool
    """True where the broker had it stored: nobody said it just now."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request to a device's own web interface."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The answer to `request`; bodies stop at 64 KiB."""

    request: HttpRequest
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Collided:
    """Other bytes came back than were sent, on a line that hears itself."""

    data: bytes
    """What came back instead."""


Frame = bytes | Publish | HttpRequest
Chunk = bytes | Published | HttpResponse | Collided
