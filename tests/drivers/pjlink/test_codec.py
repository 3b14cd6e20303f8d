"""Lines and datagrams of PJLink."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import NoReply, Refused
from drivers.messages import Junk
from drivers.pjlink import codec
from drivers.pjlink.codec import Answer, Closed, Denied, Fresh, Greeting, Notice
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.tables import CLOSED, FRESH, LINE, NOTE
from drivers.transport.frames import Published

VECTORS = tomllib.loads(Path(__file__).with_name("vectors.toml").read_text())["vector"]
STREAM = b"".join(
    bytes.fromhex(v["bytes"])
    for v in VECTORS
    if {"answer", "greeting", "denied"} & v["means"].keys()
)


def read(data: bytes) -> list[object]:
    return list(codec.Decoder().feed(data))


def known(value: object) -> object:
    """Return a value of a vector; TOML has no null, so "?" stands for None."""
    return None if value == "?" else value


def check_answer(data: bytes, said: dict[str, Any]) -> None:
    (answer,) = read(data)
    assert answer == Answer(said["answer"], said["text"], said["version"])
    assert isinstance(answer, Answer)
    assert answer.error == said.get("error")
    if "power" in said:
        assert codec.parse_power(answer.text) == said["power"]
    if "input" in said:
        assert PjlinkSettings().name_of(answer.text) == said["input"]
    if "lamps" in said:
        assert codec.parse_lamps(answer.text) == tuple(said["lamps"])
    if "faults" in said:
        assert codec.parse_faults(answer.text) == said["faults"]
    if "blank" in said:
        expected = (known(said["blank"]), known(said["mute"]))
        assert codec.parse_mute(answer.text) == (None if expected == (None, None) else expected)


def check_datagram(data: bytes, name: str, said: dict[str, Any]) -> None:
    answer = codec.parse_datagram(data)
    assert answer == Answer(name, said["text"], 2)
    assert answer is not None
    assert codec.parse_mac(answer.text) == said.get("mac")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    match vector["means"]:
        case {"greeting": challenge}:
            assert read(data) == [Greeting(challenge or None)]
        case {"denied": True}:
            assert read(data) == [Denied()]
        case {"ask": name, "version": version, "challenge": challenge, "password": password}:
            assert codec.digest(challenge, password) + codec.ask(name, version) == data
        case {"ask": name, "version": version}:
            assert codec.ask(name, version) == data
        case {"put": name, "value": value, "version": version}:
            assert codec.put(name, value, version) == data
        case {"answer": _} as said:
            check_answer(data, said)
        case {"search": True}:
            assert data == codec.SEARCH
        case {"datagram": name} as said:
            check_datagram(data, name, said)
            assert codec.Decoder().feed(Published(NOTE, data, retain=False)) == [Junk("unknown")]
        case {"notice": name} as said:
            check_datagram(data, name, said)
            assert codec.Decoder().feed(Published(NOTE, data, retain=False)) == [Notice(name)]
        case means:
            pytest.fail(f"{means} means nothing")


# -- the stream ------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=40))
def test_any_cut_gives_the_same_messages(cuts: list[int]) -> None:
    decoder = codec.Decoder()
    edges = [0, *sorted(set(cuts)), len(STREAM)]
    found: list[object] = []
    for start, end in itertools.pairwise(edges):
        found += decoder.feed(STREAM[start:end])
    assert found == read(STREAM)


@given(st.lists(st.binary(max_size=400), max_size=20))
def test_no_bytes_raise_and_the_rest_is_bounded(pieces: list[bytes]) -> None:
    decoder = codec.Decoder()
    for piece in pieces:
        decoder.feed(piece)
        assert len(decoder._rest) <= LINE


@given(st.binary(max_size=1000), st.sampled_from([b"\r", b"\r\n", b"\n"]))
def test_the_next_line_after_rubbish_is_found(rubbish: bytes, end: bytes) -> None:
    decoder = codec.Decoder()
    decoder.feed(rubbish + end)
    assert decoder.feed(b"%1POWR=1\r") == [Answer("POWR", "1")]


@given(st.binary(max_size=600), st.integers(1, 50))
def test_rubbish_is_the_same_in_any_cut(rubbish: bytes, size: int) -> None:
    decoder = codec.Decoder()
    found: list[object] = []
    for start in range(0, len(rubbish), size):
        found += decoder.feed(rubbish[start : start + size])
    assert found == read(rubbish)


def test_line_ends() -> None:
    assert read(b"%1POWR=1\r\n%1POWR=0\r\r%1POWR=2\n") == [
        Answer("POWR", "1"),
        Answer("POWR", "0"),
        Answer("POWR", "2"),
    ]


def test_a_banner_in_front_of_the_greeting_is_junk() -> None:
    welcome = b"Welcome to the network interface"
    for end in (b"\r", b"\n", b"\r\n"):
        assert read(welcome + end + b"PJLINK 0\r") == [Junk("unknown", welcome), Greeting(None)]


@pytest.mark.parametrize("extra", [0, 1, 500])
def test_the_longest_line(extra: int) -> None:
    line = b"%1INFO=" + b"x" * (LINE - 7 + extra)
    (message,) = read(line + b"\r")
    assert message == (Junk("too_long") if extra else Answer("INFO", "x" * (LINE - 7)))
    assert read(line + b"\r%1POWR=1\r")[1:] == [Answer("POWR", "1")]


def test_letters_of_either_size_and_control_characters() -> None:
    assert read(b"%1powr=\x00o\x07k\r") == [Answer("POWR", "ok")]
    assert read(b"pjlink 1 AbC\r") == [Greeting("AbC")]
    assert read(b"PJLINK erra\r") == [Denied()]
    assert Answer("POWR", "err3").error == "ERR3"


def test_names_are_utf8_and_broken_ones_are_replaced() -> None:
    assert read("%1NAME=投影机\r".encode()) == [Answer("NAME", "投影机")]
    assert read(b"%1NAME=\xff\xfe\r") == [Answer("NAME", "\ufffd\ufffd")]


@pytest.mark.parametrize(
    "line", [b"%3POWR=1", b"%1POW=1", b"%1POWR 1", b"PJLINK", b"PJLINK 1", b"PJLINK 2", b"POWR=1"]
)
def test_what_is_no_line_is_junk(line: bytes) -> None:
    assert read(line + b"\r") == [Junk("unknown", line)]


def test_what_the_connection_says() -> None:
    decoder = codec.Decoder()
    decoder.feed(b"%1POWR=")
    assert decoder.feed(Published(FRESH, b"", retain=False)) == [Fresh()]
    assert decoder.feed(b"1\r") == [Junk("unknown", b"1")]
    assert decoder.feed(Published(CLOSED, b"", retain=False)) == [Closed()]
    assert decoder.feed(Published("elsewhere", b"", retain=False)) == [Junk("unknown")]


def test_a_new_connection_forgets_half_a_line() -> None:
    decoder = codec.Decoder()
    decoder.feed(b"x" * 500)
    decoder.reset()
    assert decoder.feed(b"%1POWR=1\r") == [Answer("POWR", "1")]


# -- what is sent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["powr", "POW", "POWRR", "PO R", ""])
def test_no_such_command(name: str) -> None:
    with pytest.raises(ValueError, match="no PJLink command"):
        codec.ask(name, 1)


@pytest.mark.parametrize("value", ["", "x" * 129, "ä", "1\r%1POWR 0", "\t"])
def test_no_such_value(value: str) -> None:
    with pytest.raises(ValueError, match="1 to 128 printable"):
        codec.put("INPT", value, 1)


@given(
    st.sampled_from(["POWR", "INPT", "AVMT", "FREZ", "SVOL", "INNM"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=128),
    st.integers(1, 2),
)
def test_a_line_is_one_line_of_its_class(name: str, value: str, version: int) -> None:
    line = codec.put(name, value, version)
    assert line.count(b"\r") == 1
    assert len(line) <= LINE
    two = name in {"FREZ", "SVOL", "INNM"} or (name == "INPT" and version == 2)
    assert line[:2] == (b"%2" if two else b"%1")
    assert line[2:] == f"{name} {value}\r".encode()


def test_only_power_commands_switch() -> None:
    assert codec.switches(codec.put("POWR", "1", 1))
    assert not codec.switches(codec.ask("POWR", 1))
    assert not codec.switches(codec.put("FREZ", "1", 2))


# -- what is an answer -----------------------------------------------------------------------------


def test_an_answer_names_its_command() -> None:
    until = codec.answers(codec.ask("POWR", 1))
    for other in (Answer("INPT", "31"), Answer("POWR", "OK"), Greeting(None), Fresh(), "POWR"):
        assert until(other) is None
    assert until(Answer("POWR", "1")) == Answer("POWR", "1")


def test_only_ok_answers_an_order() -> None:
    until = codec.answers(codec.put("POWR", "1", 1))
    assert until(Answer("POWR", "1")) is None
    assert until(Answer("POWR", "ok")) == Answer("POWR", "ok")
    assert codec.answers(codec.put("INNM", "?31", 2))(Answer("INNM", "HDMI 1", 2)) is not None


@pytest.mark.parametrize("word", ["ERR1", "ERR2", "ERR3", "ERR4"])
def test_an_error_is_a_refusal(word: str) -> None:
    with pytest.raises(Refused) as refused:
        codec.answers(codec.ask("INPT", 1))(Answer("INPT", word))
    assert refused.value.device_code == word
    assert not refused.value.permanent
    assert codec.answers(codec.ask("POWR", 1))(Answer("INPT", word)) is None


def test_the_end_of_a_connection_ends_the_wait() -> None:
    with pytest.raises(NoReply):
        codec.answers(codec.ask("POWR", 1))(Closed())
    with pytest.raises(NoReply):
        codec.greeted(Closed())
    with pytest.raises(Refused, match="password"):
        codec.answers(codec.ask("POWR", 1))(Denied())
    assert codec.greeted(Answer("POWR", "1")) is None
    assert codec.greeted(Greeting("x")) == Greeting("x")


# -- what values mean ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "4", "on", "11"])
def test_no_such_power(text: str) -> None:
    assert codec.parse_power(text) is None


@pytest.mark.parametrize("text", ["", "1", "1 2 3", "x 1", "1234567 1", "\u0661 1", "1 " * 18])
def test_no_such_lamps(text: str) -> None:
    assert codec.parse_lamps(text) is None


@pytest.mark.parametrize("text", ["", "00000", "0000000", "000003", "00000x"])
def test_no_such_faults(text: str) -> None:
    assert codec.parse_faults(text) is None


@pytest.mark.parametrize(
    "text", ["02:00:5e:10:00", "02-00-5e-10-00-01", "x" * 17, "", "\u0661" * 17]
)
def test_no_such_address(text: str) -> None:
    assert codec.parse_mac(text) is None


@pytest.mark.parametrize(
    "datagram",
    [
        b"%1POWR=1\r",
        b"%2AVMT=11\r",
        b"%2SRCH\r",
        b"\xff" * 10,
        b"",
        b"%2LKUP=" + b"x" * LINE,
    ],
)
def test_no_such_datagram(datagram: bytes) -> None:
    assert codec.parse_datagram(datagram) is None


def test_the_first_of_several_notices_is_enough() -> None:
    assert codec.parse_datagram(b"%2POWR=1\r%2INPT=31\r") == Answer("POWR", "1", 2)


@given(st.binary(max_size=300))
def test_no_datagram_raises(datagram: bytes) -> None:
    codec.parse_datagram(datagram)
    assert len(codec.Decoder().feed(Published(NOTE, datagram, retain=False))) == 1
