"""`roomd discover`: what is on the serial ports and on the network, as YAML to paste. Sends only questions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from drivers.transport.identity import SerialPortSeen, ports

log = structlog.stdlib.get_logger(__name__)

PJLINK, MQTT = "_pjlink._tcp.local.", "_mqtt._tcp.local."
MDNS_KINDS = (PJLINK, MQTT, "_http._tcp.local.", "_roomd._tcp.local.")
LISTEN = 2.0
"""Seconds to wait for mDNS answers."""
LISTEN_PJLINK = 11.0
"""Seconds to wait for projectors: they answer a search after up to 10 s (PJLINK-2)."""

Found = list[dict[str, Any]]
Finder = Callable[[], Awaitable[Found]]


async def discover(finders: Sequence[Finder] | None = None) -> Found:
    """Return what was found: `{"how", "what", "where", "yaml"}` each. A way that fails is logged, the others go on.

    Args:
        finders: ways to look; None: all there are.
    """
    ways = finders or (serial_ports, mdns_services, pjlink_projectors)
    results = await asyncio.gather(*(find() for find in ways), return_exceptions=True)
    found: Found = []
    for find, result in zip(ways, results, strict=True):
        if isinstance(result, Exception):
            log.warning("discover.failed", how=getattr(find, "__name__", "?"), why=str(result))
        elif isinstance(result, BaseException):
            raise result
        else:
            found += result
    return found


async def serial_ports(look: Callable[[], Sequence[SerialPortSeen]] = ports) -> Found:
    """Return the serial ports of this machine."""
    seen = await asyncio.to_thread(look)
    return [
        {
            "how": "serial",
            "what": port.description,
            "where": port.path,
            "yaml": f"links:\n  line_{number}: {{port: {{{port.stable}}}}}\n",
        }
        for number, port in enumerate(seen, 1)
    ]


async def mdns_services(seconds: float = LISTEN, interfaces: Sequence[str] | None = None) -> Found:
    """Return services that announce themselves on the network.

    Args:
        seconds: how long to listen.
        interfaces: own addresses to listen on; None: all.
    """
    from zeroconf import InterfaceChoice, ServiceStateChange, Zeroconf  # noqa: PLC0415  # used once in a while
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf  # noqa: PLC0415  # as above

    names: set[tuple[str, str]] = set()

    def heard(
        zeroconf: Zeroconf,  # noqa: ARG001  # zeroconf calls by keyword
        service_type: str,
        name: str,
        state_change: Any,
    ) -> None:
        if state_change is ServiceStateChange.Added:
            names.add((service_type, name))

    where = InterfaceChoice.All if interfaces is None else list(interfaces)
    async with AsyncZeroconf(interfaces=where) as zeroconf:
        browser = AsyncServiceBrowser(zeroconf.zeroconf, list(MDNS_KINDS), handlers=[heard])
        await asyncio.sleep(seconds)
        await browser.async_cancel()
        found: Found = []
        for kind, name in sorted(names):
            told = await zeroconf.async_get_service_info(kind, name, 500)
            if told is not None and (addresses := told.parsed_addresses()):
                found.append(_service(kind, name, addresses[0], told.port or 0))
    return found


def _service(kind: str, name: str, host: str, port: int) -> dict[str, Any]:
    yaml = ""
    if kind == PJLINK:
        yaml = _projector(host.replace(".", "_").replace(":", "_"), host)
    elif kind == MQTT:
        yaml = f'broker: {{host: "{host}", port: {port}}}\n'
    return {"how": "mdns", "what": name, "where": f"{host}:{port}", "yaml": yaml}


async def pjlink_projectors(seconds: float = LISTEN_PJLINK) -> Found:
    """Return PJLink class 2 projectors that answer a search."""
    from drivers.pjlink.search import search  # noqa: PLC0415  # used once in a while

    return [
        {
            "how": "pjlink",
            "what": mac,
            "where": host,
            "yaml": _projector("".join(c for c in mac.lower() if c.isalnum())[-6:], host),
        }
        for host, mac in await search(seconds)
    ]


def _projector(tail: str, host: str) -> str:
    """Return a device entry; ids begin with a letter, which neither a MAC nor an address does."""
    return (
        f"devices:\n  projector.p_{tail}:\n    driver: pjlink\n"
        f'    link: {{tcp: "{host}"}}\n    name: {{zh: 投影机, en: Projector}}\n'
    )
