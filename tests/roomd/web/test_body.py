"""JSON from outside: limits are checked before anything uses it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomd.web.body import BODY, DEPTH, STRING, parse_object
from roomd.web.problem import Problem
from tests.support.web_room import web_room

BAD = {
    "nothing": "",
    "half": '{"a":',
    "a list": "[1]",
    "a word": '"x"',
    "nan": '{"a":NaN}',
    "infinity": '{"a":-Infinity}',
    "endless number": '{"a":1e999}',
    "too large a number": '{"a":9007199254740992}',
    "the same key twice": '{"a":1,"a":2}',
    "the same key twice inside": '{"b":[{"a":1,"a":2}]}',
    "half a character": '{"a":"\\ud800"}',
    "half a character as key": '{"\\udfff":1}',
    "too deep": '{"a":' * (DEPTH + 1) + "1" + "}" * (DEPTH + 1),
    "very deep": "[" * 100_000,
    "too long a text": '{"a":"' + "x" * (STRING + 1) + '"}',
    "more after it": "{} {}",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_bad_json(text: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_object(text)
    assert refused.value.code == "bad_json"


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(Problem, match="bad_json"):
        parse_object(b'{"a":"\xff"}')


def test_brackets_in_a_text_are_no_depth() -> None:
    text = json.dumps({"text": "[{" * 200, "key\\": '"[['})
    assert parse_object(text)["text"] == "[{" * 200


def test_what_is_allowed_comes_through() -> None:
    value = {"a": [1, -2.5, True, None, "中文 \U0001f600"], "b": {"c": {}}, "n": 2**53 - 1}
    assert parse_object(json.dumps(value).encode()) == value


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_input_is_an_object_or_a_problem(raw: str | bytes) -> None:
    found: object
    try:
        found = parse_object(raw)
    except Problem as problem:
        found = problem.code
    assert found == "bad_json" or isinstance(found, dict)


async def test_over_http(tmp_path: Path) -> None:
    as_json = {"Content-Type": "application/json"}
    async with web_room(tmp_path) as room:
        path = "devices/a/set"
        status, body = await room.ask("POST", path, data=b'{"level":NaN}', headers=as_json)
        assert (status, body["code"]) == (400, "bad_json")
        status, body = await room.ask("POST", path, data=b"level=5")
        assert (status, body["code"]) == (415, "bad_type")
        for size, expected in ((BODY, 400), (BODY + 1, 413)):
            raw = b'{"a":"' + b"x" * (size - 8) + b'"}'
            status, body = await room.ask("POST", path, data=raw, headers=as_json)
            assert status == expected, size
        assert body["code"] == "too_large"
        assert room.texts("l1") == []


async def test_a_packed_body_is_counted_after_unpacking(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        packed = gzip.compress(b" " * 30_000_000)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        status, body = await room.ask("POST", "devices/a/set", data=packed, headers=headers)
        assert (status, body["code"]) == (413, "too_large")


async def test_a_body_that_never_comes_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomd.web.body.PATIENCE", 0.05)

    async def drip() -> AsyncIterator[bytes]:
        yield b'{"lev'
        await asyncio.Event().wait()

    async with web_room(tmp_path) as room:
        headers = {"Content-Type": "application/json"}
        status, body = await room.ask("POST", "devices/a/set", data=drip(), headers=headers)
        assert (status, body["code"]) == (408, "body_timeout")
