from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from drivers.declarative.checks import CHECKS
from drivers.declarative.frames import HexTemplate

VECTORS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "vectors.toml").read_text())[
    "vector"
]


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if "check" in v["means"]], ids=lambda v: v["name"]
)
def test_checks_over_nine_digits(vector: dict[str, Any]) -> None:
    assert CHECKS[vector["means"]["check"]].over(b"123456789") == bytes.fromhex(vector["bytes"])


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if "hex" in v["means"]], ids=lambda v: v["name"]
)
def test_frames_of_the_sources(vector: dict[str, Any]) -> None:
    assert HexTemplate(vector["means"]["hex"]).encode({}) == bytes.fromhex(vector["bytes"])


def test_all_nine_have_a_vector() -> None:
    assert {v["means"].get("check") for v in VECTORS} - {None} == set(CHECKS)


def test_the_order_can_be_turned() -> None:
    check = CHECKS["crc16_modbus"]
    assert check.over(b"123456789", "hi_lo") == check.over(b"123456789")[::-1]
