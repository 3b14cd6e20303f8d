"""Being found without a name server, as `_roomd._tcp` and `_http._tcp`.

Another host with our name makes us take a new one.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket

import structlog
from zeroconf import NonUniqueNameException
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

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
        self._host = host
        self._port = port
        self._zeroconf: AsyncZeroconf | None = None

    async def open(self) -> None:
        """Announce; a network that cannot is logged, not fatal."""
        try:
            self._zeroconf = AsyncZeroconf(interfaces=self._addresses())
            for kind in KINDS:
                await self._register(self._zeroconf, kind)
        except (OSError, NonUniqueNameException) as error:
            log.warning("mdns.failed", why=str(error))

    async def _register(self, zeroconf: AsyncZeroconf, kind: str) -> None:
        info = AsyncServiceInfo(
            kind,
            f"{self.name}.{kind}",
            port=self._port,
            addresses=[ipaddress.ip_address(a).packed for a in self._addresses()],
            server=f"{self.name}.local.",
            properties={"path": "/"},
        )
        task = await zeroconf.async_register_service(info, allow_name_change=True)
        with contextlib.suppress(OSError):
            await task
        self.name = info.name.removesuffix(f".{kind}")

    def _addresses(self) -> list[str]:
        if self._host not in ("", "0.0.0.0", "::"):  # noqa: S104  # compared, not bound
            return [self._host]
        found = {i[4][0] for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        return sorted(str(address) for address in found)

    async def close(self) -> None:
        """Say goodbye."""
        if self._zeroconf is not None:
            await self._zeroconf.async_close()
