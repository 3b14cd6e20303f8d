"""Checksum and bits."""

from __future__ import annotations

import pytest

from drivers.modbus.tables import crc16, pack_bits


@pytest.mark.parametrize(
    "data, check",
    [("31 32 33 34 35 36 37 38 39", "37 4b"), ("01 05 00 00 ff 00", "8c 3a"), ("", "ff ff")],
)
def test_crc(data: str, check: str) -> None:
    assert crc16(bytes.fromhex(data)).hex(" ") == check


def test_the_first_bit_is_the_lowest() -> None:
    assert pack_bits([False] * 3 + [True] + [False] * 4 + [True]) == b"\x08\x01"
