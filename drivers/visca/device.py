"""One VISCA camera. Only an inquiry confirms power, zoom and position; an acknowledged drive is confirmed as such."""

from __future__ import annotations

from dataclasses import replace

from drivers.commands import Arg, CommandSpec, Priority, RetryClass, command, renamed
from drivers.errors import Refused
from drivers.job import CommandRefused
from drivers.visca import codec
from drivers.visca.dialogue import Dialogue
from drivers.visca.line import Wait
from drivers.visca.tables import SPECIAL_PRESETS, ZOOM_OPTICAL

DRIVE_EVERY = 0.05
"""Seconds between drives, at least: the newest wins (protocols.md 2.2)."""
TRAVEL = Wait(20.0, slow=True)
"""For presets and absolute moves."""
QUICK = Wait(5.0)
POWER = 45.0
"""Seconds that switching on may take."""
FOCUS_STEP = 0.15
"""Seconds that the focus is driven for one step."""
SPEED = Arg("number", -1, 1, 0.05)


class Camera(Dialogue):
    """See the module. Provides PanTiltZoom, Presets and Power."""

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return the commands, with as many presets as the room offers."""
        specs = super().command_specs()
        number = {"preset": Arg("int", 0, self.settings.presets - 1, 1)}
        for name in ("preset_recall", "preset_save", "preset_clear"):
            specs[name] = renamed(specs[name], args=number)
        return specs

    # -- power ----------------------------------------------------------------------------------------------------

    @command(key="power", exclusive="slow", retries=0, settles="50s", confirm={"power": "on"})
    async def power_on(self) -> None:
        """Switch on; ends when the camera says that it is."""
        await self._power(on=True)

    @command(key="power", exclusive="slow", retries=0, settles="50s", confirm={"power": "off"})
    async def power_off(self) -> None:
        """Go to standby."""
        await self._power(on=False)

    async def _power(self, *, on: bool) -> None:
        wait = Wait(POWER, slow=True, known=self._known("power", "on" if on else "off"))
        await self._do(codec.power(self._address, on=on), wait)
        await self._see(self._read_power, power="on" if on else "off")

    # -- moving ---------------------------------------------------------------------------------------------------

    @command(
        args={"pan": SPEED, "tilt": SPEED, "zoom": Arg("number", -1, 1, 0.05, optional=True)},
        key="move",
        retry=RetryClass.MOTION,
        retries=0,
        ttl="3s",
        settles="2s",
        run="hold",
    )
    async def drive(self, pan: float, tilt: float, zoom: float = 0) -> None:
        """Drive at speeds -1..1; right, up and tele are positive. Stops by itself after 1 s unless renewed."""
        if not (pan or tilt or zoom):
            await self._stop()
            return
        steering = self._steering
        await self.link.clock.sleep(steering.pause(DRIVE_EVERY))
        packet = codec.drive(self._address, self._sign * pan, self._sign * tilt)
        await self._do(packet, leaving=steering.drive)
        self._moves()
        if zoom or steering.zooming:
            packet = codec.zoom(self._address, zoom)
            await self._do(packet, leaving=lambda: steering.zoom(on=bool(zoom)))
            steering.zooming = bool(zoom)

    @command(
        key="move",
        retry=RetryClass.STOP,
        retries=0,
        priority=Priority.SAFETY,
        flush=True,
        ttl="3s",
        timeout="1s",
    )
    async def stop(self) -> None:
        """Stop pan, tilt and zoom; repeated every 100 ms until acknowledged, for up to 1 s."""
        await self._stop()

    @command(
        key="move",
        exclusive="slow",
        retry=RetryClass.MOTION,
        retries=0,
        ttl="3s",
        settles="24s",
        run="tap",
    )
    async def home(self) -> None:
        """Go to the middle; ends when the camera says that it is there."""
        await self._travel(codec.home(self._address))

    @command(
        args={"pan": Arg("int", -0x8000, 0x7FFF, 1), "tilt": Arg("int", -0x8000, 0x7FFF, 1)},
        key="move",
        exclusive="slow",
        retry=RetryClass.MOTION,
        retries=0,
        ttl="3s",
        settles="24s",
        confirm={"pan": "{pan}", "tilt": "{tilt}"},
        run="tap",
    )
    async def goto(self, pan: int, tilt: int) -> None:
        """Go to a position in the camera's own steps; ends when it is there."""
        where = codec.Position(self._sign * pan, self._sign * tilt, wide=self._wide)
        speeds = {"pan_speed": self.settings.pan_speed, "tilt_speed": self.settings.tilt_speed}
        await self._travel(codec.go_to(self._address, where, **speeds))
        await self._see(self._read_position, pan=pan, tilt=tilt)

    @command(
        args={"zoom": Arg("number", 0, 100, 1, "%")},
        key="zoom",
        exclusive="slow",
        retries=0,
        settles="9s",
        confirm={"zoom": "{zoom}"},
    )
    async def zoom_to(self, zoom: float) -> None:
        """Zoom to a share of the optical range, 0..100 %."""
        packet = codec.zoom_to(self._address, round(zoom * ZOOM_OPTICAL / 100))
        await self._do(packet, replace(QUICK, slow=True))
        await self._see(self._read_zoom, zoom=zoom)

    async def _travel(self, packet: bytes) -> None:
        """Go somewhere by itself: what was driven before is over, and no stop follows by itself."""
        if self._steering.zooming:
            await self._line.stop((codec.zoom(self._address, 0),))
        steering = self._steering
        mark = steering.mark

        def leave() -> None:
            nonlocal mark
            mark = steering.leave()
            self._travelling = True
            self._moves()

        wait = replace(TRAVEL, known=self._look_meanwhile, taken=steering.travel)
        try:
            await self._do(packet, wait, leave)
        except Refused:
            if not steering.driven:  # else it still turns, and stops by itself
                self._stands(mark)
            raise
        finally:
            # Replaced, or without an answer, it may still be on its way: where it is tells when it stands.
            self._travelling = False
            self.link.look()
        self._stands(mark)

    def _look_meanwhile(self) -> bool:
        self.link.look()
        return False

    # -- presets and focus ----------------------------------------------------------------------------------------

    @command(
        args={"preset": Arg("int", 0, 254, 1)},
        key="move",
        exclusive="slow",
        retries=0,
        settles="24s",
        confirm={"preset": "{preset}"},
    )
    async def preset_recall(self, preset: int) -> None:
        """Go to a stored preset; ends when the camera says that it is there."""
        self._check(preset)
        await self._travel(codec.preset(self._address, 2, preset))
        self._tell("preset", preset)

    @command(args={"preset": Arg("int", 0, 254, 1)}, key="save", retries=0, settles="6s")
    async def preset_save(self, preset: int) -> None:
        """Store the present position."""
        self._check(preset)
        await self._do(codec.preset(self._address, 1, preset), QUICK)

    @command(args={"preset": Arg("int", 0, 254, 1)}, key="save", retries=0, settles="6s")
    async def preset_clear(self, preset: int) -> None:
        """Forget a stored position."""
        self._check(preset)
        await self._do(codec.preset(self._address, 0, preset), QUICK)

    def _check(self, preset: int) -> None:
        if preset in SPECIAL_PRESETS and not self.settings.allow_special:
            raise CommandRefused("unsupported", preset=preset)

    @command(
        args={"auto": Arg("bool")},
        key="focus",
        retries=0,
        settles="9s",
        confirm={"autofocus": "{auto}"},
    )
    async def focus(self, *, auto: bool) -> None:
        """Focus by itself, or stay where it is."""
        await self._do(codec.autofocus(self._address, on=auto), QUICK)
        await self._see(self._read_autofocus, autofocus=auto)

    @command(
        args={"direction": Arg("enum", values=("near", "far"))},
        retry=RetryClass.RELATIVE,
        retries=0,
        settles="2s",
    )
    async def focus_step(self, direction: str) -> None:
        """Focus a little nearer or farther; cameras refuse it while they focus by themselves."""
        self._focusing = True
        try:
            await self._do(codec.focus(self._address, 1 if direction == "far" else -1))
            await self.link.clock.sleep(FOCUS_STEP)
        except Refused:
            self._focusing = False
            raise
        finally:
            if self._focusing:
                await self._do(codec.focus(self._address, 0))
                self._focusing = False
