from pathlib import Path

from pydantic import SecretStr

from roomd.config.meaning import differences, room_meaning, simple
from tests.support.rooms import read


def test_differences_are_named_by_path_with_both_values(tmp_path: Path) -> None:
    before = read(tmp_path, "language: zh\nplan: none\nlimits: {ws_rate: 60}\n").room
    after = read(tmp_path, "language: en\n").room
    assert before is not None
    assert after is not None
    found = [(d.path, d.change, d.before, d.after) for d in differences(before, after)]
    assert found == [
        ("language", "changed", "zh", "en"),
        ("limits.ws_rate", "changed", 60, 50),
        ("plan", "changed", "none", None),
    ]
    assert differences(after, after) == []


def test_devices_come_and_go(tmp_path: Path) -> None:
    text = "devices: {d: {driver: display_x, link: {tcp: tv}, name: {zh: a, en: b}}}\n"
    before, after = read(tmp_path, text).room, read(tmp_path, "").room
    assert before is not None
    assert after is not None
    assert {d.change for d in differences(before, after)} == {"removed", "added"}
    assert room_meaning(before)["devices"]["d"]["endpoint"] == "tcp:tv:1515"


def test_a_secret_is_a_fingerprint() -> None:
    one, two = simple(SecretStr("a")), simple(SecretStr("b"))
    assert one != two
    assert one == simple(SecretStr("a"))
    assert one.startswith("secret:")
    assert len(one) == 15
