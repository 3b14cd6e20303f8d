"""Projectors and displays that speak PJLink, class 1 and 2."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from drivers.clock import Clock
from drivers.pjlink.connection import Connection
from drivers.pjlink.device import Projector
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import PjlinkSimulator
from drivers.pjlink.tables import PORT
from drivers.spec import DriverSpec
from drivers.transport.base import Transport


def connection(
    settings: Any,
    inner: Transport,
    clock: Clock,
    memory: MutableMapping[str, str],  # noqa: ARG001  # as DriverSpec wants it
) -> Transport:
    """Return a connection that a projector may close between commands."""
    host = inner.endpoint.removeprefix("tcp:").rpartition(":")[0]
    secret = settings.password
    return Connection(
        inner,
        clock,
        keep_open=settings.keep_open,
        password=None if secret is None else secret.get_secret_value(),
        notices=(host, PORT) if settings.notices else None,
    )


DRIVER = DriverSpec(
    id="pjlink",
    kind="projector",
    name={"zh": "PJLink 投影机", "en": "PJLink projector"},
    transports=Projector.transports,
    defaults=Projector.defaults,
    settings=PjlinkSettings,
    device=Projector,
    simulator=PjlinkSimulator,
    transport=connection,
)
