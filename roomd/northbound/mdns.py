"""Being found without a name server, as `_roomd._tcp` and `_http._tcp`.

Another host with our name makes us take a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Awaitable
from typing import cast

import structlog
from zeroconf import NonUniqueNameException
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from roomd.northbound.addresses import own_addresses

log = structlog.stdlib.get_logger(__name__)

KINDS = ("_roomd._tcp.local.", "_http._tcp.local.")


class Announcement:
    """One room on the network.

    Args:
        name: host name without `.local`.
        host: address that the web server listens on; loopback stays on loopback.
        port: its TCP port.
    """

    def __init__(self, name: str, host: str, port: int) -> None:
        self.name = name
        """As announced; another than asked for where another host has that one."""
        self._host = host
        self._port = port
        self._zeroconf: AsyncZeroconf | None = None

    async def open(self) -> None:
        """Announce; a network that cannot is logged, not fatal."""
        try:
            addresses = own_addresses(self._host)
            self._zeroconf = AsyncZeroconf(interfaces=addresses)
            for kind in KINDS:
                await self._register(self._zeroconf, kind, addresses)
        except (OSError, NonUniqueNameException) as error:
            log.warning("mdns.failed", why=str(error))
            return
        log.info("mdns.announced", name=self.name, addresses=addresses)

    async def _register(self, zeroconf: AsyncZeroconf, kind: str, addresses: list[str]) -> None:
        info = AsyncServiceInfo(
            kind,
            f"{self.name}.{kind}",
            port=self._port,
            addresses=[ipaddress.ip_address(a).packed for a in addresses],
            server=f"{self.name}.local.",
            properties={"path": "/"},
        )
        # It answers with an awaitable that ends when the announcements have been sent.
        register = zeroconf.async_register_service  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # left bare there
        sent = cast("Awaitable[None]", await register(info, allow_name_change=True))
        with contextlib.suppress(OSError):
            await sent
        self.name = info.name.removesuffix(f".{kind}")

    async def close(self) -> None:
        """Say goodbye."""
        zeroconf, self._zeroconf = self._zeroconf, None
        if zeroconf is not None:
            await zeroconf.async_close()


class Presence:
    """What is announced now; follows the configuration, in the background.

    Args:
        host: address that the web server listens on.
        port: its TCP port.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._wanted: str | None = None
        self._asked: str | None = None
        self._task: asyncio.Task[None] | None = None
        self.shown: Announcement | None = None

    def change(self, name: str | None) -> None:
        """Announce under `name` from now on, or (None) no more; the same again does nothing."""
        self._wanted = name
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="mdns")

    async def settled(self) -> None:
        """Wait until what was asked for is so."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _follow(self) -> None:
        while self._asked != self._wanted:
            self._asked = name = self._wanted
            await self._say_goodbye()
            if name is not None:
                self.shown = Announcement(name, self._host, self._port)
                await self.shown.open()

    async def _say_goodbye(self) -> None:
        shown, self.shown = self.shown, None
        if shown is not None:
            await shown.close()

    async def close(self) -> None:
        """Say goodbye, whatever is under way."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        await self._say_goodbye()
