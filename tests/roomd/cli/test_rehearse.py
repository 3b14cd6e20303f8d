"""`roomd rehearse` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.roomd.demo.test_rehearsal import SCENES
from tests.support.daemon import roomd
from tests.support.small_room import ROOM


async def test_it_tells_each_step_and_ends_with_one_where_something_would_fail(
    tmp_path: Path,
) -> None:
    file = tmp_path / "room.yaml"
    file.write_text(ROOM + SCENES, "utf-8")
    told = await roomd("rehearse", "light", "--config", file)
    assert (told.code, "light: ok" in told.stdout, "lights.cove" in told.stdout) == (0, True, True)
    both = await roomd("rehearse", "light", "two", "--config", file, "--json")
    assert both.code == 1
    found = json.loads(both.stdout)["scenes"]
    assert [(one["scene"], one["result"]) for one in found] == [("light", "ok"), ("two", "partial")]
    wrong = await roomd("rehearse", "nothing", "--config", file)
    assert (wrong.code, "no scene nothing" in wrong.stderr) == (2, True)
    missing = await roomd("rehearse", "--config", tmp_path / "no.yaml")
    assert missing.code == 1
