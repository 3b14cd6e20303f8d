"""aiopjlink 1.0.5 as client of our projector: class 1 and 2, no search, no notices."""

from __future__ import annotations

from typing import Any

import pytest

from tests.drivers.rig import eventually
from tests.peers.pjlink_projector import PASSWORDS, Projector, projector, switching
from tests.support.programs import require_module

pytestmark = pytest.mark.peers


def peer() -> Any:
    require_module("aiopjlink")
    import aiopjlink  # noqa: PLC0415  # a peer may be missing

    return aiopjlink


def client(at: Projector, password: str | None) -> Any:
    return peer().PJLink("127.0.0.1", port=at.port, password=password, timeout=4)


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_switches_on_and_off(password: str | None) -> None:
    power = peer().Power.State
    async with projector(password) as at:
        async with switching(at), client(at, password) as link:
            assert await link.power.get() == power.OFF
            await link.power.turn_on()
            with pytest.raises(peer().PJLinkERR3):
                await link.power.turn_off()
            assert await link.power.get() == power.WARMING
            while await link.power.get() != power.ON:
                pass
            assert at.state.power == "on"
            await link.power.turn_off()
            assert await link.power.get() == power.COOLING
            while await link.power.get() != power.OFF:
                pass
        assert at.state.orders == ["POWR 1", "POWR 0", "POWR 0"]
        assert at.abuse == []


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_sees_what_the_projector_is(password: str | None) -> None:
    categories, levels, lamps = peer().Errors.Category, peer().Errors.Level, peer().Lamp.State
    async with projector(password) as at, client(at, password) as link:
        at.state.errors = "021000"
        assert await link.info.table() == {
            "software_version": "1.0.2",
            "serial_number": "R0001",
            "pjlink_class": peer().PJClass.TWO,
            "other": "",
            "product_name": "simulated projector",
            "manufacturer_name": "roomd",
            "projector_name": "Projector",
        }
        assert await link.lamps.status() == [(1250, lamps.OFF)]
        assert await link.lamps.replacement_models() == ["LMP-1", "LMP-2"]
        assert await link.filter.hours() == 120
        assert await link.filter.replacement_models() == ["FLT-1"]
        errors = await link.errors.query()
        assert errors[categories.LAMP] == levels.ERROR
        assert errors[categories.TEMP] == levels.WARN
        assert errors[categories.FAN] == levels.OK


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_sets_inputs_mute_freeze_and_volume(password: str | None) -> None:
    mode = peer().Sources.Mode
    async with projector(password) as at, client(at, password) as link:
        at.state.power = "on"
        assert await link.sources.get() == (mode.DIGITAL, "1")
        await link.sources.set(mode.RGB, 1)
        assert await link.sources.get() == (mode.RGB, "1")
        assert at.state.input == "11"
        named = await link.sources.available_with_names()
        assert (mode.DIGITAL, "1", "HDMI 1") in named
        assert len(named) == 5
        with pytest.raises(peer().PJLinkERR2):
            await link.sources.set(mode.INTERNAL, 1)
        await link.mute.video(True)
        assert await link.mute.status() == (True, False)
        await link.mute.audio(True)
        assert await link.mute.status() == (True, True)
        await link.mute.both(False)
        assert await link.mute.status() == (False, False)
        await link.freeze.set(True)
        assert await link.freeze.get() is True
        await link.speaker.turn_up()
        await link.microphone.turn_down()
        assert (at.state.volume, at.state.microphone, at.state.freeze) == (11, 9, True)
        assert await link.sources.resolution() == (1920, 1080)
        assert await link.sources.recommended_resolution() == (1920, 1200)


async def test_what_belongs_to_the_picture_is_not_now_while_it_is_off() -> None:
    async with projector(None) as at, client(at, None) as link:
        for question in (link.sources.get, link.mute.status, link.freeze.get):
            with pytest.raises(peer().PJLinkERR3):
                await question()


async def test_class_one_knows_no_class_two() -> None:
    async with projector(None) as at, client(at, None) as link:
        at.state.version = 1
        assert await link.info.pjlink_class() == peer().PJClass.ONE
        with pytest.raises(peer().PJLinkERR1):
            await link.info.serial_number()


@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_wrong_or_missing_password_is_refused(password: str | None) -> None:
    async with projector("right") as at:
        link = client(at, password)
        with pytest.raises(peer().PJLinkPassword):
            await link.__aenter__()
        await link.__aexit__(None, None, None)
        assert at.state.orders == []
        assert len(at.abuse) == (password is not None)


async def test_a_second_client_is_turned_away() -> None:
    async with projector(None) as at:
        async with client(at, None) as first:
            second = client(at, None)
            with pytest.raises(peer().PJLinkConnectionClosed):
                await second.__aenter__()
            await second.__aexit__(None, None, None)
            assert await first.info.projector_name() == "Projector"
        await eventually(lambda: at.simulator._visitors == {})
        async with client(at, None) as third:
            assert await third.info.projector_name() == "Projector"
