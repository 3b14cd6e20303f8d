"""Step 6. The thing itself, simulated: a dataclass is the truth, `receive` and `emit` are the wire.

It frames its input by its own means and never imports the codec. It refuses what a real one refuses. Faults of the wire
(mute, late, garble, unplug, …) are done by the base; those of the protocol are listed and read from `self.faults`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from drivers._template.settings import LanternSettings
from drivers._template.tables import BRIGHTEST, BROKEN, END, LONGEST, RANGE
from drivers.clock import Clock
from drivers.simulation.simulator import Simulator


@dataclass
class State:
    """The lantern as a person sees it."""

    level: int = 0
    """Percent, 0..100."""


class LanternSimulator(Simulator):
    """One lantern; several may share a line."""

    protocol = "template"
    protocol_faults: ClassVar[frozenset[str]] = frozenset({"refuse", "wrong_state", "intruder"})

    def __init__(self, settings: LanternSettings, transport_name: str, clock: Clock) -> None:
        super().__init__(clock)
        self.address = settings.address
        self.state = State()
        self._rest: dict[object, bytes] = {}

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes, cut anywhere; `peer` is who sent them, and gets the answer."""
        *lines, rest = (self._rest.get(peer, b"") + data).split(END)
        self._rest[peer] = rest[-LONGEST:]
        for line in lines:
            self._obey(line.decode("ascii", "replace").split(" "), peer)

    def disconnected(self, peer: object) -> None:
        """Forget that connection's half line."""
        self._rest.pop(peer, None)

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Turn the knob: a real one then says so by itself."""
        super().set_by_hand(values)
        self._say(f"IS {self.address} {self.state.level}")

    def intrude(self) -> None:
        """Speak as another lantern, and as none."""
        self._say(f"IS {self.address % 9 + 1} 77")
        self._say("HELLO")

    def power_cycle(self) -> None:
        """Come back dark."""
        self.state = State()

    def _obey(self, words: list[str], peer: object) -> None:
        match words:
            case ["SET", address, level] if address == str(self.address):
                self._say(self._set(level), peer)
            case ["GET", address] if address == str(self.address):
                self._say(f"IS {self.address} {self.state.level}", peer)
            case _:
                return

    def _set(self, level: str) -> str:
        if "refuse" in self.faults:
            return f"ERR {self.address} {BROKEN}"
        if not level.isdecimal() or int(level) > BRIGHTEST:
            return f"ERR {self.address} {RANGE}"
        if "wrong_state" not in self.faults:
            self.state.level = int(level)
        return f"OK {self.address} {level}"

    def _say(self, line: str, peer: object = None) -> None:
        self.emit(line.encode() + END, peer=peer, after=0.002)
