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
    kind: type[Any] = value.__class__
    if value is None or kind is bool:
        return value
    if issubclass(kind, str):
        return str(value).encode("utf-8", "replace").decode()
    if issubclass(kind, int):
        return int(value) if abs(value) <= LARGEST else str(value)
    if issubclass(kind, Decimal):
        return format(value, "f")
    if issubclass(kind, float):
        return repr(float(value))
    if issubclass(kind, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if issubclass(kind, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def _check(value: Any) -> None:
    """Refuse what has no canonical form. By type, not by pattern: the two type checkers read patterns differently."""
    kind: type[Any] = value.__class__
    if kind is dict:
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical(f"key {key!r} is no text")
            _check(item)
    elif kind is list:
        for item in value:
            _check(item)
    elif kind is int and abs(value) > LARGEST:
        raise NotCanonical(f"integer {value} is too large")
    elif value is not None and kind not in (bool, int, str):
        raise NotCanonical(f"{kind.__name__} has no canonical form")
