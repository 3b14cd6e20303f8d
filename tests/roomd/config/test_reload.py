from pathlib import Path

from roomd.config.reload import ReloadPlan, plan_reload
from roomd.config.room import Room
from tests.support.rooms import read

NAME = "name: {zh: 甲, en: A}"
LIFT = f"  lift.main: {{driver: lift_x, link: bus, {NAME}, options: {{address: '01 EF 02'}}}}\n"
CURTAIN = f"  curtain.left: {{driver: curtain_x, link: bus_b, {NAME}}}\n"
LIGHT = f"  lights.a: {{driver: light_x, {NAME}, options: {{topic: a}}}}\n"
TOP = "broker: managed\nlinks: {bus: {port: {by_id: a}}, bus_b: {port: {by_id: b}}}\ndevices:\n"
BASE = TOP + LIFT + CURTAIN + LIGHT


def room(folder: Path, text: str) -> Room:
    found = read(folder, text).room
    assert found is not None
    return found


def plan(folder: Path, before: str, after: str) -> ReloadPlan:
    running = room(folder, before)
    found = plan_reload(running, read(folder, after))
    assert found is not None
    return found


def test_what_means_the_same_is_untouched_however_it_is_written(tmp_path: Path) -> None:
    after = BASE.replace("{driver: lift_x, link: bus,", "{link: bus, driver: lift_x,")
    after = "# comment\n" + after.replace("bus:", "bus :")
    found = plan(tmp_path, BASE, after)
    assert found.nothing
    assert found.devices.untouched == ("lift.main", "curtain.left", "lights.a")


def test_changing_one_light_touches_no_other_device_and_no_link(tmp_path: Path) -> None:
    found = plan(tmp_path, BASE, BASE.replace("topic: a", "topic: b"))
    assert found.devices.changed == ("lights.a",)
    assert found.devices.untouched == ("lift.main", "curtain.left")
    assert found.links.changed == ()
    assert len(found.links.untouched) == 3


def test_a_changed_link_changes_its_devices_only(tmp_path: Path) -> None:
    after = BASE.replace("{by_id: b}}", "{by_id: b}, baud: 19200}")
    found = plan(tmp_path, BASE, after)
    assert found.links.changed == ("serial:by_id:b",)
    assert found.devices.changed == ("curtain.left",)


def test_added_and_removed(tmp_path: Path) -> None:
    found = plan(tmp_path, BASE, TOP + LIFT + LIGHT + LIGHT.replace("lights.a", "lights.b"))
    assert found.devices.added == ("lights.b",)
    assert found.devices.removed == ("curtain.left",)
    assert found.links.removed == ("serial:by_id:b",)


def test_a_renamed_link_is_the_same_link(tmp_path: Path) -> None:
    after = BASE.replace("bus:", "rs485:").replace("link: bus,", "link: rs485,")
    assert plan(tmp_path, BASE, after).nothing


def test_a_device_that_is_broken_now_keeps_its_last_good_entry(tmp_path: Path) -> None:
    found = plan(tmp_path, BASE, BASE.replace("{address: '01 EF 02'}", "{adress: 1}"))
    assert found.kept_back == ("lift.main",)
    assert set(found.devices.untouched) == {"lift.main", "curtain.left", "lights.a"}
    assert found.links.removed == ()
    assert found.room.devices["lift.main"].options.model_dump()["address"] == "01 EF 02"


def test_a_broken_device_does_not_bring_back_the_old_settings_of_its_line(tmp_path: Path) -> None:
    two = BASE + LIFT.replace("lift.main", "lift.two")
    after = two.replace("{by_id: a}}", "{by_id: a}, baud: 9600}").replace(
        "{address: '01 EF 02'}", "{adress: 1}", 1
    )
    found = plan(tmp_path, two, after)
    assert found.kept_back == ()
    assert "lift.main" in found.devices.removed


def test_a_new_broker_renews_mqtt_devices_and_nothing_else(tmp_path: Path) -> None:
    found = plan(tmp_path, BASE, BASE.replace("broker: managed", "broker: {host: h}"))
    assert found.devices.changed == ("lights.a",)
    assert found.top_level == ("broker",)


def test_other_keys_are_named(tmp_path: Path) -> None:
    found = plan(tmp_path, BASE, BASE + "language: en\nplan: none\n")
    assert found.top_level == ("language", "plan")
    assert found.devices.changed == ()
    assert not found.nothing


def test_no_usable_room_gives_no_plan(tmp_path: Path) -> None:
    running = room(tmp_path, BASE)
    assert plan_reload(running, read(tmp_path, BASE + "rules: [{id: a}]\n")) is None
