from pathlib import Path

from tests.support.rooms import read


def test_errors_and_warnings_come_together_by_place(tmp_path: Path) -> None:
    result = read(tmp_path, "sound: {}\nlanguage: fr\ncast: {}\n")
    assert [p.place.line for p in result.problems] == [3, 4, 5]
    assert [p.severity for p in result.problems] == ["warning", "error", "warning"]
