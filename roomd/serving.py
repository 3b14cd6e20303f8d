"""Where the room is served: plain HTTP on loopback, else HTTPS with the page beside it that explains it.

Sockets that systemd hands over come first (`sd_listen_fds(3)`): ports below 1024 then need no right of our own.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from drivers.clock import Clock, Timer
from roomd.clock import WallClock
from roomd.config.models.tls import Tls
from roomd.config.room import Room
from roomd.identity.ca import Names
from roomd.identity.certificates import WARN_DAYS, BadCertificate, Certificates
from roomd.northbound.addresses import own_addresses, own_networks
from roomd.options import PORT, CannotServe, Options, web_port
from roomd.web.access import Hosts
from roomd.web.server import make_runner
from roomd.web.trust_page import Trust, make_trust_app

log = structlog.stdlib.get_logger(__name__)
FIRST_FD: Final = 3
"""Number of the first descriptor that systemd hands over."""
RENEW_EVERY: Final = 3600.0
"""Seconds between looks at certificate and addresses."""
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
ANYWHERE: Final = ("", "0.0.0.0", "::")  # noqa: S104  # compared with what somebody asked for


class Warn(Protocol):
    """Shows or takes away a banner of the admin page."""

    def __call__(self, code: str, *, on: bool, **params: Any) -> None:
        """Show the words of `code`, or take them away."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen."""

    hosts: tuple[str, ...]
    port: int
    tls: bool
    plain_port: int
    """Of the page that explains HTTPS; 0: none."""


def place_of(options: Options, room: Room | None) -> Place:
    """Return where this start listens: the command line's word, else the room file's, else everywhere."""
    if options.host:
        port = options.port
        if port is None:
            port = PORT if room is None else web_port(room)
        outside = options.https or options.host not in LOOPBACK
        plain = 80 if outside and room is None else 0 if room is None else room.file.web.http_port
        return Place((options.host,), port, outside, plain if outside else 0)
    named = () if room is None else tuple(room.file.web.listen)
    inside = bool(named) and all(ipaddress.ip_address(a).is_loopback for a in named)
    port = options.port
    if port is None:
        port = 443 if room is None and not inside else PORT if room is None else web_port(room)
        if room is not None and not inside and "port" not in room.file.web.model_fields_set:
            port = room.file.web.port
    plain = 80 if room is None else room.file.web.http_port
    return Place(named or ("",), port, not inside, 0 if inside else plain)


class Serving:
    """The open doors of the room.

    Args:
        options: the command line's.
        clock: monotonic, for renewals.
        wall: which time is believed.
        warn: shows banners.
    """

    def __init__(self, options: Options, clock: Clock, wall: WallClock, warn: Warn) -> None:
        self._options, self._clock, self._wall, self._warn = options, clock, wall, warn
        self.hosts = Hosts(LOOPBACK)
        self.certificates = Certificates(options.data / "tls", "")
        self.url = ""
        self.port = 0
        self._place = Place((), 0, tls=False, plain_port=0)
        self._room: Room | None = None
        self._timer: Timer | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._runners: list[web.AppRunner] = []

    # -- open -----------------------------------------------------------------------------------------------------

    async def open(self, app: web.Application, room: Room | None) -> None:
        """Open the doors.

        Raises:
            CannotServe: a port cannot be opened, or there is no certificate.
        """
        self._place = place_of(self._options, room)
        self.know(room)
        given = handed_over(os.environ, os.getpid())
        context: ssl.SSLContext | None = None
        if self._place.tls:
            await self._certify()
            context = self.certificates.context
        runner = await self._runner(app)
        ours = given.get("https" if context else "http")
        if ours is not None:
            await web.SockSite(runner, ours, ssl_context=context).start()
        else:
            await self._listen(runner, self._place.port, context)
        self.url = self._address(runner, tls=context is not None)
        if context is not None:
            await self._open_plain(given.get("http"))
            self._timer = self._clock.call_later(RENEW_EVERY, self._renew)

    async def _runner(self, app: web.Application) -> web.AppRunner:
        runner = make_runner(app)
        await runner.setup()
        self._runners.append(runner)
        return runner

    async def _listen(
        self, runner: web.AppRunner, port: int, context: ssl.SSLContext | None
    ) -> None:
        for host in self._place.hosts:
            try:
                await web.TCPSite(runner, host or None, port, ssl_context=context).start()
            except OSError as error:
                raise cannot_listen(port, error) from error

    async def _open_plain(self, ours: socket.socket | None) -> None:
        """Open the page that explains HTTPS; without it the room is served all the same."""
        if ours is None and not self._place.plain_port:
            return
        runner = await self._runner(make_trust_app(self._trust, self.hosts))
        if ours is not None:
            await web.SockSite(runner, ours).start()
            return
        try:
            await self._listen(runner, self._place.plain_port, None)
        except CannotServe as problem:
            log.warning("web.no_plain_page", code=problem.code, **problem.params)
            self._warn("no_plain_page", on=True, port=self._place.plain_port)

    def _address(self, runner: web.AppRunner, *, tls: bool) -> str:
        host = self._options.shown_host or self._place.hosts[0]
        if host in ANYWHERE:
            host = next(iter(own_addresses("")), "127.0.0.1")
        shown = f"[{host}]" if ":" in host else host
        port = self.port = int(runner.addresses[0][1])
        usual = 443 if tls else 80
        return f"http{'s' if tls else ''}://{shown}{'' if port == usual else f':{port}'}"

    def _trust(self) -> Trust:
        name = {"zh": "会议室", "en": "Meeting room"}
        if self._room is not None:
            words = self._room.file.room.name
            name = {"zh": words.zh or words.en, "en": words.en or words.zh}
        ca = self.certificates.ca() if self.certificates.source == "room" else None
        return Trust(name, self.url, ca)

    # -- names and certificates -----------------------------------------------------------------------------------

    def know(self, room: Room | None) -> None:
        """Take the names of a room file: hosts that are answered, and for which a certificate is wanted."""
        self._room = room
        if room is not None:
            self.certificates.room = room.file.room.id
            self.certificates.configured = _configured(room.file.tls, self._options.config.parent)
        names = self._names()
        known = {*LOOPBACK, *self._options.hosts, *names.addresses}
        known |= {name.lower() for name in names.hosts}
        self.hosts.clear()
        self.hosts.update(known)

    def _names(self) -> Names:
        room, hosts = self._room, []
        if room is not None:
            mdns = room.file.northbound.mdns
            name = mdns.name or f"roomd-{room.file.room.id}".replace("_", "-")
            hosts = [f"{name}.local", *room.file.web.names]
        own = socket.gethostname().lower()
        hosts += [own, f"{own}.local"] if own != "localhost" and _is_host_name(own) else []
        listening = [h for h in self._place.hosts if _is_address(h)]
        addresses = listening or own_addresses("")
        return Names(tuple(dict.fromkeys(hosts)), tuple(addresses), tuple(own_networks()))

    async def use(self, room: Room) -> None:
        """Go over to a room file's names and certificate; doors that are open stay open."""
        self.know(room)
        if self._place.tls:
            await self._certify()

    def status(self) -> dict[str, Any]:
        """Return which certificate is served, ready for JSON."""
        return self.certificates.status(self.now())

    def request(self) -> str:
        """Make a key and the request for it, PEM.

        Raises:
            OSError: they cannot be kept.
        """
        self.certificates.names = self._names()
        return self.certificates.request().decode()

    async def take(self, chain: str) -> str | None:
        """Go over to a certificate, PEM; return the code of why not, or None."""
        try:
            self.certificates.take(chain.encode())
        except BadCertificate as error:
            return error.code
        except OSError:
            return "record_unwritable"
        if self._place.tls:
            await self._certify()
        return self.certificates.problem or None

    async def _certify(self) -> None:
        try:
            await self.certificates.ensure(self._names(), self.now())
        except (OSError, ssl.SSLError) as error:
            log.error("tls.failed", why=str(error))  # noqa: TRY400  # the reason is all
            if self.certificates.context is None:
                raise CannotServe("tls.failed", why=str(error)) from error
            self._warn("tls.failed", on=True, why=str(error))
        self._tell()

    def now(self) -> dt.datetime:
        """Return the time that certificates are judged by."""
        return dt.datetime.fromtimestamp(self._wall.effective(), dt.UTC)

    def _tell(self) -> None:
        """Show the banners that the certificate needs."""
        status = self.certificates.status(self.now())
        days = int(status.get("days", 0))
        self._warn("tls.ends", on=bool(status["served"]) and days <= WARN_DAYS[0], days=days)
        missing = list(status.get("missing", []))
        self._warn("tls.missing", on=bool(missing), names=", ".join(missing))
        for code in ("tls.expired", "tls.not_yet", "tls.unreadable", "tls.mismatch", "tls.order"):
            self._warn(code, on=status["problem"] == code)

    def _renew(self) -> None:
        self._timer = self._clock.call_later(RENEW_EVERY, self._renew)
        self._renewal = asyncio.ensure_future(self._certify())

    async def close(self) -> None:
        """Close the doors."""
        if self._timer is not None:
            self._timer.cancel()
        if self._renewal is not None:
            self._renewal.cancel()
            with suppress(asyncio.CancelledError):
                await self._renewal
        runners, self._runners = self._runners, []
        for runner in runners:
            await runner.cleanup()


def handed_over(environment: Mapping[str, str], pid: int) -> dict[str, socket.socket]:
    """Return the sockets that systemd opened for us, by the names of their units (`FileDescriptorName=`)."""
    if environment.get("LISTEN_PID") != str(pid):
        return {}
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    count = int(environment.get("LISTEN_FDS", "0"))
    found: dict[str, socket.socket] = {}
    for number in range(count):
        name = names[number] if number < len(names) else ""
        found[name] = socket.socket(fileno=FIRST_FD + number)
        found[name].setblocking(False)  # noqa: FBT003  # its only argument
    return found


def cannot_listen(port: int, error: OSError) -> CannotServe:
    """Return why a port cannot be opened, with the program that has it where that can be seen."""
    from roomd.doctor import listener  # noqa: PLC0415  # the sad path alone

    if error.errno != errno.EADDRINUSE:
        return CannotServe("cannot_listen", port=port, why=os.strerror(error.errno or 0))
    program = listener(port)
    return CannotServe(
        "port_in_use", port=port, **({} if program is None else {"program": program})
    )


def _configured(tls: Tls, folder: Path) -> tuple[Path, Path] | None:
    return None if tls.cert is None or tls.key is None else (folder / tls.cert, folder / tls.key)


def _is_address(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_host_name(name: str) -> bool:
    return all(part and part.replace("-", "a").isalnum() for part in name.split("."))
