from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.declarative.encodings import ENCODINGS
from drivers.declarative.frames import FrameError, HexTemplate, TextTemplate, literal, template


@given(
    st.sampled_from([n for n in sorted(ENCODINGS) if n != "asc"]),
    st.sampled_from(["crc16_modbus", "sum8", "lrc"]),
    st.data(),
)
def test_a_frame_gives_back_what_was_put_in(enc: str, check: str, draw: st.DataObject) -> None:
    one = HexTemplate(f'55 {{address}} {{len}} {{level:{enc}}} "ok" {{{check}@1}}')
    level = draw.draw(st.integers(ENCODINGS[enc].minimum, ENCODINGS[enc].maximum))
    frame = one.encode({"address": b"\x12\x34", "level": level})
    assert one.match(frame, {"address": b"\x12\x34"}) == {"address": b"\x12\x34", "level": level}
    assert one.match(frame, {"address": b"\x12\x35"}) is None
    place = draw.draw(st.integers(0, len(frame) - 1))
    spoiled = bytearray(frame)
    spoiled[place] ^= draw.draw(st.integers(1, 255))
    caught = one.match(bytes(spoiled), {"address": b"\x12\x34"})
    assert caught is None, (
        "any byte that differs is noticed: a mark, the address, the length, or the check"
    )


@given(st.binary(max_size=40))
def test_matching_never_raises(noise: bytes) -> None:
    HexTemplate("55 {a:asc} {b:nib4} {len} {_} {sum16}").match(noise, {"a": 3})
    TextTemplate("Out{out:int} In{in:int} {rest:rest}").match(noise, {"out": 3})


@given(st.integers(-999, 999), st.from_regex(r"[!-~]{1,20}", fullmatch=True))
def test_a_line_gives_back_what_was_put_in(number: int, word: str) -> None:
    one = TextTemplate("SET {n:int} TO {w:word}")
    given_back = one.match(one.encode({"n": number, "w": word}), {})
    assert given_back == {"n": number, "w": word}


def test_an_argument_must_be_the_same() -> None:
    one = TextTemplate("Out{out:int} In{in:int} All")
    assert one.match(b"Out03 In01 All", {"out": 3, "in": 1}) == {"out": 3, "in": 1}
    assert one.match(b"Out04 In01 All", {"out": 3, "in": 1}) is None


def test_a_length_counts_up_to_the_check() -> None:
    assert HexTemplate("AA {len} 01 02 03 {sum8}").encode({}) == bytes.fromhex("aa 03 01 02 03 b3")
    assert HexTemplate("AA {len:u16be} 01").encode({}) == bytes.fromhex("aa 00 01 01")


def test_quoted_text_and_escapes() -> None:
    assert literal(r'02 "%1POWR 1\r" "\x00\n\t\""') == b'\x02%1POWR 1\r\x00\n\t"'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "555",
        "GG",
        '"open',
        "{",
        "{a:u9}",
        "{a|rot13}",
        '"\\q"',
        '"\u4e2d"',
        "{1a}",
        "55 {a b}",
    ],
)
def test_wrong_hex_templates(text: str) -> None:
    with pytest.raises(FrameError):
        HexTemplate(text)


@pytest.mark.parametrize("text", ["中", "a{b", "{a:float}", "{a:rest} {b:rest}"])
def test_wrong_text_templates(text: str) -> None:
    with pytest.raises(FrameError):
        TextTemplate(text)


@pytest.mark.parametrize(
    "kind, text, values",
    [("hex", "{a:u8}", {}), ("hex", "{a:u8}", {"a": 256}), ("hex", "{a}", {"a": 1}), ("text", "{a}", {}),
     ("text", "{a}", {"a": "中"}), ("text", "{a}", {"a": "x" * 1025}), ("hex", "{a}", {"a": bytes(1025)})],
)  # fmt: skip
def test_values_that_do_not_fit_never_become_bytes(
    kind: Any, text: str, values: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        template(kind, text).encode(values)


def test_only_plain_bytes_are_literal() -> None:
    with pytest.raises(FrameError, match="plain"):
        literal("55 {a:u8}")


def test_pipes_work_in_frames() -> None:
    assert HexTemplate("{level:u8|scale(0,100,0,254)|int}").encode({"level": 50}) == b"\x7f"
    assert TextTemplate("P{on|map(true=1, false=0)}").encode({"on": True}) == b"P1"
