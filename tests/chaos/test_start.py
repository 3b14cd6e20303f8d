"""What is there before the start moves nothing, and what is dead delays nobody."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from drivers.clock import LoopClock
from roomd.app import App
from roomd.config.load import load
from roomd.demo.start import DemoOptions, demo_config, started
from tests.chaos.site import STOP, daemon_options, site
from tests.support.broker import Broker
from tests.support.programs import require_program
from tests.support.waiting import until

BLIND = """\
schema: roomd.driver/1
id: my_blind
name: {zh: 窗帘, en: Blind}
kind: curtain
tried_on: none
link: {type: mqtt}
feedback: none
commands:
  open: {publish: {topic: blind/set, text: OPEN}, key: move}
  close: {publish: {topic: blind/set, text: CLOSE}, key: move}
  stop: {publish: {topic: blind/set, text: STOP}, priority: safety, flush: true}
motion: {up: {command: open, travel: 12s}, down: {command: close, travel: 12s}, run: tap}
tests:
  - {do: stop, tx: {topic: blind/set, has: STOP}, outcome: sent}
"""
CURTAIN = """\
  curtain.left:
    driver: my_blind
    name: {zh: 窗帘, en: Curtain}
    options: {}
"""


async def test_stored_messages_move_nothing(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    await broker.start()
    try:
        for topic in ("roomd/r1/command/screen.main/up", "roomd/r1/command/curtain.left/open"):
            await broker.publish(topic, "{}", retain=True)
        await broker.publish("blind/set", "OPEN", retain=True)
        async with site(tmp_path) as place, broker.subscribed("blind/#") as heard:
            (tmp_path / "drivers").mkdir()
            (tmp_path / "drivers" / "my_blind.yaml").write_text(BLIND, "utf-8")
            place.write(more=CURTAIN)
            text = place.file.read_text("utf-8")
            site_broker = f"broker: {{host: 127.0.0.1, port: {broker.port}}}\n"
            place.file.write_text(text.replace("links:", f"{site_broker}links:"), "utf-8")
            app = App(daemon_options(place))
            with structlog.testing.capture_logs():
                await app.start()
                try:
                    states = app.supervisor.states
                    await until(lambda: states.get("curtain.left", ("",))[0] == "online")
                    await until(lambda: len(place.frames()) == 3)
                    await until(lambda: "blind/set STOP" in heard)
                finally:
                    await app.close()
            assert set(place.frames()) == {STOP}
            assert set(heard) == {"blind/set STOP"}
            assert not place.moving()
    finally:
        await broker.kill()


@pytest.mark.slow
async def test_a_whole_room_of_dead_devices_starts_and_says_what_is_dead(tmp_path: Path) -> None:
    require_program("mosquitto")
    room = load(demo_config()).room
    assert room is not None
    dead = tuple(room.devices)
    options = DemoOptions(
        config=None, data=tmp_path / "data", port=0, lan=False, dead=dead, standard_ports=False
    )
    with structlog.testing.capture_logs():
        async with (
            started(options, LoopClock(), signals=False) as demo,
            aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {demo.ready['tokens']['admin']}"}
            ) as session,
        ):
            async with session.get(f"{demo.app.url}/readyz") as answer:
                assert answer.status == 200
            url = f"{demo.app.url}/api/v1/devices"
            states = await told(session, url, set(dead))
            alive = {d for d, state in states.items() if state == "online"}
            assert alive <= fire_and_forget(demo.app)


async def told(session: aiohttp.ClientSession, url: str, dead: set[str]) -> dict[str, str]:
    """Return how each device was found when it was first looked for."""
    found: dict[str, str] = {}
    async with asyncio.timeout(45):
        while not dead <= found.keys():
            async with session.get(url) as answer:
                devices: list[dict[str, Any]] = (await answer.json())["devices"]
            for device in devices:
                if device["state"] != "starting":
                    found.setdefault(device["id"], device["state"])
            await asyncio.sleep(0.05)
    return found


def fire_and_forget(app: App) -> set[str]:
    """Return devices that nobody can miss: of light consoles and of the broker's sensors nothing comes back."""
    endpoints = {
        d.id: d.link.transport.endpoint for d in app.dispatch.devices.values() if d.link is not None
    }
    return {d for d, endpoint in endpoints.items() if endpoint[:4] in {"udp:", "mqtt"}}
