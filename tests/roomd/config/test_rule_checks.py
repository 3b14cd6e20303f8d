"""Rules of a room file against its devices; real drivers, no wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.config.load import load
from roomd.config.room import LoadResult
from tests.support.rooms import HEAD

ROOM = """
broker: managed
links: {bus: {port: {by_id: usb-a}}}
devices:
  lift.main: {driver: lift_ff5, link: bus, name: {zh: 升降屏, en: Lift}, options: {address: "01 EF 02"}}
  lift.side: {driver: lift_ff5, link: bus, name: {zh: 侧屏, en: Side}, options: {address: "01 EF 03"}}
  projector.main: {driver: pjlink, link: {tcp: "192.168.10.20"}, name: {zh: 投影机, en: Projector}}
  lights.table: {driver: zigbee2mqtt, name: {zh: 灯, en: Light}, options: {name: table}}
  contact.fire: {driver: mqtt_contact, name: {zh: 火警, en: Fire}, options: {topic: fire}}
zones: {motors: {name: {zh: 电机, en: Motors}, devices: [lift.main, lift.side]}}
"""
SAY = "say: {zh: 不行, en: No}"


def rules(folder: Path, *lines: str) -> LoadResult:
    """Load a room with these rules, each on a line of its own."""
    text = HEAD + ROOM + "rules:\n" + "".join(f"  - {line}\n" for line in lines)
    (folder / "room.yaml").write_text(text, "utf-8")
    return load(folder / "room.yaml")


def problems(folder: Path, *lines: str) -> list[tuple[str, str]]:
    return [(p.code, p.dotted) for p in rules(folder, *lines).errors]


def test_the_rules_of_a_real_room_are_taken(tmp_path: Path) -> None:
    result = rules(
        tmp_path,
        "{id: off_first, deny: {device: lift.main, command: [up, down]}, unless: {projector.main.power: off},"
        " satisfy: {projector.main: power_off, wait: {projector.main.power: off}, timeout: 90s}, "
        + SAY
        + "}",
        "{id: lift_first, deny: {device: projector.main, command: power_on}, unless: {lift.main.end: top},"
        " quality: [confirmed, observed, assumed], override: {role: operator, reason: required}, "
        + SAY
        + "}",
        "{id: one_motor, mutex: [lift.main, lift.side], " + SAY + "}",
        "{id: nobody, deny: {device: motors, command: [up, down], origin: [schedule, mqtt]}, "
        + SAY
        + "}",
        "{id: fire, latch: {contact.fire.value: true}, do: [{kind: lift, command: stop},"
        " {device: lights.table, command: on}], deny: {kind: [lift]}, reset: {role: admin}, "
        + SAY
        + "}",
        "{id: either, deny: {device: lights.table}, unless: {any: [{lift.main.end: top}, {projector.main.power:"
        " [on, warming]}]}, " + SAY + "}",
    )
    assert result.problems == ()
    assert result.room is not None
    assert [r.id for r in result.room.file.rules] == [
        "off_first",
        "lift_first",
        "one_motor",
        "nobody",
        "fire",
        "either",
    ]


@pytest.mark.parametrize(
    "line, expected",
    [
        (
            "deny: {device: lift.main, command: [up, stop]}, unless: {projector.main.power: off}",
            "rule_denies_stop",
        ),
        ("deny: {device: lift.man}, unless: {projector.main.power: off}", "unknown_device"),
        ("deny: {device: lift.main}, unless: {projektor.main.power: off}", "unknown_device"),
        (
            "deny: {device: lift.main, command: upp}, unless: {projector.main.power: off}",
            "unknown_command",
        ),
        ("deny: {device: lift.main}, unless: {projector.main.powr: off}", "unknown_point"),
        ("deny: {device: lift.main}, unless: {projector.main.power: of}", "not_one_of"),
        ("deny: {device: lift.main}, unless: {contact.fire.value: off}", "expected_boolean"),
        ("deny: {device: lift.main}, unless: {lights.table.level: bright}", "expected_number"),
        ("deny: {device: lift.main}, unless: {projector.main.power: {above: 3}}", "expected_text"),
        ("deny: {kind: [lfit]}, unless: {projector.main.power: off}", "unknown_kind"),
        ("deny: {command: up}, unless: {projector.main.power: off}", "target_empty"),
        ("deny: {device: lift.main}", "rule_form"),
        ("mutex: [lift.main, lights.table]", "not_a_motor"),
        ("mutex: [lift.main, lift.side], deny: {device: lift.main}", "rule_form"),
        ("latch: {contact.fire.value: true}, do: [{device: lift.main, command: up}]", "rule_moves"),
        ("latch: {contact.fire.value: true}, override: {role: operator}", "rule_offer"),
        ("deny: {device: lift.main}, unless: {projector.main.power: off}, do: []", ""),
        (
            "deny: {device: lift.main}, unless: {projector.main.power: off}, satisfy: {projector.main: of}",
            "unknown_command",
        ),
        (
            "deny: {device: lift.main}, unless: {projector.main.power: off}, satisfy: {timeout: 5s}",
            "satisfy_empty",
        ),
        ("deny: {device: lift.main}, unless: {any: []}", "unless_empty"),
        ("deny: {device: lift.main}, unless: {lights.table.level: {}}", "span_form"),
        (
            "deny: {device: lift.main}, unless: {projector.main.power: off}, quality: [stale]",
            "not_one_of",
        ),
    ],
)
def test_what_is_no_rule(tmp_path: Path, line: str, expected: str) -> None:
    found = rules(tmp_path, "{id: r, " + line + ", " + SAY + "}")
    assert [p.code for p in found.errors] == ([expected] if expected else [])
    assert (found.room is None) == bool(expected)


def test_a_mistake_is_shown_where_it_stands_with_what_was_meant(tmp_path: Path) -> None:
    (problem,) = rules(
        tmp_path,
        "{id: r, deny: {device: lift.main}, unless: {projector.main.power: of}, " + SAY + "}",
    ).errors
    assert problem.dotted == "rules[0].unless.projector.main.power"
    assert problem.params["suggestion"] == "off"
    assert problem.place.line == 14


def test_ids_are_written_once(tmp_path: Path) -> None:
    line = "{id: r, mutex: [lift.main, lift.side], " + SAY + "}"
    assert problems(tmp_path, line, line) == [("rule_twice", "rules[1].id")]


def test_rules_that_wait_for_each_other_are_refused(tmp_path: Path) -> None:
    one = (
        "{id: one, deny: {device: lights.table, command: on}, unless: {projector.main.power: on}, "
        + SAY
        + "}"
    )
    two = (
        "{id: two, deny: {device: projector.main, command: power_on}, unless: {lights.table.power: true}, "
        + SAY
        + "}"
    )
    assert problems(tmp_path, one) == []
    assert problems(tmp_path, one, two) == [
        ("rule_circle", "rules[0].id"),
        ("rule_circle", "rules[1].id"),
    ]


def test_a_circle_with_another_way_out_is_none(tmp_path: Path) -> None:
    one = (
        "{id: one, deny: {device: lights.table, command: on}, unless: {projector.main.power: [on, off]}, "
        + SAY
        + "}"
    )
    two = (
        "{id: two, deny: {device: projector.main, command: power_on}, unless: {lights.table.power: true}, "
        + SAY
        + "}"
    )
    assert problems(tmp_path, one, two) == []
