from __future__ import annotations

from pathlib import Path

import pytest

from drivers.declarative.plan import make_plan
from drivers.declarative.problems import DefinitionError
from drivers.declarative.schema import parse
from tests.drivers.declarative.stage import HEAD, made

PLANTED = """schema: roomd.driver/1
id: lift_ff5
name: {zh: 升降器, en: Lift}
kind: lift
link: {type: serial, baud: 2400, gap: 100}
optoins: {}
commands:
  up:   {hex: 5512340301, key: move}
  down: {hexx: "FF", key: move}
motion: {up: {command: up, travel: 1s}, down: {command: down, travel: 1s}}
"""


def problems(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(DefinitionError) as caught:
        made(text)
    return [(p.place.line, p.place.column, p.code) for p in caught.value.problems]


def test_all_mistakes_are_said_at_once_with_their_places() -> None:
    assert problems(PLANTED) == [
        (5, 39, "needs_unit"),
        (6, 1, "unknown_key_near"),
        (8, 15, "quote_it"),
        (9, 10, "unknown_key_near"),
    ]


def test_both_languages_and_the_place_stand_in_the_text() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(PLANTED.encode(), "drivers/lift.yaml")
    text = str(caught.value)
    assert (
        "drivers/lift.yaml:8:15: commands.up.hex: 十六进制值必须加引号 hex values must be quoted: quote it"
        in text
    )
    assert "是否想写“options”" in text
    assert "did you mean options?" in text


@pytest.mark.parametrize(
    "rest, found",
    [
        ('commands: {a: {hex: "5"}}', "bad_frame"),
        ('commands: {a: {hex: "55 {level:u8}"}}', "unknown_name"),
        ('commands: {a: {hex: "55 {level:u9}"}}', "bad_frame"),
        ('commands: {a: {hex: "55 {_}"}}', "unknown_name"),
        ('commands: {a: {text: "x", hex: "55"}}', "no_form"),
        ("commands: {a: {key: x}}", "no_form"),
        ('commands: {a: {text: "A", expect: "B"}}', "no_receive"),
        ('commands: {a: {text: "A", set: {power: true}}}', "unknown_point"),
        ('commands: {a: {text: "A", key: "k.{x}"}}', "unknown_name"),
        ('commands: {a: {text: "A{b}", args: {b: {type: int, max: "{c}"}}}}', "unknown_name"),
        ('commands: {a: {publish: {topic: "t/{x}", text: on}}}', "unknown_name"),
        ('commands: {a: {publish: {topic: t, json: {a: ["{x|foo}"]}}}}', "bad_frame"),
        ("receive: {lines: {}, fixed: {length: 3}}", "bad_value"),
        ("receive: {fixed: {length: 3}, check: {type: crc99}}", "unknown_check"),
        ('receive: {between: {start: "zz", end: "FF", max: 9}}', "bad_frame"),
        ('receive: {lines: {end: ""}}', "bad_frame"),
        ('options: {a: {type: int, max: 3, default: 9}}\ncommands: {a: {text: "A"}}', "bad_value"),
        ('options: {a: {type: hex, bytes: 2, default: "01"}}', "bad_value"),
        ("state: {power: colour}", "bad_value"),
        ("observe: [{set: {fault: x}}]", "bad_value"),
        ('observe: [{topic: t, set: {fault: "a|nopipe"}}]', "bad_value"),
        ('observe: [{hex: "5", set: {fault: x}}]', "bad_frame"),
        ("motion: {up: {command: up, travel: 1s}, down: {command: down, travel: 1s}}", "no_stop"),
        ("tests: [{does: on}]", "unknown_key_near"),
        ("tests: [{wait: 5}]", "needs_unit"),
        ("receive: {fixed: {length: 3, start: 55}}", "quote_it"),
        ("receive: {fixed: {length: 3, start: 055}}", "quote_it"),
        ("feedback: maybe", "bad_value"),
    ],
)
def test_each_mistake_has_its_code(rest: str, found: str) -> None:
    codes = problems(HEAD + rest + "\n")
    assert found in [code for _, _, code in codes]
    assert all(line >= 6 for line, _, code in codes if code == found)


def test_missing_keys_are_named() -> None:
    with pytest.raises(DefinitionError, match="缺少键“id” the key id is missing"):
        parse(b"schema: roomd.driver/1\nname: {zh: a, en: b}\n", "x.yaml")


def test_a_plan_is_made_of_what_was_parsed() -> None:
    loaded = parse((HEAD + 'commands: {a: {text: "A"}}\n').encode(), "x.yaml")
    assert loaded.problem(("commands", "a", "text"), "no_form").place.line == 6
    assert list(make_plan(loaded, Path("x.yaml")).commands) == ["a"]
