"""Steps 3 to 5, tested: vectors both ways, properties of the decoder, and the caller's mistakes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers._template import codec
from drivers._template.tables import LONGEST
from drivers.errors import Refused
from drivers.messages import Junk

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
ADDRESSES, LEVELS = st.integers(1, 9), st.integers(0, 100)
FRAMES = st.one_of(
    st.builds("{} {} {}\r\n".format, st.sampled_from(["OK", "IS"]), ADDRESSES, LEVELS),
    st.builds("ERR {} {}\r\n".format, ADDRESSES, st.sampled_from(["RANGE", "BROKEN"])),
).map(str.encode)
NOISE = st.one_of(
    st.binary(max_size=80), st.sampled_from([b"\r\n", b"\n", b"IS 1 101\r\n", b"x" * 60])
)
PARTS = st.lists(st.one_of(FRAMES, NOISE), max_size=12)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    match vector["means"]:
        case {"set": arguments}:
            assert codec.set_level(**arguments) == data
        case {"get": arguments}:
            assert codec.get_level(**arguments) == data
        case {"level": fields}:
            assert codec.Decoder().feed(data) == [codec.Level(**fields)]
        case {"failure": fields}:
            assert codec.Decoder().feed(data) == [codec.Failure(**fields)]
        case other:
            pytest.fail(f"{other} is not tested")


@given(PARTS, st.lists(st.integers(0, 900)))
def test_any_cut_gives_the_same_messages(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts)
    cut, whole = codec.Decoder(), codec.Decoder()
    edges = sorted({c for c in cuts if c < len(stream)} | {0})
    pieces = [stream[a:b] for a, b in zip(edges, [*edges[1:], len(stream)], strict=True)]
    assert [m for piece in pieces for m in cut.feed(piece)] == whole.feed(stream)


@given(PARTS, FRAMES)
def test_after_noise_the_next_line_is_read_and_the_buffer_is_bounded(
    parts: list[bytes], frame: bytes
) -> None:
    decoder = codec.Decoder()
    for part in parts:
        decoder.feed(part)
        assert len(decoder._rest) < LONGEST
    decoder.feed(b"\r\n")
    (message,) = decoder.feed(frame)
    assert not isinstance(message, Junk)


@pytest.mark.parametrize(
    "line, reason",
    [
        (b"HELLO\r\n", "unknown"),
        (b"IS 1 40\n", "unknown"),
        (b"IS 1 101\r\n", "unknown"),
        (b"IS 0 40\r\n", "unknown"),
        (b"IS 1 040\r\n", "unknown"),
        (b"IS 1 4" + b"0" * 40 + b"\r\n", "too_long"),
    ],
)
def test_rubbish_is_a_message(line: bytes, reason: str) -> None:
    (message,) = codec.Decoder().feed(line)
    assert isinstance(message, Junk)
    assert message.reason == reason


def test_a_new_connection_begins_anew() -> None:
    decoder = codec.Decoder()
    decoder.feed(b"x" * 40 + b"IS 1")
    decoder.reset()
    assert decoder.feed(b"IS 1 4\r\n") == [codec.Level(1, 4, "IS")]


@pytest.mark.parametrize("address, level", [(0, 1), (10, 1), (1, -1), (1, 101)])
def test_a_callers_mistake(address: int, level: int) -> None:
    with pytest.raises(ValueError, match="possible"):
        codec.set_level(address, level)


def test_an_answer_answers_its_own_question_only() -> None:
    done, says = codec.Level(1, 40, "OK"), codec.Level(1, 40, "IS")
    assert codec.accepted(1, 40)(done) == done
    assert codec.told(1)(says) == says
    for other in (says, codec.Level(1, 41, "OK"), codec.Level(2, 40, "OK"), Junk("unknown")):
        assert codec.accepted(1, 40)(other) is None
    for other in (done, codec.Level(2, 40, "IS"), Junk("unknown")):
        assert codec.told(1)(other) is None


def test_a_refusal_is_raised_for_its_own_address_only() -> None:
    no = codec.Failure(1, "RANGE")
    with pytest.raises(Refused) as refused:
        codec.accepted(1, 40)(no)
    assert refused.value.device_code == "RANGE"
    assert codec.told(2)(no) is None
