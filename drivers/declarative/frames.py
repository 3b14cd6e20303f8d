"""Frames of a definition: templates that become bytes, and take bytes apart again. Pure.

`hex:` is tokens: two hex digits, `"quoted ASCII"`, `{name:enc}`, `{len}`, checks. `text:` is ASCII with `{name}`.
Where a frame is expected, a placeholder captures; one that bears an argument's name must equal it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from drivers.declarative import encodings, pipes
from drivers.declarative.checks import CHECKS, Order

MAX_FRAME = 1024
"""Bytes of one frame."""
_TOKEN = re.compile(
    r"\s*(?:(?P<hex>[0-9A-Fa-f]{2})(?![0-9A-Fa-f])|(?P<text>\"(?:[^\"\\]|\\.)*\")|\{(?P<hole>[^{}]*)\})"
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))")
_CHECK = re.compile(r"(?P<name>[a-z0-9_]+)(?:@(?P<start>\d+))?\Z")
_SIMPLE = {"r": "\r", "n": "\n", "t": "\t", '"': '"', "\\": "\\", "0": "\0"}
_CAPTURES = {
    "int": r"-?\d{1,9}",
    "number": r"-?\d{1,9}(?:\.\d{1,6})?",
    "word": r"\S{1,64}",
    "rest": r".{0,256}",
}


class FrameError(ValueError):
    """A template that is written wrongly."""


@dataclass(frozen=True, slots=True)
class Literal_:  # noqa: N801  # the word belongs to typing
    """Bytes as they are."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Hole:
    """A value; without an encoding it is raw bytes (an option of type `hex`) or, when captured, one byte."""

    found: pipes.Placeholder


@dataclass(frozen=True, slots=True)
class Length:
    """Counts the bytes after it, up to the check."""

    encoding: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A check over all bytes before it, from `start` on."""

    name: str
    start: int
    order: Order | None


Part = Literal_ | Hole | Length | Sum


def unquote(token: str) -> bytes:
    r"""Return the bytes of a `"quoted ASCII"` token, quotes included; `\r \n \t \xNN` are known.

    Raises:
        FrameError: not ASCII, or an unknown escape.
    """

    def escape(match: re.Match[str]) -> str:
        if match.group(1):
            return chr(int(match.group(1), 16))
        if match.group(2) not in _SIMPLE:
            raise FrameError(f"unknown escape \\{match.group(2)}")
        return _SIMPLE[match.group(2)]

    try:
        return _ESCAPE.sub(escape, token[1:-1]).encode("latin-1")
    except UnicodeEncodeError:
        raise FrameError(f"{token} is not ASCII") from None


def literal(text: str) -> bytes:
    r"""Return tokens without placeholders as bytes: `00 FF "OK\r"`.

    Raises:
        FrameError: a token that is neither hex nor quoted text.
    """
    template = HexTemplate(text)
    if not all(isinstance(part, Literal_) for part in template.parts):
        raise FrameError("only plain bytes are possible here")
    return template.encode({})


class HexTemplate:
    """Tokens of bytes."""

    def __init__(self, text: str, order: Order | None = None) -> None:
        self.text = text
        self.parts = tuple(_tokens(text, order))
        if not self.parts:
            raise FrameError("the frame is empty")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its placeholders, `_` left out."""
        return tuple(
            p.found.name for p in self.parts if isinstance(p, Hole) and p.found.name != "_"
        )

    def encode(self, values: Mapping[str, Any]) -> bytes:
        """Return the frame.

        Raises:
            ValueError: a value is missing or out of its encoding's range, or the frame is longer than 1024 bytes.
        """
        pieces: list[bytes] = []
        for part in self.parts:
            pieces.append(self._piece(part, b"".join(pieces), values))
        pieces = self._with_lengths(pieces)
        frame = b"".join(pieces)
        if len(frame) > MAX_FRAME:
            raise ValueError("the frame is longer than 1024 bytes")
        return frame

    def _piece(self, part: Part, before: bytes, values: Mapping[str, Any]) -> bytes:
        match part:
            case Literal_(data=data):
                return data
            case Hole(found=found):
                return _encoded(found, values)
            case Length(encoding=encoding):
                return bytes(encodings.ENCODINGS[encoding].width or 1)
            case Sum(name=name):
                return bytes(CHECKS[name].width)

    def _with_lengths(self, pieces: list[bytes]) -> list[bytes]:
        """Fill in what depends on other bytes: first lengths, then checks, each in its order."""
        filled = list(pieces)
        for place, part in enumerate(self.parts):
            if isinstance(part, Length):
                end = next(
                    (
                        i
                        for i in range(place + 1, len(self.parts))
                        if isinstance(self.parts[i], Sum)
                    ),
                    len(self.parts),
                )
                count = sum(len(p) for p in filled[place + 1 : end])
                filled[place] = encodings.encode(part.encoding, count)
        for place, part in enumerate(self.parts):
            if isinstance(part, Sum):
                covered = b"".join(filled[:place])[part.start :]
                filled[place] = CHECKS[part.name].over(covered, part.order)
        return filled

    def match(self, frame: bytes, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what the placeholders caught, or None where the frame is another one.

        Args:
            frame: one whole frame.
            given: options and arguments; a placeholder of that name must equal it.
        """
        caught: dict[str, Any] = {}
        at = 0
        lengths: list[tuple[int, int]] = []
        body_end = len(frame)
        for part in self.parts:
            end = at + _width(part, given, frame, at)
            if end > len(frame):
                return None
            if isinstance(part, Length):
                lengths.append((end, encodings.decode(part.encoding, frame[at:end]) or 0))
            elif isinstance(part, Sum):
                body_end = min(body_end, at)
            if not _fits(part, frame, at, end, given, caught):
                return None
            at = end
        if at != len(frame) or any(body_end - end != count for end, count in lengths):
            return None
        return caught


class TextTemplate:
    """A line of ASCII."""

    def __init__(self, text: str) -> None:
        if not text.isascii():
            raise FrameError("text is not ASCII")
        self.text = text
        self.holes: list[pipes.Placeholder] = []
        self.fixed: list[str] = []
        at = 0
        for match in re.finditer(r"\{([^{}]*)\}", text):
            self.fixed.append(text[at : match.start()])
            self.holes.append(_placeholder(match.group(1)))
            at = match.end()
        self.fixed.append(text[at:])
        if any("{" in piece or "}" in piece for piece in self.fixed):
            raise FrameError("a brace without its other half")
        self._pattern = self._compile()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its placeholders, `_` left out."""
        return tuple(hole.name for hole in self.holes if hole.name != "_")

    def encode(self, values: Mapping[str, Any]) -> bytes:
        """Return the text with its values.

        Raises:
            ValueError: a value is missing or not ASCII, or the frame is longer than 1024 bytes.
        """
        pieces = [self.fixed[0]]
        for hole, after in zip(self.holes, self.fixed[1:], strict=True):
            value = pipes.written(hole.through(_value(hole.name, values)))
            if not value.isascii():
                raise ValueError(f"{hole.name}: only ASCII can be sent")
            pieces += [value, after]
        frame = "".join(pieces).encode("ascii")
        if len(frame) > MAX_FRAME:
            raise ValueError("the frame is longer than 1024 bytes")
        return frame

    def match(self, frame: bytes, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what the placeholders caught, or None where the line is another one."""
        found = self._pattern.fullmatch(frame.decode("utf-8", "replace"))
        if found is None:
            return None
        caught: dict[str, Any] = {}
        for number, hole in enumerate(self.holes):
            if hole.name == "_":
                continue
            value = _read(hole, found.group(number + 1))
            if hole.name in given and not _equal(given[hole.name], value):
                return None
            caught[hole.name] = value
        return caught

    def _compile(self) -> re.Pattern[str]:
        pattern = re.escape(self.fixed[0])
        for hole, after in zip(self.holes, self.fixed[1:], strict=True):
            kind = hole.kind or "word"
            if kind not in _CAPTURES:
                raise FrameError(f"{{{hole.name}:{kind}}}: there are int, number, word, rest")
            if kind == "rest" and hole is not self.holes[-1]:
                raise FrameError("only the last placeholder can be the rest")
            pattern += f"({_CAPTURES[kind]}){re.escape(after)}"
        return re.compile(pattern, re.ASCII)


Template = HexTemplate | TextTemplate


def template(kind: Literal["hex", "text"], text: str, order: Order | None = None) -> Template:
    """Return a template of that kind.

    Raises:
        FrameError: it is written wrongly.
    """
    return HexTemplate(text, order) if kind == "hex" else TextTemplate(text)


def _tokens(text: str, order: Order | None) -> list[Part]:
    parts: list[Part] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise FrameError(f"not two hex digits, quoted text or a placeholder: {text[at:end]!r}")
        at = match.end()
        if match["hex"]:
            parts.append(Literal_(bytes.fromhex(match["hex"])))
        elif match["text"]:
            parts.append(Literal_(unquote(match["text"])))
        else:
            parts.append(_hole(match["hole"], order))
    return parts


def _hole(inside: str, order: Order | None) -> Part:
    check = _CHECK.match(inside.strip())
    if check is not None and check["name"] in CHECKS:
        return Sum(check["name"], int(check["start"] or 0), order)
    found = _placeholder(inside)
    if found.kind is not None and found.kind not in encodings.ENCODINGS:
        raise FrameError(f"{{{inside}}}: unknown encoding {found.kind!r}")
    if found.name == "len":
        return Length(found.kind or "u8")
    return Hole(found)


def _placeholder(inside: str) -> pipes.Placeholder:
    try:
        return pipes.parse(inside)
    except ValueError as error:
        raise FrameError(str(error)) from None


def _value(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        raise ValueError(f"{name} is missing")
    return values[name]


def _encoded(found: pipes.Placeholder, values: Mapping[str, Any]) -> bytes:
    value = found.through(_value(found.name, values))
    if found.kind is not None:
        return encodings.encode(found.kind, value)
    if isinstance(value, bytes):
        return value
    raise ValueError(f"{found.name} needs an encoding, as in {{{found.name}:u8}}")


def _width(part: Part, given: Mapping[str, Any], frame: bytes, at: int) -> int:
    match part:
        case Literal_(data=data):
            return len(data)
        case Length(encoding=encoding):
            return encodings.ENCODINGS[encoding].width or 1
        case Sum(name=name):
            return CHECKS[name].width
        case Hole(found=found):
            if found.kind is None:
                value = given.get(found.name)
                return len(value) if isinstance(value, bytes) else 1
            width = encodings.ENCODINGS[found.kind].width
            return width if width is not None else _digits(frame, at)


def _digits(frame: bytes, at: int) -> int:
    end = at
    while end < len(frame) and end - at < 9 and frame[end : end + 1].isdigit():
        end += 1
    return max(1, end - at)


def _fits(  # noqa: PLR0917  # one step of `match`
    part: Part, frame: bytes, at: int, end: int, given: Mapping[str, Any], caught: dict[str, Any]
) -> bool:
    piece = frame[at:end]
    match part:
        case Literal_(data=data):
            return piece == data
        case Length():
            return True
        case Sum(name=name, start=start, order=order):
            return piece == CHECKS[name].over(frame[start:at], order)
        case Hole(found=found):
            return found.name == "_" or _catch(found, piece, given, caught)


def _catch(
    found: pipes.Placeholder, piece: bytes, given: Mapping[str, Any], caught: dict[str, Any]
) -> bool:
    value: Any = piece
    if found.kind is not None:
        value = encodings.decode(found.kind, piece)
        if value is None:
            return False
    elif not isinstance(given.get(found.name), bytes):
        value = piece[0]
    if found.name in given and not _equal(given[found.name], value):
        return False
    caught[found.name] = value
    return True


def _read(hole: pipes.Placeholder, text: str) -> Any:
    if hole.kind == "int":
        return int(text)
    if hole.kind == "number":
        return float(text)
    return "".join(c for c in text if c.isprintable())[:64]


def _equal(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return bool(wanted == value)
    if isinstance(wanted, bytes):
        return bool(wanted == value)
    return pipes.written(wanted) == pipes.written(value)
