"""Step 4b. Bytes to messages and back. Pure: no asyncio, no clock, no log; a machine check holds that.

The rules: what *we* do wrong is a `ValueError`; what the *device* does wrong is the message `Junk(reason)`. However the
bytes are cut, the messages are the same. The buffer is bounded. Every wire fact names its source. Source: TEMPLATE.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers._template.tables import BRIGHTEST, END, FIRST, LAST, LONGEST
from drivers.errors import Refused
from drivers.messages import Junk

_LEVEL = re.compile(rb"(OK|IS) ([1-9]) (0|[1-9][0-9]{0,2})")
_ERROR = re.compile(rb"ERR ([1-9]) ([A-Z]{1,16})")


@dataclass(frozen=True, slots=True)
class Level:
    """A lantern says its level."""

    address: int
    level: int
    """Percent, 0..100."""
    word: Literal["OK", "IS"]
    """`OK`: it has done what it was told. `IS`: it says how it is."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A lantern says no."""

    address: int
    reason: str
    """Its own word, for example `RANGE`."""


Message = Level | Failure


def set_level(address: int, level: int) -> bytes:
    """Tell a lantern its level. TEMPLATE.

    Args:
        address: 1..9.
        level: percent, 0..100.

    Raises:
        ValueError: one of them is out of range.
    """
    if not 0 <= level <= BRIGHTEST:
        raise ValueError(f"level is {level}; 0..{BRIGHTEST} is possible")
    return f"SET {_checked(address)} {level}".encode() + END


def get_level(address: int) -> bytes:
    """Ask a lantern for its level. TEMPLATE.

    Raises:
        ValueError: the address is not 1..9.
    """
    return f"GET {_checked(address)}".encode() + END


def _checked(address: int) -> int:
    if not FIRST <= address <= LAST:
        raise ValueError(f"address is {address}; {FIRST}..{LAST} is possible")
    return address


def accepted(address: int, level: int) -> Callable[[object], Level | None]:
    """Return the test for the answer to `set_level` with these very arguments.

    It names all that the protocol carries. An answer to an earlier command, late, must not pass for this one's.
    """

    def until(message: object) -> Level | None:
        _raise_if_refused(message, address)
        match message:
            case Level(word="OK") if message == Level(address, level, "OK"):
                return message
            case _:
                return None

    return until


def told(address: int) -> Callable[[object], Level | None]:
    """Return the test for the answer to `get_level`."""

    def until(message: object) -> Level | None:
        _raise_if_refused(message, address)
        match message:
            case Level(address=its, word="IS") if its == address:
                return message
            case _:
                return None

    return until


def _raise_if_refused(message: object, address: int) -> None:
    match message:
        case Failure(address=its, reason=reason) if its == address:
            raise Refused(reason)
        case _:
            return


class Decoder:
    """Cuts lines. One for each device and connection."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False
        """Inside a line that has grown too long: all up to its end is rubbish that was counted already."""

    def feed(self, chunk: bytes) -> list[Message | Junk]:
        """Return the messages of all lines that end in `chunk`."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        found: list[Message | Junk] = []
        for line in lines:
            if not self._skipping:
                found.append(_read(line + b"\n"))
            self._skipping = False
        if len(self._rest) >= LONGEST:
            if not self._skipping:
                found.append(Junk("too_long", self._rest[:LONGEST]))
            self._rest, self._skipping = b"", True
        return found

    def reset(self) -> None:
        """Forget the unfinished line: the connection is new."""
        self._rest, self._skipping = b"", False


def _read(line: bytes) -> Message | Junk:
    if len(line) > LONGEST:
        return Junk("too_long", line[:LONGEST])
    if not line.endswith(END):
        return Junk("unknown", line)
    text = line.removesuffix(END)
    if level := _LEVEL.fullmatch(text):
        percent = int(level[3])
        if percent > BRIGHTEST:
            return Junk("unknown", line)
        return Level(int(level[2]), percent, "OK" if level[1] == b"OK" else "IS")
    if error := _ERROR.fullmatch(text):
        return Failure(int(error[1]), error[2].decode())
    return Junk("unknown", line)
