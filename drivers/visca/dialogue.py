"""What every command of a camera stands on: its line, link-up, inquiries, and sending."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeVar

from drivers.clock import deadline
from drivers.device import Device, LinkDefaults, TransportName
from drivers.errors import Garbled, NoReply, Refused
from drivers.execute import Mismatch, same
from drivers.job import current_job
from drivers.messages import Decoder
from drivers.points import PointSpec, PointValue, Quality
from drivers.port import Port
from drivers.visca import codec, codec_ip
from drivers.visca.line import BufferFull, Line, Wait
from drivers.visca.raw_line import RawLine
from drivers.visca.raw_replies import RawReplies
from drivers.visca.replies import Completed
from drivers.visca.settings import ViscaSettings
from drivers.visca.sony_line import SonyLine
from drivers.visca.sony_replies import SonyReplies
from drivers.visca.steering import Steering
from drivers.visca.tables import ZOOM_OPTICAL

LOOK_EVERY = 1.0
"""Seconds between questions for the position while it moves."""
BUSY = 2.0
"""Seconds to wait for a completion while both sockets are busy, before the one further attempt."""
STEPS = 8.0
"""Pan and tilt steps that count as the same place: about half a degree (believed)."""
LOOKS = 5
LOOK_AGAIN = 0.5
"""Seconds between looks whether what the camera has completed shows."""
M = TypeVar("M")


class Dialogue(Device[ViscaSettings]):
    """A camera without its commands."""

    kind = "camera"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"serial", "tcp", "udp"})
    defaults: ClassVar[LinkDefaults] = LinkDefaults(port=52381, baud=9600, shared=True)
    points = (
        PointSpec("power", "enum", values=("off", "on"), poll="15s"),
        PointSpec("moving", "bool"),
        PointSpec("preset", "int", minimum=0, maximum=254),
        PointSpec("pan", "int", resolution=STEPS, poll="15s"),
        PointSpec("tilt", "int", resolution=STEPS, poll="15s"),
        PointSpec("zoom", "number", unit="%", minimum=0, maximum=200, resolution=1, poll="15s"),
        PointSpec("autofocus", "bool", poll="30s"),
    )
    inquiry_timeout = 0.5

    def __init__(self, device_id: str, settings: ViscaSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        serial = link.transport_kind == "serial"
        self._serial = serial
        self._sony = link.transport_kind == "udp" and settings.protocol == "sony"
        self._address = settings.address if serial else 1
        self._decoder: RawReplies | SonyReplies
        self._line: Line
        if self._sony:
            self._decoder = sony = SonyReplies()
            self._line = SonyLine(link, sony)
        else:
            self._decoder = raw = RawReplies(self._address, link.clock.monotonic)
            self._line = RawLine(link, raw)
        self._steering = Steering(self.id, link, self._stop)
        self._wide = False
        """True where the camera counts pan in five nibbles, as its last answer showed."""
        self._looked = float("-inf")
        self._travelling = False
        """It goes to a place of its own, and its completion is awaited."""
        self._focusing = False
        self._room = asyncio.Event()
        """Set at each completion: a socket is free."""

    def decoder(self) -> Decoder:
        """Return the decoder, which also knows whose answer is whose."""
        return self._decoder

    def on_message(self, message: object) -> None:
        """Take what nobody asked for: after a network change the chain is numbered anew."""
        if isinstance(message, Completed):
            self._room.set()
        if isinstance(message, codec.NetworkChange) and self._serial:
            self.link.drop(Garbled("the camera chain changed"))

    # -- link-up and inquiries ------------------------------------------------------------------------------------

    async def open_bus(self) -> None:
        """Stop what moved, number the chain and empty all buffers; serial lines only.

        Chains whose cameras have fixed addresses do not answer the first question; they are used all the same.
        """
        if not self._serial:
            return
        for camera in self.link.neighbours():
            if isinstance(camera, Dialogue) and camera.owes_stop:
                for frame in camera.stop_frames():
                    await self.link.send(frame)
        for frame, kind in (
            (codec.ADDRESS_SET, codec.AddressSet),
            (codec.CLEAR_ALL, codec.Cleared),
        ):
            try:
                await self.link.exchange(frame, until=_is(kind))
            except NoReply:
                continue

    async def handshake(self) -> None:
        """Begin anew, and stop what an earlier connection may have left moving."""
        try:
            await self._line.begin()
        finally:
            if self.owes_stop:
                await self._stop()

    @property
    def owes_stop(self) -> bool:
        """Return whether it was driven and no stop has been acknowledged since."""
        return self._steering.driven

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for power; of a camera in standby nothing else, while it moves only for the position."""
        if self._steering.overdue:
            await self._stop()
        await self._read_power()
        if self.value("power") == "off":
            return
        if points & {"pan", "tilt"}:
            await self._read_position()
        if "zoom" in points:
            await self._read_zoom()
        if "autofocus" in points and not self.value("moving"):
            await self._read_autofocus()

    async def probe(self) -> None:
        """Ask for the version."""
        await self._line.inquire(codec.ask_version(self._address))

    async def _read_power(self) -> None:
        on = await self._line.inquire(codec.ask_power(self._address))
        self._tell("power", "on" if on else "off")

    async def _read_zoom(self) -> None:
        position = await self._line.inquire(codec.ask_zoom(self._address))
        self._tell("zoom", min(200.0, round(position * 100 / ZOOM_OPTICAL, 1)))

    async def _read_autofocus(self) -> None:
        auto = await self._line.inquire(codec.ask_autofocus(self._address))
        self._tell("autofocus", auto)

    async def _read_position(self) -> None:
        where = await self._line.inquire(codec.ask_position(self._address))
        self._wide = where.wide
        before = self.value("pan"), self.value("tilt")
        now = self._sign * where.pan, self._sign * where.tilt
        self._tell("pan", now[0])
        self._tell("tilt", now[1])
        if now == before and not self._steering.driven and not self._travelling:
            self._tell_moving(moving=False)

    @property
    def _sign(self) -> int:
        """Return -1 for a camera that hangs upside down."""
        return -1 if self.settings.invert else 1

    def _tell(self, point: str, value: PointValue) -> None:
        """Report what the camera answered or acknowledged."""
        self.report(point, value, Quality.CONFIRMED)

    def _tell_moving(self, *, moving: bool) -> None:
        self._tell("moving", moving)

    # -- stopping -------------------------------------------------------------------------------------------------

    def stop_frames(self) -> tuple[bytes, ...]:
        """Return the stops of pan, tilt and zoom, ready for the wire; number 1 after Sony's RESET is always taken."""
        plain = self._stops()
        if not self._sony:
            return plain
        return (codec_ip.reset(0), *(codec_ip.wrap(p, n) for n, p in enumerate(plain, 1)))

    def _stops(self) -> tuple[bytes, ...]:
        focus = (codec.focus(self._address, 0),) if self._focusing else ()
        return (codec.stop(self._address), codec.zoom(self._address, 0), *focus)

    async def _stop(self) -> None:
        mark = self._steering.mark
        try:
            await self._line.stop(self._stops())
        except Refused:
            # In standby nothing moves, and a camera may say "not now".
            if self.value("power") != "off":
                raise
        self._focusing = False
        self._stands(mark)
        self.link.look()

    def _stands(self, mark: object) -> None:
        """Report that the movement of `mark` is over, unless a newer one has begun."""
        if self._steering.stopped(mark):
            self._tell_moving(moving=False)

    def _moves(self) -> None:
        """Report that it moves, and have its position asked for every second."""
        self._tell_moving(moving=True)
        self._tell("preset", None)
        now = self.link.clock.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self.link.look()

    # -- sending --------------------------------------------------------------------------------------------------

    async def _do(
        self,
        packet: bytes,
        wait: Wait | None = None,
        leaving: Callable[[], object] | None = None,
    ) -> None:
        """Send a command; when both sockets are busy, wait for a completion and send it once more."""
        self._room.clear()
        try:
            await self._line.command(packet, wait, leaving)
        except BufferFull:
            job = current_job.get()
            left = job.accepted + job.ttl - self.link.clock.monotonic()
            if left <= 0:
                raise
            # Without a completion too: what is in the sockets may be another controller's.
            with contextlib.suppress(TimeoutError):
                async with deadline(self.link.clock, min(BUSY, left)):
                    await self._room.wait()
            await self._line.command(packet, wait, leaving)

    async def _see(self, read: Callable[[], Awaitable[None]], **wishes: PointValue) -> None:
        """Read until everything is as the camera has said that it is.

        Raises:
            Mismatch: it says that it is done, and it is not so.
        """
        wrong: list[str] = []
        for look in range(LOOKS):
            if look:
                await self.link.clock.sleep(LOOK_AGAIN)
            await read()
            wrong = [p for p, w in wishes.items() if not same(self.point(p), self.value(p), w)]
            if not wrong:
                return
        raise Mismatch(wrong[0], wishes[wrong[0]], self.value(wrong[0]))

    def _known(self, point: str, wish: PointValue) -> Callable[[], bool]:
        """Return what says whether an inquiry has told, since now, that `point` is as wished."""
        since = self.link.clock.monotonic()

        def known() -> bool:
            at = self.link.reported.at(point)
            return at is not None and at > since and self.value(point) == wish

        return known


def _is(kind: type[M]) -> Callable[[object], M | None]:
    """Return what finds a message of a kind."""
    return lambda message: message if isinstance(message, kind) else None
