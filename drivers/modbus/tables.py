"""Numbers that both ends of Modbus share. Source: MODBUS (docs/sources.md)."""

from __future__ import annotations

import enum
from typing import Literal

Framing = Literal["rtu", "tcp"]

TCP_PORT = 502
"""Port of Modbus TCP. MODBUS."""
ON, OFF = 0xFF00, 0x0000
"""The only two values of a single coil that roomd writes; some boards toggle at 5500h, which is never used. MODBUS."""
LONGEST = 260
"""Bytes of the longest frame. MODBUS."""


class Function(enum.IntEnum):
    """Function codes. MODBUS."""

    READ_COILS = 1
    READ_HOLDING = 3
    WRITE_COIL = 5
    WRITE_REGISTER = 6
    WRITE_COILS = 15
    WRITE_REGISTERS = 16


class ExceptionCode(enum.IntEnum):
    """Why a board says no. MODBUS."""

    ILLEGAL_FUNCTION = 1
    ILLEGAL_ADDRESS = 2
    ILLEGAL_VALUE = 3
    DEVICE_FAILURE = 4
    ACKNOWLEDGE = 5
    """Busy with it; ask again."""
    BUSY = 6


EXCEPTION_BIT = 0x80
"""Set in the function code of an exception. MODBUS."""


def crc16(data: bytes) -> bytes:
    """Return the CRC-16 of an RTU frame as it goes over the wire, low byte first: `31..39` gives `37 4b`. MODBUS."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


def pack_bits(bits: list[bool]) -> bytes:
    """Return bits as bytes, the first one lowest. MODBUS."""
    number = sum(bit << place for place, bit in enumerate(bits))
    return number.to_bytes((len(bits) + 7) // 8, "little")
