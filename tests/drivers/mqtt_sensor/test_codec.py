"""Values in MQTT payloads."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import Junk
from drivers.mqtt_sensor import codec
from drivers.mqtt_sensor.codec import Available, Message, Reading
from drivers.transport.frames import Published

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "state"]), inner, max_size=3)
    ),
    max_leaves=10,
)
PLAIN, DEEP = None, "a.b"


def read(payload: bytes, path: str | None = PLAIN, *, retain: bool = False) -> list[Message]:
    return codec.Decoder("t", path, "there").feed(Published("t", payload, retain))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    payload, topic, means = bytes.fromhex(vector["bytes"]), vector["topic"], vector["means"]
    message = Published(topic, payload, retain=False)
    if "online" in means:
        found = codec.Decoder("elsewhere", None, topic).feed(message)
        assert found == [Available(means["online"])]
        return
    found = codec.Decoder(topic, means.get("path"), None).feed(message)
    assert found == ([Reading(means["value"], retained=False)] if "value" in means else [])


@given(
    st.binary(max_size=300),
    st.sampled_from([PLAIN, "a", DEEP]),
    st.sampled_from(["t", "there", "x"]),
)
def test_no_bytes_raise(payload: bytes, path: str | None, topic: str) -> None:
    found = codec.Decoder("t", path, "there").feed(Published(topic, payload, retain=False))
    assert len(found) <= 1


@given(JSON, st.sampled_from(["a", DEEP, "a.b.state"]), st.sampled_from(["t", "there"]))
def test_no_json_raises(body: object, path: str, topic: str) -> None:
    payload = json.dumps(body).encode()
    found = codec.Decoder("t", path, "there").feed(Published(topic, payload, retain=False))
    for message in found:
        if isinstance(message, Reading) and isinstance(message.value, float):
            assert abs(message.value) < float("inf")


@given(st.floats(-1e6, 1e6).map(lambda f: round(f, 3)))
def test_a_number_comes_as_it_was_sent(value: float) -> None:
    assert read(str(value).encode()) == [Reading(value, retained=False)]
    body = json.dumps({"a": {"b": value}}).encode()
    assert read(body, DEEP) == [Reading(value, retained=False)]


@pytest.mark.parametrize(
    "text, value",
    [
        ("true", True),
        ("false", False),
        (" 21.5\n", 21.5),
        ("-3", -3.0),
        ("+4", 4.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("open", "open"),
        ("TRUE", "TRUE"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("infinity", "infinity"),
        ("12 °C", "12 °C"),
        ("\u0661\u0662", "\u0661\u0662"),
        ("开", "开"),
    ],
)
def test_plain(text: str, value: float | bool | str) -> None:
    (reading,) = read(text.encode())
    assert isinstance(reading, Reading)
    assert reading.value == value
    assert type(reading.value) is type(value)


@pytest.mark.parametrize(
    "payload",
    [b"", b"   ", b"\xff\xfe", b"a\0b", b"x" * 65, b'{"a":1}', b"[1]", b"1e400", b"-1e999"],
)
def test_what_is_no_plain_value_is_junk(payload: bytes) -> None:
    assert read(payload) == [Junk("unknown", payload[:64])]


@pytest.mark.parametrize(
    "payload",
    [
        b"21",
        b"[1]",
        b'{"a":{"b":NaN}}',
        b'{"a":{"b":Infinity}}',
        b'{"a":{"b":1e400}}',
        b'{"a":{"b":[1]}}',
        b'{"a":{"b":{}}}',
        b'{"a":',
        b'{"a":{"b":"' + b"x" * 65 + b'"}}',
        b'{"a":{"b":1' + b"0" * 400 + b"}}",
        b'{"a":' * 20 + b"1" + b"}" * 20,
        b'{"a":{"b":1}}' + b" " * 70_000,
    ],
)
def test_what_is_no_value_in_json_is_junk(payload: bytes) -> None:
    assert read(payload, DEEP) == [Junk("unknown", payload[:64])]


@pytest.mark.parametrize("payload", [b"{}", b'{"a":1}', b'{"a":{}}', b'{"a":{"b":null}}'])
def test_json_without_the_value_says_nothing(payload: bytes) -> None:
    assert read(payload, DEEP) == []


def test_what_the_broker_had_stored_is_marked() -> None:
    assert read(b"1", retain=True) == [Reading(1.0, retained=True)]


@pytest.mark.parametrize("payload", [b"maybe", b"", b"{", b"[]", b'{"state":1}', b"{}", b"\xff"])
def test_no_word_on_availability_is_junk(payload: bytes) -> None:
    message = Published("there", payload, retain=True)
    assert codec.Decoder("t", None, "there").feed(message) == [Junk("unknown", payload)]


def test_other_topics_and_other_wires_are_junk() -> None:
    decoder = codec.Decoder("t", None, None)
    decoder.reset()
    assert decoder.feed(Published("u", b"1", retain=False)) == [Junk("wrong_address")]
    assert decoder.feed(b"1") == [Junk("wrong_address")]  # type: ignore[arg-type]  # what a serial line would give


@pytest.mark.parametrize(
    "value, meaning",
    [
        (True, True),
        (False, False),
        ("open", True),
        ("closed", False),
        (1.0, True),
        (0.0, False),
        (2.0, None),
        ("Open", None),
        ("", None),
    ],
)
def test_truth(value: float | bool | str, meaning: bool | None) -> None:
    assert codec.truth(value, ("true", "open", "1"), ("false", "closed", "0")) is meaning
