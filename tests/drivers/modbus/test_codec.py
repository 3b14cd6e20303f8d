"""Questions and answers."""

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
from drivers.modbus import codec
from drivers.modbus.tables import crc16

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
REQUESTS = [v for v in VECTORS if "request" in v["means"]]
ANSWERS = [v for v in VECTORS if "answer" in v["means"]]
COIL_ON = bytes.fromhex("01 05 00 00 ff 00 8c 3a")
READ = bytes.fromhex("01 01 01 08 50 4e")
Decoder = codec.RtuDecoder | codec.TcpDecoder


def question(means: dict[str, Any]) -> codec.Question:
    address = means["address"]
    match means["request"]:
        case "write_coil":
            return codec.write_coil(1, address, on=means["on"])
        case "write_coils":
            return codec.write_coils(1, address, means["states"])
        case _:
            return codec.read_coils(1, address, means["count"])


def decoder(framing: str) -> Decoder:
    return codec.RtuDecoder() if framing == "rtu" else codec.TcpDecoder()


@pytest.mark.parametrize("vector", REQUESTS, ids=lambda v: v["name"])
def test_request(vector: dict[str, Any]) -> None:
    means, data = vector["means"], bytes.fromhex(vector["bytes"])
    asked, number = question(means), means.get("transaction", 9)
    assert asked.frame(means["framing"], number) == data
    if means.get("echoed"):
        (message,) = decoder(means["framing"]).feed(data)
        assert asked.answered_by(message, number) == message


@pytest.mark.parametrize("vector", ANSWERS, ids=lambda v: v["name"])
def test_answer(vector: dict[str, Any]) -> None:
    means = vector["means"]
    (message,) = decoder(means["framing"]).feed(bytes.fromhex(vector["bytes"]))
    assert isinstance(message, codec.Answer)
    if means["answer"] == "bits":
        assert message.bits(8) == means["bits"]
    else:
        assert (message.function, message.exception) == (means["function"], means["code"])


def test_no_function_builds_the_toggle() -> None:
    (never,) = (v for v in VECTORS if "never" in v["means"])
    built = {codec.write_coil(1, 0, on=on).frame("rtu", 0) for on in (True, False)}
    assert bytes.fromhex(never["bytes"]) not in built


def test_an_exception_to_this_question_is_a_refusal_and_to_another_is_nothing() -> None:
    (message,) = codec.RtuDecoder().feed(bytes.fromhex("01 85 02 c3 51"))
    with pytest.raises(Refused) as refused:
        codec.write_coil(1, 0, on=True).answered_by(message, 1)
    assert refused.value.device_code == "2"
    assert codec.write_coil(2, 0, on=True).answered_by(message, 1) is None
    assert codec.read_coils(1, 0, 8).answered_by(message, 1) is None


@pytest.mark.parametrize(
    "other",
    [
        codec.write_coil(2, 0, on=True),
        codec.write_coil(1, 1, on=True),
        codec.write_coil(1, 0, on=False),
        codec.write_coils(1, 0, [True]),
        codec.read_coils(1, 0, 8),
    ],
)
def test_an_echo_answers_only_its_own_question(other: codec.Question) -> None:
    (message,) = codec.RtuDecoder().feed(COIL_ON)
    assert other.answered_by(message, 0) is None
    assert other.answered_by(Junk("unknown"), 0) is None


def test_the_transaction_number_counts_over_tcp() -> None:
    asked = codec.write_coil(1, 0, on=True)
    (message,) = codec.TcpDecoder().feed(asked.frame("tcp", 7))
    assert asked.answered_by(message, 7) == message
    assert asked.answered_by(message, 8) is None


@pytest.mark.parametrize(
    "unit, address, count",
    [(0, 0, 1), (256, 0, 1), (1, -1, 1), (1, 65536, 1), (1, 0, 0), (1, 0, 2001)],
)
def test_out_of_range(unit: int, address: int, count: int) -> None:
    with pytest.raises(ValueError, match="possible"):
        codec.read_coils(unit, address, count)
    if count == 1:
        with pytest.raises(ValueError, match="possible"):
            codec.write_coil(unit, address, on=True)
    else:
        with pytest.raises(ValueError, match="possible"):
            codec.write_coils(unit, address, [True] * count)


def rtu(unit: int, pdu: bytes) -> bytes:
    body = bytes((unit,)) + pdu
    return body + crc16(body)


def tcp(unit: int, pdu: bytes) -> bytes:
    return b"\1\2\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes((unit,)) + pdu


PDUS = st.one_of(
    st.builds(lambda f, b: bytes((f, len(b))) + b, st.sampled_from([1, 3]), st.binary(min_size=1, max_size=250)),
    st.builds(lambda f, b: bytes((f,)) + b, st.sampled_from([5, 6, 15, 16]), st.binary(min_size=4, max_size=4)),
    st.builds(lambda f, c: bytes((f | 0x80, c)), st.sampled_from([1, 3, 5, 6, 15, 16]), st.integers(0, 255)),
)  # fmt: skip
FRAMES = st.tuples(st.integers(0, 255), PDUS)
FRAMINGS = pytest.mark.parametrize("framing", ["rtu", "tcp"])


def wrap(framing: str, frame: tuple[int, bytes]) -> bytes:
    return rtu(*frame) if framing == "rtu" else tcp(*frame)


@FRAMINGS
@given(
    frames=st.lists(FRAMES, min_size=1, max_size=4),
    noise=st.lists(st.binary(max_size=30), max_size=4),
    cuts=st.lists(st.integers(0, 1500)),
)
def test_any_cut_gives_the_same_messages(
    framing: str, frames: list[tuple[int, bytes]], noise: list[bytes], cuts: list[int]
) -> None:
    pieces = [wrap(framing, f) for f in frames]
    stream = b"".join(n + p for n, p in zip(noise + [b""] * 4, pieces, strict=False))
    edges = sorted({0, len(stream), *(c for c in cuts if c < len(stream))})
    parts = [stream[a:b] for a, b in itertools.pairwise(edges)]
    cut, whole, single = decoder(framing), decoder(framing), decoder(framing)
    messages = whole.feed(stream)
    assert [m for part in parts for m in cut.feed(part)] == messages
    assert [m for i in range(len(stream)) for m in single.feed(stream[i : i + 1])] == messages


@FRAMINGS
@given(frame=FRAMES)
def test_a_whole_frame_is_one_answer(framing: str, frame: tuple[int, bytes]) -> None:
    (message,) = decoder(framing).feed(wrap(framing, frame))
    assert isinstance(message, codec.Answer)
    assert (message.unit, message.function) == (frame[0], frame[1][0] & 0x7F)


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_after_noise_the_next_rtu_frame_is_found_at_once(noise: list[bytes]) -> None:
    made = codec.RtuDecoder()
    for chunk in noise:
        made.feed(chunk)
        assert len(made._rest) < 260
    found = made.feed(READ)
    assert isinstance(found[-1], codec.Answer)


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_tcp_stays_bounded_and_goes_on(noise: list[bytes]) -> None:
    made = codec.TcpDecoder()
    for chunk in noise:
        made.feed(chunk)
        assert len(made._rest) < 262
    answers = [m for _ in range(30) for m in made.feed(tcp(1, b"\1\1\5"))]
    assert any(isinstance(m, codec.Answer) for m in answers)


@FRAMINGS
@given(frame=FRAMES, place=st.integers(0, 7), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_the_same_answer(
    framing: str, frame: tuple[int, bytes], place: int, bit: int
) -> None:
    data = bytearray(wrap(framing, frame))
    data[place % len(data)] ^= 1 << bit
    right = decoder(framing).feed(wrap(framing, frame))
    assert decoder(framing).feed(bytes(data)) != right


def test_a_bad_check_is_counted_as_such() -> None:
    found = codec.RtuDecoder().feed(READ[:-1] + b"\0")
    assert found[0] == Junk("bad_check", b"\1")


@FRAMINGS
def test_a_new_connection_begins_anew(framing: str) -> None:
    made = decoder(framing)
    made.feed(b"\1\1\0\0")
    made.reset()
    (message,) = made.feed(wrap(framing, (1, b"\1\1\x08")))
    assert isinstance(message, codec.Answer)


@pytest.mark.parametrize(
    "start, size",
    [
        ("", 0),
        ("01", 0),
        ("01 01", 3),
        ("01 00", None),
        ("01 fb", None),
        ("85", 2),
        ("05", 5),
        ("82", None),
        ("2b", None),
    ],
)
def test_the_size_of_an_answer(start: str, size: int | None) -> None:
    assert codec.body_size(bytes.fromhex(start)) == size
