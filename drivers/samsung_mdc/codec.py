"""Samsung MDC frames. Pure.

Sources: MDC-1 (python-samsung-mdc 1.18.0), MDC-2 (pages of the maker's manuals: power, volume, input), MDC-3 (log-in of
the encrypted variant). The maker's protocol specification was not seen: the rest is unverified.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from drivers.errors import Refused
from drivers.messages import Junk
from drivers.samsung_mdc.tables import (
    ACK,
    ANSWER,
    FIRST,
    HEADER,
    LAST,
    LOUDEST,
    NAK,
    OFF,
    ON,
    TWINS,
    Command,
    checksum,
)

LONGEST = 260
"""Bytes of the longest frame: header, command, id, length, 255 data bytes, sum. MDC-1."""
VERDICT = 32
"""Bytes after which an answer to a PIN cannot be one any more. MDC-1 knows 15 and 20."""
_BEFORE = 4
"""Bytes in front of the data."""
_SIZES: dict[int, int] = {Command.STATUS: 4, Command.ERRORS: 6}
"""Values that we read of longer answers; the rest is not looked at."""
_VERDICT = re.compile(rb"MDCAUTH<<(?:PASS|FAIL:0x([0-9A-Fa-f]{2}))>>")


@dataclass(frozen=True, slots=True)
class Reply:
    """A display's answer to one command. It does not say whether it was told something or asked."""

    display: int
    command: int
    accepted: bool
    value: bytes
    """Bytes after the command byte: for power one, 0x00 or 0x01; for a refusal the error number."""


@dataclass(frozen=True, slots=True)
class Status:
    """What an answer says of the display; None for what it does not say, or says in a way that nobody knows."""

    on: bool | None = None
    volume: int | None = None
    """0..100; None also where the model has no sound."""
    mute: bool | None = None
    source: int | None = None
    """Number of the input, as `select` takes it."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What a display says of its health."""

    broken: tuple[str, ...]
    """`lamp`, `temperature`, `fan`; empty where all is well."""
    temperature: int
    """Degrees Celsius, 0..255."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a PIN."""

    accepted: bool
    code: int = 0
    """1 wrong, 2 blocked; others are not known. MDC-1, MDC-3."""
    data: bytes = b""
    """The bytes that it took."""


# -- what we send -----------------------------------------------------------------------------------------------------


def power(display: int, *, on: bool) -> bytes:
    """Ask a display to switch on or off. MDC-1, MDC-2, command 0x11.

    Args:
        display: 0..253. 0xFE means all displays, is never answered, and is not offered.
        on: the state asked for.

    Raises:
        ValueError: display is out of range.
    """
    return _frame(display, Command.POWER, bytes((ON if on else OFF,)))


def volume(display: int, level: int) -> bytes:
    """Set the volume, 0..100. MDC-1, MDC-2, command 0x12.

    Raises:
        ValueError: display or level is out of range.
    """
    if not 0 <= level <= LOUDEST:
        raise ValueError(f"volume is {level}; 0..{LOUDEST} is possible")
    return _frame(display, Command.VOLUME, bytes((level,)))


def mute(display: int, *, on: bool) -> bytes:
    """Silence the loudspeaker, or let it sound. MDC-1, command 0x13.

    Raises:
        ValueError: display is out of range.
    """
    return _frame(display, Command.MUTE, bytes((ON if on else OFF,)))


def select(display: int, source: int) -> bytes:
    """Select an input by its number, 0..255. MDC-1, MDC-2, command 0x14.

    Raises:
        ValueError: display or number is out of range, or the number is one that displays only report.
    """
    if not 0 <= source <= 0xFF or source in TWINS:
        raise ValueError(f"no input can be selected by {source:#04x}")
    return _frame(display, Command.INPUT, bytes((source,)))


def ask(display: int, command: Command) -> bytes:
    """Ask for a value: the command without data. MDC-1, MDC-2.

    Raises:
        ValueError: display is out of range.
    """
    return _frame(display, command, b"")


def _frame(display: int, command: Command, data: bytes) -> bytes:
    if not FIRST <= display <= LAST:
        raise ValueError(f"display is {display}; {FIRST}..{LAST} is possible")
    body = bytes((command, display, len(data))) + data
    return bytes((HEADER,)) + body + bytes((checksum(body),))


# -- what answers -----------------------------------------------------------------------------------------------------


def accepted(display: int, command: Command, value: int) -> Callable[[object], Reply | None]:
    """Return the test for the answer to a command with this very value.

    It names all that the protocol carries: an answer to an earlier value, late, does not pass. The function raises
    `Refused` with the display's error number, for example `0x01`.
    """

    def until(message: object) -> Reply | None:
        reply = _answer(message, display, command)
        if reply is None or not reply.value:
            return None
        echoed = reply.value[0]
        return (
            reply
            if value in (echoed, TWINS.get(echoed) if command is Command.INPUT else None)
            else None
        )

    return until


def told(display: int, command: Command) -> Callable[[object], Reply | None]:
    """Return the test for the answer to a question. The function raises `Refused` as that of `accepted`."""
    size = _SIZES.get(command, 1)

    def until(message: object) -> Reply | None:
        reply = _answer(message, display, command)
        return reply if reply is not None and len(reply.value) >= size else None

    return until


def _answer(message: object, display: int, command: Command) -> Reply | None:
    """Return an answer of this display to this command.

    Raises:
        Refused: it says no.
    """
    if not isinstance(message, Reply) or (message.display, message.command) != (display, command):
        return None
    if not message.accepted:
        raise Refused(f"0x{message.value.hex()}" if message.value else "NAK")
    return message


def parse_status(reply: Reply) -> Status:
    """Return what an accepted answer says of power, volume, mute and input: all of them, or one."""
    value = reply.value
    if not reply.accepted or len(value) < _SIZES.get(reply.command, 1):
        return Status()
    match reply.command:
        case Command.STATUS:
            return Status(_truth(value[0]), _level(value[1]), _truth(value[2]), _source(value[3]))
        case Command.POWER:
            return Status(on=_truth(value[0]))
        case Command.VOLUME:
            return Status(volume=_level(value[0]))
        case Command.MUTE:
            return Status(mute=_truth(value[0]))
        case Command.INPUT:
            return Status(source=_source(value[0]))
        case _:
            return Status()


def parse_errors(reply: Reply) -> Errors | None:
    """Return what an answer to `Command.ERRORS` says; None where it is none. A missing signal is no error of ours."""
    value = reply.value
    if reply.command != Command.ERRORS or not reply.accepted or len(value) < _SIZES[Command.ERRORS]:
        return None
    places = {"lamp": value[0], "temperature": value[1], "fan": value[5]}
    return Errors(tuple(place for place, state in places.items() if state == 1), value[4])


def _truth(byte: int) -> bool | None:
    return {OFF: False, ON: True}.get(byte)


def _level(byte: int) -> int | None:
    return byte if byte <= LOUDEST else None


def _source(byte: int) -> int:
    return TWINS.get(byte, byte)


def parse_verdict(text: bytes) -> Verdict | Junk | None:
    """Return how the log-in ended, `Junk` where it cannot become an answer any more, None while it may.

    Args:
        text: all that came since the PIN was sent, from `MDCAUTH<<PASS>>` or `MDCAUTH<<FAIL:0x01>>` on. MDC-1, MDC-3.
    """
    found = _VERDICT.match(text)
    if found is not None:
        return Verdict(found[1] is None, int(found[1] or b"0", 16), found[0])
    return None if b">>" not in text and len(text) < VERDICT else Junk("unknown", text[:VERDICT])


class Decoder:
    """Finds answers by header, length and sum; works byte by byte, so cuts make no difference.

    A damaged length may promise up to 255 bytes that never come, so a whole answer that ends inside of what looks like
    a longer one counts. One of the display's own texts can hardly look like that: header, `FF`, length, `A` or `N` and
    sum have to fit.
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Reply | Junk]:
        """Return the answers that end in `chunk`, and each byte that belongs to none. Never raises."""
        found: list[Reply | Junk] = []
        for place in range(len(chunk)):
            self._rest += chunk[place : place + 1]
            if not self._take(found):
                self._trim(found)
        return found

    def reset(self) -> None:
        """Forget the unfinished rest."""
        self._rest = b""

    def _take(self, found: list[Reply | Junk]) -> bool:
        """Take the answer that ends here, if there is one; it may begin after rubbish that looked like a start."""
        rest = self._rest
        start = rest.find(HEADER)
        while start >= 0:
            frame = rest[start:]
            if _size(frame) == len(frame) and checksum(frame[1:-1]) == frame[-1]:
                found.extend(Junk("unknown", rest[i : i + 1]) for i in range(start))
                found.append(Reply(frame[2], frame[5], frame[4] == ACK, frame[6:-1]))
                self._rest = b""
                return True
            start = rest.find(HEADER, start + 1)
        return False

    def _trim(self, found: list[Reply | Junk]) -> None:
        """Drop from the front what cannot begin an answer any more, byte by byte."""
        while self._rest:
            size = _size(self._rest)
            if size == 0 or (size is not None and size > len(self._rest)):
                return
            found.append(Junk("unknown" if size is None else "bad_check", self._rest[:1]))
            self._rest = self._rest[1:]


def _size(start: bytes) -> int | None:
    """Return how long the answer that begins here is, 0 while that cannot be told, None where none begins."""
    if start[0] != HEADER or start[1:2] not in (b"", bytes((ANSWER,))):
        return None
    if len(start) > _BEFORE and start[_BEFORE] not in (ACK, NAK):
        return None
    if len(start) < _BEFORE:
        return 0
    length = start[3]
    # Acknowledgement, command and, for a refusal as for all we ask, at least one byte.
    return _BEFORE + length + 1 if length >= 2 else None
