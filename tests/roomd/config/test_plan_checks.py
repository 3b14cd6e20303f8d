from pathlib import Path

from tests.support.rooms import read

TV = "devices: {tv: {driver: display_x, link: {tcp: tv}, name: {zh: a, en: b}}}\n"
OUTLINE = "plan:\n  outline: [[0, 0], [9.6, 0], [9.6, 6], [0, 6]]\n"


def warnings(folder: Path, text: str) -> list[tuple[str, str, int]]:
    result = read(folder, TV + text)
    assert result.errors == ()
    return [(p.code, p.dotted, p.place.line) for p in result.warnings]


def test_a_device_outside_of_the_outline_goes_to_the_tray(tmp_path: Path) -> None:
    assert warnings(tmp_path, OUTLINE + "  devices: {tv: {at: [10, 2]}}\n") == [
        ("plan_outside", "plan.devices.tv", 6)
    ]
    assert warnings(tmp_path, OUTLINE + "  devices: {tv: {at: [9.605, 2]}}\n") == []


def test_a_device_or_contact_that_does_not_exist(tmp_path: Path) -> None:
    text = (
        OUTLINE
        + "  devices: {tw: {at: [1, 2]}}\n  doors:\n  - {wall: [[1, 1], [2, 1]], contact: door}\n"
    )
    assert warnings(tmp_path, text) == [
        ("unknown_device", "plan.devices.tw", 6),
        ("unknown_device", "plan.doors[0].contact", 8),
    ]


def test_a_misconfigured_device_still_exists(tmp_path: Path) -> None:
    text = TV.replace("tcp: tv", "tpc: tv") + OUTLINE + "  devices: {tv: {at: [1, 2]}}\n"
    result = read(tmp_path, text)
    assert result.warnings == ()
    assert list(result.misconfigured) == ["tv"]


def test_a_word_that_is_not_none(tmp_path: Path) -> None:
    assert warnings(tmp_path, "plan: no\n") == [("not_one_of", "plan", 4)]
