"""VISCA over IP as Sony does it: a header before each packet, on UDP 52381. Pure.

Source: SRG-300H, p. 31 and 32. The packet inside is always addressed to camera 1.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass

from drivers.messages import Junk
from drivers.visca import codec
from drivers.visca.tables import LONGEST

_HEADER = struct.Struct(">HHI")
SEQUENCES = 1 << 32


class Kind(enum.IntEnum):
    """Type of a message; SRG-300H, p. 31."""

    COMMAND = 0x0100
    INQUIRY = 0x0110
    REPLY = 0x0111
    CONTROL = 0x0200
    CONTROL_REPLY = 0x0201


@dataclass(frozen=True, slots=True)
class Numbered:
    """A VISCA answer with the number of what it answers."""

    sequence: int
    message: codec.Message


@dataclass(frozen=True, slots=True)
class ControlReply:
    """An answer to RESET (`01`), or an error: `0F 01` sequence number, `0F 02` message type. SRG-300H, p. 31."""

    sequence: int
    value: bytes


Message = Numbered | ControlReply | Junk

RESET_DONE = b"\x01"
SEQUENCE_ERROR = b"\x0f\x01"
NOT_UNDERSTOOD = b"\x0f\x02"


def is_inquiry(packet: bytes) -> bool:
    """Return whether a VISCA packet asks for something."""
    return packet[1:2] == b"\x09"


def wrap(packet: bytes, sequence: int) -> bytes:
    """Put the header before a VISCA packet of 1..16 bytes; inquiries (second byte `09`) get their own type.

    Raises:
        ValueError: the packet is too long, or the number is not 0..2^32-1.
    """
    if not 1 <= len(packet) <= LONGEST:
        raise ValueError("a packet is 1 to 16 bytes")
    if not 0 <= sequence < SEQUENCES:
        raise ValueError("a sequence number is 0 to 2^32-1")
    kind = Kind.INQUIRY if is_inquiry(packet) else Kind.COMMAND
    return _HEADER.pack(kind, len(packet), sequence) + packet


def reset(sequence: int) -> bytes:
    """Ask the camera to begin its numbers anew; it ignores the number of this message itself. SRG-300H, p. 31."""
    return _HEADER.pack(Kind.CONTROL, 1, sequence) + b"\x01"


class Decoder:
    """Reads datagrams; each is whole by itself."""

    def feed(self, chunk: bytes) -> list[Message]:
        """Read one datagram; one message, or several packets behind one header."""
        if len(chunk) < _HEADER.size:
            return [Junk("truncated", chunk)]
        kind, length, sequence = _HEADER.unpack_from(chunk)
        body = chunk[_HEADER.size :]
        if length != len(body) or not 1 <= length <= LONGEST:
            return [Junk("bad_check", chunk[:24])]
        if kind == Kind.CONTROL_REPLY:
            return [ControlReply(sequence, body)]
        if kind != Kind.REPLY:
            return [Junk("unknown", chunk[:24])]
        inner = codec.Decoder()
        found = [m if isinstance(m, Junk) else Numbered(sequence, m) for m in inner.feed(body)]
        return list(found) or [Junk("truncated", chunk[:24])]

    def reset(self) -> None:
        """Nothing is kept between datagrams."""
