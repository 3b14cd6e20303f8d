"""A wait for one answer, registered before its question leaves. No I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from drivers.clock import Clock
from drivers.errors import DriverError, NoReply

T = TypeVar("T")


class Expectation(Generic[T]):
    """See the module. It listens inside its `with` block.

    Args:
        clock: the link's clock.
        among: all that listen on this port; it joins and leaves them.
        until: gives the answer for the message that is one, else None; raises a `DriverError` for a "no".
    """

    def __init__(
        self, clock: Clock, among: list[Expectation[Any]], until: Callable[[object], T | None]
    ) -> None:
        self._clock = clock
        self._among = among
        self._until = until
        self._answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiter: asyncio.Future[None] | None = None
        """Whoever waits now; a wait may be given up, and the answer waited for again."""
        self.answered = False
        """An answer came, a "no" included; false where the wait was ended for another reason."""

    def __enter__(self) -> Expectation[T]:
        """Begin to listen."""
        self._among.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self._among.remove(self)
        if self._answer.done() and not self._answer.cancelled():
            self._answer.exception()  # read, so that asyncio does not complain of an unread error

    def offer(self, message: object) -> bool:
        """Take `message` if it is the answer; return whether it was."""
        if self._answer.done():
            return False
        try:
            answer = self._until(message)
        except Exception as error:  # noqa: BLE001  # it is raised where the answer is awaited
            # A "no", or a driver's own mistake, which is its command's end and must not stop the line's reader.
            self.answered = True
            self._answer.set_exception(error)
            self._wake()
            return True
        if answer is None:
            return False
        self.answered = True
        self._answer.set_result(answer)
        self._wake()
        return True

    def fail(self, error: DriverError) -> None:
        """End the wait with `error`."""
        if not self._answer.done():
            self._answer.set_exception(error)
            self._wake()

    @property
    def done(self) -> bool:
        """Return whether the answer, or an error, is there."""
        return self._answer.done()

    async def within(self, seconds: float) -> T:
        """Return the answer.

        Raises:
            NoReply: none came within `seconds`.
            Unreachable: the link was lost meanwhile.
            Refused: the device said no.
        """
        if not self._answer.done():
            # Not `asyncio.timeout` and `shield`: each of fifty lamps would pay for them before the next one's turn.
            self._waiter = asyncio.get_running_loop().create_future()
            timer = self._clock.call_later(seconds, self._wake)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        if not self._answer.done():
            raise NoReply(f"no answer within {seconds:g} s")
        return self._answer.result()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
