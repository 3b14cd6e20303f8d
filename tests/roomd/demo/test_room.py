"""Simulators in the place of devices: which wires, what a reload leaves alone, and how they are broken."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from drivers.clock import LoopClock
from drivers.simulation.simulator import UnknownFault
from roomd.demo.room import LOOPBACK, SimulatedRoom, free_port
from tests.support.programs import require_program
from tests.support.small_room import BUS, COVE, HEAD, LIFT, MATRIX, MQTT_ROOM, SCREEN, small_room
from tests.support.waiting import until

HTTP = """\
schema: roomd.driver/1
id: my_box
name: {zh: 盒子, en: Box}
kind: relay
tried_on: none
link: {type: http}
feedback: none
state: {"ch.1.state": bool}
commands:
  on: {http: {method: PUT, path: /on, ok: [200]}, key: power, set: {"ch.1.state": true}}
tests:
  - {do: on, tx: {method: PUT, path: /on}, outcome: sent}
"""
STAGE = """\
  lights.stage:
    driver: zigbee2mqtt
    name: {zh: 台灯, en: Stage}
    options: {name: stage}
"""


async def test_every_line_leads_to_this_machine(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        await room.online("lift.main", "screen.main", "matrix.main", "lights.cove")
        listing = room.demo.simulated.listing()
        assert listing["lift.main"]["address"] == listing["screen.main"]["address"]
        assert listing["lift.main"]["address"].startswith("/")
        for device in ("matrix.main", "lights.cove"):
            assert listing[device]["address"].startswith(f"{LOOPBACK}:")
        assert listing["matrix.main"]["control"] == "/sim/matrix.main"
        assert room.demo.ready["simulators"] == listing


async def test_a_picture_is_never_fetched_from_a_real_camera(tmp_path: Path) -> None:
    camera = (
        "  camera.a:\n    driver: visca\n    link: {udp: 192.168.10.31}\n"
        "    name: {zh: 甲, en: A}\n    preview: http://192.168.10.31/snapshot.jpg\n"
    )
    async with small_room(tmp_path, f"{HEAD}devices:\n{camera}") as room:
        assert room.demo.app.dispatch.devices["camera.a"].preview is None


async def test_a_dead_simulator_takes_its_line_along_and_nothing_else(tmp_path: Path) -> None:
    async with small_room(tmp_path, dead=("matrix.main",)) as room:
        await room.online("lift.main")
        await until(lambda: room.state("matrix.main") == "offline")
        room.demo.simulated.clear("matrix.main")
        await room.online("matrix.main")


async def test_a_reload_leaves_the_simulators_of_other_devices_alone(tmp_path: Path) -> None:
    text = f"{HEAD}{BUS}devices:\n{LIFT}{SCREEN}{MATRIX}{COVE}"
    async with small_room(tmp_path, text) as room:
        await room.online("lift.main", "screen.main", "matrix.main")
        before = {d: room.simulator(d) for d in ("lift.main", "screen.main", "matrix.main")}
        moved = SCREEN.replace("01 EF 02", "01 EF 09")
        room.write(f"{HEAD}{BUS}devices:\n{LIFT}{moved}{MATRIX}")
        _, answer = await room.ask("POST", "config/reload")
        assert (answer["changed"], answer["removed"]) == (["screen.main"], ["lights.cove"])
        assert room.simulator("lift.main") is before["lift.main"]
        assert room.simulator("matrix.main") is before["matrix.main"]
        assert room.simulator("screen.main") is not before["screen.main"]
        assert "lights.cove" not in room.demo.simulated.ids()
        await room.online("screen.main")
        assert await room.do("screen.main", "down") == "sent"
        assert room.heard("screen.main")[-1].data.hex() == "ff01ef09ee"


async def test_a_light_that_joins_a_running_broker_answers(tmp_path: Path) -> None:
    require_program("mosquitto")
    async with small_room(tmp_path, MQTT_ROOM) as room:
        await room.online("lights.table")
        room.write(MQTT_ROOM + STAGE)
        _, answer = await room.ask("POST", "config/reload")
        assert answer["added"] == ["lights.stage"]
        await room.online("lights.stage")
        assert await room.do("lights.stage", "on") == "confirmed"


async def test_a_box_with_a_web_interface(tmp_path: Path) -> None:
    (tmp_path / "drivers").mkdir()
    (tmp_path / "drivers" / "my_box.yaml").write_text(HTTP, "utf-8")
    box = (
        "  relay.box:\n    driver: my_box\n    link: {http: 'http://192.168.10.40'}\n"
        "    name: {zh: 盒, en: Box}\n"
    )
    async with small_room(tmp_path, f"{HEAD}devices:\n{box}") as room:
        await room.online("relay.box")
        assert await room.do("relay.box", "on") in {"sent", "confirmed"}
        assert [f.topic for f in room.heard("relay.box")] == ["PUT /on"]


async def test_how_a_simulator_is_looked_at_and_broken(tmp_path: Path) -> None:
    async with small_room(tmp_path, f"{HEAD}devices:\n{MATRIX}") as room:
        await room.online("matrix.main")
        simulated, store = room.demo.simulated, room.demo.app.store
        assert simulated.snapshot("nobody") is None
        shown = simulated.snapshot("matrix.main")
        assert shown is not None
        assert shown["protocol"] == "matrix_sis-tcp"
        simulated.set_by_hand("matrix.main", {"out.1.input": 5})
        await until(lambda: store.snapshot()["matrix.main.out.1.input"]["value"] == 5)
        with pytest.raises(UnknownFault):
            simulated.set_fault("matrix.main", "melt", True, None)
        simulated.set_fault("matrix.main", "mute", True, None)
        assert await room.do("matrix.main", "route", **{"in": 1, "out": 1}) == "timeout"
        simulated.clear("matrix.main")


def test_a_standard_port_is_taken_where_it_is_free() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
        taken.listen()
        assert free_port(port, socket.SOCK_STREAM) == 0
    assert free_port(port, socket.SOCK_STREAM) == port
    assert free_port(0, socket.SOCK_DGRAM) == 0


def test_an_empty_room_has_nothing() -> None:
    room = SimulatedRoom(LoopClock(), frozenset(), standard_ports=True)
    assert (room.ids(), room.listing()) == ([], {})
