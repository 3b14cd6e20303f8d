"""VISCA packets, as on serial lines and on raw TCP and UDP. Pure.

Sources: EVI-H100S (answers), SRG-300H (errors, version), SRG-120DU (pan and tilt), PTZ-12X (zoom, focus, presets),
UV950 (inquiries); the revisions stand in docs/sources.md. Addresses: cameras 1..7, 8 is everybody. A packet ends at its
`FF`; data bytes never are `FF`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from drivers.messages import Junk
from drivers.visca.tables import (
    LONGEST,
    PAN_SPEED,
    PRESETS,
    SOCKETS,
    TERMINATOR,
    TILT_SPEED,
    ZOOM_LONGEST,
    ZOOM_SPEED,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ack:
    """The camera took a command and executes it in this socket. `z0 4y FF`."""

    camera: int
    socket: int


@dataclass(frozen=True, slots=True)
class Completion:
    """A command is done; 0 where a camera does not tell the socket. `z0 5y FF`."""

    camera: int
    socket: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an inquiry. `z0 50 ... FF`."""

    camera: int
    value: bytes
    """Bytes between `50` and `FF`."""


@dataclass(frozen=True, slots=True)
class Error:
    """The camera did not do it. `z0 6y ee FF`; cameras also send `z0 60 FF`."""

    camera: int
    socket: int
    fault: int
    """0 where the camera did not say."""


@dataclass(frozen=True, slots=True)
class AddressSet:
    """The chain has been numbered. `88 30 0w FF`."""

    cameras: int
    """How many answered, 1..7."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """Everybody has emptied its buffers. `88 01 00 01 FF`."""


@dataclass(frozen=True, slots=True)
class NetworkChange:
    """Somebody was plugged in or out: addresses must be set anew. `z0 38 FF`."""

    camera: int


Message = Ack | Completion | Answer | Error | AddressSet | Cleared | NetworkChange | Junk

ADDRESS_SET = bytes.fromhex("88 30 01 ff")
"""Address set, for everybody. EVI-H100S, p. 29."""
CLEAR_ALL = bytes.fromhex("88 01 00 01 ff")
"""IF_Clear, for everybody. EVI-H100S, p. 29."""


@dataclass(frozen=True, slots=True)
class Inquiry(Generic[T]):
    """A question. Answers do not say what they answer, so that their length must do."""

    packet: bytes
    sizes: frozenset[int]
    """Bytes that an answer to it can have."""
    read: Callable[[bytes], T]
    """Gives the value of an answer; raises `ValueError` where it makes no sense."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where it looks, in its own steps; right and up are positive."""

    pan: int
    tilt: int
    wide: bool
    """True where it counts pan in five nibbles."""


@dataclass(frozen=True, slots=True)
class Version:
    """Who it is."""

    maker: int
    model: int
    rom: int
    sockets: int


def _packet(camera: int, *body: int) -> bytes:
    """Put address and terminator round a body."""
    if not 1 <= camera <= 7:
        raise ValueError("a camera's address is 1 to 7")
    return bytes((0x80 | camera, *body, TERMINATOR))


def _nibbles(value: int, count: int = 4) -> tuple[int, ...]:
    """Split a number, signed or not, into low nibbles, high first."""
    return tuple(value >> 4 * place & 0xF for place in reversed(range(count)))


def from_nibbles(value: bytes, *, signed: bool) -> int:
    """Return the number in low nibbles, high first; four or five of them.

    Raises:
        ValueError: a byte that is no nibble, or another count.
    """
    if len(value) not in (4, 5) or any(byte > 0xF for byte in value):
        raise ValueError("four or five nibbles are needed")
    number = 0
    for byte in value:
        number = number << 4 | byte
    top = 1 << (4 * len(value) - 1)
    return number - 2 * top if signed and number >= top else number


def clear(camera: int) -> bytes:
    """Empty one camera's buffers; answered by a completion, without acknowledgement. EVI-H100S, p. 29."""
    return _packet(camera, 0x01, 0x00, 0x01)


def cancel(camera: int, socket: int) -> bytes:
    """Cancel what runs in a socket, 1 or 2; answered `6y 04` or `6y 05`. EVI-H100S, p. 29."""
    if not 1 <= socket <= SOCKETS:
        raise ValueError("a socket is 1 or 2")
    return _packet(camera, 0x20 | socket)


def power(camera: int, *, on: bool) -> bytes:
    """Switch on or to standby. VISCA-PEERS."""
    return _packet(camera, 0x01, 0x04, 0x00, 0x02 if on else 0x03)


def drive(camera: int, pan: float, tilt: float) -> bytes:
    """Drive pan and tilt, each -1..1 of the fastest speed; right and up are positive; 0 stands. SRG-120DU, p. 37."""
    _check_speeds(pan, tilt)
    horizontal = 0x03 if pan == 0 else 0x02 if pan > 0 else 0x01
    vertical = 0x03 if tilt == 0 else 0x01 if tilt > 0 else 0x02
    return _packet(
        camera,
        0x01,
        0x06,
        0x01,
        max(1, round(abs(pan) * PAN_SPEED)),
        max(1, round(abs(tilt) * TILT_SPEED)),
        horizontal,
        vertical,
    )


def stop(camera: int) -> bytes:
    """Stop pan and tilt. SRG-120DU, p. 37."""
    return drive(camera, 0, 0)


def zoom(camera: int, speed: float) -> bytes:
    """Zoom at -1..1 of the fastest speed; tele is positive; 0 stands. PTZ-12X, p. 54."""
    _check_speeds(speed)
    if speed == 0:
        return _packet(camera, 0x01, 0x04, 0x07, 0x00)
    return _packet(
        camera, 0x01, 0x04, 0x07, (0x20 if speed > 0 else 0x30) | round(abs(speed) * ZOOM_SPEED)
    )


def zoom_to(camera: int, position: int) -> bytes:
    """Zoom to 0..7AC0h; 4000h is the end of the optical range. PTZ-12X, p. 54; the digital range is believed."""
    if not 0 <= position <= ZOOM_LONGEST:
        raise ValueError("a zoom position is 0 to 7AC0h")
    return _packet(camera, 0x01, 0x04, 0x47, *_nibbles(position))


def home(camera: int) -> bytes:
    """Go to the middle. SRG-120DU, p. 37."""
    return _packet(camera, 0x01, 0x06, 0x04)


def go_to(camera: int, position: Position, *, pan_speed: int, tilt_speed: int) -> bytes:
    """Go to a position, pan and tilt -32768..32767 each (pan -524288..524287 where it is wide). SRG-120DU, p. 37.

    Args:
        pan_speed: 1..24.
        tilt_speed: 1..20, or 0 for cameras whose manual writes 00 there (SRG-X400, p. 20).
    """
    _check_steps("pan", position.pan, 20 if position.wide else 16)
    _check_steps("tilt", position.tilt, 16)
    if not 1 <= pan_speed <= PAN_SPEED or not 0 <= tilt_speed <= TILT_SPEED:
        raise ValueError("a speed is out of range")
    pan = _nibbles(position.pan, 5 if position.wide else 4)
    return _packet(camera, 0x01, 0x06, 0x02, pan_speed, tilt_speed, *pan, *_nibbles(position.tilt))


def preset(camera: int, action: int, number: int) -> bytes:
    """Reset (0), set (1) or recall (2) a preset 0..254. PTZ-12X."""
    if action not in (0, 1, 2):
        raise ValueError("an action is 0, 1 or 2")
    if not 0 <= number < PRESETS:
        raise ValueError("a preset is 0 to 254")
    return _packet(camera, 0x01, 0x04, 0x3F, action, number)


def autofocus(camera: int, *, on: bool) -> bytes:
    """Focus by itself, or not. The toggle `10` is never used: it cannot be repeated. SRG-H40UH, p. 20."""
    return _packet(camera, 0x01, 0x04, 0x38, 0x02 if on else 0x03)


def focus(camera: int, direction: int) -> bytes:
    """Drive the focus: 1 far, -1 near, 0 stands; refused while it focuses by itself. SRG-H40UH, p. 20."""
    if direction not in (-1, 0, 1):
        raise ValueError("a direction is -1, 0 or 1")
    return _packet(camera, 0x01, 0x04, 0x08, (0x00, 0x02, 0x03)[direction])


# -- inquiries ----------------------------------------------------------------------------------------------------


def ask_power(camera: int) -> Inquiry[bool]:
    """Ask whether it is on: `02` on, `03` standby. UV950."""
    return Inquiry(_packet(camera, 0x09, 0x04, 0x00), frozenset({1}), _yes_or_no)


def ask_autofocus(camera: int) -> Inquiry[bool]:
    """Ask whether it focuses by itself: `02` yes, `03` no. EVI-H100S, p. 29."""
    return Inquiry(_packet(camera, 0x09, 0x04, 0x38), frozenset({1}), _yes_or_no)


def ask_zoom(camera: int) -> Inquiry[int]:
    """Ask for the zoom position: four nibbles. UV950."""
    return Inquiry(
        _packet(camera, 0x09, 0x04, 0x47),
        frozenset({4}),
        lambda value: from_nibbles(value, signed=False),
    )


def ask_position(camera: int) -> Inquiry[Position]:
    """Ask for pan and tilt: four nibbles each, some cameras five for pan (VISCA-DESIGN)."""
    return Inquiry(_packet(camera, 0x09, 0x06, 0x12), frozenset({8, 9}), _position)


def ask_version(camera: int) -> Inquiry[Version]:
    """Ask for maker, model, ROM and number of sockets. SRG-300H, p. 27."""
    return Inquiry(_packet(camera, 0x09, 0x00, 0x02), frozenset({7}), _version)


def _yes_or_no(value: bytes) -> bool:
    if value not in (b"\x02", b"\x03"):
        raise ValueError("neither 02 nor 03")
    return value == b"\x02"


def _position(value: bytes) -> Position:
    half = len(value) - 4
    pan, tilt = (from_nibbles(part, signed=True) for part in (value[:half], value[half:]))
    return Position(pan, tilt, wide=half == 5)


def _version(value: bytes) -> Version:
    if len(value) != 7:
        raise ValueError("seven bytes are needed")
    maker, model, rom = (int.from_bytes(value[i : i + 2], "big") for i in (0, 2, 4))
    return Version(maker, model, rom, value[6])


def _check_speeds(*speeds: float) -> None:
    if any(not -1 <= speed <= 1 for speed in speeds):
        raise ValueError("a speed is -1 to 1")


def _check_steps(name: str, value: int, bits: int) -> None:
    top = 1 << (bits - 1)
    if not -top <= value < top:
        raise ValueError(f"{name} is {-top} to {top - 1} steps")


class Decoder:
    """Cuts a stream at `FF`; a datagram is a short stream. However it is cut, the messages are the same."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._too_long = False

    def feed(self, chunk: bytes) -> list[Message]:
        """Take a piece of the stream, give whole messages."""
        found: list[Message] = []
        for byte in chunk:
            if byte == TERMINATOR:
                found += self._finish()
                continue
            self._buffer.append(byte)
            if len(self._buffer) >= LONGEST:
                del self._buffer[0]
                self._too_long = True
        return found

    def reset(self) -> None:
        """Forget an unfinished packet."""
        self._buffer.clear()
        self._too_long = False

    def _finish(self) -> list[Message]:
        body, too_long = bytes(self._buffer), self._too_long
        self.reset()
        for start in range(len(body)):
            message = parse(body[start:])
            if not isinstance(message, Junk):
                noise = too_long or start > 0
                return (
                    [Junk("too_long" if too_long else "unknown", body[:start]), message]
                    if noise
                    else [message]
                )
        return [Junk("too_long" if too_long else "unknown", body)]


def parse(body: bytes) -> Message:
    """Read one packet without its `FF`."""
    if body == ADDRESS_SET[:2] + body[2:3] and len(body) == 3 and 2 <= body[2] <= 8:
        return AddressSet(body[2] - 1)
    if body == CLEAR_ALL[:-1]:
        return Cleared()
    if len(body) < 2 or body[0] & 0x0F or not 0x90 <= body[0] <= 0xF0:
        return Junk("unknown", body)
    camera, kind, socket = (body[0] >> 4) - 8, body[1] & 0xF0, body[1] & 0x0F
    found: Message = Junk("unknown", body)
    match (kind, len(body)):
        case (0x40, 2):
            found = Ack(camera, socket)
        case (0x50, 2):
            found = Completion(camera, socket)
        case (0x50, _) if socket == 0:
            found = Answer(camera, body[2:])
        case (0x60, 2 | 3):
            found = Error(camera, socket, body[2] if len(body) == 3 else 0)
        case (0x30, 2) if socket == 8:
            found = NetworkChange(camera)
        case _:
            pass
    return found
