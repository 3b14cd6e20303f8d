"""Reading JSON from outside: size, depth, numbers and duplicates are checked before anything uses it."""

from __future__ import annotations

import asyncio
import json
import math
import re
from typing import Any, cast

from aiohttp import web

from roomd.web.problem import Problem

BODY = 256 * 1024
"""Bytes of a JSON body (trust.md 6)."""
PATIENCE = 30.0
"""Seconds within which a body must have come."""
DEPTH = 32
STRING = 64 * 1024
INTEGER = 2**53 - 1
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
"""What may hold brackets that mean nothing."""


async def read_object(request: web.Request) -> dict[str, Any]:
    """Return the request's body as an object; an empty body is an empty one.

    Raises:
        Problem: `too_large`, `body_timeout`, `bad_type` or `bad_json`.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            raw = await _read(request)
    except TimeoutError:
        raise Problem("body_timeout", seconds=PATIENCE) from None
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise Problem("bad_type", given=request.content_type[:80])
    return parse_object(raw)


async def _read(request: web.Request) -> bytes:
    """Return the body, unpacked; never more than one byte over the limit is kept."""
    raw = b""
    while len(raw) <= BODY:
        more = await request.content.read(BODY + 1 - len(raw))
        if not more and request.content.at_eof():
            return raw
        raw += more
    raise Problem("too_large", limit=BODY)


def parse_object(raw: bytes | str) -> dict[str, Any]:
    """Return JSON text as an object.

    Raises:
        Problem: `bad_json`: no JSON, no object, duplicate keys, NaN, too deep, too long, too large a number.
    """
    text = raw.decode("utf-8", "strict") if isinstance(raw, bytes) and _is_utf8(raw) else raw
    if isinstance(text, bytes):
        raise Problem("bad_json", why="utf-8")
    if _depth(text) > DEPTH:
        raise Problem("bad_json", why="depth", limit=DEPTH)
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("bad_json", why=str(error)[:120]) from None
    if not isinstance(value, dict):
        raise Problem("bad_json", why="object")
    found = cast("dict[str, Any]", value)
    _check(found)
    return found


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in _STRINGS.sub("", text):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _check(value: object) -> None:
    match value:
        case dict():
            for key, inner in cast("dict[str, object]", value).items():
                _check_text(key)
                _check(inner)
        case list():
            for inner in cast("list[object]", value):
                _check(inner)
        case str():
            _check_text(value)
        case int() | float() if abs(value) > INTEGER or not math.isfinite(value):
            raise Problem("bad_json", why="number", limit=INTEGER)
        case _:
            return


def _check_text(text: str) -> None:
    if len(text) > STRING or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Problem("bad_json", why="string", limit=STRING)
