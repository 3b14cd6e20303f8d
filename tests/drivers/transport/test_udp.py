"""UDP, on real sockets."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from drivers.errors import Unreachable
from drivers.transport.frames import Publish
from drivers.transport.udp import Udp
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


@pytest.fixture
def device() -> Iterator[socket.socket]:
    """The far end."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5.0)
        yield sock


@asynccontextmanager
async def opened(far: socket.socket) -> AsyncIterator[tuple[Udp, Heard, tuple[str, int]]]:
    line, heard = Udp("127.0.0.1", far.getsockname()[1]), Heard()
    await heard.listen(line)
    await line.send(b"hello")
    data, address = far.recvfrom(100)
    assert data == b"hello"
    try:
        yield line, heard, address
    finally:
        await line.close()


async def test_datagrams_pass_both_ways_and_stay_whole(device: socket.socket) -> None:
    async with opened(device) as (line, heard, address):
        device.sendto(b"\x90\x41\xff", address)
        device.sendto(b"\x90\x51\xff", address)
        await until(lambda: len(heard.chunks) == 2)
        assert heard.chunks == [b"\x90\x41\xff", b"\x90\x51\xff"]
        assert line.endpoint == f"udp:127.0.0.1:{device.getsockname()[1]}"
        assert (line.wire_time(100), line.present()) == (0.0, None)


async def test_a_frame_is_with_the_operating_system_before_send_first_gives_way(
    device: socket.socket,
) -> None:
    async with opened(device) as (line, _, _address):
        asking = line.send(b"stop")
        with pytest.raises(StopIteration):
            asking.send(None)  # to the end, without a turn of the loop
        assert device.recv(100) == b"stop"


async def test_what_comes_from_another_address_is_not_heard(device: socket.socket) -> None:
    async with opened(device) as (_, heard, address):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", 0))
            stranger.sendto(b"intruder", address)
        device.sendto(b"mine", address)
        await heard.until(b"mine")


async def test_nobody_there_is_counted_and_no_loss() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    line, heard = Udp("127.0.0.1", port), Heard()
    await heard.listen(line)
    await line.send(b"hello")
    await until(lambda: line.refused)
    await line.send(b"hello")
    assert heard.lost == []
    await line.close()


async def test_closed_it_sends_nothing_and_may_be_opened_again(device: socket.socket) -> None:
    async with opened(device) as (line, heard, _):
        assert line.descriptor() is not None
        await line.close()
        await line.close()
        assert line.descriptor() is None
        with pytest.raises(Unreachable, match="closed"):
            await line.send(b"x")
        await heard.listen(line)
        await line.send(b"again")
        assert device.recv(100) == b"again"
        assert heard.lost == []


async def test_a_name_that_is_none_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await Heard().listen(Udp("a" * 64 + ".example", 1))


async def test_bytes_only(device: socket.socket) -> None:
    async with opened(device) as (line, _, _address):
        with pytest.raises(TypeError):
            await line.send(Publish("t", b""))
