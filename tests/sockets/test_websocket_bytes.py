"""The WebSocket byte by byte: what breaks its rules closes it by number, and nobody else notices."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

import pytest

from roomd.web.ws import MESSAGE
from tests.sockets.raw import BINARY, CLOSE, PING, PONG, TEXT, UPGRADE, frame, raw
from tests.support.web_room import TOKENS, web_room

SET = '{"type":"command","id":"c1","device":"a","command":"set","args":{"level":9}}'
HELLO = '{"type":"hello"}'


@pytest.mark.parametrize("pieces", [1, 10, 1000])
async def test_however_handshake_and_frames_are_cut_the_answers_are_the_same(
    tmp_path: Path, pieces: int
) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade(pieces=pieces)
        await client.write(frame(HELLO) + frame(SET), pieces)
        assert (await client.next("snapshot"))["seq"] > 0
        assert (await client.next("outcome"))["outcome"] == "confirmed"
        assert room.texts("l1") == ["a level 9"]


async def test_frames_that_come_with_the_handshake_are_not_lost(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        text = UPGRADE.format(host=client.host, token=TOKENS["presenter"])
        await client.write(text.encode() + frame(SET))
        assert (await client.head())[0] == 101
        assert (await client.next("outcome"))["outcome"] == "confirmed"


async def test_a_message_in_fragments_with_a_ping_between_is_one(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade()
        first, second, third = SET[:10], SET[10:40], SET[40:]
        await client.write(frame(first, fin=False) + frame("are you there", PING))
        await client.write(frame(second, 0, fin=False) + frame(third, 0), 10)
        assert await client.receive() == (PONG, b"are you there")
        assert (await client.next("outcome"))["outcome"] == "confirmed"


BROKEN: dict[str, tuple[bytes, int]] = {
    "unmasked": (frame(SET, masked=False), 1002),
    "unmasked ping": (frame("", PING, masked=False), 1002),
    "unmasked and empty": (frame("", masked=False), 1002),
    "reserved bit 1": (frame(SET, bits=4), 1002),
    "reserved bit 2": (frame(SET, bits=2), 1002),
    "reserved bit 3": (frame(SET, bits=1), 1002),
    "an opcode that does not exist": (frame(SET, 3), 1002),
    "a control opcode that does not exist": (frame("", 11), 1002),
    "a ping in fragments": (frame("", PING, fin=False), 1002),
    "a ping of 126 bytes": (frame("x" * 126, PING), 1002),
    "a continuation of nothing": (frame(SET, 0), 1002),
    "a message inside a message": (frame("{", fin=False) + frame("{"), 1002),
    "a close of one byte": (frame("x", CLOSE), 1002),
    "a close with a number of nobody": (frame(struct.pack("!H", 1005), CLOSE), 1002),
    "text that is no text": (frame(b'{"type":"ping\xff"}'), 1007),
    "half a character at the end": (frame(b"\xe4\xb8"), 1007),
    "bytes": (frame(b"\x81\x01\x04\x00\x02\xff", BINARY), 1003),
    "one byte too many": (frame("x" * (MESSAGE + 1)), 1009),
    "too much in fragments": (
        frame("x" * 40_000, fin=False) + frame("x" * 40_000, 0, fin=False),
        1009,
    ),
    "a length of four exabytes": (struct.pack("!BBQ", 0x81, 0xFF, 2**62) + b"mask", 1009),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_breaks_the_rules_closes_by_number(tmp_path: Path, name: str) -> None:
    data, code = BROKEN[name]
    async with web_room(tmp_path) as room, room.socket() as other:
        async with raw(room) as client:
            await client.upgrade()
            await client.write(data, 10 if len(data) < 1000 else None)
            assert await client.closed() == code
        await other.say(type="ping")
        await other.next("pong")
        assert room.texts("l1") == []


async def test_an_unmasked_frame_right_behind_the_handshake_closes_too(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        text = UPGRADE.format(host=client.host, token=TOKENS["presenter"])
        await client.write(text.encode() + frame(SET, masked=False))
        assert (await client.head())[0] == 101
        assert await client.closed() == 1002
        assert room.texts("l1") == []


async def test_the_largest_message_that_is_allowed_is_read(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade()
        text = '{"type":"ping"' + " " * (MESSAGE - 15) + "}"
        assert len(text) == MESSAGE
        await client.write(frame(text))
        await client.next("pong")


async def test_noise_ends_its_own_connection_only(tmp_path: Path) -> None:
    noise = random.Random(20261124)
    async with web_room(tmp_path) as room, room.socket() as finger:
        await finger.say(type="hold", id="h1", device="lift", command="up")
        for _ in range(25):
            async with raw(room) as client:
                await client.upgrade()
                for _ in range(noise.randint(1, 5)):
                    await client.write(noise.randbytes(noise.randint(1, 300)))
                client.end()
                await client.hung_up()
            await finger.say(type="keep", id="h1")
            await room.settled(_nothing())
        await finger.say(type="release", id="h1")
        assert (await finger.next("outcome", id="h1"))["outcome"] == "sent"
        assert set(room.texts("l2")) - {"lift?"} == {"lift up", "lift stop"}


async def test_noise_inside_messages_is_answered_and_the_connection_lives(tmp_path: Path) -> None:
    noise = random.Random(7)
    signs = '{}[]":,0123456789eE+-.truefalsnl\\u \x00中'
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade("display")
        for n in range(60):
            text = "".join(noise.choice(signs) for _ in range(noise.randint(0, 80)))
            cut = noise.randrange(len(SET))
            await client.write(frame(text if n % 2 else SET[:cut] + text + SET[cut:]))
        await client.write(frame('{"type":"ping"}'))
        await client.next("pong")
        seen = {json.loads(payload).get("code") for _, payload in client.seen}
        assert seen <= {"bad_json", "unknown_type", "bad_request", "not_allowed", None}
        assert room.texts("l1") == []


@pytest.mark.parametrize(
    "change,status",
    [
        (("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), 400),
        (("dGhlIHNhbXBsZSBub25jZQ==", "short"), 400),
        (("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 99"), 400),
        (("Upgrade: websocket", "Upgrade: h2c"), 400),
        (("Bearer ", "Bearer x"), 401),
        (("Authorization: ", "Content-Length: 4\r\nAuthorization: "), 400),
        (("GET ", "POST "), 405),
    ],
)
async def test_a_handshake_that_is_none_opens_nothing(
    tmp_path: Path, change: tuple[str, str], status: int
) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        text = UPGRADE.format(host=client.host, token=TOKENS["presenter"]).replace(*change)
        await client.write(text.encode())
        assert (await client.head())[0] == status
        assert room.services.feed.clients == set()


async def test_a_farewell_is_answered_with_its_own_number(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade()
        await client.write(frame(struct.pack("!H", 1000), CLOSE))
        assert await client.closed() in (1000, None)
        await room.room.clock.advance(0.1)
        assert room.services.feed.clients == set()


async def _nothing() -> None:
    return None


async def test_text_frames_only_ever_carry_json(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, raw(room) as client:
        await client.upgrade()
        await client.write(frame(HELLO) + frame("nonsense") + frame('{"type":"ping"}'))
        await client.next("pong")
        assert {opcode for opcode, _ in client.seen} == {TEXT}
        assert [json.loads(p)["type"] for _, p in client.seen] == ["snapshot", "error", "pong"]
