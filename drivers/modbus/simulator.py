"""A relay board on Modbus RTU or TCP; several may share one bus.

It reads requests by its own offsets, never by the codec.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from drivers.clock import Clock
from drivers.modbus.settings import RelaySettings
from drivers.modbus.tables import (
    EXCEPTION_BIT,
    OFF,
    ON,
    ExceptionCode,
    Framing,
    Function,
    crc16,
    pack_bits,
)
from drivers.simulation.simulator import Simulator

IDLE = 0.05
"""Seconds after which half a request is forgotten."""
REGISTERS = 16


@dataclass
class State:
    """What the board's relays and registers are."""

    coils: list[bool]
    registers: list[int] = field(default_factory=lambda: [0] * REGISTERS)
    """Holding registers, 0..65535, from address 0 on."""
    switched: list[tuple[int, bool]] = field(default_factory=list[tuple[int, bool]])
    """Every coil write in order: address, state."""


class Denied(Exception):
    """The board says no, with this exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class BoardSimulator(Simulator):
    """One board.

    Faults: `exception` (its code; `refuse` is exception 4), `busy` (how many requests are answered with exception 6),
    `bad_crc`, `stuck_relay` (true, or a channel: echo yes, coil unchanged; `wrong_state` is all channels), `intruder`
    (another unit's answer).
    """

    protocol = "modbus"
    protocol_faults: ClassVar[frozenset[str]] = frozenset(
        {"refuse", "wrong_state", "intruder", "exception", "busy", "bad_crc", "stuck_relay"}
    )

    def __init__(self, settings: RelaySettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        self.settings = settings
        wiring = settings.transport
        if wiring == "auto":
            wiring = "rtu" if transport_name == "serial" else "tcp"
        self.framing: Framing = "tcp" if wiring == "tcp" else "rtu"
        self.state = State([False] * settings.channels)
        self._rest: dict[object, bytes] = {}
        self._heard = 0.0

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes; answer each whole request of ours."""
        now = self.clock.monotonic()
        rest = self._rest.get(peer, b"") if now - self._heard <= IDLE else b""
        self._heard = now
        rest += data
        while True:
            size = self._request_size(rest)
            if not size or len(rest) < size:
                break
            request, rest = rest[:size], rest[size:]
            self._take(request, peer)
        self._rest[peer] = rest if size else b""

    def disconnected(self, peer: object) -> None:
        """Forget that connection's half request."""
        self._rest.pop(peer, None)

    def power_cycle(self) -> None:
        """Come back with all relays off."""
        self.state = State([False] * self.settings.channels)

    def intrude(self) -> None:
        """Say what nobody asked for: another unit's coils, all on."""
        self._answer(
            self.settings.unit % 247 + 1, bytes((Function.READ_COILS, 1, 0xFF)), b"\0\0", None
        )

    def _request_size(self, rest: bytes) -> int:
        """Return the size of the request in front, 0 while it cannot be told."""
        if self.framing == "tcp":
            return 6 + int.from_bytes(rest[4:6], "big") if len(rest) >= 6 else 0
        if len(rest) < 8:
            return 0
        many = rest[1] in (Function.WRITE_COILS, Function.WRITE_REGISTERS)
        return 9 + rest[6] if many else 8

    def _take(self, request: bytes, peer: object) -> None:
        if self.framing == "tcp":
            transaction, unit, pdu = request[:2], request[6], request[7:]
        else:
            transaction, unit, pdu = b"", request[0], request[1:-2]
            if crc16(request[:-2]) != request[-2:]:
                return
        if unit != self.settings.unit or not pdu:
            return
        try:
            self._fail_if_told()
            answer = self._execute(pdu)
        except Denied as denied:
            answer = bytes((pdu[0] | EXCEPTION_BIT, denied.code))
        except IndexError:
            answer = bytes((pdu[0] | EXCEPTION_BIT, ExceptionCode.ILLEGAL_VALUE))
        self._answer(unit, answer, transaction, peer)

    def _answer(self, unit: int, pdu: bytes, transaction: bytes, peer: object) -> None:
        if self.framing == "tcp":
            frame = transaction + b"\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes((unit,)) + pdu
        else:
            body = bytes((unit,)) + pdu
            check = crc16(body)
            if "bad_crc" in self.faults:
                check = bytes((check[0] ^ 0x01, check[1]))
            frame = body + check
        self.emit(frame, peer=peer, after=0.004)

    def _fail_if_told(self) -> None:
        if "refuse" in self.faults:
            raise Denied(ExceptionCode.DEVICE_FAILURE)
        if "exception" in self.faults:
            raise Denied(int(self.faults["exception"]))
        if self.faults.get("busy", 0) > 0:
            self.faults["busy"] -= 1
            raise Denied(ExceptionCode.BUSY)

    def _execute(self, pdu: bytes) -> bytes:
        address, number = pdu[1] * 256 + pdu[2], pdu[3] * 256 + pdu[4]
        match pdu[0]:
            case Function.READ_COILS:
                bits = self._part(self.state.coils, address - self.settings.first_address, number)
                packed = pack_bits(bits)
                return bytes((pdu[0], len(packed))) + packed
            case Function.READ_HOLDING:
                words = self._part(self.state.registers, address, number)
                return bytes((pdu[0], 2 * number)) + b"".join(w.to_bytes(2, "big") for w in words)
            case Function.WRITE_COIL:
                if number not in (ON, OFF):
                    raise Denied(ExceptionCode.ILLEGAL_VALUE)
                self._switch(address, [number == ON])
            case Function.WRITE_COILS:
                wished = int.from_bytes(pdu[6 : 6 + pdu[5]], "little")
                self._switch(address, [bool(wished >> place & 1) for place in range(number)])
            case Function.WRITE_REGISTER:
                self._part(self.state.registers, address, 1)
                self.state.registers[address] = number
            case Function.WRITE_REGISTERS:
                self._part(self.state.registers, address, number)
                words = [pdu[i] * 256 + pdu[i + 1] for i in range(6, 6 + 2 * number, 2)]
                self.state.registers[address : address + number] = words
            case _:
                raise Denied(ExceptionCode.ILLEGAL_FUNCTION)
        return pdu[:5]

    def _part(self, values: list[Any], start: int, number: int) -> list[Any]:
        if start < 0 or number < 1 or start + number > len(values):
            raise Denied(ExceptionCode.ILLEGAL_ADDRESS)
        return values[start : start + number]

    def _switch(self, address: int, states: list[bool]) -> None:
        start = address - self.settings.first_address
        self._part(self.state.coils, start, len(states))
        for place, on in enumerate(states, start=start):
            stuck = self.faults.get("stuck_relay")
            if stuck is True or stuck == place + 1 or "wrong_state" in self.faults:
                continue
            self.state.coils[place] = on
            self.state.switched.append((place, on))
