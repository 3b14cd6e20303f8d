"""Motors that ask for the tablet's PIN before they move (`lock: pin`). Stop ignores it.

A right PIN opens a device for that client, until `lock` or 60 s after its last motion. Where no PIN is known nobody can
open it: a lock that was asked for is never left open by mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.clock import Clock
from drivers.commands import Arg, CommandSpec, Outcome, OutcomeKind
from roomd.control.commands import Actor, refused

OPEN = 60.0
"""Seconds after the last motion until it is locked again."""
TRIES = 5
"""Wrong PINs in a row after which nothing is tried for a while."""
REST = 60.0
"""Seconds of that while."""

LOCK_COMMANDS = {
    "unlock": CommandSpec("unlock", args={"pin": Arg("string", max_length=16)}),
    "lock": CommandSpec("lock"),
}
"""What a device with `lock: pin` has besides its own."""

PinIs = Callable[[Actor, str], bool]


def no_pin(_actor: Actor, _pin: str) -> bool:
    """Say no: no PIN is known."""
    return False


@dataclass
class _Key:
    """Who may move a device, and until when."""

    client: str
    until: float


class Locks:
    """See the module."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[str, _Key] = {}
        self._wrong: dict[str, tuple[int, float]] = {}
        """Client -> wrong PINs in a row, and when the last one was."""
        self.pin_is: PinIs = no_pin

    def closed(self, device: str, actor: Actor) -> bool:
        """Return whether `actor` may not move a device that has a lock."""
        key = self._keys.get(device)
        return key is None or key.client != actor.client or key.until <= self._clock.monotonic()

    def moved(self, device: str) -> None:
        """Note that a device moves: whoever opened it has time again."""
        key = self._keys.get(device)
        if key is not None:
            key.until = self._clock.monotonic() + OPEN

    def close_all(self) -> None:
        """Lock everything: the meeting is over."""
        self._keys.clear()

    def run(self, device: str, command: str, pin: str, actor: Actor) -> Outcome:
        """Run `unlock` or `lock`."""
        if command == "lock":
            self._keys.pop(device, None)
            return Outcome(OutcomeKind.CONFIRMED)
        now = self._clock.monotonic()
        wrong, at = self._wrong.get(actor.client, (0, 0.0))
        if wrong >= TRIES and now - at < REST:
            return refused("rate_limited", device=device)
        if not self.pin_is(actor, pin):
            self._wrong[actor.client] = (wrong % TRIES + 1, now)
            return refused("locked", device=device)
        self._wrong.pop(actor.client, None)
        self._keys[device] = _Key(actor.client, now + OPEN)
        return Outcome(OutcomeKind.CONFIRMED)
