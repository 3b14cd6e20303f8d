"""保持 and the next meetings, asked of the daemon as it is composed."""

from __future__ import annotations

from pathlib import Path

from tests.roomd.control.test_meetings import calendar, event
from tests.support.small_room import ROOM, small_room
from tests.support.waiting import until
from tests.support.web_room import web_room

MORE = """scenes: {end: {name: {zh: 结束, en: End}, steps: [{delay: 1s}]}}
occupancy: {from: [contact.online], scene: end}
"""
YEAR = "RRULE:FREQ=DAILY\r\n"


async def test_who_may_keep_the_room_and_what_is_answered(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        assert await room.ask("POST", "occupancy/keep", "presenter") == (200, {"kept": False})
        assert (await room.ask("POST", "occupancy/keep", "display"))[0] == 403
        assert (await room.ask("POST", "occupancy/keep", None))[0] == 401
        assert (await room.ask("POST", "occupancy/keep", json={"for": 5}))[0] == 400
        assert await room.ask("GET", "calendar", "display") == (200, {"meetings": []})
        assert (await room.ask("GET", "calendar", "attendee"))[0] == 403


async def test_a_countdown_of_the_daemon_is_told_and_kept(tmp_path: Path) -> None:
    text = f"{ROOM}{MORE.replace('contact.online', 'matrix.main.online')}"
    async with small_room(tmp_path, text, dead=("matrix.main",)) as room:
        app = room.demo.app
        assert app.services is not None
        await until(lambda: room.state("matrix.main") == "offline")
        headers = {"Authorization": f"Bearer {room.token('presenter')}"}
        async with room.session.ws_connect(f"{app.url}/api/v1/ws", headers=headers) as socket:
            app.unattended.occupancy._begin()  # what the clock does after 20 minutes
            while (message := await socket.receive_json())["type"] != "countdown":
                pass
            assert message == {"type": "countdown", "scene": "end", "seconds": 120}
            assert await room.ask("POST", "occupancy/keep", "presenter") == (200, {"kept": True})
            while (message := await socket.receive_json())["type"] != "countdown":
                pass
            assert message["seconds"] is None


async def test_the_next_five_meetings_and_a_banner_for_a_broken_file(tmp_path: Path) -> None:
    file = tmp_path / "calendar.ics"
    file.write_bytes(calendar(event("20260101T230000Z", "20260101T233000Z", "Daily", YEAR)))
    async with small_room(tmp_path, f"{ROOM}calendar: {{ics: calendar.ics}}\n") as room:
        calendar_of = room.demo.app.unattended.calendar
        await until(calendar_of.next)
        status, body = await room.ask("GET", "calendar", "presenter")
        assert status == 200
        assert [m["title"] for m in body["meetings"]] == ["Daily"] * 5
        assert body["meetings"][0]["start"].endswith("T07:00:00+08:00")
        file.write_bytes(b"rubbish")
        await calendar_of.look()
        _, devices = await room.ask("GET", "devices")
        banner = {"code": "calendar_unreadable", "params": {"name": "calendar.ics"}}
        assert banner in devices["warnings"]
        assert len((await room.ask("GET", "calendar"))[1]["meetings"]) == 5
