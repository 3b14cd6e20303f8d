"""What every codec shares: rubbish as a message, and the shape of a decoder. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

JunkReason = Literal["bad_check", "too_long", "unknown", "wrong_address", "truncated"]


@dataclass(frozen=True, slots=True)
class Junk:
    """Bytes that are no message. One for each piece of rubbish; counted per reason, never an exception."""

    reason: JunkReason
    data: bytes = b""


class Decoder(Protocol):
    """Turns what arrives into messages. One per device and connection; holds the unfinished rest, bounded."""

    def feed(self, chunk: Any) -> list[Any]:
        """Take a piece of the stream (bytes, `Published` or `HttpResponse`), cut anywhere; give whole messages.

        Never raises. Bad input becomes `Junk`.
        """
        ...

    def reset(self) -> None:
        """Forget the unfinished rest: the connection is new, or the input was discarded."""
        ...
