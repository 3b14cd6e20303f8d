"""One VISCA camera. Only an inquiry confirms power, zoom and position; an acknowledged drive is confirmed as such."""

from __future__ import annotations

from typing import ClassVar

from drivers.commands import Arg, CommandSpec, Priority, RetryClass, command, renamed
from drivers.device import Device, LinkDefaults, TransportName
from drivers.errors import Garbled, NoReply
from drivers.job import CommandRefused
from drivers.messages import Decoder
from drivers.points import PointSpec, PointValue, Quality
from drivers.port import Port
from drivers.visca import codec, codec_ip
from drivers.visca.line import BufferFull, Line, RawLine, SonyLine
from drivers.visca.settings import ViscaSettings
from drivers.visca.tables import SPECIAL_PRESETS, ZOOM_OPTICAL

SELF_STOP = 1.0
"""Seconds after which a drive that nobody renews is stopped (protocols.md 2.2)."""
STOP_EVERY = 0.1
"""Seconds between copies of a stop until it is acknowledged, for up to 1 s."""
SLOW = 20.0
"""Seconds that a preset or an absolute move may take."""
QUICK = 5.0
SPEED = Arg("number", -1, 1, 0.05)


class Camera(Device[ViscaSettings]):
    """See the module. Provides PanTiltZoom, Presets and Power."""

    kind = "camera"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"serial", "tcp", "udp"})
    defaults: ClassVar[LinkDefaults] = LinkDefaults(port=52381, baud=9600, shared=True)
    points = (
        PointSpec("power", "enum", values=("off", "on"), poll="15s"),
        PointSpec("moving", "bool"),
        PointSpec("preset", "int", minimum=0, maximum=254),
        PointSpec("pan", "int", poll="15s"),
        PointSpec("tilt", "int", poll="15s"),
        PointSpec("zoom", "number", unit="%", minimum=0, maximum=200, resolution=1, poll="15s"),
        PointSpec("autofocus", "bool", poll="30s"),
    )
    inquiry_timeout = 0.5

    def __init__(self, device_id: str, settings: ViscaSettings, link: Port) -> None:
        super().__init__(device_id, settings, link)
        self._sony = link.transport_kind == "udp" and settings.protocol == "sony"
        self._serial = link.transport_kind == "serial"
        self._address = settings.address if self._serial else 1
        self._line: Line = (
            SonyLine(link) if self._sony else RawLine(link, self._address, serial=self._serial)
        )

    def decoder(self) -> Decoder:
        """Return a decoder for the way this camera is connected."""
        return codec_ip.Decoder() if self._sony else codec.Decoder()

    def on_message(self, message: object) -> None:
        """Take what nobody asked for: after a network change the chain is numbered anew."""
        if isinstance(message, codec.NetworkChange):
            self.link.drop(Garbled("the camera chain changed"))

    async def open_bus(self) -> None:
        """Number the chain and empty all buffers; serial lines only."""
        if not self._serial:
            return
        await self.link.exchange(codec.ADDRESS_SET, until=_addressed)
        await self.link.exchange(codec.CLEAR_ALL, until=_cleared)

    async def handshake(self) -> None:
        """Begin anew, and stop what an earlier connection may have left moving."""
        await self._line.begin()
        if self.value("moving"):
            await self._stop()

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask for power; of a camera in standby nothing else."""
        answer = await self._line.inquire(codec.ask_power(self._address))
        on = answer[:1] == b"\x02"
        self._tell("power", "on" if on else "off")
        if not on:
            return
        if points & {"pan", "tilt"}:
            await self._read_position()
        if "zoom" in points:
            value = await self._line.inquire(codec.ask_zoom(self._address))
            position = codec.from_nibbles(value, signed=False)
            self._tell("zoom", round(position * 100 / ZOOM_OPTICAL, 1))
        if "autofocus" in points:
            value = await self._line.inquire(codec.ask_autofocus(self._address))
            self._tell("autofocus", value[:1] == b"\x02")

    async def probe(self) -> None:
        """Ask for the version."""
        await self._line.inquire(codec.ask_version(self._address))

    async def _read_position(self) -> None:
        value = await self._line.inquire(codec.ask_position(self._address))
        half = len(value) - 4  # some cameras give five nibbles for pan
        sign = -1 if self.settings.invert else 1
        self._tell("pan", sign * codec.from_nibbles(value[:half], signed=True))
        self._tell("tilt", sign * codec.from_nibbles(value[half:], signed=True))

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return the commands, with as many presets as the room offers."""
        specs = super().command_specs()
        number = {"preset": Arg("int", 0, self.settings.presets - 1, 1)}
        for name in ("preset_recall", "preset_save"):
            specs[name] = renamed(specs[name], args=number)
        return specs

    def stop_frames(self) -> tuple[bytes, ...]:
        """Return the stops of pan, tilt and zoom, ready for the wire; number 0 after Sony's RESET is always taken."""
        plain = (codec.stop(self._address), codec.zoom(self._address, 0))
        if not self._sony:
            return plain
        return (codec_ip.reset(0), *(codec_ip.wrap(p, n) for n, p in enumerate(plain, 1)))

    def _tell(self, point: str, value: PointValue) -> None:
        """Report what the camera answered or acknowledged."""
        self.report(point, value, Quality.CONFIRMED)

    async def _do(self, packet: bytes, complete: float | None = None) -> None:
        """Send a command; when both sockets are busy, wait and send it once more."""
        try:
            await self._line.command(packet, complete=complete, ack=None)
        except BufferFull:
            await self.link.clock.sleep(STOP_EVERY)
            await self._line.command(packet, complete=complete, ack=None)

    # -- power ----------------------------------------------------------------------------------------------------

    @command(key="power", exclusive="slow", retries=1, settles="45s", confirm={"power": "on"})
    async def power_on(self) -> None:
        """Switch on; ends when the camera says that it is."""
        await self._do(codec.power(self._address, on=True))

    @command(key="power", exclusive="slow", retries=1, settles="45s", confirm={"power": "off"})
    async def power_off(self) -> None:
        """Go to standby."""
        await self._do(codec.power(self._address, on=False))

    # -- moving ---------------------------------------------------------------------------------------------------

    @command(
        args={"pan": SPEED, "tilt": SPEED, "zoom": Arg("number", -1, 1, 0.05, optional=True)},
        key="move",
        retry=RetryClass.MOTION,
        retries=0,
        ttl="3s",
        settles="2s",
        run="hold",
    )
    async def drive(self, pan: float, tilt: float, zoom: float = 0) -> None:
        """Drive at speeds -1..1; right, up and tele are positive. Stops by itself after 1 s unless renewed."""
        sign = -1 if self.settings.invert else 1
        await self._do(codec.drive(self._address, sign * pan, sign * tilt))
        self._tell("moving", True)  # noqa: FBT003  # a point's value
        await self._do(codec.zoom(self._address, zoom))
        await self.link.clock.sleep(SELF_STOP)
        await self._stop()

    @command(
        key="move",
        retry=RetryClass.STOP,
        retries=9,
        priority=Priority.SAFETY,
        flush=True,
        ttl="3s",
        timeout="1s",
    )
    async def stop(self) -> None:
        """Stop pan, tilt and zoom; repeated every 100 ms until acknowledged, for up to 1 s."""
        await self._stop()

    async def _stop(self) -> None:
        for packet in (codec.stop(self._address), codec.zoom(self._address, 0)):
            await self._insist(packet)
        self._tell("moving", False)  # noqa: FBT003  # a point's value

    async def _insist(self, packet: bytes) -> None:
        for _ in range(10):
            try:
                await self._line.command(packet, complete=None, ack=STOP_EVERY)
            except BufferFull:
                await self.link.clock.sleep(STOP_EVERY / 2)
                continue
            return
        raise NoReply("both sockets stayed busy")

    @command(key="move", retry=RetryClass.MOTION, retries=0, ttl="3s", settles="20s", run="tap")
    async def home(self) -> None:
        """Go to the middle; ends when it is there."""
        await self._travel(codec.home(self._address))

    @command(
        args={
            "pan": Arg("int", -0x8000, 0x7FFF, 1),
            "tilt": Arg("int", -0x8000, 0x7FFF, 1),
        },
        key="move",
        exclusive="slow",
        retry=RetryClass.MOTION,
        retries=0,
        ttl="3s",
        settles="20s",
        run="tap",
    )
    async def goto(self, pan: int, tilt: int) -> None:
        """Go to a position in the camera's own steps; ends when it is there."""
        sign = -1 if self.settings.invert else 1
        await self._travel(
            codec.go_to(
                self._address,
                sign * pan,
                sign * tilt,
                pan_speed=self.settings.pan_speed,
                tilt_speed=self.settings.tilt_speed,
            )
        )

    @command(
        args={"zoom": Arg("number", 0, 100, 1, "%")},
        key="zoom",
        exclusive="slow",
        retries=1,
        settles="25s",
        confirm={"zoom": "{zoom}"},
    )
    async def zoom_to(self, zoom: float) -> None:
        """Zoom to a share of the optical range, 0..100 %."""
        await self._do(codec.zoom_to(self._address, round(zoom * ZOOM_OPTICAL / 100)), QUICK)

    async def _travel(self, packet: bytes) -> None:
        self._tell("moving", True)  # noqa: FBT003  # a point's value
        try:
            await self._do(packet, SLOW)
        finally:
            self._tell("moving", False)  # noqa: FBT003  # a point's value
        await self._read_position()

    # -- presets and focus ----------------------------------------------------------------------------------------

    @command(
        args={"preset": Arg("int", 0, 254, 1)},
        key="move",
        exclusive="slow",
        retries=1,
        settles="21s",
        confirm={"preset": "{preset}"},
    )
    async def preset_recall(self, preset: int) -> None:
        """Go to a stored preset; ends when the camera reports that it is there."""
        self._check(preset)
        await self._travel(codec.preset(self._address, 2, preset))
        self._tell("preset", preset)

    @command(args={"preset": Arg("int", 0, 254, 1)}, key="save", retries=1, settles="6s")
    async def preset_save(self, preset: int) -> None:
        """Store the present position."""
        self._check(preset)
        await self._do(codec.preset(self._address, 1, preset), QUICK)

    def _check(self, preset: int) -> None:
        if preset in SPECIAL_PRESETS and not self.settings.allow_special:
            raise CommandRefused("unsupported", preset=preset)

    @command(
        args={"auto": Arg("bool")},
        key="focus",
        retries=1,
        settles="3s",
        confirm={"autofocus": "{auto}"},
    )
    async def focus(self, *, auto: bool) -> None:
        """Focus by itself, or stay where it is."""
        await self._do(codec.autofocus(self._address, on=auto), QUICK)


def _addressed(message: object) -> codec.AddressSet | None:
    return message if isinstance(message, codec.AddressSet) else None


def _cleared(message: object) -> codec.Cleared | None:
    return message if isinstance(message, codec.Cleared) else None
