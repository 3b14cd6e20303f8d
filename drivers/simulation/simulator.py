"""The base of all simulators: state is the truth, the wire is real, and it can be broken while it runs.

A simulator implements `receive` (and `set_by_hand` where a person can operate the thing), keeps its state in a
dataclass `state`, and sends with `emit`. It frames its input itself, by its own tables. Faults of the wire (mute, deaf,
garble, split, slow, late, echo, unplug, reboot) are done here and in the wire; faults of the protocol (`refuse`,
`wrong_state`, `intruder` and the family's own) are declared in `protocol_faults` and read by the simulator from
`self.faults`.
"""

from __future__ import annotations

import dataclasses
import random
from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, cast

from drivers.clock import Clock, Timer

FRAMES_KEPT = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """One piece of traffic as the simulator saw it."""

    at: float
    """Seconds on the simulator's clock (monotonic)."""
    direction: str
    """`rx`: the device received it; `tx`: the device sent it."""
    data: bytes
    topic: str = ""
    """MQTT topic or HTTP path, else empty."""


class Wire(Protocol):
    """What a simulator is plugged into; several may share one wire (RS-485, VISCA chain, broker)."""

    @property
    def address(self) -> str:
        """Return `/dev/pts/3`, `127.0.0.1:4352`, or the broker's address."""
        ...

    def transmit(self, data: bytes, *, peer: object, topic: str, retain: bool) -> None:
        """Put bytes on the wire, paced where the wire is a serial line."""
        ...

    def drop_connections(self) -> None:
        """End all connections (TCP, broker); a serial line and UDP have none."""
        ...

    def unplug(self) -> None:
        """Close the pty master (EIO), reset TCP, close the UDP port, or drop the broker connection."""
        ...

    async def plug(self) -> None:
        """Bring the wire back at the same address."""
        ...


class UnknownFault(ValueError):
    """No such fault here; the text lists those there are."""


WIRE_FAULTS = frozenset(
    {"mute", "deaf", "garble", "split", "slow", "late", "reboot", "echo_twice", "echo", "unplug"},
)


class Simulator:
    """One simulated device."""

    protocol: ClassVar[str]
    """For people, for example `visca-udp`."""
    protocol_faults: ClassVar[frozenset[str]] = frozenset({"refuse", "wrong_state", "intruder"})
    state: Any
    """A dataclass: the truth that tests look at."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.wire: Wire | None = None
        self.frames: deque[Frame] = deque(maxlen=FRAMES_KEPT)
        self.faults: dict[str, Any] = {}
        """Active faults: name -> parameter (rate, milliseconds, count) or True."""
        self.fault_timers: dict[str, Timer] = {}
        """When those that end by themselves do."""
        self.abuse: list[str] = []
        """What no driver may do, in words, for example an opposite frame without a pause."""
        self.random = random.Random(1)  # noqa: S311  # reproducible noise, not a secret

    # -- what a simulator implements ------------------------------------------------------------------------------

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes from the wire, cut anywhere (UDP: one datagram; MQTT: one payload with its topic).

        `peer` identifies who sent it (a TCP connection, a UDP address) and goes back into `emit`.
        """
        raise NotImplementedError

    def connected(self, peer: object) -> None:
        """Somebody connected (TCP, broker): send a banner, start a session."""

    def disconnected(self, peer: object) -> None:
        """That connection is gone."""

    def topics(self) -> tuple[str, ...]:
        """Return the MQTT topic filters that it listens to."""
        return ()

    def will(self) -> tuple[str, bytes] | None:
        """Return topic and payload that the broker, or a gateway, publishes retained when it is gone; None: nothing."""
        return None

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Change the device as a person at it would (front panel, hand remote). Unknown names raise `ValueError`."""
        known = {f.name for f in dataclasses.fields(self.state)}
        unknown = set(values) - known
        if unknown:
            raise ValueError(
                f"no such value: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}"
            )
        for name, value in values.items():
            setattr(self.state, name, value)

    def power_cycle(self) -> None:
        """Lose what a reboot loses; called by the fault `reboot` when it comes back."""

    def intrude(self) -> None:
        """Send what nobody asked for, and what is meant for others; called when the fault `intruder` is set."""

    def close(self) -> None:
        """Stop timers."""

    # -- what the base gives --------------------------------------------------------------------------------------

    def emit(
        self,
        data: bytes,
        *,
        peer: object = None,
        topic: str = "",
        retain: bool = False,
        after: float = 0.0,
    ) -> None:
        """Send bytes, `after` seconds from now, through the faults that are set."""
        from drivers.simulation.faults import send_through  # noqa: PLC0415  # faults know simulators, not the reverse

        send_through(self, data, peer=peer, topic=topic, retain=retain, after=after)

    def snapshot(self) -> dict[str, Any]:
        """Return state, faults, abuse and the last 200 frames, ready for JSON."""
        return {
            "protocol": self.protocol,
            "address": self.wire.address if self.wire is not None else None,
            "state": {
                f.name: _plain(getattr(self.state, f.name)) for f in dataclasses.fields(self.state)
            },
            "faults": dict(self.faults),
            "known_faults": sorted(WIRE_FAULTS | self.protocol_faults),
            "abuse": list(self.abuse),
            "frames": [
                {
                    "at": round(f.at, 4),
                    "direction": f.direction,
                    "hex": f.data.hex(" "),
                    "topic": f.topic,
                }
                for f in self.frames
            ],
        }


def _plain(value: Any) -> Any:
    """Return a value of a state as JSON can say it: its keys are texts (a camera's presets are numbered)."""
    if not isinstance(value, dict):
        return value
    entries = cast("dict[Any, Any]", value)  # type: ignore[redundant-cast]  # pyright needs it
    return {str(key): _plain(entry) for key, entry in entries.items()}
