"""A camera's picture: fetched once for all, never more than a JPEG."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from roomd.web.routes.preview import EVERY, JPEG, SIZE
from tests.support.lamp_room import device, plan
from tests.support.web_room import WebRoom, web_room

PICTURE = JPEG + b"\xe0picture"


class Camera:
    """An HTTP server that gives one picture."""

    def __init__(self) -> None:
        self.body = PICTURE
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked = 0
        self.hangs = False

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        return web.Response(body=self.body, status=self.status, headers=self.headers)


@asynccontextmanager
async def filmed(folder: Path) -> AsyncIterator[tuple[WebRoom, Camera]]:
    camera = Camera()
    app = web.Application()
    app.router.add_get("/{path:.*}", camera.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/snapshot.jpg"
    entry = replace(device("cam", "l1"), preview=url)
    try:
        async with web_room(folder, plan(entry, device("a", "l2"))) as room:
            yield room, camera
    finally:
        await runner.cleanup()


async def picture(room: WebRoom, role: str | None = "presenter") -> tuple[int, bytes, str]:
    headers = {} if role is None else {"Authorization": f"Bearer token-of-{role}"}
    url = f"{room.url}/api/v1/devices/cam/preview.jpg"
    async with room.session.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.content_type


async def test_the_picture_comes_as_it_is(tmp_path: Path) -> None:
    async with filmed(tmp_path) as (room, _):
        assert await picture(room) == (200, PICTURE, "image/jpeg")
        assert (await picture(room, None))[0] == 401


async def test_one_picture_serves_all_for_half_a_second(tmp_path: Path) -> None:
    async with filmed(tmp_path) as (room, camera):
        await asyncio.gather(*(picture(room) for _ in range(10)))
        assert camera.asked == 1
        room.room.clock._now += EVERY
        await picture(room)
        assert camera.asked == 2


@pytest.mark.parametrize(
    "body,status",
    [
        (b"<html>log in</html>", 200),
        (b"", 200),
        (PICTURE, 404),
        (JPEG + b"x" * SIZE, 200),
        (PICTURE, 302),
    ],
)
async def test_what_is_no_picture_is_not_passed_on(
    tmp_path: Path, body: bytes, status: int
) -> None:
    async with filmed(tmp_path) as (room, camera):
        camera.body, camera.status = body, status
        camera.headers = {"Location": f"{room.url}/healthz"} if status == 302 else {}
        answered, text, kind = await picture(room)
        assert (answered, kind) == (502, "application/problem+json")
        assert b"log in" not in text
        assert camera.asked == 1


async def test_the_largest_picture_that_is_allowed_comes_through(tmp_path: Path) -> None:
    async with filmed(tmp_path) as (room, camera):
        camera.body = JPEG + b"x" * (SIZE - len(JPEG))
        assert len((await picture(room))[1]) == SIZE


async def test_a_camera_that_hangs_or_is_away_is_unreachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomd.web.routes.preview.ANSWER", 0.05)
    async with filmed(tmp_path) as (room, camera):
        camera.hangs = True
        assert (await picture(room))[0] == 503
        found = room.room.dispatch.devices["cam"]
        found.preview = "http://127.0.0.1:1/snapshot.jpg"
        assert (await picture(room))[0] == 503


async def test_a_device_without_a_picture_has_none(tmp_path: Path) -> None:
    async with filmed(tmp_path) as (room, _):
        for name in ("a", "nobody"):
            status, body = await room.ask("GET", f"devices/{name}/preview.jpg", "presenter")
            assert (status, body["code"]) == (404, "not_found")
