"""Frames of Samsung MDC, there and back."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Refused
from drivers.messages import Junk
from drivers.samsung_mdc import codec
from drivers.samsung_mdc.tables import BANNER, TWINS, Command, checksum

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
ON = bytes.fromhex("aa ff 01 03 41 11 01 56")
NO = bytes.fromhex("aa ff 01 03 4e 11 01 63")
LONGEST_REST = 259


def having(key: str) -> pytest.MarkDecorator:
    chosen = [v for v in VECTORS if key in v["means"]]
    return pytest.mark.parametrize("vector", chosen, ids=lambda v: v["name"])


def built(means: dict[str, Any]) -> bytes:
    display = means.get("display", 1)
    match means["request"]:
        case "power":
            return codec.power(display, on=means["on"])
        case "volume":
            return codec.volume(display, means["level"])
        case "mute":
            return codec.mute(display, on=means["on"])
        case "select":
            return codec.select(display, means["source"])
        case _:
            return codec.ask(display, Command[means["command"]])


def reply_of(data: bytes) -> codec.Reply:
    (message,) = codec.Decoder().feed(data)
    assert isinstance(message, codec.Reply)
    return message


def test_every_vector_names_its_source() -> None:
    assert all(v["source"].startswith("MDC-") for v in VECTORS)


@having("request")
def test_what_we_send(vector: dict[str, Any]) -> None:
    assert built(vector["means"]) == bytes.fromhex(vector["bytes"])


@having("reply")
def test_what_it_answers(vector: dict[str, Any]) -> None:
    means, command = vector["means"], Command[vector["means"]["reply"]]
    reply = reply_of(bytes.fromhex(vector["bytes"]))
    assert (reply.display, reply.command, reply.accepted) == (1, command, means["accepted"])
    assert codec.parse_status(reply) == codec.Status(**means.get("status", {}))
    errors = codec.parse_errors(reply)
    if "errors" in means:
        broken = tuple(means["errors"]["broken"])
        assert errors == codec.Errors(broken, means["errors"]["temperature"])
    else:
        assert errors is None
    if "code" in means:
        with pytest.raises(Refused) as refused:
            codec.told(1, command)(reply)
        assert refused.value.device_code == means["code"]
    else:
        assert codec.told(1, command)(reply) is reply


@having("verdict")
def test_the_verdict_on_a_pin(vector: dict[str, Any]) -> None:
    data, means = bytes.fromhex(vector["bytes"]), vector["means"]["verdict"]
    assert codec.parse_verdict(data) == codec.Verdict(means["accepted"], means["code"], data)
    assert codec.parse_verdict(data + ON) == codec.Verdict(means["accepted"], means["code"], data)
    for size in range(len(data)):
        assert codec.parse_verdict(data[:size]) is None


@having("banner")
def test_the_banner(vector: dict[str, Any]) -> None:
    assert bytes.fromhex(vector["bytes"]) == BANNER


@having("never")
def test_nobody_speaks_to_all_displays(vector: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="possible"):
        codec.power(bytes.fromhex(vector["bytes"])[2], on=True)


@pytest.mark.parametrize("display", [-1, 254, 255, 256])
def test_a_display_that_cannot_be(display: int) -> None:
    for build in (codec.power, codec.mute):
        with pytest.raises(ValueError, match=r"0\.\.253"):
            build(display, on=True)
    with pytest.raises(ValueError, match=r"0\.\.253"):
        codec.ask(display, Command.STATUS)


@pytest.mark.parametrize("level", [-1, 101])
def test_a_volume_that_cannot_be(level: int) -> None:
    with pytest.raises(ValueError, match=r"0\.\.100"):
        codec.volume(1, level)


@pytest.mark.parametrize("source", [-1, 256, *TWINS])
def test_an_input_that_cannot_be_selected(source: int) -> None:
    with pytest.raises(ValueError, match="no input"):
        codec.select(1, source)


def test_an_answer_ends_only_its_own_command() -> None:
    reply = reply_of(ON)
    assert codec.accepted(1, Command.POWER, 1)(reply) is reply
    assert codec.accepted(1, Command.POWER, 0)(reply) is None
    assert codec.accepted(1, Command.VOLUME, 1)(reply) is None
    assert codec.accepted(2, Command.POWER, 1)(reply) is None
    assert codec.told(2, Command.POWER)(reply) is None
    assert codec.told(1, Command.STATUS)(reply) is None
    assert codec.accepted(1, Command.POWER, 1)(Junk("unknown")) is None


def test_a_refusal_is_raised_for_its_own_command_only() -> None:
    reply = reply_of(NO)
    with pytest.raises(Refused) as refused:
        codec.accepted(1, Command.POWER, 0)(reply)
    assert refused.value.device_code == "0x01"
    assert codec.accepted(1, Command.MUTE, 0)(reply) is None
    assert codec.accepted(2, Command.POWER, 0)(reply) is None


def test_a_refusal_without_a_number() -> None:
    with pytest.raises(Refused, match="NAK"):
        codec.told(1, Command.POWER)(codec.Reply(1, Command.POWER, accepted=False, value=b""))


def test_an_input_may_be_confirmed_by_its_twin_and_a_volume_may_not() -> None:
    computer = codec.Reply(1, Command.INPUT, accepted=True, value=b"\x22")
    assert codec.accepted(1, Command.INPUT, 0x21)(computer) is computer
    loud = codec.Reply(1, Command.VOLUME, accepted=True, value=b"\x22")
    assert codec.accepted(1, Command.VOLUME, 0x21)(loud) is None
    assert codec.parse_status(loud).volume == 0x22


@pytest.mark.parametrize(
    "command, value",
    [
        (Command.POWER, b""),
        (Command.STATUS, b"\x01\x14\x00"),
        (Command.ERRORS, b"\0\0\0\0\x20"),
        (0x99, b"\1"),
    ],
)
def test_too_short_or_unknown_says_nothing(command: int, value: bytes) -> None:
    reply = codec.Reply(1, command, accepted=True, value=value)
    assert codec.parse_status(reply) == codec.Status()
    assert codec.parse_errors(reply) is None
    if command in [*Command]:
        assert codec.told(1, Command(command))(reply) is None
        assert codec.accepted(1, Command(command), 5)(reply) is None


@pytest.mark.parametrize(
    "text", [b"MDCAUTH<<MAYBE>>", b"MDCAUTH<<FAIL:0x1>>", b"hello>>", b"x" * 32, b"MDCAUTH<<" * 4]
)
def test_what_cannot_become_a_verdict(text: bytes) -> None:
    assert isinstance(codec.parse_verdict(text), Junk)


def test_an_echo_of_our_own_is_no_answer() -> None:
    own = codec.power(1, on=True)
    found = codec.Decoder().feed(own + ON)
    assert found[:-1] == [Junk("unknown", bytes((b,))) for b in own]
    assert found[-1] == reply_of(ON)


def test_after_a_bad_sum_one_byte_is_dropped_and_the_next_header_is_found() -> None:
    bad = ON[:-1] + b"\0"
    found = codec.Decoder().feed(bad + ON)
    assert found[0] == Junk("bad_check", b"\xaa")
    assert [m for m in found if isinstance(m, codec.Reply)] == [reply_of(ON)]


def test_headers_stand_in_data_too() -> None:
    body = bytes((0xFF, 0xAA, 5, 0x41, 0x12, 0xAA, 0xFF, 0x03))
    frame = b"\xaa" + body + bytes((checksum(body),))
    assert reply_of(frame) == codec.Reply(0xAA, 0x12, accepted=True, value=b"\xaa\xff\x03")


def test_a_damaged_length_costs_only_its_own_frame() -> None:
    damaged = ON[:3] + b"\xf3" + ON[4:]
    found = codec.Decoder().feed(damaged + ON + NO)
    assert [m for m in found if isinstance(m, codec.Reply)] == [reply_of(ON), reply_of(NO)]


def test_a_new_connection_begins_anew() -> None:
    decoder = codec.Decoder()
    decoder.feed(ON[:5])
    decoder.reset()
    assert decoder.feed(ON) == [reply_of(ON)]


# -- properties -------------------------------------------------------------------------------------------------------


def framed(display: int, command: int, accepted: bool, value: bytes) -> bytes:
    body = bytes((0xFF, display, len(value) + 2, 0x41 if accepted else 0x4E, command)) + value
    return b"\xaa" + body + bytes((checksum(body),))


PLAIN = st.integers(0, 253).filter(lambda byte: byte != 0xAA)
FRAMES = st.builds(framed, PLAIN, PLAIN, st.booleans(), st.lists(PLAIN, max_size=253).map(bytes))
SHORT = st.builds(
    framed,
    st.integers(0, 253),
    st.sampled_from(list(Command)),
    st.booleans(),
    st.binary(max_size=7),
)
STREAMS = st.lists(st.one_of(SHORT, st.binary(max_size=20), st.just(b"\xaa\xff\x01")), max_size=8)


@given(STREAMS, st.lists(st.integers(0, 300)))
def test_any_cut_gives_the_same_messages(pieces: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(pieces)
    edges = sorted({0, len(stream), *(c for c in cuts if c < len(stream))})
    parts = [stream[a:b] for a, b in itertools.pairwise(edges)]
    cut, whole, single = codec.Decoder(), codec.Decoder(), codec.Decoder()
    messages = whole.feed(stream)
    assert [m for part in parts for m in cut.feed(part)] == messages
    assert [m for i in range(len(stream)) for m in single.feed(stream[i : i + 1])] == messages


@given(st.lists(FRAMES, min_size=1, max_size=4))
def test_whole_frames_are_answers(frames: list[bytes]) -> None:
    values = [(f[2], f[5], f[4] == 0x41, f[6:-1]) for f in frames]
    wanted = [codec.Reply(d, c, accepted=yes, value=v) for d, c, yes, v in values]
    assert codec.Decoder().feed(b"".join(frames)) == wanted


@given(st.lists(st.binary(max_size=80), max_size=20), SHORT)
def test_noise_raises_nothing_and_the_next_frame_is_found(noise: list[bytes], frame: bytes) -> None:
    decoder = codec.Decoder()
    for chunk in noise:
        decoder.feed(chunk)
        assert len(decoder._rest) <= LONGEST_REST
    found = decoder.feed(frame)
    assert isinstance(found[-1], codec.Reply)
    assert frame.endswith(bytes((*found[-1].value, frame[-1])))
    assert decoder._rest == b""


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_every_byte_is_accounted_for(noise: list[bytes]) -> None:
    decoder = codec.Decoder()
    found = [m for chunk in noise for m in decoder.feed(chunk)]
    sizes = [len(m.data) if isinstance(m, Junk) else len(m.value) + 7 for m in found]
    assert sum(sizes) + len(decoder._rest) == sum(map(len, noise))


@given(SHORT, st.integers(0, 100), st.integers(0, 7))
def test_a_flipped_bit_is_never_the_same_answer(frame: bytes, place: int, bit: int) -> None:
    data = bytearray(frame)
    data[place % len(data)] ^= 1 << bit
    assert codec.Decoder().feed(bytes(data)) != codec.Decoder().feed(frame)


@given(st.binary(max_size=40))
def test_no_text_makes_the_verdict_raise(text: bytes) -> None:
    verdict = codec.parse_verdict(text)
    assert verdict is None or isinstance(verdict, codec.Verdict | Junk)
    assert verdict is not None or len(text) < codec.VERDICT


@given(st.integers(0, 253), st.integers(0, 100))
def test_each_display_hears_its_own_number(display: int, level: int) -> None:
    frame = codec.volume(display, level)
    assert frame[:4] == bytes((0xAA, 0x12, display, 1))
    assert frame[-1] == sum(frame[1:-1]) % 256
