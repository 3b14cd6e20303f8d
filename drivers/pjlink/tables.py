"""Words that both sides of PJLink share. Source: PJL-1 (JBMIA class 2 v2.00 contents); the full text: unverified."""

from __future__ import annotations

PORT = 4352
LONGEST = 136
"""Bytes of a line, end included; PJL-1."""
POWER = {"0": "off", "1": "on", "2": "cooling", "3": "warming"}
"""Answers to POWR; PJL-1."""
LAMPS = ("fan", "lamp", "temperature", "cover", "filter", "other")
"""Places of the six digits of ERST; 0 fine, 1 warning, 2 error; PJL-1."""
SOURCES = {
    "1": "rgb",
    "2": "video",
    "3": "digital",
    "4": "storage",
    "5": "network",
    "6": "internal",
}
"""First digit of an input; the second counts from 1 to 9 (class 2 also A to Z); PJL-1."""


def input_name(code: str) -> str:
    """Return `digital1` for `31`; an unknown code as it is."""
    kind = SOURCES.get(code[:1])
    return code if kind is None or len(code) != 2 else f"{kind}{code[1]}"


def input_code(name: str) -> str:
    """Return `31` for `digital1`.

    Raises:
        ValueError: no such source.
    """
    for digit, kind in SOURCES.items():
        if name.startswith(kind) and len(name) == len(kind) + 1:
            return digit + name[-1]
    raise ValueError(f"no such input: {name}")
