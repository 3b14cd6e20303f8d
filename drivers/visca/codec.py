"""VISCA packets, as on serial lines and on raw TCP and UDP. Pure.

Sources: VISCA-1 (Sony EVI-D100, EVI-H100S and FCB manuals), VISCA-2 (Datavideo PTC-150),
cross-read with VISCA-3 (obs-ptz source). Addresses: cameras 1..7, 8 is everybody. A packet ends at
its `FF`; data bytes never are `FF`.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.messages import Junk
from drivers.visca.tables import LONGEST, PAN_SPEED, TERMINATOR, TILT_SPEED, ZOOM_SPEED


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
"""VISCA-1: address set, for everybody."""
CLEAR_ALL = bytes.fromhex("88 01 00 01 ff")
"""VISCA-1: IF_Clear, for everybody."""


def _packet(camera: int, *body: int) -> bytes:
    if not 1 <= camera <= 7:
        raise ValueError("a camera's address is 1 to 7")
    return bytes((0x80 | camera, *body, TERMINATOR))


def _nibbles(value: int) -> tuple[int, int, int, int]:
    """Split 16 bits, signed or not, into four low nibbles, high first."""
    bits = value & 0xFFFF
    return (bits >> 12, bits >> 8 & 0xF, bits >> 4 & 0xF, bits & 0xF)


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
    """Empty one camera's buffers; answered by a completion, without acknowledgement. VISCA-1."""
    return _packet(camera, 0x01, 0x00, 0x01)


def power(camera: int, *, on: bool) -> bytes:
    """Switch on or to standby. VISCA-1."""
    return _packet(camera, 0x01, 0x04, 0x00, 0x02 if on else 0x03)


def ask_power(camera: int) -> bytes:
    """Ask whether it is on: `02` on, `03` standby. VISCA-1."""
    return _packet(camera, 0x09, 0x04, 0x00)


def drive(camera: int, pan: float, tilt: float) -> bytes:
    """Drive pan and tilt, each -1..1 of the fastest speed; right and up are positive; 0 stands. VISCA-1."""
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
    """Stop pan and tilt. VISCA-1."""
    return drive(camera, 0, 0)


def zoom(camera: int, speed: float) -> bytes:
    """Zoom at -1..1 of the fastest speed; tele is positive; 0 stands. VISCA-1."""
    _check_speeds(speed)
    if speed == 0:
        return _packet(camera, 0x01, 0x04, 0x07, 0x00)
    step = min(ZOOM_SPEED, round(abs(speed) * ZOOM_SPEED))
    return _packet(camera, 0x01, 0x04, 0x07, (0x20 if speed > 0 else 0x30) | step)


def zoom_to(camera: int, position: int) -> bytes:
    """Zoom to 0..7AC0h; 4000h is the end of the optical range. VISCA-1."""
    if not 0 <= position <= 0x7AC0:
        raise ValueError("a zoom position is 0 to 7AC0h")
    return _packet(camera, 0x01, 0x04, 0x47, *_nibbles(position))


def ask_zoom(camera: int) -> bytes:
    """Ask for the zoom position: four nibbles. VISCA-1."""
    return _packet(camera, 0x09, 0x04, 0x47)


def home(camera: int) -> bytes:
    """Go to the middle. VISCA-1."""
    return _packet(camera, 0x01, 0x06, 0x04)


def go_to(camera: int, pan: int, tilt: int, *, pan_speed: int, tilt_speed: int) -> bytes:
    """Go to a position in the camera's steps, each -32768..32767, at speeds 1..24 and 1..20. VISCA-1."""
    for name, value in (("pan", pan), ("tilt", tilt)):
        if not -0x8000 <= value <= 0x7FFF:
            raise ValueError(f"{name} is -32768 to 32767 steps")
    if not 1 <= pan_speed <= PAN_SPEED or not 1 <= tilt_speed <= TILT_SPEED:
        raise ValueError("a speed is out of range")
    return _packet(camera, 0x01, 0x06, 0x02, pan_speed, tilt_speed, *_nibbles(pan), *_nibbles(tilt))


def ask_position(camera: int) -> bytes:
    """Ask for pan and tilt: four nibbles each (some cameras five for pan). VISCA-1."""
    return _packet(camera, 0x09, 0x06, 0x12)


def preset(camera: int, action: int, number: int) -> bytes:
    """Reset (0), set (1) or recall (2) a preset 0..254. VISCA-1."""
    if action not in (0, 1, 2):
        raise ValueError("an action is 0, 1 or 2")
    if not 0 <= number <= 0xFE:
        raise ValueError("a preset is 0 to 254")
    return _packet(camera, 0x01, 0x04, 0x3F, action, number)


def autofocus(camera: int, *, on: bool) -> bytes:
    """Focus by itself, or not. The toggle `10` is never used: it cannot be repeated. VISCA-1."""
    return _packet(camera, 0x01, 0x04, 0x38, 0x02 if on else 0x03)


def focus(camera: int, direction: int) -> bytes:
    """Drive the focus: 1 far, -1 near, 0 stands. VISCA-1."""
    return _packet(camera, 0x01, 0x04, 0x08, {1: 0x02, -1: 0x03, 0: 0x00}[direction])


def ask_autofocus(camera: int) -> bytes:
    """Ask whether it focuses by itself: `02` yes, `03` no. VISCA-1."""
    return _packet(camera, 0x09, 0x04, 0x38)


def ask_version(camera: int) -> bytes:
    """Ask for maker, model, ROM and number of sockets. VISCA-1."""
    return _packet(camera, 0x09, 0x00, 0x02)


def cancel(camera: int, socket: int) -> bytes:
    """Cancel what runs in a socket, 1 or 2; answered `6y 04` or `6y 05`. VISCA-1."""
    if socket not in (1, 2):
        raise ValueError("a socket is 1 or 2")
    return bytes((0x80 | camera, 0x20 | socket, TERMINATOR))


def _check_speeds(*speeds: float) -> None:
    if any(not -1 <= speed <= 1 for speed in speeds):
        raise ValueError("a speed is -1 to 1")


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
