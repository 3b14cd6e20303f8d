from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomd.config.load import load
from roomd.config.report import report
from tests.support.rooms import HEAD, TABLE, codes, read

NAME = "name: {zh: 甲, en: A}"
LIFT = f"  lift.main: {{driver: lift_x, link: bus, {NAME}, options: {{address: '01 EF 02'}}}}\n"
BUS = "links: {bus: {port: {by_id: usb-a}}}\n"


def test_a_whole_room_is_built(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        f"""broker: managed
contact: {{zh: 信息科 8301, en: IT 8301}}
idle_after: 10min
links:
  bus: {{port: {{by_id: usb-a}}, gap: 50ms}}
devices:
{LIFT}  display.main: {{driver: display_x, link: {{tcp: "TV.local"}}, {NAME}, options: {{display: 3}}}}
  lights.table: {{driver: light_x, {NAME}, options: {{topic: table}}, restore: true}}
zones:
  front: {{name: {{zh: 前, en: Front}}, devices: [lift.main, display.main]}}
plan:
  outline: [[0, 0], [9.6, 0], [9.6, 6.4], [0, 6.4]]
  devices: {{lift.main: {{at: [4.8, 0.25], z: [0.0, 1.1], faces: back}}}}
""",
    )
    assert result.problems == ()
    room = result.room
    assert room is not None
    assert list(room.devices) == ["lift.main", "display.main", "lights.table"]
    assert room.devices["display.main"].options.model_dump() == {
        "display": 3,
        "pin": None,
        "label": "",
    }
    assert room.devices["lights.table"].name["en"] == "A"
    lift = room.links[room.devices["lift.main"].endpoint]
    assert (lift.transport, lift.baud, lift.gap, lift.id) == ("serial", 2400, 0.05, "bus")
    display = room.links["tcp:tv.local:1515"]
    assert (display.host, display.port, display.id) == ("tv.local", 1515, "display.main")
    assert room.links["mqtt"].transport == "mqtt"
    assert room.file.idle_after == 600.0
    assert room.plan is not None
    assert room.plan.devices["lift.main"].faces == 90.0
    assert room.plan.devices["lift.main"].at == [[4.8, 0.25]]
    assert len(result.sha256) == 64


def test_one_bad_device_never_stops_the_room(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        f"""{BUS}devices:
{LIFT}  lift.bad: {{driver: lift_x, link: bus, {NAME}, options: {{adress: 1}}}}
  lift.worse: {{driver: lift_x, link: bus, {NAME}, name: {{zh: 又}}, options: !secret none}}
  lift.text: nonsense
zones: {{z: {{name: {{zh: 区, en: Z}}, devices: [lift.bad]}}}}
""",
    )
    room = result.room
    assert room is not None
    assert list(room.devices) == ["lift.main"]
    assert list(result.misconfigured) == ["lift.bad", "lift.worse", "lift.text"]
    assert [p.code for p in result.misconfigured["lift.bad"]] == ["unknown_key"]
    assert {p.code for p in result.misconfigured["lift.worse"]} == {
        "duplicate_key",
        "secret_missing",
    }
    broken = room.broken["lift.bad"]
    assert (broken.kind, broken.name and broken.name["zh"]) == ("lift", "甲")
    assert codes(result) == ["unknown_key", "duplicate_key", "secret_missing", "expected_mapping"]


@pytest.mark.parametrize(
    "text",
    [
        "links: {bus: {tcp: ''}}\n",
        "links: {bus: {port: {by_id: a}, bauds: 1}}\n",
        "zones: {z: {name: {zh: 区, en: Z}, devices: [nobody]}}\n",
        "idle_after: 300\n",
        "rules: [{id: a}]\n",
        "devices: []\n",
        "devices: 3\n",
        "broker: mosquitto\n",
        "web: {port: 0}\n",
        "roooms: {}\n",
        "limits: {devices: 0}\n",
        "a: [\n",
    ],
)
def test_an_error_elsewhere_leaves_no_usable_room(tmp_path: Path, text: str) -> None:
    result = read(tmp_path, text)
    assert result.room is None
    assert result.errors


TEN_MISTAKES = f"""rooom: {{}}
idle_after: 5
language: cn
broker: {{host: 10.0.0.1, password: hunter2}}
links:
  bus: {{port: /dev/ttyUSB0}}
  far: {{tcp: "rfc2217://10.0.0.9:4000"}}
devices:
  Lift: {{driver: display_x, link: {{tcp: tv}}, {NAME}}}
  lift.two: {{driver: lfit_x, link: bus, {NAME}}}
  display.main: {{driver: display_x, link: {{tcp: tv}}, {NAME}, optoins: {{display: 1}}}}
  display.side: {{driver: display_x, link: {{tcp: "tv:99999"}}, {NAME}, options: {{display: '1'}}}}
"""


def test_ten_planted_mistakes_are_all_named_at_their_places(tmp_path: Path) -> None:
    result = read(tmp_path, TEN_MISTAKES)
    found = [(p.place.line - 2, p.place.column, p.code, p.dotted) for p in result.errors]
    assert found == [
        (1, 1, "unknown_key", ""),
        (2, 13, "needs_unit", "idle_after"),
        (3, 11, "not_one_of", "language"),
        (4, 36, "secret_in_plain", "broker.password"),
        (6, 15, "port_form", "links.bus.port"),
        (7, 14, "rfc2217", "links.far.tcp"),
        (9, 3, "bad_id", "devices.Lift"),
        (10, 22, "unknown_driver", "devices.lift.two.driver"),
        (11, 76, "unknown_key", "devices.display.main"),
        (12, 49, "bad_port", "devices.display.side.link.tcp"),
        (12, 103, "expected_integer", "devices.display.side.options.display"),
    ]
    text = report(result.errors, result.files)
    assert text.count(" | ") == 2 * len(found)
    assert "hunter2" not in text


def test_the_example_of_the_design_looks_as_it_says(tmp_path: Path) -> None:
    text = f"devices:\n  lift.main:\n    driver: lift_x\n    link: bus\n    {NAME}\n"
    result = read(tmp_path, BUS + text + '    optoins: {address: "01 EF 02"}\n')
    assert report(result.errors, result.files) == (
        f"{tmp_path}/room.yaml:9:5: devices.lift.main: "
        '未知的键 "optoins"，是否想写 "options"？ unknown key; did you mean "options"?\n'
        '  9 |     optoins: {address: "01 EF 02"}\n'
        "    |     ^^^^^^^\n"
    )


def test_a_malformed_plan_is_a_warning_with_its_place_and_the_room_starts(tmp_path: Path) -> None:
    for text in (
        "plan: {outline: [[0, 0], [9, 0]]}\n",
        "plan: {outline: [[0, 0], [9, 9], [9, 0], [0, 9]]}\n",
        "plan: {outline: nonsense}\n",
        "plan: maybe\n",
        "plan: {a: &x 1}\n",
        "plan:\n  outline: [[0, 0], [9, 0], [9, 9]]\n  outline: []\n",
    ):
        result = read(tmp_path, text)
        assert result.errors == ()
        assert result.room is not None
        assert result.warnings
        assert result.warnings[0].place.line >= 3


def test_plan_none_is_not_the_same_as_no_plan(tmp_path: Path) -> None:
    none, left_out = read(tmp_path, "plan: none\n").room, read(tmp_path, "").room
    assert none is not None
    assert left_out is not None
    assert (none.no_plan, left_out.no_plan) == (True, False)


def test_later_keys_are_warnings_and_a_broken_rule_is_an_error(tmp_path: Path) -> None:
    result = read(tmp_path, "cast: {}\nsound: {}\n")
    assert [(p.code, p.dotted) for p in result.warnings] == [
        ("not_in_this_version", "cast"),
        ("not_in_this_version", "sound"),
    ]
    assert result.room is not None
    assert read(tmp_path, "rules: []\n").problems == ()
    # Without one of its rules a room is not the safe room that people wrote.
    assert read(tmp_path, "rules: [{id: a}]\n").room is None


@pytest.mark.parametrize(
    "head, expected",
    [
        ("", ["file_empty"]),
        ("[]\n", ["expected_mapping"]),
        ("text\n", ["expected_mapping"]),
        ("*a\n", ["yaml_alias"]),
        ("schema: roomd.room/1\n", ["missing_key"]),
        ("schema: roomd.room/9\nroom: {id: r, name: {zh: a, en: b}}\n", ["not_one_of"]),
        ("room: {id: r, name: {zh: a, en: b}}\n", ["missing_key"]),
    ],
)
def test_a_file_that_is_no_room(tmp_path: Path, head: str, expected: list[str]) -> None:
    result = read(tmp_path, "", head=head)
    assert codes(result) == expected
    assert result.room is None


def test_a_missing_file_is_a_problem_not_an_exception(tmp_path: Path) -> None:
    result = load(tmp_path / "no.yaml", table=TABLE)
    assert (codes(result), result.room) == (["file_missing"], None)


def test_too_many_devices(tmp_path: Path) -> None:
    text = f"limits: {{devices: 1}}\n{BUS}devices:\n{LIFT}{LIFT.replace('main', 'two')}"
    assert "too_many_devices" in codes(read(tmp_path, text))


@given(st.text(max_size=80))
def test_any_room_file_gives_a_result(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    result = read(folder, "", head=HEAD + text.replace("\ud800", ""))
    assert (result.room is None) == bool(
        [e for e in result.errors if not any(e in ps for ps in result.misconfigured.values())]
    )
