"""From a checked room file to links, devices and transports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from drivers.clock import LoopClock
from drivers.samsung_mdc.settings import MdcSettings
from drivers.samsung_mdc.simulator import MdcSimulator
from drivers.simulation.wires import TcpWire
from drivers.transport.http import Http
from drivers.transport.mqtt import Mqtt
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from drivers.transport.udp import Udp
from roomd.assembly import MQTT, BrokerAddress, make_facts, make_plan, make_transport, own_broker
from roomd.config.load import load
from roomd.config.room import Room
from roomd.control.plan import LinkPlan
from tests.support.small_room import BUS, COVE, HEAD, LIFT, MATRIX, ROOM, SCREEN, TABLE

SITE = "broker: {host: 192.168.10.2, port: 1884, user: roomd, password: !secret mqtt}\n"
ADDRESS = BrokerAddress("127.0.0.1", 1883, "roomd", "pw", "roomd-r1-x")


def room_of(folder: Path, text: str) -> Room:
    file = folder / "room.yaml"
    file.write_text(text, "utf-8")
    secrets = folder / "secrets.yaml"
    secrets.write_text('mqtt: "let-me-in"\n', "utf-8")
    secrets.chmod(0o600)
    room = load(file).room
    assert room is not None
    return room


def test_devices_of_one_line_share_its_link(tmp_path: Path) -> None:
    plan = make_plan(room_of(tmp_path, ROOM), None)
    assert list(plan.devices) == ["lift.main", "screen.main", "matrix.main", "lights.cove"]
    assert plan.devices["lift.main"].link == plan.devices["screen.main"].link
    line = plan.links[plan.devices["lift.main"].link]
    assert (line.kind, line.baud, line.gap) == ("serial", 9600, 0.02)
    assert line.serial == {"by_id": "usb-none-if00-port0"}
    box = plan.links[plan.devices["matrix.main"].link]
    assert (box.kind, box.host, box.port) == ("tcp", "192.168.10.22", 23)
    assert plan.links[plan.devices["lights.cove"].link].kind == "udp"


def test_a_broken_device_is_in_the_plan_with_its_place(tmp_path: Path) -> None:
    bad = MATRIX.replace("inputs: 8", "inputs: many")
    plan = make_plan(room_of(tmp_path, f"{HEAD}{BUS}devices:\n{LIFT}{bad}"), None)
    device = plan.devices["matrix.main"]
    assert device.problem is not None
    assert (device.problem.line, device.kind, device.name["en"]) == (15, "matrix", "Matrix")
    assert plan.devices["lift.main"].problem is None


def test_zones_and_words_reach_the_plan_and_the_pages(tmp_path: Path) -> None:
    more = "zones: {front: {name: {zh: 前, en: Front}, devices: [lift.main]}}\nlanguage: en\n"
    room = room_of(tmp_path, ROOM + more + "contact: {zh: 甲, en: A}\nplan: none\n")
    zone = make_plan(room, None).zones["front"]
    assert (zone.name["en"], zone.devices) == ("Front", ("lift.main",))
    facts = make_facts(room)
    assert (facts.id, facts.language, facts.plan, facts.idle_after) == ("r1", "en", "none", 300.0)
    assert facts.contact == {"zh": "甲", "en": "A"}


def test_the_sites_broker_is_used_as_written(tmp_path: Path) -> None:
    room = room_of(tmp_path, f"{HEAD}{SITE}devices:\n{TABLE}")
    found = own_broker(room, "roomd-r1-abc")
    assert found == BrokerAddress("192.168.10.2", 1884, "roomd", "let-me-in", "roomd-r1-abc")
    link = make_plan(room, found).links[MQTT]
    assert (link.host, link.port, link.password, link.room) == (
        "192.168.10.2",
        1884,
        "let-me-in",
        "r1",
    )
    assert "let-me-in" not in repr(link)


@pytest.mark.parametrize("text", ["", "broker: managed\n"])
def test_a_room_without_a_site_broker_has_none(tmp_path: Path, text: str) -> None:
    assert own_broker(room_of(tmp_path, HEAD + text), "x") is None


def test_without_a_broker_the_link_leads_nowhere(tmp_path: Path) -> None:
    room = room_of(tmp_path, f"{HEAD}broker: managed\ndevices:\n{TABLE}")
    assert make_plan(room, None).links[MQTT].port == 0
    assert make_plan(room, ADDRESS).links[MQTT].client_id == "roomd-r1-x"


@pytest.mark.parametrize(
    "plan, kind",
    [
        (LinkPlan("l", "serial", serial={"path": "/dev/ttyS0"}), SerialPort),
        (LinkPlan("l", "tcp", host="127.0.0.1", port=23), Tcp),
        (LinkPlan("l", "udp", host="127.0.0.1", port=6454), Udp),
        (LinkPlan("l", "http", url="http://127.0.0.1"), Http),
        (LinkPlan("l", "mqtt", host="127.0.0.1", port=1883), Mqtt),
    ],
)
def test_each_kind_of_link_has_its_transport(plan: LinkPlan, kind: type[object]) -> None:
    assert isinstance(make_transport(plan), kind)


async def test_what_a_display_showed_is_remembered(tmp_path: Path) -> None:
    display = (
        "  display.main:\n    driver: samsung_mdc\n    link: {tcp: 127.0.0.1}\n"
        "    name: {zh: 屏, en: Display}\n"
    )
    room = room_of(tmp_path, f"{HEAD}devices:\n{display}")
    (link,) = make_plan(room, None).links.values()
    assert link.wrapped is not None
    settings = MdcSettings(pin=SecretStr("1111"))
    clock = LoopClock()
    wire = TcpWire(clock)
    simulator = MdcSimulator(settings, "tcp", clock)
    wire.attach(simulator)
    await wire.open()
    memory: dict[str, str] = {}
    encrypted = replace(link, port=wire.port, wrapped=(link.wrapped[0], settings))
    transport = make_transport(encrypted, memory)
    try:
        await transport.open(lambda _chunk: None, lambda _error: None)
        assert list(memory) == [f"tcp:127.0.0.1:{wire.port} certificate"]
    finally:
        await transport.close()
        await wire.close()


def test_a_driver_may_wrap_the_connection_it_has_to_itself(tmp_path: Path) -> None:
    projector = (
        "  projector.main:\n    driver: pjlink\n    link: {tcp: 192.168.10.20}\n"
        "    name: {zh: 投影机, en: Projector}\n"
    )
    plan = make_plan(room_of(tmp_path, f"{HEAD}devices:\n{projector}{MATRIX}"), None)
    wrapped = plan.links[plan.devices["projector.main"].link]
    assert not isinstance(make_transport(wrapped), Tcp)
    assert isinstance(make_transport(plan.links[plan.devices["matrix.main"].link]), Tcp)


def test_the_rest_of_the_room_needs_no_special_line(tmp_path: Path) -> None:
    room = room_of(tmp_path, f"{HEAD}{BUS}devices:\n{LIFT}{SCREEN}{COVE}")
    assert all(link.wrapped is None for link in make_plan(room, None).links.values())
