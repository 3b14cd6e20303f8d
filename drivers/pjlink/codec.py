r"""PJLink lines, class 1 and 2. Text that ends with `\r`; `\r\n` and, behind a foreign banner, `\n` are accepted.

Lines longer than 136 bytes are no lines.

Sources: PJLINK-LIBS (client libraries, read), PJLINK-2 (contents of the class 2 specification); JBMIA's full text was
not seen: unverified.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.errors import NoReply, Refused
from drivers.messages import Junk
from drivers.pjlink.tables import (
    BOTH_CLASSES,
    CLASS_TWO,
    CLOSED,
    FAULTS,
    FRESH,
    LINE,
    NOTE,
    NOTICES,
    POWER,
)

if TYPE_CHECKING:
    from drivers.transport.frames import Published

SEARCH = b"%2SRCH\r"
"""Asks every class 2 projector of the network, over UDP. PJLINK-2."""
_GREETING = re.compile(r"PJLINK (?:0|1 (\S{1,64}))", re.IGNORECASE)
_ANSWER = re.compile(r"%([12])([A-Z0-9]{4})=(.*)", re.IGNORECASE)
_ERROR = re.compile(r"ERR[1-4]", re.IGNORECASE)
_COMMAND = re.compile(r"[A-Z0-9]{4}")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_ENDS = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class Greeting:
    """The projector's first line."""

    challenge: str | None
    """To be put in front of the password; None: no password is wanted."""


@dataclass(frozen=True, slots=True)
class Denied:
    """`PJLINK ERRA`: the password was wrong, missing, or not where it belongs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or over UDP a notice: it names its command, not its question."""

    name: str
    """Four letters, upper case."""
    text: str
    """Behind the `=`, at most 128 characters, control characters removed."""
    version: int = 1
    """Class, 1 or 2."""

    @property
    def error(self) -> str | None:
        """Return `ERR1` (unknown command), `ERR2` (parameter), `ERR3` (not now), `ERR4` (failure), or None."""
        return self.text.upper() if _ERROR.fullmatch(self.text) else None


@dataclass(frozen=True, slots=True)
class Notice:
    """A UDP notice. It is a hint to ask at once, never a value: anybody can send one."""

    name: str
    """`LKUP`, `POWR`, `INPT` or `ERST`."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new connection begins."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection was closed."""


Message = Greeting | Denied | Answer | Notice | Fresh | Closed


def ask(name: str, version: int) -> bytes:
    """Ask for a value, for example `%1POWR ?`.

    Args:
        name: four letters, upper case.
        version: the unit's class, 1 or 2.
    """
    return put(name, "?", version)


def put(name: str, value: str, version: int) -> bytes:
    """Set a value, for example `%1POWR 1`.

    Args:
        name: four letters, upper case.
        value: 1 to 128 printable ASCII characters.
        version: the unit's class, 1 or 2; the line's own class follows from it and from the command.

    Raises:
        ValueError: no such command could exist, or the value does not fit in a line.
    """
    if _COMMAND.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no PJLink command")
    if not 1 <= len(value) <= LINE - 8 or not (value.isascii() and value.isprintable()):
        raise ValueError("a value is 1 to 128 printable ASCII characters")
    two = name in CLASS_TWO or (version > 1 and name in BOTH_CLASSES)
    return f"%{2 if two else 1}{name} {value}\r".encode("ascii")


def switches(line: bytes) -> bool:
    """Return whether a line that `ask` or `put` made switches the projector on or off."""
    return line[2:7] == b"POWR " and line[7:8] != b"?"


def digest(challenge: str, password: str) -> bytes:
    """Return what stands in front of the first command, once per connection: 32 hexadecimal digits. PJLINK-LIBS."""
    text = (challenge + password).encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest().encode("ascii")


def greeted(message: object) -> Greeting | None:
    """Accept the greeting.

    Raises:
        NoReply: the connection was closed again, or could not be opened.
    """
    if isinstance(message, Closed):
        raise NoReply("closed before its greeting")
    return message if isinstance(message, Greeting) else None


def answers(line: bytes) -> Callable[[object], Answer | None]:
    """Return what accepts the answer to a line that `ask` or `put` made.

    The answer names the same command; to a set value it is `OK`, to a question anything else.

    The function raises `Refused` for `ERR1` to `ERR4` and, with the code `auth`, for `PJLINK ERRA`; `NoReply` when the
    connection was closed, so that no answer can come any more.
    """
    name, question = line[2:6].decode("ascii", "replace"), line[7:8] == b"?"

    def until(message: object) -> Answer | None:
        if isinstance(message, Closed):
            raise NoReply("closed before it answered")
        if isinstance(message, Denied):
            raise Refused("auth", "the password is not accepted")
        if not isinstance(message, Answer) or message.name != name:
            return None
        if message.error is not None:
            raise Refused(message.error)
        return message if (message.text.upper() != "OK") is question else None

    return until


def parse_power(text: str) -> str | None:
    """Return `off`, `on`, `cooling` or `warming`; None where it is none of them."""
    return POWER.get(text)


def parse_mute(text: str) -> tuple[bool | None, bool | None] | None:
    """Return whether picture and sound are muted, as `AVMT` says; None for a part that it says nothing of, or for both.

    `11` is the picture alone and `21` the sound alone, so the other one is not muted (PJLINK-LIBS); of `10` and `20`
    nobody says what the other part does.
    """
    known: dict[str, tuple[bool | None, bool | None]] = {
        "10": (False, None),
        "11": (True, False),
        "20": (None, False),
        "21": (False, True),
        "30": (False, False),
        "31": (True, True),
    }
    return known.get(text)


def parse_lamps(text: str) -> tuple[int, ...] | None:
    """Return each lamp's hours from pairs of hours and state; None where they are no pairs."""
    words = text.split()
    if not words or len(words) % 2 or len(words) > 16:
        return None
    if not all(w.isascii() and w.isdigit() and len(w) <= 6 for w in words):
        return None
    return tuple(int(w) for w in words[::2])


def parse_faults(text: str) -> dict[str, str] | None:
    """Return part -> `warning` or `error` for the parts that are not fine; None where it is not six digits 0 to 2."""
    if re.fullmatch(r"[012]{6}", text) is None:
        return None
    words = {"1": "warning", "2": "error"}
    return {part: words[d] for part, d in zip(FAULTS, text, strict=True) if d != "0"}


def parse_datagram(datagram: bytes) -> Answer | None:
    """Return what the first line of a class 2 datagram says; None where it is none.

    It is `ACKN`, `LKUP`, `POWR`, `INPT` or `ERST`.
    """
    line, *_ = _ENDS.split(datagram, maxsplit=1)
    if len(line) > LINE:
        return None
    message = _parse(line)
    if not isinstance(message, Answer) or message.version != 2:
        return None
    return message if message.name in {*NOTICES, "ACKN"} else None


def parse_mac(text: str) -> str | None:
    """Return a hardware address as `xx:xx:xx:xx:xx:xx` in lower case; None where it is none."""
    return text.lower() if _MAC.fullmatch(text.lower()) is not None else None


class Decoder:
    """Reads a projector's lines."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False

    def feed(self, chunk: bytes | Published) -> list[Message | Junk]:
        """Take a piece of the stream, or the connection's own word; give whole messages. Never raises."""
        if not isinstance(chunk, bytes):
            return self._told(chunk)
        found: list[Message | Junk] = []
        *whole, self._rest = _ENDS.split(self._rest + chunk)
        for line in whole:
            self._line(line, found)
            self._skipping = False
        if len(self._rest) > LINE:
            self._line(self._rest, found)
            self._skipping, self._rest = True, b""
        return found

    def reset(self) -> None:
        """Forget half a line."""
        self._rest, self._skipping = b"", False

    def _told(self, chunk: Published) -> list[Message | Junk]:
        if chunk.topic == NOTE:
            said = parse_datagram(chunk.payload)
            if said is None or said.name not in NOTICES:
                return [Junk("unknown")]
            return [Notice(said.name)]
        words: dict[str, Message] = {FRESH: Fresh(), CLOSED: Closed()}
        if chunk.topic not in words:
            return [Junk("unknown")]
        self.reset()
        return [words[chunk.topic]]

    def _line(self, line: bytes, found: list[Message | Junk]) -> None:
        if line and not self._skipping:
            found.append(Junk("too_long") if len(line) > LINE else _parse(line))


def _parse(line: bytes) -> Message | Junk:
    text = "".join(c for c in line.decode("utf-8", "replace") if c.isprintable())
    greeting = _GREETING.fullmatch(text)
    if greeting is not None:
        return Greeting(greeting[1])
    if text.upper() == "PJLINK ERRA":
        return Denied()
    answer = _ANSWER.fullmatch(text)
    if answer is None:
        return Junk("unknown", line)
    return Answer(answer[2].upper(), answer[3], int(answer[1]))
