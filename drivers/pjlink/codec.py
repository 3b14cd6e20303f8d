r"""PJLink lines, class 1 and 2. Pure. A line ends with CR (CR LF is accepted), 136 bytes at most.

Sources: PJL-1 (JBMIA class 2 v2.00 contents), PJL-2 (aiopjlink 1.0.5 and pypjlink2 1.2.2 sources). Full text unverified.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from drivers.messages import Junk
from drivers.pjlink.tables import LONGEST

Class = Literal[1, 2]
TEXT = 64
"""Characters kept of a projector's own text."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """First line of a connection."""

    challenge: str | None
    """Eight hex digits to be hashed with the password; None where there is none."""


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """`PJLINK ERRA`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    cls: int
    command: str
    value: str
    """`OK`, a value, or `ERR1` to `ERR4`."""


Message = Greeting | WrongPassword | Reply | Junk

_REPLY = re.compile(r"%([12])([A-Z0-9]{4})=(.*)\Z")
_GREETING = re.compile(r"PJLINK (?:0|1 ([0-9a-fA-F]{8}))\Z")


def digest(challenge: str, password: str) -> str:
    """Return what precedes the first command of a connection: MD5 over challenge and password, 32 hex digits. PJL-1."""
    return hashlib.md5((challenge + password).encode(), usedforsecurity=False).hexdigest()


def ask(command: str, *, cls: Class, prefix: str) -> bytes:
    """Ask for a value; `prefix` is the digest in front of a connection's first command, else empty."""
    return tell(command, "?", cls=cls, prefix=prefix)


def tell(command: str, value: str, *, cls: Class, prefix: str) -> bytes:
    """Set a value.

    Raises:
        ValueError: no four-letter command, or a line that would be too long.
    """
    if not re.fullmatch(r"[A-Z0-9]{4}", command):
        raise ValueError("a command is four letters")
    line = f"{prefix}%{cls}{command} {value}\r".encode("ascii")
    if len(line) - len(prefix) > LONGEST:
        raise ValueError("a line is at most 136 bytes")
    return line


class Decoder:
    """Cuts a stream into lines."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._too_long = False

    def feed(self, chunk: bytes) -> list[Message]:
        """Take a piece of the stream, give whole messages."""
        found: list[Message] = []
        for byte in chunk:
            if byte not in b"\r\n":
                self._buffer.append(byte)
                if len(self._buffer) > LONGEST:
                    self._buffer.clear()
                    self._too_long = True
                continue
            if self._too_long:
                found.append(Junk("too_long"))
            elif self._buffer:
                found.append(parse(bytes(self._buffer)))
            self.reset()
        return found

    def reset(self) -> None:
        """Forget an unfinished line."""
        self._buffer.clear()
        self._too_long = False


def parse(line: bytes) -> Message:
    """Read one line without its end."""
    text = line.decode("utf-8", "replace")
    if text.upper() == "PJLINK ERRA":
        return WrongPassword()
    greeting = _GREETING.match(text)
    if greeting is not None:
        return Greeting(greeting.group(1))
    reply = _REPLY.match(text)
    if reply is None:
        return Junk("unknown", line[:TEXT])
    value = "".join(c for c in reply.group(3) if c.isprintable())[:TEXT]
    return Reply(int(reply.group(1)), reply.group(2), value)


def muted(value: str) -> tuple[bool, bool] | None:
    """Return (picture hidden, sound off) for an answer to AVMT; None for a value that is not known. PJL-1."""
    known = {
        "10": (False, False),
        "11": (True, False),
        "20": (False, False),
        "21": (False, True),
        "30": (False, False),
        "31": (True, True),
    }
    return known.get(value)


def lamp_hours(value: str) -> int | None:
    """Return the hours of the first lamp from `1250 1 0 0`; None where there is none. PJL-1."""
    first = value.split(" ", 1)[0]
    return int(first) if first.isdigit() and len(first) <= 5 else None
