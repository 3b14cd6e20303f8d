"""A camera's picture: one JPEG from the address in its `preview:`, at most twice a second for all panels together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp import web

from roomd.web.problem import Problem
from roomd.web.services import SERVICES

SIZE = 1024 * 1024
"""Bytes of a picture, at most (control.md 5)."""
EVERY = 0.5
"""Seconds for which a picture serves everybody."""
ANSWER = 3.0
"""Seconds for a camera to give it."""
JPEG = b"\xff\xd8\xff"


@dataclass
class Pictures:
    """The last picture of each camera."""

    taken: dict[str, tuple[float, bytes]] = field(default_factory=dict[str, tuple[float, bytes]])
    turns: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])


PICTURES: Final = web.AppKey("pictures", Pictures)


async def picture(request: web.Request) -> web.Response:
    """Answer `GET /api/v1/devices/{device}/preview.jpg`: a camera's picture."""
    services = request.app[SERVICES]
    device = services.dispatch.devices.get(request.match_info["device"])
    if device is None or device.preview is None:
        raise Problem("not_found", path=request.path[:200])
    pictures = request.app[PICTURES]
    async with pictures.turns.setdefault(device.id, asyncio.Lock()):
        now = services.clock.monotonic()
        at, body = pictures.taken.get(device.id, (-EVERY, b""))
        if now - at >= EVERY:
            body = await _fetch(device.id, device.preview)
            pictures.taken[device.id] = (now, body)
    return web.Response(body=body, content_type="image/jpeg")


async def _fetch(device: str, url: str) -> bytes:
    timeout = aiohttp.ClientTimeout(total=ANSWER)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            body = await answer.content.read(SIZE + 1)
            while len(body) <= SIZE and not answer.content.at_eof():
                body += await answer.content.read(SIZE + 1 - len(body))
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise Problem("unreachable", device=device) from None
    if answer.status != 200 or len(body) > SIZE or not body.startswith(JPEG):
        raise Problem("garbled", device=device)
    return body
