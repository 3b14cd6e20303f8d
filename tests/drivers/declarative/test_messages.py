from __future__ import annotations

import pytest

from drivers.declarative.frames import FrameError
from drivers.declarative.messages import (
    HttpDecoder,
    TopicDecoder,
    TopicMessage,
    byte_decoder,
    frame_check,
    framing,
)
from drivers.declarative.model import Receive
from drivers.declarative.receive import FrameCheck, Received
from drivers.messages import Junk
from drivers.transport.echo import OwnEcho
from drivers.transport.frames import HttpRequest, HttpResponse, Published


def test_streams() -> None:
    receive = Receive.model_validate({"lines": {"end": "\r", "max": 9}})
    echo = OwnEcho()
    echo.sent(b"GO\r")
    decoder = byte_decoder(receive, None, lambda: 0.0, echo)
    assert decoder.feed(b"GO\rOK\r") == [Received(b"OK")]
    decoder.feed(b"half")
    decoder.reset()
    assert decoder.feed(b"OK\r") == [Received(b"OK")]


def test_a_device_without_answers_hears_rubbish_only() -> None:
    deaf = byte_decoder(None, None, lambda: 0.0, None)
    assert deaf.feed(b"xy") == [Junk("unknown", b"xy")]
    assert deaf.feed(b"") == []
    deaf.reset()


def test_topics_and_answers() -> None:
    decoder = TopicDecoder()
    assert decoder.feed(Published("t", b'{"a":1}', retain=True)) == [
        TopicMessage("t", {"a": 1}, retain=True)
    ]
    assert decoder.feed(Published("t", b"\xff", retain=False)) == [Junk("unknown", b"\xff")]
    assert decoder.feed(Published("t", bytes(65537), retain=False)) == [Junk("too_long")]
    answer = HttpResponse(HttpRequest("GET", "/"), 200, b"")
    assert HttpDecoder().feed(answer) == [answer]
    decoder.reset()
    HttpDecoder().reset()


def test_framings_of_a_definition() -> None:
    found = Receive.model_validate(
        {"length_at": {"start": "AA", "at": 3, "add": 5}, "check": {"type": "sum8", "over": [1, 6]}}
    )
    assert frame_check(found) == FrameCheck("sum8", 1, 6)
    assert framing(found).begin(b"\x00\xaa") == 1
    with pytest.raises(FrameError):
        framing(Receive())
