"""pypjlink2 1.2.2 as client of our projector: class 1. It blocks, so it runs in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.peers.pjlink_projector import PASSWORDS, Projector, projector, switching
from tests.support.programs import require_module

pytestmark = pytest.mark.peers


def peer() -> Any:
    require_module("pypjlink")
    import pypjlink  # noqa: PLC0415  # a peer may be missing

    return pypjlink


async def visit(at: Projector, password: str | None, work: Callable[[Any], None]) -> Any:
    """Log in and work; return what logging in gave: None (no password wanted), True or False."""

    def run() -> Any:
        with peer().Projector.from_address("127.0.0.1", at.port, timeout=5) as client:
            welcome = client.authenticate(password)
            if welcome is not False:
                work(client)
            return welcome

    return await asyncio.to_thread(run)


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_switches_on_and_off(password: str | None) -> None:
    seen: list[str] = []

    def work(client: Any) -> None:
        seen.append(client.get_power())
        client.set_power("on")
        seen.append(client.get_power())
        while client.get_power() != "on":
            continue
        client.set_power("off")
        seen.append(client.get_power())
        while client.get_power() != "off":
            continue

    async with projector(password) as at:
        async with switching(at):
            welcome = await visit(at, password, work)
        assert welcome is (True if password else None)
        assert seen == ["off", "warm-up", "cooling"]
        assert at.state.orders == ["POWR 1", "POWR 0"]
        assert at.abuse == []


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_sees_what_the_projector_is(password: str | None) -> None:
    def work(client: Any) -> None:
        assert client.get_name() == "Projector"
        assert client.get_manufacturer() == "roomd"
        assert client.get_product_name() == "simulated projector"
        assert client.get_other_info() == ""
        assert client.get_lamps() == [(1250, True)]
        assert client.get_errors() == {
            "fan": "ok",
            "lamp": "error",
            "temperature": "warning",
            "cover": "ok",
            "filter": "ok",
            "other": "ok",
        }
        inputs = [("RGB", 1), ("VIDEO", 1), ("DIGITAL", 1), ("DIGITAL", 2), ("NETWORK", 1)]
        assert client.get_inputs() == inputs

    async with projector(password) as at:
        at.state.power, at.state.errors = "on", "021000"
        await visit(at, password, work)


@pytest.mark.parametrize("password", PASSWORDS)
async def test_it_sets_input_and_mute(password: str | None) -> None:
    def work(client: Any) -> None:
        video, sound = peer().MUTE_VIDEO, peer().MUTE_AUDIO
        assert client.get_input() == ("DIGITAL", 1)
        client.set_input("RGB", 1)
        assert client.get_input() == ("RGB", 1)
        for what, state, shown in (
            (video, True, (True, False)),
            (sound, True, (True, True)),
            (video, False, (False, True)),
            (video | sound, False, (False, False)),
        ):
            client.set_mute(what, state)
            assert client.get_mute() == shown
        with pytest.raises(Exception, match="out of parameter"):
            client.set_input("STORAGE", 9)

    async with projector(password) as at:
        at.state.power = "on"
        await visit(at, password, work)
        assert (at.state.input, at.state.blank, at.state.mute) == ("11", False, False)


async def test_not_now_while_it_is_off() -> None:
    def work(client: Any) -> None:
        with pytest.raises(Exception, match="unavailable time"):
            client.get_input()

    async with projector(None) as at:
        await visit(at, None, work)


async def test_a_wrong_password_is_refused() -> None:
    async with projector("right") as at:
        assert await visit(at, "wrong", lambda _client: None) is False
        assert len(at.abuse) == 1


async def test_a_missing_password_is_missed_before_anything_is_sent() -> None:
    async with projector("right") as at:
        with pytest.raises(RuntimeError, match="needs a password"):
            await visit(at, None, lambda _client: None)
        assert (at.abuse, at.state.orders) == ([], [])
