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
"""Seconds until a camera answers: one picture (Datavideo PTC-150: one command a picture; not seen, unverified)."""
HEADER = struct.Struct(">HHI")
NUMBERS = 1 << 32
STILL = (0x06, 0x01), (0x03, 0x03)
"""How a stop of pan and tilt begins and ends."""


class ViscaSimulator(Simulator):
    """One camera.

    `lenient`: over Sony's UDP, take inquiries of type 0100 too, which a common client sends. The faults `refuse`,
    `buffer_full` and `seq_error` may be given a count: so many times.
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
        self._datagrams = transport_name == "udp"
        self.address = settings.address if self._serial else 1
        self.lenient = False
        self.camera = Camera(clock, self.faults)
        self.state = self.camera.state
        self._addressed = True
        """False on a serial chain after power was lost, until addresses are set."""
        self._buffers: dict[object, bytearray] = {}
        self._expected: frozenset[int] | None = None
        """The numbers that may come next; None after RESET: any is taken."""
        self._acknowledged_at = 0.0

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes of a stream, or a datagram."""
        if self._sony:
            if not self._lost():
                self._datagram(data, peer)
            return
        if self._datagrams:
            self._buffers.pop(peer, None)  # a datagram is whole
        buffer = self._buffers.setdefault(peer, bytearray())
        for byte in data:
            buffer.append(byte)
            if byte == 0xFF:
                if not self._lost():
                    self._packet(bytes(buffer), peer)
                buffer.clear()
            elif len(buffer) > 16:
                del buffer[0]

    def disconnected(self, peer: object) -> None:
        """Forget what that connection had begun."""
        self._buffers.pop(peer, None)

    def _lost(self) -> bool:
        """Return whether the network loses this packet."""
        return self.random.random() < float(cast("float", self.faults.get("lose_packets", 0)))

    def _watch(self, body: bytes) -> None:
        """Note what a camera would get wrong: a command before the last one was acknowledged."""
        if body[:1] != b"\x01" or body[1:2] == b"\x00":
            return
        stop = body == b"\x01\x04\x07\x00" or (
            tuple(body[1:3]) == STILL[0] and tuple(body[-2:]) == STILL[1]
        )
        now = self.clock.monotonic()
        if now < self._acknowledged_at and not stop:
            self.abuse.append("a command came before the last one was acknowledged")
        self._acknowledged_at = now + ANSWER

    # -- bare packets ---------------------------------------------------------------------------------------------

    def _packet(self, packet: bytes, peer: object) -> None:
        if packet[0] == 0x88:
            self._for_all(packet, peer)
        elif packet[0] == 0x80 | self.address and self._addressed:
            self._watch(packet[1:-1])
            self.camera.handle(packet[1:-1], lambda body: self._answer(body, peer))

    def _for_all(self, packet: bytes, peer: object) -> None:
        """Answer a broadcast as the last camera of the chain, whose answer is the one that comes back."""
        chain = [s for s in self._neighbours() if isinstance(s, ViscaSimulator)]
        last = max(chain, key=lambda s: s.address, default=self)
        if packet == b"\x88\x30\x01\xff":
            self._addressed = True
            answer = bytes((0x88, 0x30, last.address + 1, 0xFF))
        elif packet == b"\x88\x01\x00\x01\xff":
            self.camera.clear()
            answer = packet
        else:
            return
        if last is self and self._serial:
            self.emit(answer, peer=peer, after=ANSWER)

    def _neighbours(self) -> list[Simulator]:
        return cast("list[Simulator]", getattr(self.wire, "_simulators", [self]))

    def _answer(self, body: bytes, peer: object) -> None:
        if not self._lost():
            packet = bytes(((8 + self.address) << 4, *body, 0xFF))
            self.emit(packet, peer=peer, after=ANSWER)

    # -- numbered messages ----------------------------------------------------------------------------------------

    def _datagram(self, data: bytes, peer: object) -> None:
        if len(data) < HEADER.size + 1:
            return
        kind, length, number = HEADER.unpack_from(data)
        body = data[HEADER.size :]
        if kind == 0x0200 and body == b"\x01":
            self._expected = None
            self._control(number, b"\x01", peer)
            return
        in_step = self._expected is None or number in self._expected
        if self.camera.spend("seq_error") or not in_step:
            # Also for a copy of what was taken already: SRG-300H, p. 32.
            self._control(number, b"\x0f\x01", peer)
            return
        self._expected = frozenset({(number + 1) % NUMBERS})
        wanted = 0x0110 if body[1:2] == b"\x09" else 0x0100
        right = kind == wanted or (self.lenient and kind == 0x0100)
        if length != len(body) or not right or body[:1] != b"\x81" or body[-1:] != b"\xff":
            self._control(number, b"\x0f\x02", peer)
            return
        self._watch(body[1:-1])
        self._numbered(number, body, peer)

    def _numbered(self, number: int, body: bytes, peer: object) -> None:

        def reply(inner: bytes) -> None:
            if inner[0] >> 4 == 6:
                # What was refused was not carried out, and may come again: SRG-300H, p. 32.
                self._expected = frozenset({number, (number + 1) % NUMBERS})
            packet = bytes((0x90, *inner, 0xFF))
            if not self._lost():
                message = HEADER.pack(0x0111, len(packet), number) + packet
                self.emit(message, peer=peer, after=ANSWER)

        self.camera.handle(body[1:-1], reply)

    def _control(self, number: int, value: bytes, peer: object) -> None:
        if not self._lost():
            message = HEADER.pack(0x0201, len(value), number) + value
            self.emit(message, peer=peer, after=ANSWER)

    # -- by hand --------------------------------------------------------------------------------------------------

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Use the remote control."""
        if "presets" in values:
            raise ValueError("presets are stored by commands")
        super().set_by_hand(values)

    def intrude(self) -> None:
        """Send another camera's answers, an acknowledgement of nothing and rubbish."""
        if self._sony:
            for text in (
                "01 11 00 03 7f ff ff ff 90 41 ff",  # a number that nobody used
                "01 11 00 09 00 00 00 01 90 41 ff",  # a length that lies
                "01 20 00 03 00 00 00 01 90 41 ff",  # another type
                "01 11 00",
            ):
                self.emit(bytes.fromhex(text))
            return
        for text in ("c0 41 ff", "c0 50 02 ff", "90 43 ff", "ff ff ff", "12 34 56 ff"):
            self.emit(bytes.fromhex(text))

    def power_cycle(self) -> None:
        """Come back without a memory of numbers and of addresses; presets stay."""
        self.camera.power_cycle()
        self._expected = None
        if self._serial:
            self._addressed = False
            self.emit(bytes(((8 + self.address) << 4, 0x38, 0xFF)))

    def close(self) -> None:
        """Stop timers."""
        self.camera.close()
