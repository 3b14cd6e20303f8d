"""Traffic for people: bytes with their meaning, on one line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from drivers.trace import payload, words
from drivers.transport.frames import (
    Chunk,
    Collided,
    Frame,
    HttpRequest,
    HttpResponse,
    Publish,
    Published,
)

ASKED = HttpRequest("PUT", "/api/out/3", b'{"input":1}')


@pytest.mark.parametrize(
    "piece, data, topic",
    [
        (b"\x81\x09", b"\x81\x09", ""),
        (Collided(b"\x00"), b"\x00", ""),
        (Publish("cmnd/a/POWER1", b"ON"), b"ON", "cmnd/a/POWER1"),
        (Published("stat/a/RESULT", b"{}", retain=False), b"{}", "stat/a/RESULT"),
        (ASKED, b'{"input":1}', "PUT /api/out/3"),
        (HttpResponse(ASKED, 204, b""), b"", "204 /api/out/3"),
    ],
)
def test_the_bytes_and_the_topic_of_everything(
    piece: Frame | Chunk, data: bytes, topic: str
) -> None:
    assert payload(piece) == (data, topic)


@dataclass(frozen=True)
class Reply:
    display: int
    value: bytes


@pytest.mark.parametrize(
    "message, line",
    [
        (Reply(1, b"\x00\xff"), "Reply(display=1, value=00 ff)"),
        ("a is 5", "a is 5"),
        (Reply, str(Reply)),
    ],
)
def test_a_message_in_words(message: object, line: str) -> None:
    assert words(message) == line


def test_a_long_field_is_cut() -> None:
    line = words(Reply(1, b"\xaa" * 1000))
    assert line.endswith("...)")
    assert len(line) < 120
