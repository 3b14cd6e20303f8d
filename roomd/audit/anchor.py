"""Anchors: what the record was at a moment, kept outside it, so that a cut end or an old copy is found.

roomd-anchor:1?room=room301&seq=48213&head=9f…&at=2026-11-23T10:31:05.120+08:00&sig=<Ed25519>
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from roomd.audit.keys import is_signed

SCHEME = "roomd-anchor:1?"


class NoAnchor(ValueError):
    """A text that is no anchor."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """See the module."""

    room: str
    seq: int
    head: str
    """Hash of that row, 64 hex digits."""
    at: str
    """Wall time, ISO 8601."""
    signature: str = ""

    def message(self) -> bytes:
        """Return what is signed."""
        return f"{SCHEME}room={self.room}&seq={self.seq}&head={self.head}&at={self.at}".encode()

    def text(self) -> str:
        """Return the anchor as it is printed, shown as QR, and sent."""
        fields = {"room": self.room, "seq": self.seq, "head": self.head, "at": self.at}
        return SCHEME + urlencode({**fields, "sig": self.signature}, safe=":+=")

    def is_signed_by(self, public: str) -> bool:
        """Return whether the key `public` (hex) signed it."""
        return is_signed(public, self.message(), self.signature)


def parse(text: str) -> Anchor:
    """Read an anchor.

    Raises:
        NoAnchor: it is none, with the reason.
    """
    text = text.strip()
    if not text.startswith(SCHEME):
        raise NoAnchor("does not begin with roomd-anchor:1?")
    # `+` stands for itself: in a time it is the offset.
    found = dict(parse_qsl(text.removeprefix(SCHEME).replace("+", "%2B")))
    try:
        anchor = Anchor(
            found["room"], int(found["seq"]), found["head"], found["at"], found.get("sig", "")
        )
    except (KeyError, ValueError):
        raise NoAnchor("room, seq, head and at are needed") from None
    if anchor.seq < 1 or len(anchor.head) != 64:
        raise NoAnchor("seq or head is out of range")
    return anchor
