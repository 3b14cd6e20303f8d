"""TCP, on real sockets."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from drivers.errors import Unreachable
from drivers.transport import tcp
from drivers.transport.frames import Publish
from drivers.transport.tcp import HungUp, Tcp
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


class Server:
    """A far end that keeps what it hears."""

    def __init__(self) -> None:
        self.data = b""
        self.writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while data := await reader.read(4096):
                self.data += data
        except ConnectionError:
            return

    async def say(self, data: bytes) -> None:
        await until(lambda: self.writers)
        self.writers[-1].write(data)

    async def hang_up(self) -> None:
        await until(lambda: self.writers)
        self.writers[-1].close()

    async def reset(self) -> None:
        await until(lambda: self.writers)
        sock = self.writers[-1].get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writers[-1].transport.abort()


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    far = Server()
    server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    far.port = server.sockets[0].getsockname()[1]
    try:
        yield far
    finally:
        for writer in far.writers:
            writer.transport.abort()
        server.close()


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Tcp, Heard, Server]]:
    async with serving() as far:
        line, heard = Tcp("127.0.0.1", far.port), Heard()
        await heard.listen(line)
        try:
            yield line, heard, far
        finally:
            await line.close()


async def test_bytes_pass_both_ways() -> None:
    everything = bytes(range(256))
    async with connected() as (line, heard, far):
        await line.send(everything)
        await until(lambda: far.data == everything)
        await far.say(everything)
        await heard.until(everything)
        assert line.endpoint == f"tcp:127.0.0.1:{far.port}"
        assert (line.wire_time(100), line.present()) == (0.0, None)


async def test_a_frame_is_with_the_operating_system_before_send_first_gives_way() -> None:
    async with connected() as (line, _, far):
        asking = line.send(b"stop")
        with pytest.raises(StopIteration):
            asking.send(None)  # to the end, without a turn of the loop
        number = line.descriptor()
        assert number is not None
        await until(lambda: far.data == b"stop")


async def test_a_cut_cable_is_noticed_within_six_seconds_and_nothing_waits_for_more() -> None:
    async with connected() as (line, _, _far):
        number = line.descriptor()
        assert number is not None
        sock = socket.socket(fileno=socket.dup(number))

        def option(level: int, name: int) -> int:
            return sock.getsockopt(level, name)

        assert option(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert option(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 4000
        assert option(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        idle, every, count = (
            option(socket.IPPROTO_TCP, getattr(socket, name))
            for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
        )
        assert idle + every * count <= 6
        sock.close()


async def test_a_far_end_that_closes_in_good_order_has_hung_up() -> None:
    async with connected() as (line, heard, far):
        await far.hang_up()
        await until(lambda: heard.lost)
        assert [type(e) for e in heard.lost] == [HungUp]
        with pytest.raises(Unreachable, match="closed"):
            await line.send(b"x")


async def test_a_reset_is_a_loss_and_no_hanging_up() -> None:
    async with connected() as (line, heard, far):
        await far.reset()
        await until(lambda: heard.lost)
        assert [type(e) for e in heard.lost] == [Unreachable]
        assert line.descriptor() is None


async def test_a_close_that_was_asked_for_is_no_loss_and_it_may_be_opened_again() -> None:
    async with connected() as (line, heard, far):
        await line.close()
        await line.close()
        await asyncio.sleep(0)
        assert heard.lost == []
        await heard.listen(line)
        await until(lambda: len(far.writers) == 2)
        await far.say(b"again")
        await heard.until(b"again")


async def test_nobody_there_is_unreachable() -> None:
    async with serving() as far:
        port = far.port
    with pytest.raises(Unreachable, match="refused"):
        await Heard().listen(Tcp("127.0.0.1", port))


async def test_one_that_does_not_answer_the_attempt_is_unreachable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tcp, "CONNECT", 0.01)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)  # fills the queue of connections
        with pytest.raises(Unreachable, match="no answer to the connection attempt"):
            await Heard().listen(Tcp("127.0.0.1", address[1]))
        for sock in waiting:
            sock.close()


async def test_a_name_that_is_none_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="label"):
        await Heard().listen(Tcp("a" * 64 + ".example", 1))


async def test_bytes_only() -> None:
    async with connected() as (line, _, _far):
        with pytest.raises(TypeError):
            await line.send(Publish("t", b""))
