"""Displays that speak Samsung MDC (Multiple Display Control)."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from drivers.clock import Clock
from drivers.samsung_mdc.connection import Connection
from drivers.samsung_mdc.device import Display
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.simulator import MdcSimulator
from drivers.spec import DriverSpec
from drivers.transport.base import Transport


def connection(
    settings: Any, inner: Transport, clock: Clock, memory: MutableMapping[str, str]
) -> Transport:
    """Return a connection that encrypts and logs in where the display demands it."""
    pin = None if settings.pin is None else settings.pin.get_secret_value()
    return Connection(inner, clock, memory, pin=pin, certificate=settings.certificate)


DRIVER = DriverSpec(
    id="samsung_mdc",
    kind="display",
    name={"zh": "三星 MDC 显示器", "en": "Samsung MDC display"},
    transports=Display.transports,
    defaults=Display.defaults,
    settings=MdcSettings,
    device=Display,
    simulator=MdcSimulator,
    transport=connection,
)
