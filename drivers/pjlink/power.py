"""Switching a projector on and off: it takes minutes, refuses meanwhile, and may not answer at all for a while.

`OFF -> WARMING -> ON -> COOLING -> OFF`, known from `POWR` only. A wish during a transition waits for its end; the
link's rule "newest wins" makes the last wish the one that counts. Nothing is sent that the state forbids.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.clock import Clock
from drivers.errors import NoReply, Refused, Unreachable
from drivers.execute import Mismatch
from drivers.pjlink.tables import ON_THE_WAY, SILENCE

LOOK = 2.0
"""Seconds between questions during a transition. PJLINK-LIBS."""
AGAIN = 3.0
"""Seconds before a command is repeated that was refused with `ERR3`, not now. PJLINK-LIBS."""
FOLLOW = 30.0
"""Seconds in which an accepted command must begin to show; unverified."""
TELLS = 3
"""How often an unanswered command is sent, while the state shows that it was not followed."""


class Projector(Protocol):
    """What switching needs of the device."""

    async def look(self) -> str | None:
        """Ask `POWR`; None: silent, or it cannot say now."""
        ...

    async def tell(self, wish: str) -> bool:
        """Send `POWR`; return whether it was accepted, False where no answer came.

        Raises:
            Unreachable: it did not leave, because the projector cannot be reached.
            NoReply: the same, after other questions have left.
            Refused: the projector's error.
        """
        ...

    def passing(self) -> bool:
        """Return whether a transition, under way or just over, explains that it refuses."""
        ...


@dataclass
class Switching:
    """One wish for power, on its way.

    Args:
        projector: asks and tells.
        clock: the link's clock.
        limits: longest time of a transition in seconds, by its state.
    """

    projector: Projector
    clock: Clock
    limits: dict[str, float]
    told: float | None = None
    """Monotonic second of the last command that left."""
    tells: int = 0
    unanswered: bool = False
    """No answer came to the last command, so nobody knows whether it was taken."""
    seen: str | None = None
    since: float = 0.0
    """Since when `seen` is what it is."""
    was_on_the_way: bool = False
    refused_since: float | None = None
    """Monotonic second of the first `ERR3`."""

    async def to(self, wish: str) -> None:
        """Return when the projector reports `wish`, `on` or `off`.

        Raises:
            NoReply: it cannot be reached, or a transition takes longer than its limit.
            Refused: it said no, and not for the reason of a transition.
            Mismatch: it accepted and does not do it.
        """
        while not await self._look(wish):
            if self.seen in ON_THE_WAY:
                self._check_limit()
            elif self._may_tell():
                if await self._tell(wish):
                    continue
            else:
                self._check_following(wish)
            await self.clock.sleep(LOOK)

    async def _look(self, wish: str) -> bool:
        """Look at the state; return whether it is the wish, after our command or a transition."""
        state = await self.projector.look()
        if state != self.seen:
            self.seen, self.since = state, self.clock.monotonic()
        self.was_on_the_way |= state in ON_THE_WAY
        return state == wish and (self.told is not None or self.was_on_the_way)

    def _may_tell(self) -> bool:
        """Return whether to send the command: for the first time, or again where no answer came and nothing shows."""
        if self.told is None:
            return True
        return self.unanswered and self.seen is not None and self.tells < TELLS

    async def _tell(self, wish: str) -> bool:
        """Send the command; return whether it is worth looking at once."""
        try:
            accepted = await self.projector.tell(wish)
        except Refused as refused:
            if refused.device_code != "ERR3":
                raise
            await self._not_now(wish, refused)
            return True
        self.tells += 1
        self.told = self.clock.monotonic()
        self.unanswered = not accepted
        return accepted

    async def _not_now(self, wish: str, refused: Refused) -> None:
        """Look whether a transition explains the refusal; it is repeated only then."""
        await self._look(wish)
        now = self.clock.monotonic()
        self.refused_since = self.refused_since or now
        explained = self.seen is None or self.seen in ON_THE_WAY or self.projector.passing()
        if not explained or now - self.refused_since > max(self.limits.values()):
            raise refused
        await self.clock.sleep(AGAIN)

    def _check_limit(self) -> None:
        if self.clock.monotonic() - self.since > self.limits[str(self.seen)]:
            raise NoReply(f"still {self.seen} after {self.limits[str(self.seen)]:g} s")

    def _check_following(self, wish: str) -> None:
        passed = self.clock.monotonic() - (self.told or 0.0)
        if self.seen is None:
            if passed > SILENCE:
                raise NoReply(f"silent for {SILENCE:g} s after a power command")
        elif passed > FOLLOW:
            if self.unanswered:
                raise NoReply(f"sent {self.tells} times and never answered")
            raise Mismatch("power", wish, self.seen)


async def patiently(work: Callable[[], Awaitable[str | None]]) -> str | None:
    """Return what `work` returns; None where nobody answers, or the answer is `ERR3`, not now."""
    try:
        return await work()
    except (NoReply, Unreachable):
        return None
    except Refused as refused:
        if refused.device_code != "ERR3":
            raise
        return None
