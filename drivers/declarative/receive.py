"""Input of a definition, cut into whole frames: lines, fixed length, length field, between two marks. Pure.

However the bytes are cut, the frames are the same; rubbish becomes `Junk`, never an exception; what is kept unfinished
stays below `MAX_KEPT`. `now` (seconds of the link's clock) serves `idle` only: an unfinished frame older than that is
dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.declarative.checks import CHECKS, Order
from drivers.messages import Junk

MAX_KEPT = 1024
"""Bytes of one frame, and so of what is kept unfinished."""


@dataclass(frozen=True, slots=True)
class Received:
    """One whole frame; a line comes without its end."""

    data: bytes


@dataclass(frozen=True, slots=True)
class FrameCheck:
    """Where a received frame carries its check."""

    name: str
    first: int = 0
    """First byte covered."""
    until: int | None = None
    """First byte not covered any more; None: up to the check."""
    at: int | None = None
    """Where the check stands; None: at the end, before `trailing` bytes."""
    trailing: int = 0
    order: Order | None = None

    def holds(self, frame: bytes) -> bool:
        """Return whether the check fits."""
        check = CHECKS[self.name]
        at = len(frame) - check.width - self.trailing if self.at is None else self.at
        if at < 0 or at + check.width > len(frame):
            return False
        end = at if self.until is None else self.until
        return frame[at : at + check.width] == check.over(frame[self.first : end], self.order)


Cut = int | Literal["more", "no"]
"""Length of the frame that begins here, or: not enough bytes yet, or: no frame begins here."""


class Framing(Protocol):
    """How frames are told apart."""

    def begin(self, kept: bytes) -> int:
        """Return where the first frame may begin; what lies before is rubbish."""
        ...

    def cut(self, kept: bytes) -> Cut:
        """Return the length of the frame at the beginning of `kept` (1 byte or more)."""
        ...

    def body(self, frame: bytes) -> bytes:
        """Return what is handed on of a whole frame."""
        ...


@dataclass(frozen=True, slots=True)
class Lines:
    """Text ended by `end`, at most `limit` bytes without it."""

    end: bytes
    limit: int

    def begin(self, kept: bytes) -> int:
        """Return 0: a line begins anywhere."""
        return 0

    def cut(self, kept: bytes) -> Cut:
        """Look for the end."""
        found = kept.find(self.end, 0, self.limit + len(self.end))
        if found >= 0:
            return found + len(self.end)
        return "no" if len(kept) >= self.limit + len(self.end) else "more"

    def body(self, frame: bytes) -> bytes:
        """Return the line without its end."""
        return frame[: -len(self.end)]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always `length` bytes, beginning with `start`."""

    start: bytes
    length: int

    def begin(self, kept: bytes) -> int:
        """Look for the start."""
        return _begin(kept, self.start)

    def cut(self, kept: bytes) -> Cut:
        """Wait for all bytes."""
        return self.length if len(kept) >= self.length else "more"

    def body(self, frame: bytes) -> bytes:
        """Return all of it."""
        return frame


@dataclass(frozen=True, slots=True)
class LengthAt:
    """The byte at `at`, plus `add`, is the length of the whole frame."""

    start: bytes
    at: int
    add: int

    def begin(self, kept: bytes) -> int:
        """Look for the start."""
        return _begin(kept, self.start)

    def cut(self, kept: bytes) -> Cut:
        """Read the length, then wait for the rest."""
        if len(kept) <= self.at:
            return "more"
        length = kept[self.at] + self.add
        if not self.at < length <= MAX_KEPT:
            return "no"
        return length if len(kept) >= length else "more"

    def body(self, frame: bytes) -> bytes:
        """Return all of it."""
        return frame


@dataclass(frozen=True, slots=True)
class Between:
    """From `start` to the first `end` after it, at most `limit` bytes."""

    start: bytes
    end: bytes
    limit: int

    def begin(self, kept: bytes) -> int:
        """Look for the start."""
        return _begin(kept, self.start)

    def cut(self, kept: bytes) -> Cut:
        """Look for the end."""
        found = kept.find(self.end, len(self.start), self.limit)
        if found >= 0:
            return found + len(self.end)
        return "no" if len(kept) >= self.limit else "more"

    def body(self, frame: bytes) -> bytes:
        """Return all of it."""
        return frame


def _begin(kept: bytes, start: bytes) -> int:
    found = kept.find(start)
    if found >= 0:
        return found
    for size in range(min(len(start) - 1, len(kept)), 0, -1):
        if kept.endswith(start[:size]):
            return len(kept) - size
    return len(kept)


class FrameDecoder:
    """Cuts a stream into frames. A bad check drops one byte and looks again."""

    def __init__(
        self,
        framing: Framing,
        check: FrameCheck | None,
        idle: float | None,
        now: Callable[[], float],
    ) -> None:
        self._framing = framing
        self._check = check
        self._idle = idle
        self._now = now
        self._kept = b""
        self._at = 0.0
        self._skipping = False

    def feed(self, chunk: bytes) -> list[Received | Junk]:
        """Take a piece of the stream, return whole frames and rubbish."""
        now = self._now()
        found: list[Received | Junk] = []
        if self._kept and self._idle is not None and now - self._at > self._idle:
            found.append(Junk("truncated", self._kept))
            self._kept = b""
        self._at = now
        # In small bites, so that what is kept stays bounded however much comes at once, and cuts make no difference.
        for byte in chunk:
            self._kept += bytes([byte])
            self._take(found)
        return found

    def reset(self) -> None:
        """Forget the unfinished rest."""
        self._kept = b""
        self._skipping = False

    def _take(self, found: list[Received | Junk]) -> None:
        while self._kept:
            begin = self._framing.begin(self._kept)
            if begin:
                found.append(Junk("unknown", self._kept[:begin]))
                self._kept = self._kept[begin:]
                continue
            length = self._framing.cut(self._kept)
            if length == "more":
                return
            if length == "no":
                self._drop(found)
                continue
            frame = self._kept[: int(length)]
            if self._check is not None and not self._check.holds(frame):
                found.append(Junk("bad_check", frame[:1]))
                self._kept = self._kept[1:]
                continue
            self._kept = self._kept[int(length) :]
            if self._skipping:
                self._skipping = False
                continue
            found.append(Received(self._framing.body(frame)))

    def _drop(self, found: list[Received | Junk]) -> None:
        """No frame fits here: drop one byte and look again. A line that is too long is dropped up to its end."""
        if isinstance(self._framing, Lines):
            if not self._skipping:
                found.append(Junk("too_long", self._kept))
            self._skipping = True
            self._kept = (
                self._kept[-(len(self._framing.end) - 1) :] if len(self._framing.end) > 1 else b""
            )
            return
        found.append(Junk("unknown", self._kept[:1]))
        self._kept = self._kept[1:]
