"""A device's own place on a link: ask, tell, and wait for answers.

Inside a command method, `handshake` or `refresh`:

    answer = await self.link.exchange(codec.power(on=True), until=codec.answers_power)

`until` gets each message of this device and returns the answer, or None when the message is not it. It must name all
that the protocol carries (address, opcode, argument, sequence number), so that a late answer is never taken for the
next command. What no `until` wants still goes to `on_message`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

from drivers.clock import Clock
from drivers.errors import DriverError
from drivers.transport.frames import Frame

T = TypeVar("T")


class Expectation(Generic[T]):
    """An answer that is awaited apart from the lane, registered before its question leaves."""

    def __enter__(self) -> Expectation[T]:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    async def within(self, seconds: float) -> T:
        """Return the answer, or raise `NoReply` after `seconds`."""
        raise NotImplementedError


class Port:
    """One device's access to its link."""

    answering: bool
    clock: Clock

    async def exchange(
        self, frame: Frame, *, until: Callable[[object], T | None], timeout: float | None = None
    ) -> T:
        raise NotImplementedError

    async def send(self, frame: Frame, *, repeat: int = 1, repeat_gap: float = 0.0) -> None:
        raise NotImplementedError

    def listen(self, until: Callable[[object], T | None]) -> Expectation[T]:
        raise NotImplementedError

    def quiet(self, seconds: float) -> None:
        raise NotImplementedError

    def drop(self, error: DriverError) -> None:
        raise NotImplementedError

    def wire_time(self, size: int) -> float:
        raise NotImplementedError

    def count_undeclared(self, point: str) -> None:
        raise NotImplementedError
