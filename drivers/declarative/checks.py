"""Checksums that a definition may name. Pure. Each covers the bytes it is given.

Vectors over the ASCII text `123456789` stand in control.md 4 and in `tests/drivers/declarative/vectors.toml`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Order = Literal["hi_lo", "lo_hi"]


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of checksum."""

    width: int
    """Bytes on the wire, 1 or 2."""
    compute: Callable[[bytes], int]
    order: Order = "hi_lo"
    """Which byte of two goes first, unless the definition says otherwise."""

    def over(self, covered: bytes, order: Order | None = None) -> bytes:
        """Return the check bytes for `covered`, as they stand on the wire."""
        low_first = (order or self.order) == "lo_hi"
        return self.compute(covered).to_bytes(self.width, "little" if low_first else "big")


def _reflected(poly: int, start: int) -> Callable[[bytes], int]:
    def crc(covered: bytes) -> int:
        value = start
        for byte in covered:
            value ^= byte
            for _ in range(8):
                value = (value >> 1) ^ (poly if value & 1 else 0)
        return value

    return crc


def _direct(poly: int, start: int, bits: int) -> Callable[[bytes], int]:
    top, mask = 1 << (bits - 1), (1 << bits) - 1

    def crc(covered: bytes) -> int:
        value = start
        for byte in covered:
            value ^= byte << (bits - 8)
            for _ in range(8):
                value = ((value << 1) ^ (poly if value & top else 0)) & mask
        return value

    return crc


def _xor(covered: bytes) -> int:
    value = 0
    for byte in covered:
        value ^= byte
    return value


CHECKS: dict[str, Check] = {
    "crc16_modbus": Check(2, _reflected(0xA001, 0xFFFF), "lo_hi"),
    "crc16_ccitt": Check(2, _direct(0x1021, 0xFFFF, 16)),
    "crc16_xmodem": Check(2, _direct(0x1021, 0, 16)),
    "sum8": Check(1, lambda covered: sum(covered) & 0xFF),
    "sum16": Check(2, lambda covered: sum(covered) & 0xFFFF),
    "lrc": Check(1, lambda covered: -sum(covered) & 0xFF),
    "xor8": Check(1, _xor),
    "crc8": Check(1, _direct(0x07, 0, 8)),
    "crc8_maxim": Check(1, _reflected(0x8C, 0)),
}
"""Name in a definition -> how it is computed."""
