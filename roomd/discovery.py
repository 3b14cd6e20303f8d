"""`roomd discover`: what is on the serial ports and on the network, as YAML to paste. Sends only questions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from drivers.transport.identity import ports

log = structlog.stdlib.get_logger(__name__)

MDNS_KINDS = ("_pjlink._tcp.local.", "_mqtt._tcp.local.", "_http._tcp.local.", "_roomd._tcp.local.")
LISTEN = 2.0
"""Seconds to wait for answers."""

Finder = Callable[[float], Awaitable[list[dict[str, Any]]]]


async def discover() -> list[dict[str, Any]]:
    """Return what was found: `{"how", "what", "where", "yaml"}` each."""
    finders = (serial_ports, mdns_services, pjlink_projectors)
    results = await asyncio.gather(*(f(LISTEN) for f in finders), return_exceptions=True)
    found: list[dict[str, Any]] = []
    for finder, result in zip(finders, results, strict=True):
        if isinstance(result, BaseException):
            log.warning("discover.failed", how=finder.__name__, why=str(result))
            continue
        found += result
    return found


async def serial_ports(_seconds: float) -> list[dict[str, Any]]:
    """Return the serial ports of this machine."""
    seen = await asyncio.to_thread(ports)
    return [
        {
            "how": "serial",
            "what": p.description,
            "where": p.path,
            "yaml": f"links:\n  line_{n}: {{port: {{{p.stable}}}}}\n",
        }
        for n, p in enumerate(seen, 1)
    ]


async def mdns_services(seconds: float) -> list[dict[str, Any]]:
    """Return services that announce themselves on the network."""
    from zeroconf import ServiceStateChange, Zeroconf  # noqa: PLC0415  # used once in a while
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf  # noqa: PLC0415  # as above

    names: list[tuple[str, str]] = []

    def heard(
        zeroconf: Zeroconf,  # noqa: ARG001  # zeroconf calls by keyword
        service_type: str,
        name: str,
        state_change: Any,
    ) -> None:
        if state_change is ServiceStateChange.Added:
            names.append((service_type, name))

    async with AsyncZeroconf() as zeroconf:
        browser = AsyncServiceBrowser(zeroconf.zeroconf, list(MDNS_KINDS), handlers=[heard])
        await asyncio.sleep(seconds)
        await browser.async_cancel()
        found: list[dict[str, Any]] = []
        for kind, name in sorted(set(names)):
            info = await zeroconf.async_get_service_info(kind, name, 500)
            if info is not None and info.parsed_addresses():
                where = f"{info.parsed_addresses()[0]}:{info.port}"
                found.append({"how": "mdns", "what": name, "where": where, "yaml": ""})
    return found


async def pjlink_projectors(seconds: float) -> list[dict[str, Any]]:
    """Return PJLink class 2 projectors that answer a search."""
    from drivers.pjlink.search import search  # noqa: PLC0415  # used once in a while

    found: list[dict[str, Any]] = []
    for host, mac in await search(seconds):
        yaml = f'devices:\n  projector.{mac[-4:]}: {{driver: pjlink, link: {{tcp: "{host}"}}}}\n'
        found.append({"how": "pjlink", "what": mac, "where": host, "yaml": yaml})
    return found
