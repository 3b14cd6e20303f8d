"""What is refused before a parser sees it: too big, not text, too deep, too many keys. Linear time.

Figures: trust.md 6. A parser that meets 20,000 opening brackets needs seconds; counting them takes
a millisecond. The counts here are coarse upper bounds (brackets in comments count too), the exact
ones are kept on the event stream.
"""

from __future__ import annotations

import re

from roomd.config.places import KeyPath, Place, Problem, Unreadable

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_KEYS = 20_000
MAX_ITEMS = 50_000
MAX_RAW_BRACKETS = 64
"""Open brackets at one place, comments and quoted text included."""
MAX_LINE = 64 * 1024
MAX_LINES = 30_000

_BRACKETS = re.compile(r"[\[\]{}]")
_KEYS = re.compile(r":(?=[\s\"'\[{])|[\"']:")
_ITEMS = re.compile(r",|^ *-\s", re.MULTILINE)
_LINE_END = re.compile("\n")
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)


def decode(raw: bytes, file: str, path: KeyPath) -> str:
    """Return the text of a file, or refuse it.

    Raises:
        Unreadable: larger than 1 MiB, not UTF-8, control characters, too deep, too many keys or
        items.
    """
    if len(raw) > MAX_BYTES:
        raise Unreadable(Problem(Place(file, 1, 1), path, "file_too_large", {"limit": "1 MiB"}))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place(raw[: error.start].decode("utf-8", "replace"), error.start, file)
        raise Unreadable(Problem(place, path, "not_utf8")) from None
    _refuse(_UNWANTED.search(text), text, file, path, "bad_character")
    _brackets(text, file, path)
    _refuse(_nth(_KEYS, text, MAX_KEYS), text, file, path, "too_many_keys", limit=MAX_KEYS)
    _refuse(_nth(_ITEMS, text, MAX_ITEMS), text, file, path, "too_many_items", limit=MAX_ITEMS)
    _refuse(_nth(_LINE_END, text, MAX_LINES), text, file, path, "too_many_lines", limit=MAX_LINES)
    _refuse(_long_line(text), text, file, path, "line_too_long", limit=MAX_LINE)
    return text


def _brackets(text: str, file: str, path: KeyPath) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth = depth + 1 if match.group() in "[{" else max(0, depth - 1)
        if depth > MAX_RAW_BRACKETS:
            _refuse(match, text, file, path, "too_deep", limit=MAX_DEPTH)


def _nth(pattern: re.Pattern[str], text: str, limit: int) -> re.Match[str] | None:
    for count, match in enumerate(pattern.finditer(text), start=1):
        if count > limit:
            return match
    return None


def _long_line(text: str) -> re.Match[str] | None:
    return re.compile(f"[^\n]{{{MAX_LINE},}}").search(text) if len(text) > MAX_LINE else None


def _refuse(
    match: re.Match[str] | None, text: str, file: str, path: KeyPath, code: str, **params: int
) -> None:
    if match is not None:
        raise Unreadable(Problem(_place(text, match.start(), file), path, code, params))


def _place(text: str, offset: int, file: str) -> Place:
    before = text[:offset]
    line = before.count("\n") + 1
    return Place(file, line, len(before) - (before.rfind("\n") + 1) + 1)
