"""Tasmota's topics and payloads."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import Junk
from drivers.tasmota import codec
from drivers.tasmota.codec import LastWill, Message, Status
from drivers.transport.frames import Published

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
TOPICS = ["stat/t/RESULT", "tele/t/STATE", "tele/t/LWT", "stat/t/POWER1", "stat/t/POWER99", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["POWER1", "POWER", "Dimmer", "CT", "Command"]), inner)
    ),
    max_leaves=10,
)


def read(topic: str, payload: bytes, *, retain: bool = False) -> Message:
    (message,) = codec.Decoder("stat/t/", "tele/t/").feed(Published(topic, payload, retain))
    return message


def status(said: dict[str, Any]) -> Status:
    power = {int(n): on for n, on in said.pop("power", {}).items()}
    return Status(power, **said)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    payload, topic = bytes.fromhex(vector["bytes"]), vector["topic"]
    match vector["means"]:
        case {"power": relay, "on": bool(on)}:
            assert codec.power(relay, on=on) == (topic.removeprefix("cmnd/t/"), payload)
        case {"power": relay}:
            assert codec.power(relay, on=None) == (topic.removeprefix("cmnd/t/"), payload)
        case {"dimmer": level}:
            assert codec.dimmer(None if level == "?" else level) == ("Dimmer", payload)
        case {"ct": mired}:
            assert codec.ct(None if mired == "?" else mired) == ("CT", payload)
        case {"status": said}:
            assert read(topic, payload) == status(dict(said))
        case {"will": online}:
            assert read(topic, payload) == LastWill(online)
        case means:
            pytest.fail(f"{means} means nothing")


@given(st.sampled_from(TOPICS), st.binary(max_size=200), st.booleans())
def test_no_bytes_raise(topic: str, payload: bytes, retain: bool) -> None:
    read(topic, payload, retain=retain)


@given(st.sampled_from(TOPICS), JSON)
def test_no_json_raises(topic: str, body: object) -> None:
    read(topic, json.dumps(body).encode())


def test_bytes_that_are_no_message_are_junk() -> None:
    decoder = codec.Decoder("stat/t/", "tele/t/")
    decoder.reset()
    assert decoder.feed(b"ON") == [Junk("wrong_address")]  # type: ignore[arg-type]  # what a serial line would give


@given(st.integers(2000, 6500))
def test_warmth_comes_back_within_a_mired(kelvin: int) -> None:
    assert abs(codec.kelvin(codec.mired(kelvin)) - kelvin) <= 22


@given(st.floats(0, 100))
def test_levels_are_whole_and_only_nothing_is_off(level: float) -> None:
    sent = int(codec.dimmer(level)[1])
    assert (sent == 0) is (level == 0)
    assert abs(sent - level) <= 1


@pytest.mark.parametrize("relay", [0, 33, -1])
def test_no_such_relay(relay: int) -> None:
    with pytest.raises(ValueError, match="relay is"):
        codec.power(relay, on=True)


def test_out_of_range_is_refused() -> None:
    for wrong in (-1, 101):
        with pytest.raises(ValueError, match="level is"):
            codec.dimmer(wrong)
    for wrong in (152, 501):
        with pytest.raises(ValueError, match="colour temperature is"):
            codec.ct(wrong)
    for wrong in (1999, 6536):
        with pytest.raises(ValueError, match="colour temperature is"):
            codec.mired(wrong)


def test_a_refusal_is_seen() -> None:
    said = read("stat/t/RESULT", b'{"Command":"Unknown"}')
    assert isinstance(said, Status)
    assert said.refused


@pytest.mark.parametrize(
    "topic, payload",
    [
        ("stat/t/RESULT", b"[]"),
        ("stat/t/RESULT", b'{"POWER1":'),
        ("stat/t/POWER1", b"TOGGLE"),
        ("stat/t/POWER0", b"ON"),
        ("stat/t/POWER33", b"ON"),
        ("stat/t/POWER\u0661", b"ON"),
        ("stat/t/STATUS", b"ON"),
        ("tele/t/LWT", b"online"),
    ],
)
def test_rubbish_is_junk(topic: str, payload: bytes) -> None:
    assert isinstance(read(topic, payload), Junk)


def test_values_that_cannot_be_are_as_if_they_were_not_there() -> None:
    body = b'{"POWER1":true,"POWER2":"TOGGLE","Dimmer":101,"CT":0}'
    assert read("tele/t/STATE", body) == Status()
    assert read("tele/t/STATE", b"{}", retain=True) == Status(retained=True)
