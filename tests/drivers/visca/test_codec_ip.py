"""The header of VISCA over IP."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.messages import Junk
from drivers.visca import codec, codec_ip
from tests.drivers.visca.test_codec import MESSAGES, VECTORS, packet_of

IP = [v for v in VECTORS if "ip" in v["means"]]
BUILT = [v for v in IP if v["means"]["ip"] in {"reset", "wrap"}]
READ = [v for v in IP if v["means"]["ip"] in {"control", "reply"}]
NUMBERS = st.integers(0, 0xFFFFFFFF)


@pytest.mark.parametrize("vector", BUILT, ids=lambda v: v["name"])
def test_what_is_built(vector: dict[str, Any]) -> None:
    means = vector["means"]
    if means["ip"] == "reset":
        made = codec_ip.reset(means["sequence"])
    else:
        made = codec_ip.wrap(bytes.fromhex(means["packet"]), means["sequence"])
    assert made.hex(" ") == vector["bytes"]


@pytest.mark.parametrize("vector", READ, ids=lambda v: v["name"])
def test_what_is_read(vector: dict[str, Any]) -> None:
    means = vector["means"]
    (message,) = codec_ip.Decoder().feed(bytes.fromhex(vector["bytes"]))
    if means["ip"] == "control":
        value = bytes.fromhex(means["value"])
        assert message == codec_ip.ControlReply(means["sequence"], value)
        return
    assert isinstance(message, codec_ip.Numbered)
    assert message.sequence == means["sequence"]
    match means["says"]:
        case "ack":
            assert message.message == codec.Ack(1, means["socket"])
        case "completion":
            assert message.message == codec.Completion(1, means["socket"])
        case _:
            assert isinstance(message.message, codec.Answer)
            inquiry = getattr(codec, means["to"])(1)
            assert inquiry.read(message.message.value) == means["value"]


@pytest.mark.parametrize(
    "packet, number", [(b"", 1), (b"\x81" * 17, 1), (b"\x81\xff", -1), (b"\x81\xff", 1 << 32)]
)
def test_out_of_range(packet: bytes, number: int) -> None:
    with pytest.raises(ValueError, match=r"\bis\b"):
        codec_ip.wrap(packet, number)


@given(NUMBERS, MESSAGES)
def test_every_answer_keeps_its_number(number: int, message: codec.Message) -> None:
    packet = packet_of(message)
    datagram = struct.pack(">HHI", 0x0111, len(packet), number) + packet
    assert codec_ip.Decoder().feed(datagram) == [codec_ip.Numbered(number, message)]


@given(
    NUMBERS, st.lists(MESSAGES.map(packet_of).filter(lambda p: len(p) <= 5), min_size=1, max_size=3)
)
def test_several_packets_in_one_datagram_are_taken(number: int, packets: list[bytes]) -> None:
    body = b"".join(packets)
    found = codec_ip.Decoder().feed(struct.pack(">HHI", 0x0111, len(body), number) + body)
    assert len(found) == len(packets)


@given(st.binary(max_size=80))
def test_arbitrary_datagrams_never_raise_and_nothing_is_kept(data: bytes) -> None:
    decoder = codec_ip.Decoder()
    first = decoder.feed(data)
    assert first
    assert decoder.feed(data) == first


@given(st.sampled_from([v["bytes"] for v in READ]), st.integers(0, 7), st.integers(1, 255))
def test_a_damaged_header_is_never_the_same_answer(text: str, place: int, flip: int) -> None:
    data = bytearray.fromhex(text)
    right = codec_ip.Decoder().feed(bytes(data))
    data[place] ^= flip
    assert codec_ip.Decoder().feed(bytes(data)) != right


@pytest.mark.parametrize(
    "text, reason",
    [
        ("01 11 00 03 00 00", "truncated"),
        ("01 11 00 04 00 00 00 01 90 41 ff", "bad_check"),
        ("01 11 00 02 00 00 00 01 90 41 ff", "bad_check"),
        ("01 11 00 00 00 00 00 01", "bad_check"),
        ("01 11 00 11 00 00 00 01" + " 90" * 16 + " ff", "bad_check"),
        ("01 20 00 03 00 00 00 01 90 41 ff", "unknown"),
        ("01 00 00 03 00 00 00 01 90 41 ff", "unknown"),
        ("01 11 00 02 00 00 00 01 90 41", "truncated"),
        ("01 11 00 03 00 00 00 01 12 34 ff", "unknown"),
    ],
)
def test_what_is_dropped(text: str, reason: str) -> None:
    (junk,) = codec_ip.Decoder().feed(bytes.fromhex(text))
    assert isinstance(junk, Junk)
    assert junk.reason == reason


def test_nothing_to_forget() -> None:
    decoder = codec_ip.Decoder()
    decoder.reset()
    assert decoder.feed(codec_ip.reset(0)) == [Junk("unknown", codec_ip.reset(0))]
