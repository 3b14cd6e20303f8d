"""A simulated camera on its wire: a place in a serial chain, Sony's numbered UDP, bare TCP or UDP."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from drivers.clock import Clock
from drivers.simulation.simulator import Simulator
from drivers.visca.camera import Camera
from drivers.visca.settings import ViscaSettings

ANSWER = 0.016
"""Seconds until a camera answers: one picture."""
HEADER = struct.Struct(">HHI")


class ViscaSimulator(Simulator):
    """One camera.

    `lenient`: over Sony's UDP, take inquiries of type 0100 too, which a common client sends.
    """

    protocol_faults: ClassVar[frozenset[str]] = frozenset(
        {
            "refuse",
            "wrong_state",
            "intruder",
            "no_ack",
            "socket_zero",
            "buffer_full",
            "seq_error",
            "lose_packets",
        }
    )

    def __init__(self, settings: ViscaSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        sony = transport_name == "udp" and settings.protocol == "sony"
        self.protocol = "visca-sony" if sony else f"visca-{transport_name}"  # type: ignore[misc]  # by the wire
        self._sony = sony
        self._serial = transport_name == "serial"
        self.address = settings.address if self._serial else 1
        self.lenient = False
        self.camera = Camera(clock)
        self.camera.faults = self.faults
        self.state = self.camera.state
        self._buffers: dict[object, bytearray] = {}
        self._expected: int | None = None
        """Next number; None after RESET: any is taken."""
        self._answered: dict[int, list[bytes]] = {}

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes of a stream, or a datagram."""
        if self._sony:
            self._datagram(data, peer)
            return
        if not self._serial and isinstance(peer, tuple):
            self._buffers.pop(peer, None)  # a datagram is whole
        buffer = self._buffers.setdefault(peer, bytearray())
        for byte in data:
            buffer.append(byte)
            if byte == 0xFF:
                self._packet(bytes(buffer), peer)
                buffer.clear()
            elif len(buffer) > 16:
                del buffer[0]

    def disconnected(self, peer: object) -> None:
        """Forget what that connection had begun."""
        self._buffers.pop(peer, None)

    # -- bare packets ---------------------------------------------------------------------------------------------

    def _packet(self, packet: bytes, peer: object) -> None:
        if packet[0] == 0x88:
            self._for_all(packet, peer)
        elif packet[0] == 0x80 | self.address:
            self.camera.handle(packet[1:-1], lambda body, after: self._answer(body, after, peer))

    def _for_all(self, packet: bytes, peer: object) -> None:
        """Answer a broadcast as the last camera of the chain, whose answer is the one that comes back."""
        chain = [s for s in self._neighbours() if isinstance(s, ViscaSimulator)]
        last = max(chain, key=lambda s: s.address, default=self)
        if packet[1:3] == b"\x01\x00":
            self.camera.busy.clear()
        if last is not self:
            return
        if packet[1:2] == b"\x30":
            self.emit(bytes((0x88, 0x30, last.address + 1, 0xFF)), peer=peer, after=ANSWER)
        elif packet[1:4] == b"\x01\x00\x01":
            self.emit(packet, peer=peer, after=ANSWER)

    def _neighbours(self) -> list[Simulator]:
        return cast("list[Simulator]", getattr(self.wire, "_simulators", [self]))

    def _answer(self, body: bytes, after: float, peer: object) -> None:
        packet = bytes(((8 + self.address) << 4, *body, 0xFF))
        self.emit(packet, peer=peer, after=ANSWER + after)

    # -- numbered messages ----------------------------------------------------------------------------------------

    def _datagram(self, data: bytes, peer: object) -> None:
        if self.random.random() < float(self.faults.get("lose_packets", 0) or 0):
            return
        if len(data) < HEADER.size + 1:
            return
        kind, length, number = HEADER.unpack_from(data)
        body = data[HEADER.size :]
        if kind == 0x0200 and body == b"\x01":
            self._expected = None
            self._answered.clear()
            self._control(number, b"\x01", peer)
            return
        inquiry = body[1:2] == b"\x09"
        wanted = 0x0110 if inquiry else 0x0100
        right = kind == wanted or (self.lenient and kind == 0x0100)
        if length != len(body) or not right or body[:1] != b"\x81" or body[-1:] != b"\xff":
            self._control(number, b"\x0f\x02", peer)
            return
        self._numbered(number, body, peer)

    def _numbered(self, number: int, body: bytes, peer: object) -> None:
        if number in self._answered:
            for answer in self._answered[number]:  # a copy: answered again, executed once
                self.emit(answer, peer=peer, after=ANSWER)
            return
        wrong = self._expected is not None and number != self._expected
        if wrong or self.faults.pop("seq_error", None):
            self._control(number, b"\x0f\x01", peer)
            return
        self._expected = (number + 1) % (1 << 32)
        answers = self._answered.setdefault(number, [])
        while len(self._answered) > 64:
            del self._answered[next(iter(self._answered))]

        def reply(inner: bytes, after: float) -> None:
            packet = bytes((0x90, *inner, 0xFF))
            message = HEADER.pack(0x0111, len(packet), number) + packet
            answers.append(message)
            self.emit(message, peer=peer, after=ANSWER + after)

        self.camera.handle(body[1:-1], reply)

    def _control(self, number: int, value: bytes, peer: object) -> None:
        message = HEADER.pack(0x0201, len(value), number) + value
        self.emit(message, peer=peer, after=ANSWER)

    # -- by hand --------------------------------------------------------------------------------------------------

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Use the remote control."""
        values = dict(values)
        if "presets" in values:
            raise ValueError("presets are stored by commands")
        super().set_by_hand(values)

    def intrude(self) -> None:
        """Send another camera's answers, an acknowledgement of nothing and rubbish."""
        if self._sony:
            self.emit(HEADER.pack(0x0111, 3, 0x7FFFFFFF) + bytes.fromhex("90 41 ff"))
            self.emit(b"\x01\x11\x00")
            return
        for packet in ("c0 41 ff", "c0 50 02 ff", "90 43 ff", "ff ff ff", "12 34 56 ff"):
            self.emit(bytes.fromhex(packet))

    def power_cycle(self) -> None:
        """Come back in standby, without a memory of numbers; presets stay."""
        presets = self.state.presets
        self.camera.close()
        self.camera = Camera(self.clock)
        self.camera.faults = self.faults
        self.camera.state.presets = presets
        self.state = self.camera.state
        self._expected = None
        self._answered.clear()
        if self._serial:
            self.emit(bytes(((8 + self.address) << 4, 0x38, 0xFF)))

    def close(self) -> None:
        """Stop timers."""
        self.camera.close()
