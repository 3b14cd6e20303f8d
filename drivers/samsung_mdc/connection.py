"""The TCP connection to a display: plain, or encrypted with a PIN. MDC-1, MDC-3.

A display that demands encryption says so first: `MDCSTART<<TLS>>`, 15 bytes without a line end. Then the same
connection becomes TLS, we send the PIN, and it answers `MDCAUTH<<PASS>>`. Before a PIN is sent, the certificate has to
be the known one; displays sign it themselves, so the first one seen is kept. No PIN is sent twice, see `attempts`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, MutableMapping

from drivers.clock import Clock, deadline
from drivers.errors import DriverError, Garbled, NoReply, Refused, Unreachable
from drivers.messages import Junk
from drivers.samsung_mdc import codec
from drivers.samsung_mdc.attempts import PinAttempts
from drivers.samsung_mdc.tables import BANNER
from drivers.samsung_mdc.tunnel import Tunnel, client_context
from drivers.transport.base import Transport
from drivers.transport.frames import Chunk, Frame
from drivers.transport.tcp import HungUp

LOG_IN = 5.0
"""Seconds for banner, encryption and PIN together; unverified."""
REFUSED = {1: ("wrong_pin", "the PIN is wrong"), 2: ("pin_blocked", "the display is locked")}
"""Number behind `FAIL` -> device code, and why. MDC-1, MDC-3."""


class Connection:
    """See the module.

    Args:
        inner: the TCP transport; opened anew for each connection.
        clock: for the log-in's time.
        memory: outlives roomd; keys begin with the endpoint.
        pin: 4 to 8 digits; None: the display is spoken to without encryption.
        certificate: SHA-256 fingerprint that it must have; None: the first one seen is kept.
    """

    def __init__(
        self,
        inner: Transport,
        clock: Clock,
        memory: MutableMapping[str, str],
        *,
        pin: str | None,
        certificate: str | None,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._memory = memory
        self._pin = None if pin is None else pin.encode("ascii")
        self._certificate = certificate
        self._on_chunk: Callable[[Chunk], None] = lambda _chunk: None
        self._on_lost: Callable[[DriverError], None] = lambda _error: None
        self._inbox: asyncio.Queue[bytes | DriverError] = asyncio.Queue()
        """What comes while the log-in is under way."""
        self._start = b""
        """The first bytes of a connection without encryption."""
        self._tunnel: Tunnel | None = None
        """There is one when the log-in is done."""
        self._owed = b""
        """What TLS itself wants to say, with the next frame."""
        self._logging_in = False
        self._attempts = PinAttempts(memory, self._key("pin"))

    @property
    def endpoint(self) -> str:
        """Return the endpoint of the TCP connection."""
        return self._inner.endpoint

    async def open(
        self, on_chunk: Callable[[Chunk], None], on_lost: Callable[[DriverError], None]
    ) -> None:
        """Connect within 3 s, and log in within 5 s.

        Raises:
            Unreachable: nobody there, or it hung up.
            NoReply: it says nothing, as displays do that are busy or asleep. MDC-3.
            Garbled: what it says is not the protocol.
            Refused: for good: `wrong_pin`, `pin_blocked`, `pin_unanswered`, `wrong_device`.
        """
        self._on_chunk, self._on_lost = on_chunk, on_lost
        self._tunnel, self._inbox, self._start, self._owed = None, asyncio.Queue(), b"", b""
        if self._pin is None:
            await self._inner.open(self._received, self._lost)
            return
        if not self._attempts.may_send(self._pin):
            raise self._refusal("wrong_pin", "this PIN failed before; it waits for a person")
        self._logging_in = True
        try:
            await self._inner.open(self._received, self._lost)
            async with deadline(self._clock, LOG_IN):
                await self._log_in(self._pin)
        except (DriverError, TimeoutError) as error:
            await self._inner.close()
            raise self._failure(error, self._pin) from None
        finally:
            self._logging_in = False
        while not self._inbox.empty():
            self._hear(self._inbox.get_nowait())

    # -- log-in ---------------------------------------------------------------------------------------------------

    async def _log_in(self, pin: bytes) -> None:
        greeting = b""
        while len(greeting) < len(BANNER):
            greeting += await self._next()
        if not greeting.startswith(BANNER):
            raise Garbled("the display does not offer encryption")
        tunnel = Tunnel(client_context(), server=False)
        said = await self._step(tunnel, greeting[len(BANNER) :])
        while not tunnel.ready:
            said += await self._step(tunnel, await self._next())
        self._check_certificate(hashlib.sha256(tunnel.certificate).hexdigest())
        self._attempts.sending(pin)
        await self._inner.send(tunnel.seal(pin))
        while (verdict := codec.parse_verdict(said)) is None:
            said += await self._step(tunnel, await self._next())
        self._take_verdict(verdict, pin)
        self._tunnel = tunnel
        if rest := said[len(verdict.data) :]:
            self._on_chunk(rest)

    async def _next(self) -> bytes:
        """Return what comes next.

        Raises:
            DriverError: the connection is gone.
        """
        item = await self._inbox.get()
        if isinstance(item, DriverError):
            raise item
        return item

    async def _step(self, tunnel: Tunnel, data: bytes) -> bytes:
        """Take received bytes, send what TLS has to say to them, return what the display says.

        Raises:
            Garbled: it is no TLS.
            Unreachable: the display ends the connection.
        """
        try:
            said, answer = tunnel.feed(data)
        except ValueError as error:
            raise Garbled(str(error)) from error
        if answer:
            await self._inner.send(answer)
        if tunnel.ended and not said:
            raise HungUp("closed by the display")
        return said

    def _check_certificate(self, shown: str) -> None:
        key = self._key("certificate")
        wanted = self._certificate or self._memory.get(key)
        if wanted is not None and wanted != shown:
            raise self._refusal("wrong_device", f"its certificate is another one, {shown}")
        self._memory[key] = shown

    def _take_verdict(self, verdict: codec.Verdict | Junk, pin: bytes) -> None:
        if isinstance(verdict, Junk):
            raise Garbled("the answer to the PIN is not the protocol")
        if verdict.accepted:
            self._attempts.accepted()
            return
        self._attempts.failed(pin)
        unknown = (f"pin_0x{verdict.code:02x}", "the PIN is refused")
        raise self._refusal(*REFUSED.get(verdict.code, unknown))

    def _failure(self, error: Exception, pin: bytes) -> DriverError:
        """Return why the log-in failed; for good where a PIN was sent and nobody knows whether it was right."""
        if self._attempts.in_doubt():
            self._attempts.failed(pin)
            return self._refusal("pin_unanswered", "no verdict on the PIN; it waits for a person")
        if isinstance(error, DriverError):
            return error
        return NoReply(
            f"{self.endpoint}: it does not begin encryption; is it busy, or set to plain?"
        )

    def _refusal(self, code: str, why: str) -> Refused:
        return Refused(code, f"{self.endpoint}: {why}", permanent=True)

    def _key(self, what: str) -> str:
        return f"{self.endpoint} {what}"

    # -- bytes ----------------------------------------------------------------------------------------------------

    def _received(self, chunk: Chunk) -> None:
        if isinstance(chunk, bytes):
            self._hear(chunk)

    def _lost(self, error: DriverError) -> None:
        self._hear(error)

    def _hear(self, news: bytes | DriverError) -> None:
        if self._logging_in:
            self._inbox.put_nowait(news)
        elif isinstance(news, DriverError):
            self._on_lost(news)
        elif self._tunnel is not None:
            self._decrypt(self._tunnel, news)
        else:
            self._plain(news)

    def _plain(self, data: bytes) -> None:
        if len(self._start) < len(BANNER):
            self._start += data
            if self._start.startswith(BANNER):
                self._on_lost(self._refusal("pin_missing", "it wants a PIN, and `pin` is not set"))
                return
        self._on_chunk(data)

    def _decrypt(self, tunnel: Tunnel, data: bytes) -> None:
        try:
            said, answer = tunnel.feed(data)
        except ValueError as error:
            self._on_lost(Garbled(str(error)))
            return
        self._owed += answer
        if said:
            self._on_chunk(said)
        if tunnel.ended:
            self._on_lost(HungUp("closed by the display"))

    async def send(self, frame: Frame) -> None:
        """Hand a frame over, encrypted where that was agreed.

        Raises:
            Unreachable: the connection is gone.
        """
        if self._tunnel is not None and isinstance(frame, bytes):
            owed, self._owed = self._owed, b""
            frame = owed + self._tunnel.seal(frame)
        await self._inner.send(frame)

    async def close(self) -> None:
        """Close; harmless when closed."""
        tunnel, self._tunnel = self._tunnel, None
        if tunnel is not None:
            with contextlib.suppress(Unreachable):
                await self._inner.send(tunnel.close())
        self._on_chunk = lambda _chunk: None
        self._on_lost = lambda _error: None
        await self._inner.close()

    def wire_time(self, size: int) -> float:
        """Return 0: the network's time is not reckoned."""
        return self._inner.wire_time(size)

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ignore topics."""

    def present(self) -> bool | None:
        """Return None: only trying tells."""
        return self._inner.present()

    def descriptor(self) -> int | None:
        """Return None: a display moves nothing that a last frame could stop."""
        return None
