"""Zigbee2MQTT's JSON."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import Junk
from drivers.transport.frames import Published
from drivers.zigbee2mqtt import codec
from drivers.zigbee2mqtt.codec import Available, Bridge, Message, State

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
BASE, NAME = "zigbee2mqtt", "hall/lamp"
TOPICS = [f"{BASE}/{NAME}", f"{BASE}/{NAME}/availability", f"{BASE}/bridge/state", f"{BASE}/hall"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=10,
)


def read(topic: str, payload: bytes, *, retain: bool = False) -> Message:
    (message,) = codec.Decoder(BASE, NAME).feed(Published(topic, payload, retain))
    return message


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    payload, topic = bytes.fromhex(vector["bytes"]), vector["topic"]
    match vector["means"]:
        case {"wish": wish, "fade": int(fade)}:
            assert codec.wish(State(**wish), fade) == payload
        case {"wish": wish}:
            assert codec.wish(State(**wish), 0) == payload
        case {"question": True}:
            assert codec.question() == payload
        case {"state": state}:
            assert read(topic, payload) == State(**state)
        case {"available": online}:
            assert read(topic, payload) == Available(online)
        case {"bridge": online}:
            assert read(topic, payload) == Bridge(online)
        case means:
            pytest.fail(f"{means} means nothing")


@given(st.sampled_from(TOPICS), st.binary(max_size=200), st.booleans())
def test_no_bytes_raise(topic: str, payload: bytes, retain: bool) -> None:
    read(topic, payload, retain=retain)


@given(st.sampled_from(TOPICS), JSON)
def test_no_json_raises(topic: str, body: object) -> None:
    read(topic, json.dumps(body).encode())


def test_bytes_that_are_no_message_are_junk() -> None:
    decoder = codec.Decoder(BASE, NAME)
    decoder.reset()
    assert decoder.feed(b"ON") == [Junk("wrong_address")]  # type: ignore[arg-type]  # what a serial line would give


@given(st.integers(0, 100))
def test_whole_percent_come_back(level: int) -> None:
    assert codec.level(codec.brightness(level)) == level


def test_the_ends_of_the_scale() -> None:
    assert (codec.brightness(100), codec.brightness(1), codec.brightness(0.1)) == (254, 3, 1)
    assert (codec.level(254), codec.level(1), codec.level(0)) == (100, 1, 0)
    assert (codec.mired(2000), codec.mired(6500), codec.mired(6535)) == (500, 154, 153)


@given(st.integers(2000, 6500))
def test_warmth_comes_back_within_a_mired(kelvin: int) -> None:
    assert abs(codec.kelvin(codec.mired(kelvin)) - kelvin) <= 22


@pytest.mark.parametrize(
    "state, fade",
    [
        (State(), 0),
        (State(brightness=255), 0),
        (State(brightness=-1), 0),
        (State(color_temp=152), 0),
        (State(color_temp=501), 0),
        (State(on=True), 61),
        (State(on=True), -1),
    ],
)
def test_out_of_range_is_refused(state: State, fade: float) -> None:
    with pytest.raises(ValueError, match=r"possible|asked"):
        codec.wish(state, fade)


@pytest.mark.parametrize("level", [-0.1, 100.1])
def test_a_level_out_of_range_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="possible"):
        codec.brightness(level)


@pytest.mark.parametrize("kelvin", [1999, 6536])
def test_a_warmth_out_of_range_is_refused(kelvin: int) -> None:
    with pytest.raises(ValueError, match="possible"):
        codec.mired(kelvin)


def test_values_that_cannot_be_are_as_if_they_were_not_there() -> None:
    body = {"state": "ON", "brightness": True, "color_temp": 0}
    assert read(TOPICS[0], json.dumps(body).encode()) == State(on=True)
    assert read(TOPICS[0], b'{"state":["ON"],"brightness":999}') == State()


def test_what_was_stored_says_so() -> None:
    assert read(TOPICS[0], b'{"state":"ON"}', retain=True) == State(on=True, retained=True)


def test_a_state_and_a_wish() -> None:
    wish = State(on=True, brightness=100)
    assert State(on=True, brightness=101, color_temp=300).has(wish)
    assert not State(on=True, brightness=102).has(wish)
    assert not State(on=False, brightness=100).has(wish)
    assert not State(on=True).mentions(wish)
    assert State(on=False, brightness=3).mentions(wish)


@pytest.mark.parametrize("topic", TOPICS[:3])
@pytest.mark.parametrize("payload", [b"", b"[]", b'{"state"', b"\xff", b'{"state":NaN}'])
def test_rubbish_is_junk(topic: str, payload: bytes) -> None:
    assert isinstance(read(topic, payload), Junk)
