"""What the web server is given of the room."""

from __future__ import annotations

from pathlib import Path

from roomd.control.commands import Command
from roomd.web.services import ConfigService, no_rules
from tests.support.lamp_room import ANNA, device, lamp_room, plan
from tests.support.web_room import FakeConfig, make_services


def test_a_room_without_rules_says_nothing_about_any_command() -> None:
    assert no_rules(Command("a", "set", {}, ANNA)) == []


async def test_what_is_not_given_is_not_there(tmp_path: Path) -> None:
    offered: ConfigService = FakeConfig()
    async with lamp_room(plan(device("a", "l1"))) as room:
        services = make_services(room, tmp_path)
        services.config = offered
        assert services.why is no_rules
        assert services.failure() is None
        assert (services.satisfy, services.simulators, services.lan) == (None, None, False)
        assert services.warnings == []
        assert services.warnings is not make_services(room, tmp_path).warnings
