"""Art-Net and sACN packets that carry one universe. Pure; a packet is a datagram.

Sources: ARTNET (header compared with stupidArtnet 1.6.0; the maker's specification was not seen: unverified), SACN
(layout compared with sacn 1.11.0; ANSI E1.31 was not seen: unverified).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from drivers.artnet.tables import SLOTS
from drivers.messages import Junk

ARTNET_HEAD = b"Art-Net\0" + struct.pack("<H", 0x5000) + struct.pack(">H", 14)
"""Name, opcode "output" (little endian), protocol version 14 (big endian). ARTNET."""
ARTNET_SIZE = 18
"""Bytes before the slots. ARTNET."""
SACN_ROOT = struct.pack(">HH", 0x0010, 0) + b"ASC-E1.17\0\0\0"
"""Preamble size, postamble size, packet identifier. SACN."""
SACN_SIZE = 126
"""Bytes before the slots, the start code included. SACN."""
SACN_PREVIEW = 0x80
SACN_TERMINATED = 0x40
"""Option bits: not for live output; the source ends. roomd sends neither. SACN."""
DMP = bytes.fromhex("02 a1 00 00 00 01")
"""Vector "set property", address and data type, first address 0, increment 1. SACN."""
START_CODE = 0
"""Slots are light levels. SACN."""

Protocol = Literal["artnet", "sacn"]


@dataclass(frozen=True, slots=True)
class Dmx:
    """The slots of one universe."""

    protocol: Protocol
    universe: int
    sequence: int
    """Art-Net 1..255, 0 = not used; sACN 0..255."""
    slots: bytes
    """From slot 1 on, 0..255 each."""
    terminated: bool = False
    """sACN only: the source says that it ends."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends sACN. The identity is made once and kept, because nodes tell sources apart by it."""

    cid: UUID
    name: str
    priority: int
    """0..200; 100 is usual."""


def artnet(universe: int, sequence: int, slots: bytes) -> bytes:
    """Return an Art-Net packet. ARTNET.

    Args:
        universe: port address, 0..32767.
        sequence: 1..255; 0 means that order does not matter.
        slots: an even number of them, 2..512.

    Raises:
        ValueError: one of them is out of range.
    """
    _within("universe", universe, 0, 0x7FFF)
    _within("sequence", sequence, 0, 255)
    if len(slots) % 2:
        raise ValueError("Art-Net takes an even number of slots")
    _within("slots", len(slots), 2, SLOTS)
    head = ARTNET_HEAD + bytes((sequence, 0)) + struct.pack("<H", universe)
    return head + struct.pack(">H", len(slots)) + slots


def sacn(source: Source, universe: int, sequence: int, slots: bytes) -> bytes:
    """Return an sACN data packet. SACN.

    Args:
        source: who sends.
        universe: 1..63999.
        sequence: 0..255.
        slots: 1..512.

    Raises:
        ValueError: one of them is out of range, or the source's name is longer than 63 bytes.
    """
    _within("universe", universe, 1, 63999)
    _within("sequence", sequence, 0, 255)
    _within("slots", len(slots), 1, SLOTS)
    _within("priority", source.priority, 0, 200)
    name = source.name.encode()
    _within("length of the name", len(name), 0, 63)
    size = SACN_SIZE + len(slots)
    root = SACN_ROOT + _flags(size - 16) + struct.pack(">I", 4) + source.cid.bytes
    framing = _flags(size - 38) + struct.pack(">I", 2) + name.ljust(64, b"\0")
    framing += struct.pack(">BHBBH", source.priority, 0, sequence, 0, universe)
    dmp = _flags(size - 115) + DMP + struct.pack(">HB", len(slots) + 1, START_CODE)
    return root + framing + dmp + slots


def _within(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{what} is {value}; {least}..{most} is possible")


def _flags(length: int) -> bytes:
    return struct.pack(">H", 0x7000 | length)


class Decoder:
    """Reads both kinds of packet; each datagram stands for itself, so nothing is kept between them."""

    def feed(self, chunk: bytes) -> list[Dmx | Junk]:
        """Return the packet's slots, or why it is none."""
        if not chunk:
            return []
        if chunk.startswith(b"Art-Net\0"):
            return [_read_artnet(chunk)]
        if chunk.startswith(SACN_ROOT):
            return [_read_sacn(chunk)]
        return [Junk("unknown", chunk[:64])]

    def reset(self) -> None:
        """Nothing is kept."""


def _read_artnet(packet: bytes) -> Dmx | Junk:
    if not packet.startswith(ARTNET_HEAD):
        return Junk("unknown", packet[:64])  # a poll, an answer to one, another version
    if len(packet) < ARTNET_SIZE:
        return Junk("truncated", packet)
    sequence, _, universe = struct.unpack("<BBH", packet[12:16])
    (length,) = struct.unpack(">H", packet[16:18])
    if not 2 <= length <= SLOTS or length % 2 or universe > 0x7FFF:
        return Junk("unknown", packet[:64])
    if len(packet) < ARTNET_SIZE + length:
        return Junk("truncated", packet[:64])
    return Dmx("artnet", universe, sequence, packet[ARTNET_SIZE : ARTNET_SIZE + length])


def _read_sacn(packet: bytes) -> Dmx | Junk:
    if len(packet) <= SACN_SIZE:
        return Junk("truncated", packet[:64])
    (count,) = struct.unpack(">H", packet[123:125])
    if not 2 <= count <= SLOTS + 1 or packet[117:123] != DMP or packet[125] != START_CODE:
        return Junk("unknown", packet[:64])
    end = SACN_SIZE + count - 1
    if len(packet) < end:
        return Junk("truncated", packet[:64])
    lengths = _flags(end - 16), _flags(end - 38), _flags(end - 115)
    found = packet[16:18], packet[38:40], packet[115:117]
    vectors = packet[18:22], packet[40:44]
    if found != lengths or vectors != (b"\0\0\0\x04", b"\0\0\0\x02"):
        return Junk("unknown", packet[:64])
    sequence, options, universe = struct.unpack(">BBH", packet[111:115])
    if options & SACN_PREVIEW:
        return Junk("unknown", packet[:64])
    slots = packet[SACN_SIZE:end]
    return Dmx("sacn", universe, sequence, slots, terminated=bool(options & SACN_TERMINATED))
