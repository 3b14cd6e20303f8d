"""What a reload touches, by meaning."""

from __future__ import annotations

from dataclasses import replace

from roomd.control.plan import WINDOW, Change, LinkPlan, difference
from roomd.control.room import Misconfigured, Zone
from tests.support.lamp_room import LIFT, device, plan

OLD = plan(device("a", "l1"), device("b", "l1"), device("c", "l2"))


def test_nothing_changes_from_a_room_to_itself() -> None:
    again = plan(device("a", "l1"), device("b", "l1"), device("c", "l2"))
    assert difference(OLD, again) == Change((), (), (), ("a", "b", "c"))


def test_names_pictures_zones_and_order_touch_no_device() -> None:
    zone = Zone("all", {"zh": "全部", "en": "All"}, ("a",))
    named = replace(device("a", "l1", zh="主灯"), preview="http://x/y.jpg")
    new = plan(device("c", "l2"), named, device("b", "l1"), zones=(zone,))
    assert difference(OLD, new) == Change((), (), (), ("c", "a", "b"))


def test_added_removed_and_changed_are_told_apart() -> None:
    new = plan(device("d", "l1"), device("b", "l1", LIFT), device("c", "l2"))
    assert difference(OLD, new) == Change(("d",), ("a",), ("b",), ("c",))


def test_a_changed_link_changes_every_device_on_it_and_no_other() -> None:
    new = replace(OLD, links={**OLD.links, "l1": LinkPlan("l1", "tcp", host="192.168.10.9")})
    assert difference(OLD, new).changed == ("a", "b")


def test_another_line_is_another_device() -> None:
    assert difference(
        OLD, plan(device("a", "l2"), device("b", "l1"), device("c", "l2"))
    ).changed == ("a",)


def test_a_mistake_in_an_entry_and_its_mending_change_it() -> None:
    broken = replace(device("c", "l2"), problem=Misconfigured("r.yaml", 1, 1, "unknown_key", {}))
    new = replace(OLD, devices={**OLD.devices, "c": broken})
    assert difference(OLD, new).changed == ("c",)
    assert difference(new, OLD).changed == ("c",)


def test_a_password_never_shows() -> None:
    assert "geheim" not in repr(LinkPlan("mqtt", "mqtt", password="geheim"))


def test_every_kind_of_link_has_its_window() -> None:
    assert dict(WINDOW) == {"serial": 1, "tcp": 1, "udp": 1, "http": 2, "mqtt": 64}
