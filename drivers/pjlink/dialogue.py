"""What is said to a projector, on one connection after another: log-in, questions and orders, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from drivers.errors import NoReply, Refused, Unreachable, Unsupported
from drivers.job import current_job
from drivers.pjlink import codec
from drivers.pjlink.connection import Asleep
from drivers.pjlink.tables import ANSWER, OPEN
from drivers.port import Port
from drivers.transport.frames import Publish
from drivers.transport.tcp import CONNECT


@dataclass
class Dialogue:
    """See the module.

    Args:
        link: the device's place on its link.
        has_password: whether the room file has one; the connection knows it.
        changed: called when `failing` has changed.
    """

    link: Port
    has_password: bool
    changed: Callable[[], None]
    version: int = 1
    """Its class, 1 or 2, once it has been asked."""
    unknown: set[str] = field(default_factory=set[str])
    """Commands that it answered with `ERR1`; they are not sent again."""
    failing: bool = False
    """It answered `ERR4`, failure, and has done nothing well since."""
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)
    _greeting: codec.Greeting | None = None
    _asleep: bool = False
    _logged_in: bool = False

    def heard(self, message: codec.Message) -> None:
        """Note what happened to the connection."""
        match message:
            case codec.Fresh() | codec.Closed():
                self._greeting, self._logged_in = None, False
                self._asleep = isinstance(message, codec.Closed)
            case codec.Greeting():
                self._greeting, self._logged_in = message, False
            case _:
                return

    # -- log-in ---------------------------------------------------------------------------------------------------

    async def enter(self) -> None:
        """See to it that we are greeted and logged in; once per connection.

        Raises:
            Refused: `auth`, for good: the password is wrong or missing.
            NoReply: no greeting, or no answer to the log-in.
            Unreachable: the same, for a command of which no byte has left.
        """
        async with self._door:
            job = current_job.get()
            job.retries = 0  # a second attempt belongs on a new connection
            if self._logged_in:
                return
            try:
                await self._log_in(await self._greet())
            except NoReply as error:
                if job.bounded and job.tx == 0:
                    raise Unreachable(str(error)) from error
                raise

    async def _greet(self) -> codec.Greeting:
        if self._asleep:
            return await self._reopen()
        with self.link.listen(codec.greeted) as greeting:
            return self._greeting or await greeting.within(ANSWER)

    async def _reopen(self) -> codec.Greeting:
        job = current_job.get()
        before = job.tx, job.first_tx
        try:
            return await self.link.exchange(
                Publish(OPEN, b""), until=codec.greeted, timeout=CONNECT + ANSWER
            )
        finally:
            # A word to our own connection: nothing has left for the projector.
            job.tx, job.first_tx = before

    async def _log_in(self, greeting: codec.Greeting) -> None:
        """Ask the class: the first line of a connection, which carries the digest."""
        if greeting.challenge is not None and not self.has_password:
            self._stop("a password is wanted and none is set")
        first = codec.ask("CLSS", 1)
        try:
            answer = await self.link.exchange(first, until=codec.answers(first), timeout=ANSWER)
            self.version = 2 if answer.text == "2" else 1
        except Refused as refused:
            if refused.device_code == "auth":
                self._stop("the password is not accepted")
        self._logged_in = True

    def _stop(self, why: str) -> NoReturn:
        """Stop all attempts until the settings change."""
        error = Refused("auth", why, permanent=True)
        self.link.drop(error)
        raise error

    # -- asking and telling ---------------------------------------------------------------------------------------

    async def question(self, name: str) -> codec.Answer:
        """Ask for a value.

        Raises:
            Refused: its error, `ERR2` to `ERR4`.
            Unsupported: it does not know the command, now or before.
            NoReply: nothing came; the connection is closed.
        """
        return await self._exchange(name, lambda: codec.ask(name, self.version))

    async def order(self, name: str, value: str) -> None:
        """Set a value; raises as `question` does."""
        await self._exchange(name, lambda: codec.put(name, value, self.version))

    async def _exchange(self, name: str, line: Callable[[], bytes]) -> codec.Answer:
        if name in self.unknown:
            raise Unsupported(name)
        while True:
            await self.enter()
            frame = line()
            try:
                answer = await self.link.exchange(frame, until=codec.answers(frame), timeout=ANSWER)
            except Asleep:
                continue  # closed while the line waited for its turn
            except Refused as refused:
                self._note(name, refused)
                raise
            if answer.text.upper() == "OK":
                self.recovered()
            return answer

    def recovered(self) -> None:
        """Take it that a failure is over: an order was followed, or it was switched."""
        if self.failing:
            self.failing = False
            self.changed()

    def _note(self, name: str, refused: Refused) -> None:
        match refused.device_code:
            case "ERR1":
                self.unknown.add(name)
                raise Unsupported(name) from refused
            case "ERR4":
                self.failing = True
                self.changed()
            case "auth" if self._logged_in:
                # It was welcome before; whether it still is, the next log-in tells.
                self.link.drop(Unreachable("the projector wants another log-in"))
            case "auth":
                self._stop("the password is not accepted")
            case _:
                return
