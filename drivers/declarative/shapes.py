"""Decoded JSON and YAML with types: what is a mapping, what is a list. Pure."""

from __future__ import annotations

from typing import Any, cast


def mapping(value: object) -> dict[str, Any] | None:
    """Return `value` where it is a mapping with text keys, else None."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def sequence(value: object) -> list[Any] | None:
    """Return `value` where it is a list, else None."""
    found: Any = value
    return found if isinstance(value, list) else None
