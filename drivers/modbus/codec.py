"""Modbus questions and answers, over RTU and TCP. Pure.

pymodbus builds the frames that leave. What comes in is cut here: pymodbus' own framers lose the rest of the input after
a damaged frame, and give other messages when it is cut elsewhere (docs/adr/0005-modbus-on-our-lane.md).
Source: MODBUS.
"""

from __future__ import annotations

from dataclasses import dataclass

from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsRequest,
    WriteMultipleCoilsRequest,
    WriteSingleCoilRequest,
)

from drivers.errors import Refused
from drivers.messages import Junk
from drivers.modbus.tables import EXCEPTION_BIT, OFF, ON, Framing, Function, crc16

_FRAMERS = {
    "rtu": FramerRTU(DecodePDU(is_server=False)),
    "tcp": FramerSocket(DecodePDU(is_server=False)),
}
_COUNTED = frozenset({Function.READ_COILS, Function.READ_HOLDING})
"""Answers that say their own length."""
_ECHOED = frozenset(
    {Function.WRITE_COIL, Function.WRITE_REGISTER, Function.WRITE_COILS, Function.WRITE_REGISTERS}
)
"""Answers that repeat address and value, or address and count: five bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A board's answer to one question."""

    unit: int
    transaction: int | None
    """0..65535 over TCP; None over RTU, which has none."""
    function: int
    """Function code, without the bit that marks an exception."""
    body: bytes
    """What follows the function code: for a read, the bytes after their count."""
    exception: int | None = None
    """Exception code where the board says no."""

    def bits(self, count: int) -> list[bool]:
        """Return the first `count` coils of a read."""
        number = int.from_bytes(self.body, "little")
        return [bool(number >> place & 1) for place in range(count)]


@dataclass(frozen=True, slots=True)
class Question:
    """One request to one unit."""

    unit: int
    """1..255."""
    function: Function
    pdu: ModbusPDU
    echo: bytes
    """Body of the right answer to a write; empty for a read."""
    size: int
    """Bytes in the body of the right answer."""

    def frame(self, framing: Framing, transaction: int) -> bytes:
        """Return the bytes to send; `transaction`, 0..65535, is used over TCP only."""
        self.pdu.dev_id = self.unit
        self.pdu.transaction_id = transaction
        frame: bytes = _FRAMERS[framing].buildFrame(self.pdu)
        return frame

    def answered_by(self, message: object, transaction: int) -> Answer | None:
        """Return `message` where it answers this very question, else None.

        Over RTU a read is known by unit, function and size only: no more is in the frame.

        Raises:
            Refused: the board says no to this question; the device code is the exception's number.
        """
        if not isinstance(message, Answer) or message.unit != self.unit:
            return None
        if message.function != self.function or message.transaction not in (None, transaction):
            return None
        if message.exception is not None:
            raise Refused(str(message.exception))
        if len(message.body) != self.size or (self.echo and message.body != self.echo):
            return None
        return message


def read_coils(unit: int, address: int, count: int) -> Question:
    """Ask for the state of `count` coils, 1..2000, from wire address `address` on. MODBUS, function 1.

    Raises:
        ValueError: unit, address or count is out of range.
    """
    _check(unit, address)
    _within("count", count, 1, 2000)
    pdu = ReadCoilsRequest(address=address, count=count)
    return Question(unit, Function.READ_COILS, pdu, b"", (count + 7) // 8)


def write_coil(unit: int, address: int, *, on: bool) -> Question:
    """Switch one coil, at wire address `address`. MODBUS, function 5; answered by an echo.

    Raises:
        ValueError: unit or address is out of range.
    """
    _check(unit, address)
    pdu = WriteSingleCoilRequest(address=address, bits=[on])
    echo = address.to_bytes(2, "big") + (ON if on else OFF).to_bytes(2, "big")
    return Question(unit, Function.WRITE_COIL, pdu, echo, 4)


def write_coils(unit: int, address: int, states: list[bool]) -> Question:
    """Switch neighbouring coils, 1..1968, at once. MODBUS, function 15; the answer repeats address and count.

    Raises:
        ValueError: unit, address or the number of states is out of range.
    """
    _check(unit, address)
    _within("count", len(states), 1, 1968)
    pdu = WriteMultipleCoilsRequest(address=address, bits=states)
    echo = address.to_bytes(2, "big") + len(states).to_bytes(2, "big")
    return Question(unit, Function.WRITE_COILS, pdu, echo, 4)


def _check(unit: int, address: int) -> None:
    _within("unit", unit, 1, 255)
    _within("address", address, 0, 0xFFFF)


def _within(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{what} is {value}; {least}..{most} is possible")


def body_size(start: bytes) -> int | None:
    """Return how many bytes a PDU has in all, 0 where too little of it is there, None where it cannot be one.

    Args:
        start: the PDU from its function code on, as far as it has arrived.
    """
    if not start:
        return 0
    function = start[0]
    if function & EXCEPTION_BIT:
        return 2 if function & ~EXCEPTION_BIT in _COUNTED | _ECHOED else None
    if function in _ECHOED:
        return 5
    if function not in _COUNTED:
        return None
    if len(start) < 2:
        return 0
    return 2 + start[1] if 1 <= start[1] <= 250 else None


def _answer(unit: int, transaction: int | None, pdu: bytes) -> Answer:
    function = pdu[0]
    if function & EXCEPTION_BIT:
        return Answer(unit, transaction, function & ~EXCEPTION_BIT, b"", pdu[1])
    return Answer(unit, transaction, function, pdu[2:] if function in _COUNTED else pdu[1:])


class RtuDecoder:
    """Finds answers on a serial line by their length and CRC; works byte by byte, so cuts make no difference."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Answer | Junk]:
        """Return the answers that end in `chunk`, and each byte that belongs to none."""
        found: list[Answer | Junk] = []
        for place in range(len(chunk)):
            self._rest += chunk[place : place + 1]
            if not self._take(found):
                self._trim(found)
        return found

    def reset(self) -> None:
        """Forget the unfinished rest."""
        self._rest = b""

    def _take(self, found: list[Answer | Junk]) -> bool:
        """Take the frame that ends here, if there is one; it may begin after rubbish that looked like a start."""
        rest = self._rest
        for start in range(len(rest) - 4):
            size = body_size(rest[start + 1 : start + 3])
            if size and start + size + 3 == len(rest) and crc16(rest[start:-2]) == rest[-2:]:
                found.extend(Junk("unknown", rest[i : i + 1]) for i in range(start))
                found.append(_answer(rest[start], None, rest[start + 1 : -2]))
                self._rest = b""
                return True
        return False

    def _trim(self, found: list[Answer | Junk]) -> None:
        """Drop from the front what cannot begin a frame any more."""
        while self._rest:
            size = body_size(self._rest[1:3])
            if size == 0 or (size is not None and size + 3 > len(self._rest)):
                return
            found.append(Junk("unknown" if size is None else "bad_check", self._rest[:1]))
            self._rest = self._rest[1:]


class TcpDecoder:
    """Cuts answers by the length in their header; a header that cannot be one costs a byte."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Answer | Junk]:
        """Return the answers that are whole, and each byte that belongs to none."""
        self._rest += chunk
        found: list[Answer | Junk] = []
        while self._rest:
            size = self._frame_size()
            if size is None:
                found.append(Junk("unknown", self._rest[:1]))
                self._rest = self._rest[1:]
                continue
            if size == 0 or size > len(self._rest):
                break
            frame, self._rest = self._rest[:size], self._rest[size:]
            found.append(_answer(frame[6], int.from_bytes(frame[:2], "big"), frame[7:]))
        return found

    def reset(self) -> None:
        """Forget the unfinished rest."""
        self._rest = b""

    def _frame_size(self) -> int | None:
        """Return the size of the frame in front, 0 while it cannot be told, None where there is none."""
        head = self._rest[:9]
        if any(head[2:4]) or head[4:5] > b"\0":
            return None  # protocol 0; no answer of ours is longer than 255 bytes
        size = body_size(head[7:])
        if size == 0 or size is None:
            return size
        return 6 + head[5] if head[5] == size + 1 else None
