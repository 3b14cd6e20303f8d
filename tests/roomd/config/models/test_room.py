import json
from typing import Any

import pytest
from pydantic import ValidationError

from roomd.config.models.room import RoomFile


def room(**fields: Any) -> RoomFile:
    whole = {"schema": "roomd.room/1", "room": {"id": "r", "name": {"zh": "甲"}}, **fields}
    return RoomFile.model_validate_json(json.dumps(whole))


def test_what_is_left_out_has_a_default() -> None:
    found = room()
    assert (found.language, found.idle_after, found.room.timezone) == ("zh", 300, "Asia/Shanghai")
    assert (found.web.port, found.northbound.mdns.enabled, found.limits.ws_queue) == (443, True, 64)


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "", "/etc/localtime"])
def test_a_time_zone_must_exist(zone: str) -> None:
    with pytest.raises(ValidationError) as caught:
        room(room={"id": "r", "name": {"zh": "甲"}, "timezone": zone})
    assert caught.value.errors()[0]["type"] == "unknown_timezone"
