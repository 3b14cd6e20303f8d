"""A line breaks while its motor runs, and comes back under another name."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.small_room import ROOM, small_room
from tests.support.waiting import until

OFFLINE_WITHIN, BACK_WITHIN = 1.0, 3.0
"""Seconds (protocols.md 1.3, Done means 6)."""


async def test_a_serial_port_that_returns_under_another_name_stops_first(tmp_path: Path) -> None:
    async with small_room(tmp_path, ROOM) as room:
        await room.online("screen.main", "lift.main")
        screen = room.simulator("screen.main")
        await until(lambda: len(room.heard("screen.main")) == 6)
        assert await room.do("screen.main", "up") == "sent"
        await until(lambda: screen.state.moving == "up")
        port = Path(room.demo.simulated.listing()["screen.main"]["address"])
        first_name = port.readlink()

        room.demo.simulated.set_fault("screen.main", "unplug", True, None)
        await until(lambda: room.state("screen.main") == "offline", OFFLINE_WITHIN)
        assert await room.do("screen.main", "down") == "offline", "motion waits for no line"
        known = len(room.heard("screen.main"))
        taken = os.openpty()  # another program's port has the old number by now
        room.demo.simulated.clear("screen.main")
        await until(lambda: room.state("screen.main") == "online", BACK_WITHIN)
        assert port.readlink() != first_name
        for descriptor in taken:
            os.close(descriptor)

        mine = "ff01ef02"
        await until(lambda: screen.state.moving == "none")
        assert await room.do("screen.main", "down") == "sent"
        after = [f.data.hex() for f in room.heard("screen.main", known)]
        ours = [frame[-2:] for frame in after if frame.startswith(mine)]
        asked = ours.index("ee")
        assert set(ours[:asked]) == {"cc"}, "stop first, and nothing that moves by itself"
        assert set(ours[asked:]) == {"ee"}


async def test_a_dead_line_leaves_the_others_alone(tmp_path: Path) -> None:
    async with small_room(tmp_path, ROOM) as room:
        await room.online("screen.main", "matrix.main")
        room.demo.simulated.set_fault("screen.main", "unplug", True, None)
        await until(lambda: room.state("screen.main") == "offline", OFFLINE_WITHIN)
        assert room.state("lift.main") == "offline", "the same line"
        assert await room.do("matrix.main", "route", **{"in": 1, "out": 2}) == "confirmed"
        _, stopped = await room.ask("POST", "stop", None)
        assert stopped["devices"]["screen.main"]["outcome"] == "offline"
