"""The room's connection to its broker, on a real mosquitto."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.errors import DriverError, Refused, Unreachable
from drivers.transport import mqtt
from drivers.transport.frames import Chunk, Publish, Published
from drivers.transport.mqtt import Mqtt
from tests.support.broker import PASSWORD, USER, Broker, broker_in, free_port
from tests.support.waiting import until


class Heard:
    """What a transport says."""

    def __init__(self) -> None:
        self.messages: list[Published] = []
        self.lost: list[DriverError] = []

    def on_chunk(self, chunk: Chunk) -> None:
        assert isinstance(chunk, Published)
        self.messages.append(chunk)

    def payloads(self, topic: str) -> list[bytes]:
        return [m.payload for m in self.messages if m.topic == topic]


def line(port: int, *, user: str = "", password: str = "", client: str = "roomd-r1-test") -> Mqtt:
    return Mqtt(mqtt.Broker("127.0.0.1", port, user, password, client, "r1"))


def socket_of(transport: Mqtt) -> socket.socket:
    assert transport._client is not None
    sock = transport._client._client.socket()
    assert isinstance(sock, socket.socket)
    return sock


@asynccontextmanager
async def connected(port: int, *topics: str) -> AsyncIterator[tuple[Mqtt, Heard]]:
    transport, heard = line(port), Heard()
    transport.subscribe(topics)
    await transport.open(heard.on_chunk, heard.lost.append)
    try:
        yield transport, heard
    finally:
        await transport.close()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    async with broker_in(tmp_path) as running:
        yield running


async def test_what_is_sent_reaches_an_independent_client(broker: Broker) -> None:
    async with broker.subscribed("cmnd/#") as heard, connected(broker.port) as (transport, _):
        await transport.send(Publish("cmnd/lamp/POWER1", b"ON"))
        await until(lambda: heard == ["cmnd/lamp/POWER1 ON"])


async def test_what_an_independent_client_says_is_heard(broker: Broker) -> None:
    async with connected(broker.port, "stat/+/RESULT") as (_, heard):
        await broker.publish("stat/lamp/RESULT", '{"POWER":"ON"}')
        await until(lambda: heard.messages)
        assert heard.messages == [Published("stat/lamp/RESULT", b'{"POWER":"ON"}', retain=False)]


async def test_a_stored_message_says_that_it_was_stored(broker: Broker) -> None:
    await broker.publish("state/lamp", "old", retain=True)
    async with connected(broker.port, "state/lamp") as (_, heard):
        await broker.publish("state/lamp", "new", retain=True)
        await until(lambda: len(heard.messages) == 2)
        assert [(m.payload, m.retain) for m in heard.messages] == [(b"old", True), (b"new", False)]


async def test_a_topic_may_be_added_while_connected(broker: Broker) -> None:
    await broker.publish("late", "1", retain=True)
    async with connected(broker.port) as (transport, heard):
        transport.subscribe(("late",))
        await until(lambda: heard.payloads("late") == [b"1"])


async def test_hundreds_of_topics_are_asked_for_at_once(broker: Broker) -> None:
    topics = tuple(f"lamp/{n}" for n in range(450))
    async with connected(broker.port, *topics) as (transport, heard):
        for topic in topics:
            await transport.send(Publish(topic, b"x"))
        await until(lambda: len(heard.messages) == len(topics))


async def test_nothing_is_stored_at_the_broker_by_a_command(broker: Broker) -> None:
    async with connected(broker.port, "cmnd/lift/up") as (transport, heard):
        await transport.send(Publish("cmnd/lift/up", b""))
        await until(lambda: heard.messages)
    async with connected(broker.port, "cmnd/#", "done") as (transport, later):
        await transport.send(Publish("done", b""))
        await until(lambda: later.messages)
        assert later.payloads("cmnd/lift/up") == []


async def test_a_scene_leaves_without_waiting_for_the_broker(broker: Broker) -> None:
    """Fifty messages are with the socket before the broker has acknowledged one: it is asleep meanwhile."""
    async with broker.subscribed("lamp/#") as heard, connected(broker.port) as (transport, _):
        broker.freeze()
        began = time.monotonic()
        for number in range(50):
            sending = transport.send(Publish(f"lamp/{number}", b"ON"))
            with pytest.raises(StopIteration):
                sending.send(None)  # it ends at its first step: nothing is awaited
        assert time.monotonic() - began < 1.0
        broker.thaw()
        await until(lambda: len(heard) == 50)
        assert heard == [f"lamp/{n} ON" for n in range(50)]


async def test_the_socket_does_not_collect(broker: Broker) -> None:
    async with connected(broker.port) as (transport, _):
        assert socket_of(transport).getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_nobody_there() -> None:
    transport, heard = line(free_port()), Heard()
    with pytest.raises(Unreachable):
        await transport.open(heard.on_chunk, heard.lost.append)
    with pytest.raises(Unreachable):
        await transport.send(Publish("x", b""))
    await transport.close()
    assert heard.lost == []


async def test_a_wrong_password_is_for_good(tmp_path: Path) -> None:
    async with broker_in(tmp_path, password=PASSWORD) as broker:
        transport, heard = line(broker.port, user=USER, password="wrong"), Heard()
        with pytest.raises(Refused) as refused:
            await transport.open(heard.on_chunk, heard.lost.append)
        assert refused.value.permanent
        assert "wrong" not in repr(transport._broker)
        right = line(broker.port, user=USER, password=PASSWORD)
        await right.open(heard.on_chunk, heard.lost.append)
        await right.close()


async def test_a_killed_broker_is_lost_once_and_found_again(broker: Broker) -> None:
    async with connected(broker.port, "a") as (transport, heard):
        await broker.kill()
        await until(lambda: heard.lost)
        assert isinstance(heard.lost[0], Unreachable)
        with pytest.raises(Unreachable):
            await transport.send(Publish("a", b""))
        await transport.close()
        await broker.start()
        await transport.open(heard.on_chunk, heard.lost.append)
        await transport.send(Publish("a", b"again"))
        await until(lambda: heard.payloads("a") == [b"again"])
        assert len(heard.lost) == 1


async def test_a_broker_that_falls_silent_is_noticed_within_six_seconds(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mqtt.PING_EVERY + mqtt.PING_ANSWER < 6.0
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.05)
    monkeypatch.setattr(mqtt, "PING_ANSWER", 0.2)
    async with connected(broker.port) as (_, heard):
        broker.freeze()
        try:
            await until(lambda: heard.lost)
            assert "half-open" in str(heard.lost[0])
        finally:
            broker.thaw()
    assert len(heard.lost) == 1


async def test_rights_that_are_withdrawn_do_not_go_unnoticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.05)
    monkeypatch.setattr(mqtt, "PING_ANSWER", 0.2)
    everything = f"user {USER}\ntopic readwrite #\n"
    async with broker_in(tmp_path, password=PASSWORD, acl=everything) as broker:
        transport, heard = line(broker.port, user=USER, password=PASSWORD), Heard()
        await transport.open(heard.on_chunk, heard.lost.append)
        await broker.set_acl(f"user {USER}\ntopic read other\n")
        await until(lambda: heard.lost)
        assert "ACL" in str(heard.lost[0])
        await transport.close()


async def test_the_last_will_is_published_when_we_die(broker: Broker) -> None:
    async with (
        broker.subscribed("roomd/r1/status") as heard,
        connected(broker.port) as (transport, _),
    ):
        await until(lambda: heard == ["roomd/r1/status online"])
        socket_of(transport).shutdown(socket.SHUT_RDWR)
        await until(lambda: heard[-1] == "roomd/r1/status offline")


async def test_another_client_with_our_id_makes_us_patient(broker: Broker) -> None:
    first, second = line(broker.port), line(broker.port)
    heard, other = Heard(), Heard()
    for expected in (False, True):  # the second time in a row is no accident
        await first.open(heard.on_chunk, heard.lost.append)
        await second.open(other.on_chunk, other.lost.append)
        await until(lambda: heard.lost)
        assert heard.lost.pop().patient is expected
        await first.close()
    await second.close()


async def test_a_mistake_in_what_is_called_does_not_leave_the_link_believing(
    broker: Broker,
) -> None:
    def fails(_: Chunk) -> None:
        raise KeyError("a driver's mistake")

    transport, heard = line(broker.port), Heard()
    transport.subscribe(("a",))
    await transport.open(fails, heard.lost.append)
    await transport.send(Publish("a", b""))
    await until(lambda: heard.lost)
    await transport.close()


async def test_large_payloads_are_dropped_and_counted(broker: Broker) -> None:
    async with connected(broker.port, "big") as (transport, heard):
        await transport.send(Publish("big", bytes(mqtt.PAYLOAD + 1)))
        await transport.send(Publish("big", bytes(mqtt.PAYLOAD)))
        await until(lambda: heard.messages)
        assert [len(m.payload) for m in heard.messages] == [mqtt.PAYLOAD]
        assert transport.dropped == {"too_large": 1}


async def test_closing_is_quick_even_when_nobody_answers(broker: Broker) -> None:
    async with connected(broker.port) as (transport, heard):
        broker.freeze()
        try:
            began = time.monotonic()
            await transport.close()
            assert time.monotonic() - began < 1.5
        finally:
            broker.thaw()
    assert heard.lost == []
    await transport.close()


async def test_bytes_are_a_mistake_of_the_caller(broker: Broker) -> None:
    async with connected(broker.port) as (transport, _):
        with pytest.raises(TypeError):
            await transport.send(b"bytes")


def test_what_it_is_not() -> None:
    transport = line(1)
    assert transport.endpoint == "mqtt:127.0.0.1:1"
    assert (transport.wire_time(100), transport.present(), transport.descriptor()) == (
        0.0,
        None,
        None,
    )


async def test_an_opening_that_is_given_up_leaves_nothing(broker: Broker) -> None:
    transport, heard = line(broker.port), Heard()
    broker.freeze()
    opening = asyncio.create_task(transport.open(heard.on_chunk, heard.lost.append))
    await asyncio.sleep(0.05)
    opening.cancel()
    await asyncio.wait({opening})
    broker.thaw()
    assert opening.cancelled()
    assert transport._client is None
    assert heard.lost == []
