"""A DMX node with one fixture: it hears Art-Net or sACN, and shines.

An older sequence number is ignored, as receivers do, unless the source has been silent. Read by its own offsets, never
by the codec.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from drivers.artnet.settings import LightSettings
from drivers.artnet.tables import RECEIVER_GIVES_UP, TUNABLE
from drivers.clock import Clock, Timer
from drivers.simulation.simulator import Simulator

LATE = 20
"""A sequence number up to this far behind the last one is late; further behind, the source began anew. SACN."""
ARTNET = b"Art-Net\0\x00\x50"
SACN = b"\x00\x10\x00\x00ASC-E1.17\0\0\0"


@dataclass
class State:
    """The fixture as a person in the room sees it."""

    power: bool = False
    level: float = 0.0
    """Percent of full light."""
    cct: float | None = None
    """Kelvin; None for a plain dimmer, and for a tunable one that is dark."""
    packets: int = 0
    """Packets taken for our universe."""
    ignored: int = 0
    """Packets left out because a newer one had been taken."""
    lost: int = 0
    """Packets that the fault `loss` swallowed."""
    streaming: bool = False
    """Whether a packet came within the last 2.5 s."""


class DmxSimulator(Simulator):
    """One fixture on one universe. Faults: `loss` (share of packets), `reorder` (each second packet comes later)."""

    protocol_faults: ClassVar[frozenset[str]] = frozenset({"loss", "reorder", "wrong_state"})

    def __init__(self, settings: LightSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        self.settings = settings
        self.state = State()
        self._last_sequence: int | None = None
        self._held: bytes | None = None
        self._silence: Timer | None = None

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take one datagram."""
        if "loss" in self.faults and self.random.random() < float(self.faults["loss"]):
            self.state.lost += 1
            return
        if "reorder" in self.faults and self._held is None:
            self._held = data
            return
        held, self._held = self._held, None
        self._take(data)
        if held is not None:
            self._take(held)

    def read(self, packet: bytes) -> tuple[int, int, bytes] | None:
        """Return universe, sequence number and slots, or None where it is no packet of this protocol."""
        raise NotImplementedError

    def _take(self, packet: bytes) -> None:
        found = self.read(packet)
        if found is None or found[0] != self.settings.universe:
            return
        _, sequence, slots = found
        if self._is_late(sequence):
            self.state.ignored += 1
            return
        self._last_sequence = sequence
        self.state.packets += 1
        self._stay_awake()
        if "wrong_state" not in self.faults:
            self._shine(slots[self.settings.slots.start : self.settings.slots.stop])

    def _is_late(self, sequence: int) -> bool:
        if self._last_sequence is None or not self.state.streaming:
            return False
        behind = (self._last_sequence - sequence) % 256
        return 0 < behind < LATE

    def _stay_awake(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        self.state.streaming = True
        self._silence = self.clock.call_later(RECEIVER_GIVES_UP, self._give_up)

    def _give_up(self) -> None:
        self.state.streaming = False

    def _shine(self, slots: bytes) -> None:
        if len(slots) < len(self.settings.slots):
            return
        state, light = self.state, self.settings
        match light.fixture, list(slots):
            case "dimmer", [level]:
                state.level = level / 2.55
            case "dimmer_16bit", [coarse, fine]:
                state.level = (coarse * 256 + fine) / 655.35
            case "warm_cold", [warm, cold]:
                state.level = (warm + cold) / 2.55
                self._tint(cold / (warm + cold) if warm + cold else None)
            case "dimmer_cct", [level, tint]:
                state.level = level / 2.55
                self._tint(tint / 255)
            case _:
                return
        state.power = state.level > 0

    def _tint(self, share: float | None) -> None:
        if share is None or self.settings.fixture not in TUNABLE:
            self.state.cct = None
            return
        self.state.cct = self.settings.warm + share * (self.settings.cold - self.settings.warm)

    def power_cycle(self) -> None:
        """Forget the stream; the light comes back dark."""
        self.state = State()
        self._last_sequence = None

    def close(self) -> None:
        """Stop the timer."""
        if self._silence is not None:
            self._silence.cancel()


class ArtnetSimulator(DmxSimulator):
    """A fixture behind an Art-Net node."""

    protocol = "artnet"

    def read(self, packet: bytes) -> tuple[int, int, bytes] | None:
        """Take an output packet apart; sequence 0 means that order does not matter."""
        if packet[:10] != ARTNET or len(packet) < 20 or packet[11] < 14:
            return None
        universe = packet[14] + 256 * packet[15]
        length = packet[16] * 256 + packet[17]
        if packet[12] == 0:
            self._last_sequence = None
        return universe, packet[12], packet[18 : 18 + length]


class SacnSimulator(DmxSimulator):
    """A fixture behind an sACN node."""

    protocol = "sacn"

    def read(self, packet: bytes) -> tuple[int, int, bytes] | None:
        """Take a data packet apart; other start codes than 0 are no light levels."""
        if packet[:16] != SACN or len(packet) < 127 or packet[125] != 0:
            return None
        universe = packet[113] * 256 + packet[114]
        return universe, packet[111], packet[126:]
