"""Canonical JSON: one value has exactly one text, so a hash over the text is a hash over the value (trust.md 11)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

LARGEST = 2**53 - 1
"""Integers beyond are not the same number in every reader of JSON."""


class NotCanonical(ValueError):
    """A value that has no canonical form: a float, an integer too large, a key that is no text."""


def canonical(value: Any) -> bytes:
    """Return the one text of a value: UTF-8, keys sorted by code point, no spaces, no floats.

    Raises:
        NotCanonical: the value holds a float, an integer beyond ±(2^53−1), or anything that JSON does not know.
    """
    _check(value)
    try:
        text = json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("a lone surrogate") from None


def plain(value: Any) -> Any:
    """Return a value without floats, ready for `canonical`: decimals become text, other things their `str`."""
    match value:
        case None | bool() | str():
            return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        case int():
            return value if abs(value) <= LARGEST else str(value)
        case float() | Decimal():
            return _decimal(value)
        case Mapping():
            pairs: dict[Any, Any] = dict(value)
            return {str(key): plain(item) for key, item in pairs.items()}
        case list() | tuple() | set() | frozenset():
            items: list[Any] = list(value)
            return [plain(item) for item in items]
        case _:
            return str(value)


def _decimal(value: float | Decimal) -> str:
    return format(value, "f") if isinstance(value, Decimal) else repr(value)


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > LARGEST:
                raise NotCanonical(f"integer {value} is too large")
        case dict():
            pairs: dict[Any, Any] = value
            for key, item in pairs.items():
                if not isinstance(key, str):
                    raise NotCanonical(f"key {key!r} is no text")
                _check(item)
        case list():
            items: list[Any] = value
            for item in items:
                _check(item)
        case _:
            raise NotCanonical(f"{type(value).__name__} has no canonical form")
