"""The nine outcomes and the seven qualities, each provoked on the line and seen by a panel and over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.commands import OutcomeKind
from drivers.errors import Unreachable
from drivers.points import Quality
from tests.support.web_room import Socket, WebRoom, web_room

Provoke = Callable[[WebRoom, Socket], Awaitable[None]]


async def _set(panel: Socket, name: str, level: int) -> None:
    await panel.say(type="command", id=name, device="a", command="set", args={"level": level})


def _mute(room: WebRoom) -> None:
    room.room.lines["l1"].answer = lambda _text: None


async def confirmed(room: WebRoom, panel: Socket) -> None:
    await _set(panel, "c1", 9)


async def sent(room: WebRoom, panel: Socket) -> None:
    await panel.say(type="command", id="c1", device="lift", command="stop")


async def refused(room: WebRoom, panel: Socket) -> None:
    await _set(panel, "c1", 999)


async def superseded(room: WebRoom, panel: Socket) -> None:
    _mute(room)
    await panel.say(type="command", id="c0", device="a", command="step")  # holds the line
    await _set(panel, "c1", 9)
    await _set(panel, "c2", 10)


async def expired(room: WebRoom, panel: Socket) -> None:
    device = room.room.dispatch.devices["a"].device
    assert device is not None
    device.link.quiet(60.0)
    await _set(panel, "c1", 9)


async def timeout(room: WebRoom, panel: Socket) -> None:
    _mute(room)
    await panel.say(type="command", id="c1", device="a", command="step")


async def offline(room: WebRoom, panel: Socket) -> None:
    room.room.lines["l1"].refuse_open = Unreachable("gone")
    room.room.lines["l1"].lose()
    await _set(panel, "c1", 9)


async def cancelled(room: WebRoom, panel: Socket) -> None:
    _mute(room)
    await _set(panel, "c1", 9)
    await panel.say(type="stop")


async def failed(room: WebRoom, panel: Socket) -> None:
    room.room.lines["l1"].answer = lambda text: f"{text} no"
    await _set(panel, "c1", 9)


OUTCOMES: dict[str, Provoke] = {
    f.__name__: f
    for f in (
        confirmed,
        sent,
        refused,
        superseded,
        expired,
        timeout,
        offline,
        cancelled,
        failed,
    )
}


def test_all_nine_are_here() -> None:
    assert OUTCOMES.keys() == {kind.value for kind in OutcomeKind}


@pytest.mark.parametrize("name", OUTCOMES)
async def test_an_outcome_as_a_panel_sees_it(tmp_path: Path, name: str) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        await OUTCOMES[name](room, panel)
        while True:
            message = await room.settled(panel.socket.receive_json(), step=0.1)
            if message["type"] == "outcome" and message["id"] == "c1":
                break
        assert message["outcome"] == name
        left = {"confirmed", "sent", "timeout", "cancelled", "failed"}
        assert (message["tx"] > 0) == (name in left)


async def seen(room: WebRoom, panel: Socket, path: str, quality: str) -> dict[str, Any]:
    """Return a point as the panel is told, and check that HTTP says the same."""
    body: dict[str, Any] = {}
    while body.get("quality") != quality:
        message = await panel.read()
        assert message is not None
        body = message.get("points", {}).get(path, body)
    _, state = await room.ask("GET", "state", "presenter")
    shown: dict[str, Any] = state["points"][path]
    assert shown == body
    return body


async def test_the_seven_qualities_one_after_the_other(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room, room.socket() as panel:
        line = room.room.lines["l1"]
        told: list[str] = []

        async def point(quality: str, path: str = "a.level") -> dict[str, Any]:
            told.append(quality)
            return await seen(room, panel, path, quality)

        await panel.say(type="hello")
        assert (await point("confirmed"))["value"] == 5
        line.feed("a is 30")
        assert (await point("observed"))["value"] == 30
        line.feed("a is 500")
        assert (await point("suspect"))["value"] == 30
        _mute(room)
        await _set(panel, "c1", 60)
        body = await point("pending")
        assert (body["value"], body["desired"], body["was"]) == (30, 60, "suspect")
        await panel.next("outcome", id="c1")
        line.refuse_open = Unreachable("gone")
        line.lose()
        assert (await point("unknown"))["value"] is None
        await panel.say(type="hold", id="h1", device="lift", command="up")
        assert (await point("assumed", "lift.moving"))["value"] == "up"
        await panel.next("outcome", id="h1")
        room.room.lines["l2"].refuse_open = Unreachable("gone")
        room.room.lines["l2"].lose()
        assert (await point("stale", "lift.level"))["value"] == 5
        assert sorted(told) == sorted(q.value for q in Quality)
