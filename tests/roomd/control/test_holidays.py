"""The file of dates that are no ordinary ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from roomd.control.holidays import LARGEST, parse_holidays, read_holidays

TEXT = """# 2026
2026-10-01 国庆节 National Day
2026-10-02

2026-10-10 = sat  # counts as a Saturday
"""


def test_dates_words_and_days_that_count_as_others() -> None:
    assert parse_holidays(TEXT) == {
        dt.date(2026, 10, 1): None,
        dt.date(2026, 10, 2): None,
        dt.date(2026, 10, 10): "sat",
    }


@pytest.mark.parametrize(
    "line", ["1 October", "2026-10-10 = holiday", "2026-02-30", "2026-10-10 ="]
)
def test_a_line_that_is_wrong_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_holidays(f"2026-10-01\n{line}\n")


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "holidays.txt"
    path.write_bytes("\ufeff2026-10-01\r\n".encode())
    assert read_holidays(path) == {dt.date(2026, 10, 1): None}
    path.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(ValueError, match="too large"):
        read_holidays(path)
    with pytest.raises(OSError, match="missing"):
        read_holidays(tmp_path / "missing")
