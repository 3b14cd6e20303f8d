"""HTTP byte by byte: however a request is cut or broken, it gets one answer or none, and the room goes on."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest

from tests.sockets.raw import Raw, raw
from tests.support.web_room import TOKENS, WebRoom, web_room


def request(
    host: str, body: str = '{"level": 9}', path: str = "/api/v1/devices/a/set", extra: str = ""
) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKENS['presenter']}\r\n"
        f"Content-Type: application/json\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def alive(room: WebRoom) -> None:
    """Say that the room still answers, and that nothing was moved or set meanwhile."""
    assert (await room.ask("GET", "/healthz", None))[0] == 200
    assert room.texts("l1") == []
    assert not [t for t in room.texts("l2") if t != "lift stop"]


@pytest.mark.parametrize("pieces", [1, 10, 1000])
async def test_however_a_request_is_cut_the_answer_is_the_same(tmp_path: Path, pieces: int) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.write(request(client.host), pieces)
        status, headers = await client.head()
        assert (status, (await client.body(headers))["outcome"]) == (200, "confirmed")
        assert room.texts("l1") == ["a level 9"]


async def test_requests_one_behind_the_other_are_answered_in_their_order(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        levels = [10, 20, 30]
        await client.write(b"".join(request(client.host, f'{{"level": {n}}}') for n in levels))
        for _ in levels:
            status, headers = await client.head()
            assert (status, (await client.body(headers))["outcome"]) == (200, "confirmed")
        assert room.texts("l1") == [f"a level {n}" for n in levels]


def large(host: str) -> dict[str, bytes]:
    return {
        "a line of 5 KB": request(host, path="/api/v1/" + "x" * 5000),
        "a header of 9 KB": request(host, extra=f"X-Long: {'x' * 9000}\r\n"),
        "a header line that never ends": b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000,
        "two lengths": request(host, extra="Content-Length: 3\r\n"),
        "a length and chunks": request(host, extra="Transfer-Encoding: chunked\r\n"),
        "a length of letters": request(host).replace(b"Content-Length: 12", b"Content-Length: ab"),
        "a length below nothing": request(host).replace(b"Length: 12", b"Length: -12"),
        "a header without a colon": request(host, extra="no colon here\r\n"),
        "a header with a NUL": request(host, extra="X-A: a\x00b\r\n"),
        "a space before the colon": request(host, extra="X-A : b\r\n"),
        "no version": b"GET /api/v1/stop\r\n\r\n",
        "another version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "no method": b" / HTTP/1.1\r\nHost: x\r\n\r\n",
        "TLS": bytes.fromhex("16 03 01 02 00 01 00 01 fc 03 03") + b"\x00" * 200,
        "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    }


@pytest.mark.parametrize("name", large("x").keys())
async def test_what_is_no_request_is_refused_and_closed(tmp_path: Path, name: str) -> None:
    async with web_room(tmp_path) as room:
        async with raw(room) as client:
            await client.write(large(client.host)[name])
            status, _ = await client.head()
            assert status in (0, 400, 421, 431)
            client.end()
            assert await client.hung_up()
        await alive(room)


async def test_a_thousand_pieces_of_noise_leave_the_room_as_it_was(tmp_path: Path) -> None:
    noise = random.Random(20261124)
    async with web_room(tmp_path) as room:
        good = request(room.url.removeprefix("http://"))
        for n in range(150):
            data = bytearray(good if n % 2 else noise.randbytes(noise.randint(1, 400)))
            if n % 2:
                head = bytes(data).index(b"\r\n\r\n")
                for _ in range(noise.randint(1, 6)):
                    data[noise.randrange(head)] = noise.choice(b"\x00\xff\r\n :;{}GET/")
            async with raw(room) as client:
                await client.write(bytes(data), noise.choice([None, 7]))
                client.end()
                await client.hung_up()
        assert (await room.ask("GET", "/healthz", None))[0] == 200
        assert set(room.texts("l1")) <= {
            "a level 9",
            "a?",
        }  # a change in a header may leave it whole


async def test_half_a_request_and_half_a_connection_are_let_go(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        for part in (b"", b"POST /api/v1/st", request("x")[:-5]):
            async with raw(room) as client:
                await client.write(part)
                client.end()
                assert await client.hung_up()
        await alive(room)


async def test_a_body_that_breaks_off_sets_nothing(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        async with raw(room) as client:
            await client.write(request(client.host)[:-3])
            await asyncio.sleep(0)
            client.transport.abort()
        await room.room.clock.advance(1)
        await alive(room)


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\n{}\r\n0\r\n\r\n",
        b"-1\r\n{}\r\n0\r\n\r\n",
        b"ffffffffffffffffff\r\n{}\r\n",
        b"2\r\n{}garbage\r\n0\r\n\r\n",
    ],
)
async def test_broken_chunks_set_nothing(tmp_path: Path, chunks: bytes) -> None:
    async with web_room(tmp_path) as room:
        async with raw(room) as client:
            head = request(client.host, "")
            head = head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
            await client.write(head + chunks)
            status, _ = await client.head()
            assert status in (0, 400)
        await alive(room)


async def test_chunks_that_are_whole_are_read_however_they_are_cut(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        head = request(client.host, "").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        await client.write(head + b'3\r\n{"l\r\n9\r\nevel": 9}\r\n0\r\n\r\n', 10)
        status, headers = await client.head()
        assert (status, (await client.body(headers))["outcome"]) == (200, "confirmed")


async def test_stop_works_beside_a_hundred_clients_that_say_nothing(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        port = int(room.url.rsplit(":", 1)[1])
        quiet = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]
        for n, (_, writer) in enumerate(quiet):
            writer.write(b"POST /api/v1/stop HTTP/1.1\r\nHo"[: n % 30])
        status, body = await room.ask("POST", "stop", None)
        assert (status, body["devices"]["lift"]["outcome"]) == (200, "sent")
        for _, writer in quiet:
            writer.close()


async def test_an_answer_is_json_also_where_the_body_was_not(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.write(request(client.host, "\x00\x01\x02"))
        status, headers = await client.head()
        assert headers["content-type"] == "application/problem+json"
        assert (status, (await client.body(headers))["code"]) == (400, "bad_json")
        await second(client)


async def second(client: Raw) -> None:
    """Use the same connection again."""
    await client.write(request(client.host))
    status, headers = await client.head()
    assert json.dumps((await client.body(headers))["outcome"]) == '"confirmed"'
    assert status == 200
