"""The web server on a real socket of loopback, before a room of lamps and lifts in memory.

Sockets are real, the room's time is virtual: `settled` moves it while a request is under way, so that a dead-man or a
deadline passes in milliseconds and never by accident.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from roomd.control.plan import RoomPlan
from roomd.identity.roles import ROLES
from roomd.identity.tokens import Tokens
from roomd.web.assets import Assets
from roomd.web.feed import Feed
from roomd.web.metrics import count
from roomd.web.server import API, make_app, make_runner
from roomd.web.services import RoomFacts, Services
from roomd.web.traces import Traces
from tests.support.lamp_room import LIFT, LampRoom, device, lamp_room, plan

T = TypeVar("T")
LAMP_AND_LIFT = plan(device("a", "l1"), device("lift", "l2", LIFT))
FACTS = RoomFacts("r1", {"zh": "会议室", "en": "Room"}, "zh", None, 300.0, None)
HOSTS = frozenset({"127.0.0.1", "localhost"})
TOKENS: dict[str, str] = {role: f"token-of-{role}" for role in ROLES}


class FakeConfig:
    """A configuration that always has the same things to say."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def status(self) -> dict[str, Any]:
        return {"file": "room.yaml", "errors": []}

    async def reload(self) -> dict[str, Any]:
        return {"applied": True}

    async def rollback(self, steps: int) -> dict[str, Any]:
        self.steps.append(steps)
        return {"applied": True}

    def check(self, text: str) -> dict[str, Any]:
        return {"errors": [], "warnings": [], "length": len(text)}


@dataclass
class Socket:
    """A panel's end of the WebSocket."""

    room: WebRoom
    socket: aiohttp.ClientWebSocketResponse
    seen: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def say(self, **message: Any) -> None:
        await self.socket.send_json(message)

    async def read(self) -> dict[str, Any] | None:
        """Return the next message, None where the daemon has closed."""
        message = await self.room.settled(self.socket.receive())
        if message.type is not aiohttp.WSMsgType.TEXT:
            return None
        found: dict[str, Any] = json.loads(message.data)
        self.seen.append(found)
        return found

    async def next(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return the next message of a type, with these fields."""
        while (message := await self.read()) is not None:
            if message["type"] == kind and fields.items() <= message.items():
                return message
        raise AssertionError(f"closed without {kind}; seen {[m['type'] for m in self.seen]}")

    async def closed(self) -> int | None:
        """Read until the daemon closes; return the close code."""
        while await self.read() is not None:
            pass
        return self.socket.close_code


@dataclass
class WebRoom:
    """See the module."""

    room: LampRoom
    services: Services
    session: aiohttp.ClientSession
    url: str
    app: web.Application

    async def settled(self, work: Awaitable[T], step: float = 0.01) -> T:
        """Wait for `work`, with the room's time going on."""
        task = asyncio.ensure_future(work)
        async with asyncio.timeout(30):  # only ends a test that fails
            while not task.done():
                for _ in range(8):  # what is there already needs no time to pass
                    await asyncio.sleep(0)
                if not task.done():
                    await self.room.clock.advance(step)
        return task.result()

    async def ask(
        self, method: str, path: str, role: str | None = "admin", **options: Any
    ) -> tuple[int, Any]:
        """Return status and JSON of one request; a path without `/` in front is below the API."""
        headers = dict(options.pop("headers", {}))
        if role is not None:
            headers["Authorization"] = f"Bearer {TOKENS.get(role, role)}"
        url = self.url + (path if path.startswith("/") else f"{API}/{path}")

        async def work() -> tuple[int, Any]:
            async with self.session.request(method, url, headers=headers, **options) as answer:
                text = await answer.text()
                is_json = answer.content_type.endswith("json")
                return answer.status, json.loads(text) if is_json else text

        return await self.settled(work())

    @asynccontextmanager
    async def socket(self, role: str | None = "presenter", **headers: str) -> AsyncIterator[Socket]:
        """Open a WebSocket."""
        if role is not None:
            headers["Authorization"] = f"Bearer {TOKENS[role]}"
        opened = await self.settled(self.session.ws_connect(f"{self.url}{API}/ws", headers=headers))
        try:
            yield Socket(self, opened)
        finally:
            await self.settled(opened.close())

    def texts(self, line: str) -> list[str]:
        """Return what went over a line."""
        return self.room.lines[line].texts()


def make_services(room: LampRoom, folder: Path) -> Services:
    """Return what the web server needs of a room."""
    tokens = Tokens(room.clock)
    for role, token in TOKENS.items():
        tokens.add(token, role)
    return Services(
        clock=room.clock,
        store=room.store,
        dispatch=room.dispatch,
        holds=room.holds,
        supervisor=room.supervisor,
        feed=Feed(room.clock, room.store),
        tokens=tokens,
        traces=Traces(),
        assets=Assets(folder),
        facts=FACTS,
        config=FakeConfig(),
    )


@asynccontextmanager
async def web_room(
    folder: Path, room_plan: RoomPlan = LAMP_AND_LIFT, **changes: Any
) -> AsyncIterator[WebRoom]:
    """Serve a room; `folder` is the panel's build, `changes` are fields of `Services`."""
    async with lamp_room(room_plan) as room:
        services = make_services(room, folder)
        room.supervisor.traces.append(services.traces.on_trace)
        room.dispatch.outcomes.append(count)
        for name, value in changes.items():
            setattr(services, name, value)
        app = make_app(services, HOSTS, control_socket=False)
        runner = make_runner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        jar = aiohttp.CookieJar(unsafe=True)
        try:
            async with aiohttp.ClientSession(cookie_jar=jar) as session:
                yield WebRoom(room, services, session, url, app)
        finally:
            services.feed.close()
            await runner.cleanup()
