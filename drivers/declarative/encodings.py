"""Numbers as bytes: the encodings that a hex placeholder may name. Pure. Out of range is a ValueError, never a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoding of a whole number."""

    width: int | None
    """Bytes; None for `asc`, decimal digits as many as needed."""
    minimum: int
    maximum: int


ENCODINGS: dict[str, Encoding] = {
    "u8": Encoding(1, 0, 0xFF),
    "i8": Encoding(1, -0x80, 0x7F),
    "u16be": Encoding(2, 0, 0xFFFF),
    "u16le": Encoding(2, 0, 0xFFFF),
    "i16be": Encoding(2, -0x8000, 0x7FFF),
    "i16le": Encoding(2, -0x8000, 0x7FFF),
    "u32be": Encoding(4, 0, 0xFFFFFFFF),
    "bcd": Encoding(1, 0, 99),
    "nib4": Encoding(4, 0, 0xFFFF),
    "asc": Encoding(None, 0, 999_999_999),
    "asc2": Encoding(2, 0, 99),
    "hex2": Encoding(2, 0, 0xFF),
}
"""Name -> width and range. `nib4` is VISCA's `0p 0q 0r 0s`; `asc2` is zero-padded; `hex2` two hex digits as ASCII."""


def encode(name: str, value: Any) -> bytes:
    """Return a whole number as bytes.

    Raises:
        ValueError: not a whole number, or out of the encoding's range.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"{value!r} is no whole number")
    number, encoding = int(value), ENCODINGS[name]
    if not encoding.minimum <= number <= encoding.maximum:
        raise ValueError(f"{number} is not in {encoding.minimum}..{encoding.maximum} ({name})")
    match name:
        case "bcd":
            return bytes([number // 10 << 4 | number % 10])
        case "nib4":
            return bytes(number >> shift & 0xF for shift in (12, 8, 4, 0))
        case "asc":
            return str(number).encode()
        case "asc2":
            return b"%02d" % number
        case "hex2":
            return b"%02X" % number
        case _:
            return number.to_bytes(encoding.width or 1, _order(name), signed=name.startswith("i"))


def decode(name: str, piece: bytes) -> int | None:
    """Return the number that `piece` (of the encoding's width) stands for, or None where it is not of that form."""
    match name:
        case "bcd":
            high, low = piece[0] >> 4, piece[0] & 0xF
            return high * 10 + low if high < 10 and low < 10 else None
        case "nib4":
            if any(byte > 0xF for byte in piece):
                return None
            return piece[0] << 12 | piece[1] << 8 | piece[2] << 4 | piece[3]
        case "asc" | "asc2":
            return int(piece) if piece.isdigit() else None
        case "hex2":
            return int(piece, 16) if all(c in b"0123456789abcdefABCDEF" for c in piece) else None
        case _:
            return int.from_bytes(piece, _order(name), signed=name.startswith("i"))


def _order(name: str) -> Literal["little", "big"]:
    return "little" if name.endswith("le") else "big"
