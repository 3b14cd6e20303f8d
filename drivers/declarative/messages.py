"""What a definition's device hears, and the decoders that make it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers.declarative.frames import FrameError, literal
from drivers.declarative.model import Receive
from drivers.declarative.receive import (
    Between,
    Fixed,
    FrameCheck,
    FrameDecoder,
    Framing,
    LengthAt,
    Lines,
    Received,
)
from drivers.declarative.values import MAX_PAYLOAD, MISSING, parse
from drivers.messages import Decoder, Junk
from drivers.transport.echo import OwnEcho
from drivers.transport.frames import HttpResponse, Published


@dataclass(frozen=True, slots=True)
class TopicMessage:
    """One MQTT message with its body: JSON where it is JSON, else text."""

    topic: str
    body: Any
    retain: bool


Message = Received | TopicMessage | HttpResponse


class ByteDecoder:
    """A stream of bytes; takes our own echo out first where the adapter hears itself."""

    def __init__(self, frames: FrameDecoder, echo: OwnEcho | None) -> None:
        self._frames = frames
        self._echo = echo

    def feed(self, chunk: bytes) -> list[Received | Junk]:
        """Return whole frames and rubbish."""
        return self._frames.feed(chunk if self._echo is None else self._echo.strip(chunk))

    def reset(self) -> None:
        """Forget the unfinished rest."""
        self._frames.reset()


class Deaf:
    """For devices that say nothing: whatever comes is rubbish."""

    def feed(self, chunk: bytes) -> list[Junk]:
        """Return the chunk as one piece of rubbish."""
        return [Junk("unknown", chunk[:64])] if chunk else []

    def reset(self) -> None:
        """Keep nothing."""


class TopicDecoder:
    """MQTT messages; a payload above 64 KiB is dropped."""

    def feed(self, chunk: Published) -> list[TopicMessage | Junk]:
        """Return the message with its body."""
        if len(chunk.payload) > MAX_PAYLOAD:
            return [Junk("too_long")]
        body = parse(chunk.payload)
        if body is MISSING:
            return [Junk("unknown", chunk.payload[:64])]
        return [TopicMessage(chunk.topic, body, chunk.retain)]

    def reset(self) -> None:
        """Keep nothing."""


class HttpDecoder:
    """HTTP answers, as they are."""

    def feed(self, chunk: HttpResponse) -> list[HttpResponse]:
        """Return the answer."""
        return [chunk]

    def reset(self) -> None:
        """Keep nothing."""


def framing(receive: Receive, line_end: str | None = None) -> Framing:
    """Return how frames are told apart; `line_end` is the end of a line with options filled in.

    Raises:
        FrameError: marks that are no bytes.
    """
    match receive:
        case Receive(lines=lines) if lines is not None:
            end = (line_end if line_end is not None else lines.end).encode("latin-1", "replace")
            if not end:
                raise FrameError("a line needs an end")
            return Lines(end, lines.max)
        case Receive(fixed=fixed) if fixed is not None:
            return Fixed(_mark(fixed.start), fixed.length)
        case Receive(length_at=length_at) if length_at is not None:
            return LengthAt(_mark(length_at.start), length_at.at, length_at.add)
        case Receive(between=between) if between is not None:
            return Between(_mark(between.start), _mark(between.end), between.max)
        case _:
            raise FrameError("exactly one of lines, fixed, length_at, between")


def frame_check(receive: Receive) -> FrameCheck | None:
    """Return where received frames carry their check."""
    part = receive.check
    if part is None:
        return None
    first, until = part.over if part.over is not None else (0, None)
    return FrameCheck(part.type, first, until, part.at, part.trailing, part.order)


def byte_decoder(
    receive: Receive | None, line_end: str | None, now: Callable[[], float], echo: OwnEcho | None
) -> Decoder:
    """Return a decoder for a stream."""
    if receive is None:
        return Deaf()
    frames = FrameDecoder(framing(receive, line_end), frame_check(receive), receive.idle, now)
    return ByteDecoder(frames, echo)


def _mark(text: str) -> bytes:
    return literal(text) if text.strip() else b""
