"""The simulator's own reading of frame templates: a template becomes a regular expression over bytes.

It shares checks with the driver, never `frames.py`, so that a slip in one is not repeated in the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers.declarative.checks import CHECKS, Order

_PIECE = re.compile(r"\{([^{}]*)\}|\"((?:[^\"\\]|\\.)*)\"|([0-9A-Fa-f]{2})|(\s+)")
_WIDTHS = {
    "u8": 1,
    "i8": 1,
    "u16be": 2,
    "u16le": 2,
    "i16be": 2,
    "i16le": 2,
    "u32be": 4,
    "bcd": 1,
    "nib4": 4,
    "asc2": 2,
    "hex2": 2,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One placeholder: its name, what stands behind the colon, and its pipes as written."""

    name: str
    kind: str
    pipes: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A template, ready to recognise input and to write answers."""

    regex: re.Pattern[bytes]
    fields: tuple[Field, ...]
    """One for each group of `regex`."""
    pieces: tuple[bytes | Field, ...]
    order: Order | None
    text: bool

    def read(self, found: re.Match[bytes]) -> dict[str, Any] | None:
        """Return name -> value of a match, None where a check does not hold."""
        values: dict[str, Any] = {}
        for number, field in enumerate(self.fields, start=1):
            raw, at = found.group(number), found.start(number) - found.start()
            check, _, start = field.name.partition("@")
            if check in CHECKS:
                covered = found.group()[int(start or 0) : at]
                if CHECKS[check].over(covered, self.order) != raw:
                    return None
            elif field.name == "len":
                if _number(field.kind or "u8", raw) != _after(self, number, found):
                    return None
            elif field.name != "_":
                values[field.name] = _text(raw) if self.text else _number(field.kind or "u8", raw)
        return values

    def write(self, value: Callable[[Field], Any]) -> bytes:
        """Return a frame, asking `value` for each placeholder; checks are computed, `{_}` becomes 00."""
        out = b""
        for piece in self.pieces:
            out += piece if isinstance(piece, bytes) else self._bytes(piece, value, out)
        return out

    def _bytes(self, field: Field, value: Callable[[Field], Any], before: bytes) -> bytes:
        check, _, start = field.name.partition("@")
        if check in CHECKS:
            return CHECKS[check].over(before[int(start or 0) :], self.order)
        if field.name == "_":
            return b"?" if self.text else b"\0"
        found = value(field)
        if isinstance(found, bytes):
            return found
        if self.text:
            return b"%02d" % found if type(found) is int else str(found).encode()
        return _raw(field.kind or "u8", int(found))


def pattern(
    template: str, *, text: bool, options: Mapping[str, Any], order: Order | None
) -> Pattern:
    """Return the pattern of a template; options are written into it as they are."""
    pieces = list(_text_pieces(template) if text else _hex_pieces(template))
    pieces = [_option(piece, options, text=text) for piece in pieces]
    regex, fields = b"", list[Field]()
    for piece in pieces:
        if isinstance(piece, bytes):
            regex += re.escape(piece)
        else:
            regex += b"(" + _group(piece, text=text) + b")"
            fields.append(piece)
    return Pattern(re.compile(regex, re.DOTALL), tuple(fields), tuple(pieces), order, text)


def _option(piece: bytes | Field, options: Mapping[str, Any], *, text: bool) -> bytes | Field:
    if isinstance(piece, bytes) or piece.name not in options:
        return piece
    value = options[piece.name]
    if isinstance(value, bytes):
        return value
    return str(value).encode("latin-1") if text else _raw(piece.kind or "u8", int(value))


def _hex_pieces(template: str) -> list[bytes | Field]:
    found: list[bytes | Field] = []
    for hole, quoted, digits, _space in _PIECE.findall(template):
        if hole:
            found.append(_field(hole))
        elif quoted:
            found.append(quoted.encode().decode("unicode_escape").encode("latin-1"))
        elif digits:
            found.append(bytes.fromhex(digits))
    return found


def _text_pieces(template: str) -> list[bytes | Field]:
    parts = re.split(r"\{([^{}]*)\}", template)
    return [_field(p) if n % 2 else p.encode() for n, p in enumerate(parts)]


def _field(inside: str) -> Field:
    name, _, tail = inside.partition("|")
    name, _, kind = name.partition(":")
    return Field(name.strip(), kind.strip(), tail)


def _group(field: Field, *, text: bool) -> bytes:
    if text:
        return rb"[^\r\n]*?"
    check = field.name.partition("@")[0]
    if check in CHECKS:
        return b".{%d}" % CHECKS[check].width
    return rb"\d{1,9}" if field.kind == "asc" else b".{%d}" % _WIDTHS.get(field.kind, 1)


def _after(pattern: Pattern, number: int, found: re.Match[bytes]) -> int:
    """Return the bytes between a length field and the check behind it, or the end."""
    end = found.end()
    for later, field in enumerate(pattern.fields[number:], start=number + 1):
        if field.name.partition("@")[0] in CHECKS:
            end = found.start(later)
            break
    return end - found.end(number)


def _text(raw: bytes) -> Any:
    return int(raw) if re.fullmatch(rb"-?\d{1,9}", raw) else raw.decode("latin-1")


def _number(kind: str, raw: bytes) -> int:
    match kind:
        case "bcd":
            return (raw[0] >> 4) * 10 + (raw[0] & 15)
        case "nib4":
            return int("".join(f"{byte:x}"[-1] for byte in raw), 16)
        case "asc" | "asc2":
            return int(raw) if raw.isdigit() else -1
        case "hex2":
            return int(raw, 16) if re.fullmatch(rb"[0-9A-Fa-f]{2}", raw) else -1
        case _:
            low_first = kind.endswith("le")
            value = sum(byte << 8 * n for n, byte in enumerate(raw if low_first else raw[::-1]))
            sign = 1 << (8 * len(raw) - 1)
            return value - 2 * sign if kind.startswith("i") and value & sign else value


def _raw(kind: str, value: int) -> bytes:
    match kind:
        case "bcd":
            return bytes.fromhex(f"{value:02d}")
        case "nib4":
            return bytes(int(digit, 16) for digit in f"{value:04x}")
        case "asc":
            return b"%d" % value
        case "asc2":
            return b"%02d" % value
        case "hex2":
            return b"%02X" % value
        case _:
            width = _WIDTHS.get(kind, 1)
            digits = (value % (1 << 8 * width)).to_bytes(width, "big")
            return digits[::-1] if kind.endswith("le") else digits
