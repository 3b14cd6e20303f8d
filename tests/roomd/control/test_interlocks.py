"""What rules say to commands; the property: nothing that a rule forbids is ever allowed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.points import Quality
from roomd.config.models.rules import Rule as Entry
from roomd.control.interlocks import Ask, Interlocks, compiled
from tests.roomd.control.test_conditions import Point, Points

SAY = {"zh": "不行", "en": "No"}
ZONES = {"motors": ("lift.main", "screen.main")}


def locks(
    *entries: dict[str, Any], running: tuple[str, ...] = (), latched: tuple[str, ...] = ()
) -> Interlocks:
    rules = tuple(
        compiled(Entry.model_validate({"id": f"r{n}", "say": SAY, **entry}, strict=False), ZONES)
        for n, entry in enumerate(entries)
    )
    return Interlocks(rules, lambda d: d in running, lambda r: r in latched)


def up(device: str = "lift.main", origin: str = "panel", command: str = "up") -> Ask:
    return Ask(device, device.partition(".")[0], command, origin, moves=True, id="me")


DISPLAY_OFF = {
    "deny": {"device": "lift.main", "command": ["up", "down"]},
    "unless": {"display.main.power": "off"},
}


def test_a_rule_denies_until_its_condition_holds_and_says_why() -> None:
    rules = locks({**DISPLAY_OFF, "satisfy": {"display.main": "power_off"}})
    view = Points({"display.main.power": Point("on")})
    verdict = rules.denial(up(), view)
    assert verdict is not None
    assert verdict.as_json() == {
        "id": "r0",
        "verdict": "deny",
        "say": SAY,
        "satisfy": True,
        "plan": {
            "steps": [{"device": "display.main", "command": "power_off", "args": {}}],
            "timeout": 90.0,
        },
        "points": {
            "display.main.power": {
                "value": "on",
                "quality": "confirmed",
                "need": "off",
                "holds": "no",
            }
        },
    }
    view["display.main.power"] = Point("off")
    assert rules.denial(up(), view) is None
    assert [v.as_json()["verdict"] for v in rules.judge(up(), view)] == ["pass"]


def test_what_is_not_known_never_permits() -> None:
    rules = locks(DISPLAY_OFF)
    assert rules.denial(up(), Points()) is not None
    for quality in set(Quality) - {Quality.CONFIRMED, Quality.OBSERVED}:
        view = Points({"display.main.power": Point("off", quality)})
        assert rules.denial(up(), view) is not None
    lenient = locks({**DISPLAY_OFF, "quality": ["confirmed", "observed", "assumed"]})
    assumed = Points({"display.main.power": Point("off", Quality.ASSUMED)})
    assert lenient.denial(up(), assumed) is None


def test_a_rule_is_about_its_commands_kinds_zones_and_origins() -> None:
    rules = locks(
        {**DISPLAY_OFF, "deny": {"device": "motors", "command": "up", "origin": ["scene"]}}
    )
    view = Points()
    assert rules.denial(up(origin="scene"), view) is not None
    assert rules.denial(up("screen.main", "scene"), view) is not None
    assert rules.denial(up(), view) is None
    assert rules.denial(up(command="down", origin="scene"), view) is None
    assert rules.denial(up("curtain.left", "scene"), view) is None
    by_kind = locks({**DISPLAY_OFF, "deny": {"kind": "screen"}})
    assert by_kind.denial(up("screen.main", command="goto"), view) is not None


@pytest.mark.parametrize("origin", ["schedule", "occupancy", "mqtt"])
def test_no_lift_moves_unattended_whatever_the_room_file_says(origin: str) -> None:
    denial = locks().denial(up(origin=origin), Points())
    assert denial is not None
    assert denial.rule == "no_unattended_motion"
    assert locks().denial(up(), Points()) is None
    assert locks().denial(up("screen.main", origin), Points()) is None


def test_one_motor_at_a_time() -> None:
    rules = locks({"mutex": ["lift.main", "screen.main"]}, running=("screen.main",))
    denial = rules.denial(up(), Points())
    assert denial is not None
    assert denial.as_json()["running"] == ["screen.main"]
    assert rules.denial(up("screen.main"), Points()) is None
    still = Ask("lift.main", "lift", "unlock", "panel")
    assert rules.denial(still, Points()) is None


FIRE = {"latch": {"contact.fire.value": True}, "deny": {"kind": ["lift", "light"]}}


def test_a_latch_denies_while_down_and_while_it_falls() -> None:
    calm = Points({"contact.fire.value": Point(value=False)})
    assert locks(FIRE).denial(up(), calm) is None
    assert locks(FIRE, latched=("r0",)).denial(up(), calm) is not None
    assert locks(FIRE).denial(up(), Points({"contact.fire.value": Point(value=True)})) is not None


def test_an_unreadable_contact_denies_motion_and_nothing_else() -> None:
    rules = locks(FIRE)
    for view in (
        Points(),
        Points({"contact.fire.value": Point(value=False, quality=Quality.STALE)}),
    ):
        assert rules.denial(up(), view) is not None
        assert rules.denial(Ask("light.a", "light", "on", "panel"), view) is None


def test_an_override_passes_one_rule_that_allows_it() -> None:
    passed = frozenset({"r0"})
    assert locks(DISPLAY_OFF).denial(up(), Points(), passed) is not None
    rules = locks({**DISPLAY_OFF, "override": {"role": "operator"}})
    assert rules.denial(up(), Points(), passed) is None
    assert rules.denial(up(), Points(), frozenset({"r1"})) is not None
    assert locks(FIRE, latched=("r0",)).denial(up(), Points(), passed) is not None


def test_a_guard_stops_on_what_is_definitely_false_only() -> None:
    rules = locks(DISPLAY_OFF, {**DISPLAY_OFF, "guard": "none"})
    path = "display.main.power"
    assert [r.id for r, _ in rules.to_stop(path, Points({path: Point("on")}))] == ["r0"]
    assert rules.to_stop(path, Points({path: Point("on", Quality.STALE)})) == []
    assert rules.to_stop(path, Points({path: Point("off")})) == []
    assert rules.to_stop("other.power", Points({path: Point("on")})) == []


words = st.sampled_from(["off", "on", "warming", None])
points = st.builds(
    Point,
    words,
    st.sampled_from(list(Quality)),
    words,
    st.booleans(),
    st.sampled_from([None, "me", "you"]),
)


def test_which_rules_are_about_a_command_is_remembered_until_the_rules_change() -> None:
    off = {"unless": {"display.main.power": "off"}}
    found = locks(
        {"deny": {"kind": "lift", "command": "up"}, **off}, {"mutex": ["lift.main", "screen.main"]}
    )
    built_in = ["no_unattended_motion"]
    about = found.about
    assert [r.id for r in about("lift.main", "lift", "up")] == [*built_in, "r0", "r1"]
    assert [r.id for r in about("lift.main", "lift", "down")] == [*built_in, "r1"]
    assert about("lamp", "light", "on") == ()
    found.rules = locks({"deny": {"device": "lamp"}, **off}).rules
    assert [r.id for r in about("lamp", "light", "on")] == ["r0"]
    assert [r.id for r in about("lift.main", "lift", "up")] == built_in


@given(points, st.sampled_from(["panel", "scene", "schedule", "mqtt", "api"]), st.booleans())
def test_stop_is_never_denied_and_up_only_where_the_display_is_surely_off(
    point: Point, origin: str, latched: bool
) -> None:
    rules = locks(DISPLAY_OFF, FIRE, latched=("r1",) if latched else ())
    view = Points({"display.main.power": point, "contact.fire.value": Point(value=False)})
    assert rules.denial(up(command="stop", origin=origin), view) is None
    assert rules.judge(up(command="stop", origin=origin), view) == []
    if rules.denial(up(origin=origin), view) is None:
        assert point.value == "off"
        assert point.quality in {Quality.CONFIRMED, Quality.OBSERVED}
        assert not point.pending or point.desired == "off" or point.by == "me"
        assert not latched
        assert origin not in {"schedule", "mqtt"}
