"""Packets: what is built, and what is read however it is cut."""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import Junk
from drivers.visca import codec
from drivers.visca.tables import LONGEST

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
BARE = [v for v in VECTORS if "ip" not in v["means"]]
SENT = [v for v in BARE if "send" in v["means"]]
SAID = [v for v in BARE if "says" in v["means"]]


def go_to(
    camera: int, *, pan: int, tilt: int, pan_speed: int, tilt_speed: int, wide: bool = False
) -> bytes:
    where = codec.Position(pan, tilt, wide)
    return codec.go_to(camera, where, pan_speed=pan_speed, tilt_speed=tilt_speed)


BUILDERS: dict[str, Callable[..., Any]] = {
    "address_set": lambda _camera: codec.ADDRESS_SET,
    "clear_all": lambda _camera: codec.CLEAR_ALL,
    "go_to": go_to,
}


def built(means: dict[str, Any]) -> bytes:
    args = {k: v for k, v in means.items() if k not in {"send", "says", "camera"}}
    name = means["send"]
    make = BUILDERS.get(name) or getattr(codec, name)
    found = make(means.get("camera", 1), **args)
    return found.packet if isinstance(found, codec.Inquiry) else found


def read(means: dict[str, Any]) -> codec.Message:
    """Return the message that a vector means; an answer is compared by its value."""
    camera, socket = means.get("camera", 1), means.get("socket", 0)
    match means["says"]:
        case "addresses":
            return codec.AddressSet(means["cameras"])
        case "cleared":
            return codec.Cleared()
        case "network_change":
            return codec.NetworkChange(camera)
        case "ack":
            return codec.Ack(camera, socket)
        case "completion":
            return codec.Completion(camera, socket)
        case _:
            return codec.Error(camera, socket, means["fault"])


@pytest.mark.parametrize("vector", SENT, ids=lambda v: v["name"])
def test_what_is_built(vector: dict[str, Any]) -> None:
    assert built(vector["means"]).hex(" ") == vector["bytes"]


@pytest.mark.parametrize("vector", SAID, ids=lambda v: v["name"])
def test_what_is_read(vector: dict[str, Any]) -> None:
    means = vector["means"]
    (message,) = codec.Decoder().feed(bytes.fromhex(vector["bytes"]))
    if means["says"] != "answer":
        assert message == read(means)
        return
    assert isinstance(message, codec.Answer)
    inquiry = getattr(codec, means["to"])(1)
    assert len(message.value) in inquiry.sizes
    value = inquiry.read(message.value)
    assert (dataclasses.asdict(value) if isinstance(means["value"], dict) else value) == means[
        "value"
    ]


def test_no_function_builds_the_toggle() -> None:
    (never,) = (v for v in VECTORS if "never" in v["means"])
    built_ones = {codec.autofocus(1, on=on) for on in (True, False)}
    built_ones |= {codec.focus(1, direction) for direction in (-1, 0, 1)}
    assert bytes.fromhex(never["bytes"]) not in built_ones


@pytest.mark.parametrize(
    "build",
    [
        lambda: codec.power(0, on=True),
        lambda: codec.power(8, on=True),
        lambda: codec.drive(1, 1.01, 0),
        lambda: codec.drive(1, 0, -1.01),
        lambda: codec.drive(1, float("nan"), 0),
        lambda: codec.zoom(1, 2),
        lambda: codec.zoom_to(1, -1),
        lambda: codec.zoom_to(1, 0x7AC1),
        lambda: codec.preset(1, 2, 255),
        lambda: codec.preset(1, 2, -1),
        lambda: codec.preset(1, 3, 0),
        lambda: codec.focus(1, 2),
        lambda: codec.cancel(1, 0),
        lambda: codec.cancel(1, 3),
        lambda: go_to(1, pan=0x8000, tilt=0, pan_speed=1, tilt_speed=1),
        lambda: go_to(1, pan=0, tilt=-0x8001, pan_speed=1, tilt_speed=1),
        lambda: go_to(1, pan=1 << 19, tilt=0, wide=True, pan_speed=1, tilt_speed=1),
        lambda: go_to(1, pan=0, tilt=0, pan_speed=0, tilt_speed=1),
        lambda: go_to(1, pan=0, tilt=0, pan_speed=25, tilt_speed=1),
        lambda: go_to(1, pan=0, tilt=0, pan_speed=1, tilt_speed=21),
    ],
)
def test_out_of_range_is_refused_never_clipped(build: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match=r"\bis\b"):
        build()


@given(st.integers(-0x8000, 0x7FFF), st.integers(-0x8000, 0x7FFF))
def test_a_position_is_read_as_it_is_written(pan: int, tilt: int) -> None:
    packet = go_to(1, pan=pan, tilt=tilt, pan_speed=1, tilt_speed=1)
    assert codec.ask_position(1).read(packet[6:-1]) == codec.Position(pan, tilt, wide=False)


@given(st.integers(-(1 << 19), (1 << 19) - 1))
def test_five_nibbles_too(pan: int) -> None:
    packet = go_to(1, pan=pan, tilt=-1, wide=True, pan_speed=1, tilt_speed=1)
    assert len(packet) == LONGEST
    assert codec.ask_position(1).read(packet[6:-1]) == codec.Position(pan, -1, wide=True)


@pytest.mark.parametrize(
    "inquiry, value",
    [
        (codec.ask_power(1), "04"),
        (codec.ask_power(1), "02 02"),
        (codec.ask_autofocus(1), ""),
        (codec.ask_zoom(1), "00 00 00"),
        (codec.ask_zoom(1), "00 10 00 00"),
        (codec.ask_position(1), "00 00 00 00 00 00 00 f0"),
        (codec.ask_position(1), "00"),
        (codec.ask_version(1), "00 01"),
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error(inquiry: codec.Inquiry[Any], value: str) -> None:
    with pytest.raises(ValueError, match=r"needed|neither"):
        inquiry.read(bytes.fromhex(value))


def test_packets_are_short_and_hold_one_terminator() -> None:
    for vector in SENT:
        packet = built(vector["means"])
        assert 3 <= len(packet) <= LONGEST
        assert packet.index(0xFF) == len(packet) - 1


# -- the stream ----------------------------------------------------------------------------------------------------

NIBBLES = st.binary(max_size=13).map(lambda b: bytes(x & 0x7F for x in b))
CAMERAS = st.integers(1, 7)
SOCKETS = st.integers(0, 15)


def packet_of(message: codec.Message) -> bytes:
    match message:
        case codec.Ack(camera, socket):
            body = [(camera + 8) << 4, 0x40 | socket]
        case codec.Completion(camera, socket):
            body = [(camera + 8) << 4, 0x50 | socket]
        case codec.Error(camera, socket, fault):
            body = [(camera + 8) << 4, 0x60 | socket, fault]
        case codec.Answer(camera, value):
            body = [(camera + 8) << 4, 0x50, *value]
        case codec.NetworkChange(camera):
            body = [(camera + 8) << 4, 0x38]
        case codec.AddressSet(cameras):
            body = [0x88, 0x30, cameras + 1]
        case _:
            body = [0x88, 0x01, 0x00, 0x01]
    return bytes((*body, 0xFF))


MESSAGES: st.SearchStrategy[codec.Message] = st.one_of(
    st.builds(codec.Ack, CAMERAS, SOCKETS),
    st.builds(codec.Completion, CAMERAS, SOCKETS),
    st.builds(codec.Error, CAMERAS, SOCKETS, st.integers(0, 254)),
    st.builds(codec.Answer, CAMERAS, NIBBLES.filter(bool)),
    st.builds(codec.NetworkChange, CAMERAS),
    st.builds(codec.AddressSet, st.integers(1, 7)),
    st.just(codec.Cleared()),
)


@given(MESSAGES)
def test_every_message_is_read_back(message: codec.Message) -> None:
    assert codec.Decoder().feed(packet_of(message)) == [message]


@given(
    st.lists(st.one_of(MESSAGES.map(packet_of), st.binary(max_size=40)), max_size=8),
    st.lists(st.integers(0, 300)),
)
def test_any_cut_gives_the_same_messages(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts)
    edges = sorted({0, len(stream), *(c for c in cuts if c < len(stream))})
    cut, single = codec.Decoder(), codec.Decoder()
    messages = codec.Decoder().feed(stream)
    assert [m for a, b in itertools.pairwise(edges) for m in cut.feed(stream[a:b])] == messages
    assert [m for i in range(len(stream)) for m in single.feed(stream[i : i + 1])] == messages


@given(st.lists(st.binary(max_size=100), max_size=20), MESSAGES)
def test_noise_never_raises_and_the_next_message_is_found(
    noise: list[bytes], message: codec.Message
) -> None:
    decoder = codec.Decoder()
    for chunk in noise:
        decoder.feed(chunk)
        assert len(decoder._buffer) < LONGEST
    assert decoder.feed(b"\xff" + packet_of(message))[-1] == message


@given(st.binary(max_size=20).map(lambda b: bytes(x & 0x7F for x in b)))
def test_noise_right_before_a_message_does_not_hide_it(noise: bytes) -> None:
    found = codec.Decoder().feed(noise + bytes.fromhex("90 41 ff"))
    assert found[-1] == codec.Ack(1, 1)
    assert len(found) == (2 if noise else 1)


def test_a_lost_terminator_costs_one_message() -> None:
    assert codec.Decoder().feed(bytes.fromhex("90 41 90 51 ff")) == [
        Junk("unknown", b"\x90\x41"),
        codec.Completion(1, 1),
    ]


def test_seventeen_bytes_without_a_terminator_are_dropped_and_counted() -> None:
    decoder = codec.Decoder()
    assert decoder.feed(b"\x11" * 17) == []
    (junk, ack) = decoder.feed(bytes.fromhex("90 42 ff"))
    assert (junk, ack) == (Junk("too_long", b"\x11" * 13), codec.Ack(1, 2))


@pytest.mark.parametrize(
    "text", ["ff ff ff", "12 34 ff", "91 41 ff", "80 41 ff", "90 39 ff", "88 30 01 ff"]
)
def test_what_is_no_message_is_junk(text: str) -> None:
    found = codec.Decoder().feed(bytes.fromhex(text))
    assert found
    assert all(isinstance(m, Junk) for m in found)


def test_merged_packets_are_two_messages() -> None:
    assert codec.Decoder().feed(bytes.fromhex("90 41 ff a0 50 02 ff")) == [
        codec.Ack(1, 1),
        codec.Answer(2, b"\x02"),
    ]


def test_a_new_connection_begins_anew() -> None:
    decoder = codec.Decoder()
    decoder.feed(b"\x90")
    decoder.reset()
    assert decoder.feed(bytes.fromhex("90 41 ff")) == [codec.Ack(1, 1)]
