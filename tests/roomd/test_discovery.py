"""What is found, and that its YAML can be pasted as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from drivers.transport.identity import SerialPortSeen
from roomd import discovery
from roomd.config.load import load
from roomd.discovery import discover, mdns_services, pjlink_projectors, serial_ports
from tests.support.small_room import HEAD

PORTS = (
    SerialPortSeen("/dev/ttyUSB0", "by_id: usb-FTDI_A1-if00-port0", "FT232R", "A1", "0403:6001"),
    SerialPortSeen("/dev/ttyS0", "path: /dev/ttyS0", "ttyS0", "", ""),
)


def pasted(folder: Path, *yamls: str) -> Any:
    """Return the room that has these pieces; fails where one is wrong."""
    file = folder / "room.yaml"
    file.write_text(HEAD + "".join(yamls), "utf-8")
    result = load(file)
    assert result.errors == ()
    return result.room


async def test_serial_ports_are_named_by_what_lasts(tmp_path: Path) -> None:
    usb, plain = await serial_ports(lambda: PORTS)
    assert (usb["how"], usb["where"]) == ("serial", "/dev/ttyUSB0")
    room = pasted(tmp_path, usb["yaml"], plain["yaml"].removeprefix("links:\n"))
    assert room.file.links["line_1"].port.identity == "by_id:usb-FTDI_A1-if00-port0"
    assert room.file.links["line_2"].port.identity == "path:/dev/ttyS0"


async def test_what_announces_itself_is_found() -> None:
    kind = "_roomd._tcp.local."
    told = AsyncServiceInfo(
        kind, f"looked-for.{kind}", port=8470, addresses=[bytes((127, 0, 0, 1))], server="x.local."
    )
    async with AsyncZeroconf(interfaces=["127.0.0.1"]) as other:
        await other.async_register_service(told, cooperating_responders=True)
        found = await mdns_services(2.0, ["127.0.0.1"])
    assert {
        "how": "mdns",
        "what": "looked-for._roomd._tcp.local.",
        "where": "127.0.0.1:8470",
        "yaml": "",
    } in found


def test_a_broker_and_a_projector_come_as_yaml(tmp_path: Path) -> None:
    broker = discovery._service(discovery.MQTT, "m", "192.168.1.2", 1884)["yaml"]
    projector = discovery._service(discovery.PJLINK, "p", "192.168.1.3", 4352)["yaml"]
    room = pasted(tmp_path, broker, projector)
    assert (room.file.broker.host, room.file.broker.port) == ("192.168.1.2", 1884)
    assert room.devices["projector.p_192_168_1_3"].endpoint == "tcp:192.168.1.3:4352"


async def test_projectors_that_answer_a_search_come_as_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def search(_seconds: float) -> list[tuple[str, str]]:
        return [("192.168.1.9", "00:1A:2B:3C:4D:5E")]

    monkeypatch.setattr("drivers.pjlink.search.search", search)
    (found,) = await pjlink_projectors(0.0)
    assert found["where"] == "192.168.1.9"
    assert list(pasted(tmp_path, found["yaml"]).devices) == ["projector.p_3c4d5e"]


async def test_a_way_that_fails_does_not_end_the_others() -> None:
    async def broken() -> list[dict[str, Any]]:
        raise OSError("no network")

    async def works() -> list[dict[str, Any]]:
        return [{"how": "x", "what": "y", "where": "z", "yaml": ""}]

    assert [f["how"] for f in await discover((broken, works))] == ["x"]
