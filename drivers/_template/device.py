"""Step 8. The device: thin. It picks a codec function and asks the link.

There is no reconnect, queue, retry, timer or error text here: the link has them. If a method masks bits or counts
bytes, the code is in the wrong file.
"""

from __future__ import annotations

from typing import ClassVar

from drivers._template import codec
from drivers._template.settings import LanternSettings
from drivers._template.tables import BRIGHTEST, PORT
from drivers.commands import Arg, command
from drivers.device import Device, LinkDefaults, TransportName
from drivers.points import PointSpec


class Lantern(Device[LanternSettings]):
    """One lantern. Provides Power and Dimmer."""

    kind = "light"
    transports: ClassVar[frozenset[TransportName]] = frozenset({"serial", "tcp"})
    defaults = LinkDefaults(port=PORT, baud=9600, gap=0.02, shared=True)
    # Only declared points may be reported. `poll`: how often to ask, besides what it says by itself.
    points = (
        PointSpec("power", "bool"),
        PointSpec("level", "int", "%", 0, BRIGHTEST, 1, poll="15s"),
    )

    def decoder(self) -> codec.Decoder:
        """Return a new decoder: each device on a shared line has its own."""
        return codec.Decoder()

    def on_message(self, message: object) -> None:
        """Take what the line says, asked for or not. Synchronous, no I/O; other lanterns' messages pass by here too.

        `OK` is not taken for a value: a lantern that says it has done something may not have.
        """
        match message:
            case codec.Level(address=self.settings.address, level=level, word="IS"):
                self.report_many({"power": level > 0, "level": level})
            case _:
                return

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask; the answer reaches `on_message` as well, which reports it."""
        address = self.settings.address
        await self.link.exchange(codec.get_level(address), until=codec.told(address))

    # `key`: of two wishes with the same key the newer one counts. `confirm`: what must be *reported* before the outcome
    # is `confirmed`; the link asks for it when the method has ended. The retry class is left at `absolute`: a level may
    # be told again when no answer came.

    @command(key="level", timeout="500ms", confirm={"level": BRIGHTEST})
    async def on(self) -> None:
        """Switch on, to full light."""
        await self._set(BRIGHTEST)

    @command(key="level", timeout="500ms", confirm={"level": 0})
    async def off(self) -> None:
        """Switch off."""
        await self._set(0)

    @command(
        args={"level": Arg("int", 0, BRIGHTEST, 1, "%")},
        key="level",
        timeout="500ms",
        confirm={"level": "{level}"},
    )
    async def set(self, level: int) -> None:
        """Set the level in percent, 0..100."""
        await self._set(level)

    async def _set(self, level: int) -> None:
        address = self.settings.address
        await self.link.exchange(
            codec.set_level(address, level), until=codec.accepted(address, level)
        )
