"""The managed broker: a real mosquitto with our configuration, asked by independent clients."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from roomd import broker as broker_module
from roomd.broker import ACCESS, DEVICES, HOST, BrokerMissing, ManagedBroker, RoomBroker
from roomd.config.load import load
from roomd.config.room import Room
from tests.support.programs import require_program
from tests.support.small_room import HEAD
from tests.support.waiting import until


class Banners:
    """The banners of the admin page."""

    def __init__(self) -> None:
        self.shown: set[str] = set()
        self.history: list[str] = []

    def __call__(self, code: str, *, on: bool) -> None:
        self.history.append(f"{code} {'on' if on else 'off'}")
        (self.shown.add if on else self.shown.discard)(code)


@pytest.fixture(autouse=True)
def mosquitto() -> str:
    """Every test here needs it."""
    return require_program("mosquitto")


@asynccontextmanager
async def running(folder: Path, banners: Banners | None = None) -> AsyncIterator[ManagedBroker]:
    broker = ManagedBroker(folder / "broker", 0, "r1", banners or Banners())
    await broker.start()
    try:
        await until(broker._open.is_set)
        yield broker
    finally:
        await broker.stop()


async def say(broker: ManagedBroker, user: str, password: str, topic: str) -> int:
    """Publish as another program; return its exit code: 0 when it was let in."""
    client = await asyncio.create_subprocess_exec(
        require_program("mosquitto_pub"),
        *("-h", HOST, "-p", str(broker.access.port), "-q", "1", "-t", topic, "-m", "x"),
        *(("-u", user, "-P", password) if user else ()),
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await client.wait()


@asynccontextmanager
async def heard(broker: ManagedBroker) -> AsyncIterator[list[str]]:
    """Listen to all topics as roomd; gives the topics as they come."""
    client = await asyncio.create_subprocess_exec(
        require_program("mosquitto_sub"),
        *("-h", HOST, "-p", str(broker.access.port), "-t", "#", "-F", "%t"),
        *("-u", "roomd", "-P", broker.access.roomd),
        stdout=asyncio.subprocess.PIPE,
    )
    topics: list[str] = []

    async def read() -> None:
        assert client.stdout is not None
        while line := await client.stdout.readline():
            topics.append(line.decode().strip())

    reader = asyncio.create_task(read())
    try:
        while "ready" not in topics:
            await say(broker, "roomd", broker.access.roomd, "ready")
        topics.clear()
        yield topics
    finally:
        client.kill()
        await client.wait()
        await reader


async def test_nobody_is_let_in_without_a_password(tmp_path: Path) -> None:
    async with running(tmp_path) as broker:
        assert await say(broker, "", "", "a") != 0
        assert await say(broker, DEVICES, "wrong", "a") != 0
        assert await say(broker, DEVICES, broker.access.device, "a") == 0


async def test_a_device_cannot_speak_in_the_name_of_roomd(tmp_path: Path) -> None:
    async with running(tmp_path) as broker, heard(broker) as topics:
        await say(broker, DEVICES, broker.access.device, "roomd/r1/command/lift.main/up")
        await say(broker, DEVICES, broker.access.device, "zigbee2mqtt/table")
        await say(broker, "roomd", broker.access.roomd, "roomd/r1/ping")
        await until(lambda: len(topics) >= 2)
        assert set(topics) == {"zigbee2mqtt/table", "roomd/r1/ping"}


async def test_it_listens_on_loopback_only_and_keeps_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as broker:
        assert broker.pid is not None
        opened = [c for c in psutil.Process(broker.pid).net_connections() if c.status == "LISTEN"]
        assert [(c.laddr.ip, c.laddr.port) for c in opened] == [(HOST, broker.access.port)]
        text = (tmp_path / "broker/mosquitto.conf").read_text("utf-8").splitlines()
        assert {"persistence false", "set_tcp_nodelay true", "allow_anonymous false"} <= set(text)


async def test_its_files_are_private_and_hold_no_password_in_clear_but_one(tmp_path: Path) -> None:
    async with running(tmp_path) as broker:
        folder = tmp_path / "broker"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for path in folder.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
            if path.name != ACCESS:
                assert broker.access.device not in path.read_text("utf-8")


async def test_devices_find_it_under_the_same_port_and_password_again(tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        before = first.access
    async with running(tmp_path) as second:
        assert second.access == before


async def test_a_port_that_was_taken_meanwhile_is_given_up(tmp_path: Path) -> None:
    async with running(tmp_path) as first:
        before = first.access
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((HOST, before.port))
        taken.listen()
        async with running(tmp_path) as second:
            assert second.access.port != before.port
            assert second.access.device == before.device


async def test_a_spoilt_access_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    (tmp_path / "broker" / ACCESS).write_text("{", "utf-8")
    async with running(tmp_path) as broker:
        kept = json.loads((tmp_path / "broker" / ACCESS).read_text("utf-8"))
        assert kept["device"] == broker.access.device


async def test_it_is_started_again_when_it_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "RESTART", 0.01)
    async with running(tmp_path) as broker:
        first, port = broker.pid, broker.access.port
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: broker.pid not in {None, first} and broker._open.is_set())
        assert broker.restarts == 1
        assert broker.access.port == port


async def test_a_frozen_one_is_ended_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "GRACE", 0.05)
    async with running(tmp_path) as broker:
        pid = broker.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
    assert not psutil.pid_exists(pid)


async def test_one_that_does_not_start_is_told_and_waited_for_in_vain_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mute = tmp_path / "mute"
    mute.write_text("#!/bin/sh\nexec sleep 30\n", "utf-8")
    mute.chmod(0o755)
    monkeypatch.setattr(broker_module, "PATIENCE", 0.05)
    monkeypatch.setattr(broker_module, "READY", 0.1)
    real = broker_module._program
    monkeypatch.setattr(
        broker_module, "_program", lambda name: str(mute) if name == "mosquitto" else real(name)
    )
    banners = Banners()
    broker = ManagedBroker(tmp_path / "broker", 0, "r1", banners)
    await broker.start()
    await until(lambda: "broker_failed" in banners.shown)
    await broker.stop()


async def test_without_mosquitto_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomd.broker.shutil.which", lambda *_, **__: None)
    with pytest.raises(BrokerMissing):
        await ManagedBroker(tmp_path / "broker", 0, "r1", Banners()).start()
    assert not (tmp_path / "broker").exists()


# -- which broker a room has -----------------------------------------------------------------------


@pytest.fixture
def room(tmp_path: Path) -> Callable[[str], Room]:
    """Give the function that makes a room with a `broker:` line."""

    def made(line: str) -> Room:
        file = tmp_path / "room.yaml"
        file.write_text(HEAD + line, "utf-8")
        found = load(file).room
        assert found is not None
        return found

    return made


def brokers(folder: Path, banners: Banners, *, always: bool = False) -> RoomBroker:
    return RoomBroker(folder / "broker", 0, lambda: "0123abcd", banners, always=always)


async def test_a_room_has_a_managed_broker_its_own_or_none(
    tmp_path: Path, room: Callable[[str], Room]
) -> None:
    broker = brokers(tmp_path, Banners())
    assert await broker.before(room("")) is None
    own = await broker.before(room("broker: {host: 192.168.10.2}\n"))
    assert own is not None
    assert (own.host, own.client_id) == ("192.168.10.2", "roomd-r1-0123abcd")
    managed = await broker.before(room("broker: managed\n"))
    assert managed is not None
    assert (managed.host, managed.user, managed.client_id) == (HOST, "roomd", own.client_id)
    assert await broker.before(room("broker: managed\n")) == managed
    process = broker.managed
    await broker.after(room("broker: managed\n"))
    assert process is not None
    assert process.pid is not None
    await broker.after(room(""))
    assert process.pid is None


async def test_the_demo_has_its_own_in_the_place_of_the_sites(
    tmp_path: Path, room: Callable[[str], Room]
) -> None:
    broker = brokers(tmp_path, Banners(), always=True)
    found = await broker.before(room("broker: {host: 192.168.10.2}\n"))
    assert found is not None
    assert found.host == HOST
    assert await broker.before(room("")) is None
    await broker.close()


async def test_a_missing_program_is_a_banner_that_goes_when_it_is_installed(
    tmp_path: Path, room: Callable[[str], Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    banners = Banners()
    broker = brokers(tmp_path, banners)
    with monkeypatch.context() as patch:
        patch.setattr("roomd.broker.shutil.which", lambda *_, **__: None)
        assert await broker.before(room("broker: managed\n")) is None
        assert banners.shown == {"broker_missing"}
    assert await broker.before(room("broker: managed\n")) is not None
    assert banners.shown == set()
    await broker.close()


async def test_a_disk_that_cannot_be_written_costs_the_broker_alone(
    tmp_path: Path, room: Callable[[str], Room]
) -> None:
    (tmp_path / "broker").write_text("a file where the folder belongs", "utf-8")
    banners = Banners()
    broker = brokers(tmp_path, banners)
    assert await broker.before(room("broker: managed\n")) is None
    assert banners.shown == {"broker_failed"}
