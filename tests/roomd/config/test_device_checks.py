from pathlib import Path

import pytest

from drivers.spec import DriverSpec
from roomd.config.device_checks import stable_name
from roomd.config.driver_table import DriverTable
from roomd.config.load import load
from tests.support.rooms import HEAD, TABLE, codes, read

NAME = "name: {zh: 甲, en: A}"
TV = "link: {tcp: tv}"


def wrong(folder: Path, entry: str, *, above: str = "") -> list[tuple[str, str]]:
    """Return code and path of what is wrong with one device entry."""
    result = read(folder, f"{above}devices:\n  dev.one: {entry}\n")
    assert result.room is not None
    return [(p.code, p.dotted.removeprefix("devices.dev.one")) for p in result.errors]


@pytest.mark.parametrize(
    "entry, expected",
    [
        (f"{{driver: dispaly_x, {TV}, {NAME}}}", ("unknown_driver", ".driver")),
        (f"{{driver: zzz, {TV}, {NAME}}}", ("unknown_driver", ".driver")),
        (f"{{driver: display_x, {NAME}}}", ("link_missing", "")),
        (f"{{driver: display_x, link: buss, {NAME}}}", ("unknown_link", ".link")),
        (f"{{driver: display_x, link: {{udp: tv}}, {NAME}}}", ("wrong_transport", ".link")),
        (f"{{driver: display_x, link: mqtt, {NAME}}}", ("link_missing", "")),
        (f"{{driver: light_x, {NAME}, options: {{topic: a}}}}", ("no_broker", "")),
        (f"{{driver: box_x, {TV}, {NAME}}}", ("port_missing", ".link")),
        (
            f"{{driver: display_x, {TV}, {NAME}, restore: true}}",
            ("restore_not_allowed", ".restore"),
        ),
        (f"{{driver: display_x, {TV}, {NAME}, lock: pin}}", ("lock_not_allowed", ".lock")),
        (
            f"{{driver: display_x, {TV}, {NAME}, preview: 'http://x/y.jpg'}}",
            ("preview_not_allowed", ".preview"),
        ),
        (f"{{driver: display_x, {TV}}}", ("missing_key", "")),
        (f"{{driver: display_x, {TV}, {NAME}, options: [1]}}", ("expected_mapping", ".options")),
        (
            f"{{driver: lift_x, link: bus, {NAME}, options: {{travel: 17}}}}",
            ("expected_text", ".options.travel"),
        ),
        (
            f"{{driver: lift_x, link: bus, {NAME}, options: {{travel: '17'}}}}",
            ("bad_value", ".options.travel"),
        ),
        (
            f"{{driver: lift_x, link: bus, {NAME}, options: {{speed: 2.5}}}}",
            ("value_too_high", ".options.speed"),
        ),
        (
            f"{{driver: lift_x, link: bus, {NAME}, options: {{speed: '1.5'}}}}",
            ("expected_number", ".options.speed"),
        ),
    ],
)
def test_what_is_wrong_with_an_entry(tmp_path: Path, entry: str, expected: tuple[str, str]) -> None:
    above = "links: {bus: {port: {by_id: a}}}\n" if "link: bus" in entry else ""
    assert wrong(tmp_path, entry, above=above) == [expected]


def test_a_decimal_counts_where_a_number_is_asked_for_and_only_there(tmp_path: Path) -> None:
    entry = f"{{driver: lift_x, link: {{port: {{by_id: a}}}}, {NAME}, options: OPTIONS}}"
    text = f"devices:\n  l: {entry.replace('OPTIONS', '{speed: 1.5, address: 2.5}')}\n"
    room = read(tmp_path, text).room
    assert room is not None
    assert room.devices["l"].options.model_dump() == {
        "speed": 1.5,
        "address": "2.5",
        "travel": "18s",
    }


def test_everything_wrong_with_an_entry_is_said_at_once(tmp_path: Path) -> None:
    entry = "{driver: display_x, lnik: 1, link: {tcp: 'a b'}, options: {display: 999, x: 1}}"
    assert {code for code, _ in wrong(tmp_path, entry)} == {
        "unknown_key",
        "bad_address",
        "missing_key",
        "value_too_high",
    }


@pytest.mark.parametrize(
    "device_id, code",
    [
        ("Lift", "bad_id"),
        ("lift-main", "bad_id"),
        ("a.b.c.d", "bad_id"),
        ("9lift", "bad_id"),
        ("lift.", "bad_id"),
        ("升降台", "bad_id"),
        ("meeting", "reserved_id"),
        ("cast", "reserved_id"),
        ("cast.main", "reserved_id"),
        ("sound.mic", "reserved_id"),
    ],
)
def test_ids_that_are_not_allowed(tmp_path: Path, device_id: str, code: str) -> None:
    result = read(tmp_path, f"devices: {{{device_id}: {{driver: display_x, {TV}, {NAME}}}}}\n")
    assert codes(result) == [code]
    assert result.room is not None


@pytest.mark.parametrize(
    "first, second", [("lift.main", "lift"), ("lift", "lift.main"), ("a", "a.b.c")]
)
def test_an_ambiguous_id_names_both_lines_and_the_first_one_stays(
    tmp_path: Path, first: str, second: str
) -> None:
    entry = f"{{driver: display_x, link: {{tcp: HOST}}, {NAME}}}"
    text = f"devices:\n  {first}: {entry.replace('HOST', 'a')}\n  {second}: {entry.replace('HOST', 'b')}\n"
    result = read(tmp_path, text)
    assert result.room is not None
    assert list(result.room.devices) == [first]
    (problem,) = result.errors
    assert (problem.code, problem.params["first"][-3:], problem.params["second"][-3:]) == (
        "ambiguous_id",
        "4:3",
        "5:3",
    )


def test_ids_that_only_begin_alike_are_two(tmp_path: Path) -> None:
    entry = f"{{driver: display_x, link: {{tcp: HOST}}, {NAME}}}"
    names = ("lift.main", "lift.mainly", "lifter", "lift.m")
    lines = [f"  {name}: {entry.replace('HOST', name[-4:])}\n" for name in names]
    result = read(tmp_path, "devices:\n" + "".join(lines))
    assert result.errors == ()


@pytest.mark.parametrize(
    "second, setting",
    [
        ("driver: curtain_x, link: bus", "baud"),
        ("driver: lift_x, link: {port: {by_id: a}, baud: 9600}", "baud"),
        ("driver: lift_x, link: {port: {by_id: a}, format: 8E1}", "format"),
        ("driver: lift_x, link: {port: {by_id: a}, local_echo: true}", "local_echo"),
        ("driver: lift_x, link: {port: {by_id: a}, gap: 5ms}", "gap"),
        ("driver: lift_x, link: {port: {path: /dev/serial/by-id/a}, gap: 5ms}", "gap"),
    ],
)
def test_differing_settings_on_one_port_make_the_second_misconfigured(
    tmp_path: Path, second: str, setting: str
) -> None:
    text = f"""links: {{bus: {{port: {{by_id: a}}, gap: 100ms}}}}
devices:
  lift.one: {{driver: lift_x, link: bus, {NAME}}}
  dev.two: {{{second}, {NAME}, options: {{address: x}}}}
"""
    result = read(tmp_path, text)
    assert result.room is not None
    assert list(result.room.devices) == ["lift.one"]
    (problem,) = result.errors
    assert (problem.code, problem.params["setting"]) == ("link_conflict", setting)
    assert ":3:9" in problem.params["first"]
    assert ":6:" in problem.params["second"]


def test_devices_on_one_endpoint_share_one_link_with_the_widest_gap(tmp_path: Path) -> None:
    text = f"""devices:
  lift.one: {{driver: lift_x, link: {{port: {{by_id: a}}, baud: 2400}}, {NAME}}}
  curtain.a: {{driver: curtain_x, link: {{port: {{by_id: a}}, baud: 2400}}, {NAME}}}
  display.a: {{driver: display_x, link: {{tcp: TV}}, {NAME}}}
  display.b: {{driver: display_x, link: {{tcp: "tv:1515"}}, {NAME}, options: {{display: 2}}}}
"""
    room = read(tmp_path, text).room
    assert room is not None
    assert set(room.links) == {"serial:by_id:a", "tcp:tv:1515"}
    assert room.links["serial:by_id:a"].gap == 0.1


def test_a_number_that_moves_is_a_warning_with_the_name_to_paste(tmp_path: Path) -> None:
    text = f"devices:\n  l: {{driver: lift_x, link: {{port: {{path: /dev/ttyUSB0}}}}, {NAME}}}\n"
    assert [p.code for p in read(tmp_path, text).warnings] == ["unstable_port"]
    (tmp_path / "room.yaml").write_text(HEAD + text, "utf-8")
    result = load(tmp_path / "room.yaml", table=TABLE, environment={}, stable=lambda _: "usb-X")
    assert [(p.code, p.params["stable"]) for p in result.warnings] == [
        ("unstable_port_named", "usb-X")
    ]
    text = text.replace("/dev/ttyUSB0", "/dev/ttyS0")
    assert read(tmp_path, text).warnings == ()


def test_the_stable_name_is_the_link_that_leads_there(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB3").touch()
    folder = tmp_path / "by-id"
    folder.mkdir()
    (folder / "usb-other").symlink_to("../ttyUSB4")
    (folder / "usb-mine").symlink_to("../ttyUSB3")
    assert stable_name(str(tmp_path / "ttyUSB3"), folder) == "usb-mine"
    assert stable_name(str(tmp_path / "ttyUSB9"), folder) is None
    assert stable_name("/dev/ttyUSB3", tmp_path / "none") is None


def test_a_driver_whose_extra_is_missing_leaves_the_others_alone(tmp_path: Path) -> None:
    def find(driver_id: str) -> DriverSpec | None:
        if driver_id == "modbus_x":
            raise ModuleNotFoundError(name="pymodbus")
        return TABLE.find(driver_id)

    text = f"devices:\n  a: {{driver: modbus_x, {TV}, {NAME}}}\n  b: {{driver: display_x, {TV}, {NAME}}}\n"
    (tmp_path / "room.yaml").write_text(HEAD + text, "utf-8")
    result = load(tmp_path / "room.yaml", table=DriverTable(find, TABLE.ids), environment={})
    assert result.room is not None
    assert list(result.room.devices) == ["b"]
    assert [(p.code, p.params["needs"]) for p in result.errors] == [("driver_unusable", "pymodbus")]


def test_one_language_alone_is_a_warning(tmp_path: Path) -> None:
    result = read(tmp_path, f"devices: {{a: {{driver: display_x, {TV}, name: {{zh: 屏}}}}}}\n")
    assert [(p.code, p.dotted, p.params) for p in result.warnings] == [
        ("one_language", "devices.a.name", {"given": "zh"})
    ]
    assert result.room is not None
    assert result.room.devices["a"].name["en"] == "屏"
