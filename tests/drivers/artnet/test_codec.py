"""Packets of one universe."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.artnet import codec
from drivers.messages import Junk

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
SOURCE = codec.Source(UUID(int=5), "roomd", 100)
ANY_SLOTS = st.binary(min_size=1, max_size=512)


def packet(means: dict[str, Any]) -> bytes:
    slots = bytes.fromhex(means["slots"])
    if means["protocol"] == "artnet":
        return codec.artnet(means["universe"], means["sequence"], slots)
    source = codec.Source(UUID(means["cid"]), means["name"], means["priority"])
    return codec.sacn(source, means["universe"], means["sequence"], slots.ljust(512, b"\0"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    data, means = bytes.fromhex(vector["bytes"]), vector["means"]
    assert packet(means) == data
    (found,) = codec.Decoder().feed(data)
    assert isinstance(found, codec.Dmx)
    assert (found.protocol, found.universe, found.sequence) == (
        means["protocol"],
        means["universe"],
        means["sequence"],
    )
    assert found.slots.rstrip(b"\0") == bytes.fromhex(means["slots"]).rstrip(b"\0")
    assert not found.terminated


@given(st.integers(0, 32767), st.integers(0, 255), ANY_SLOTS)
def test_art_net_comes_back_as_it_went(universe: int, sequence: int, slots: bytes) -> None:
    even = slots + slots[: len(slots) % 2]
    message = codec.Decoder().feed(codec.artnet(universe, sequence, even))
    assert message == [codec.Dmx("artnet", universe, sequence, even)]


@given(st.integers(1, 63999), st.integers(0, 255), ANY_SLOTS)
def test_sacn_comes_back_as_it_went(universe: int, sequence: int, slots: bytes) -> None:
    data = codec.sacn(SOURCE, universe, sequence, slots)
    assert len(data) == 126 + len(slots)
    assert codec.Decoder().feed(data) == [codec.Dmx("sacn", universe, sequence, slots)]


@given(st.binary(max_size=700), st.sampled_from([b"", b"Art-Net\0", codec.SACN_ROOT]))
def test_no_bytes_raise_and_each_datagram_is_one_message(noise: bytes, start: bytes) -> None:
    decoder = codec.Decoder()
    data = start + noise
    assert len(decoder.feed(data)) == bool(data)
    good = codec.artnet(3, 4, b"\1\2")
    assert decoder.feed(good) == [codec.Dmx("artnet", 3, 4, b"\1\2")]


@given(st.integers(1, 637), st.booleans())
def test_a_packet_cut_short_is_junk(size: int, art: bool) -> None:
    whole = codec.artnet(1, 1, bytes(512)) if art else codec.sacn(SOURCE, 1, 1, bytes(512))
    (message,) = codec.Decoder().feed(whole[: min(size, len(whole) - 1)])
    assert isinstance(message, Junk)


@pytest.mark.parametrize(
    "place",
    [0, 5, 9, 11, 16, 17, 21, 38, 39, 43, 115, 116, 117, 118, 122, 123, 125],
)
def test_a_changed_byte_in_what_is_fixed_is_junk(place: int) -> None:
    data = bytearray(codec.sacn(SOURCE, 1, 1, bytes(512)))
    data[place] ^= 0x55
    (message,) = codec.Decoder().feed(bytes(data))
    assert isinstance(message, Junk)


@pytest.mark.parametrize("place", [0, 7, 8, 9, 10, 11])
def test_a_changed_byte_in_art_nets_head_is_junk(place: int) -> None:
    data = bytearray(codec.artnet(1, 1, bytes(512)))
    data[place] ^= 0x55
    (message,) = codec.Decoder().feed(bytes(data))
    assert isinstance(message, Junk)


def test_the_option_bits() -> None:
    data = bytearray(codec.sacn(SOURCE, 1, 1, b"\1"))
    data[112] = codec.SACN_TERMINATED
    assert codec.Decoder().feed(bytes(data)) == [codec.Dmx("sacn", 1, 1, b"\1", terminated=True)]
    data[112] = codec.SACN_PREVIEW
    assert isinstance(codec.Decoder().feed(bytes(data))[0], Junk)


@pytest.mark.parametrize(
    "universe, sequence, slots",
    [(-1, 1, 2), (32768, 1, 2), (0, 256, 2), (0, -1, 2), (0, 1, 0), (0, 1, 3), (0, 1, 514)],
)
def test_art_net_refuses_what_does_not_fit(universe: int, sequence: int, slots: int) -> None:
    with pytest.raises(ValueError, match=r"possible|even"):
        codec.artnet(universe, sequence, bytes(slots))


@pytest.mark.parametrize(
    "universe, sequence, slots", [(0, 1, 2), (64000, 1, 2), (1, 256, 2), (1, 1, 0), (1, 1, 513)]
)
def test_sacn_refuses_what_does_not_fit(universe: int, sequence: int, slots: int) -> None:
    with pytest.raises(ValueError, match="possible"):
        codec.sacn(SOURCE, universe, sequence, bytes(slots))


@pytest.mark.parametrize(
    "source", [codec.Source(UUID(int=1), "x" * 64, 100), codec.Source(UUID(int=1), "x", 201)]
)
def test_sacn_refuses_a_source_that_does_not_fit(source: codec.Source) -> None:
    with pytest.raises(ValueError, match="possible"):
        codec.sacn(source, 1, 1, b"\0")


def test_a_decoder_keeps_nothing() -> None:
    codec.Decoder().reset()
    assert codec.Decoder().feed(b"") == []
