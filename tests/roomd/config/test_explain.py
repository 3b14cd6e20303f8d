import pytest

from roomd.config.explain import Explanation, NoSuchKey, explain
from tests.support.rooms import SPECS


def explained(key: str) -> Explanation:
    return explain(key, SPECS.values())


def test_a_key_with_a_unit() -> None:
    found = explained("idle_after")
    assert (found.type, found.unit, found.default, found.example) == ("time", "s", "5min", "300ms")
    assert found.description


@pytest.mark.parametrize(
    "key",
    [
        "devices.*.link.tcp",
        "devices.lift.main.link.tcp",
        "devices.lift.link.tcp",
        "devices.a.b.c.link.tcp",
        "links.bus.tcp",
    ],
)
def test_any_id_may_stand_where_people_choose_ids(key: str) -> None:
    assert explained(key).example == "192.168.10.21:1515"


@pytest.mark.parametrize(
    "key, type_",
    [
        ("language", "zh, en"),
        ("broker", "keys | managed"),
        ("web.listen", "list of text"),
        ("northbound.mdns.enabled", "true/false"),
        ("limits.ws_message", "size"),
        ("room", "keys"),
        ("driver.display_x.display", "integer"),
        ("plan.doors[0].contact", "text"),
    ],
)
def test_types_are_named_in_plain_words(key: str, type_: str) -> None:
    assert explained(key).type == type_


def test_ranges_required_keys_and_keys_below() -> None:
    assert explained("limits.ws_rate").range == "5…1000"
    assert explained("room.id").required
    assert "timezone" in explained("room").keys
    assert "address" in explained("driver.lift_x").keys


@pytest.mark.parametrize(
    "key, suggestion",
    [
        ("idel_after", "idle_after"),
        ("devices.*.optoins", "options"),
        ("limits.ws_rat", "ws_rate"),
        ("driver.lfit_x", "lift_x"),
        ("driver.lift_x.adress", "address"),
        ("room.id.zzz", None),
    ],
)
def test_an_unknown_key_names_the_nearest(key: str, suggestion: str | None) -> None:
    with pytest.raises(NoSuchKey) as caught:
        explained(key)
    assert caught.value.suggestion == suggestion
