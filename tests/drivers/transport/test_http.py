"""A device's own web interface, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from drivers.errors import Unreachable
from drivers.transport import http
from drivers.transport.frames import HttpRequest, HttpResponse
from drivers.transport.http import LIMIT, Http
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


class Far:
    """A web server that keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes, str]] = []
        self.silent = asyncio.Event()
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        kind = request.headers.get("Content-Type", "")
        self.asked.append((request.method, request.path_qs, body, kind))
        match request.path:
            case "/pieces":
                answer = web.StreamResponse()
                await answer.prepare(request)
                for piece in (b'{"input"', b":", b"1}"):
                    await answer.write(piece)
                    await asyncio.sleep(0.01)
                return answer
            case "/huge":
                return web.Response(body=b"x" * (LIMIT + 1000))
            case "/moved":
                return web.Response(status=302, headers={"Location": "/state"})
            case "/silent":
                await self.silent.wait()
                return web.Response()
            case _:
                return web.Response(body=b'{"power":true}')


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Far, Http, Heard]]:
    far = Far()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", far.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    far.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    line, heard = Http(far.url + "/"), Heard()
    await heard.listen(line)
    try:
        yield far, line, heard
    finally:
        far.silent.set()
        await line.close()
        await runner.cleanup()


async def ask(line: Http, heard: Heard, request: HttpRequest) -> HttpResponse:
    await line.send(request)
    await until(lambda: heard.chunks)
    answer = heard.chunks.pop()
    assert isinstance(answer, HttpResponse)
    return answer


async def test_an_answer_comes_with_the_request_that_it_answers() -> None:
    async with serving() as (far, line, heard):
        request = HttpRequest("PUT", "/api/out/3?x=1", b'{"input":1}', {"Content-Type": "a/json"})
        answer = await ask(line, heard, request)
        assert answer.request is request
        assert (answer.status, answer.body) == (200, b'{"power":true}')
        assert far.asked == [("PUT", "/api/out/3?x=1", b'{"input":1}', "a/json")]
        assert line.endpoint == far.url
        assert (line.wire_time(9), line.present(), line.descriptor()) == (0.0, None, None)


async def test_a_body_that_comes_in_pieces_is_whole() -> None:
    async with serving() as (_, line, heard):
        assert (await ask(line, heard, HttpRequest("GET", "/pieces"))).body == b'{"input":1}'


async def test_a_body_stops_at_its_limit() -> None:
    async with serving() as (_, line, heard):
        assert len((await ask(line, heard, HttpRequest("GET", "/huge"))).body) == LIMIT


async def test_a_redirection_is_not_followed() -> None:
    async with serving() as (far, line, heard):
        assert (await ask(line, heard, HttpRequest("GET", "/moved"))).status == 302
        assert [path for _, path, *_ in far.asked] == ["/moved"]


async def test_a_request_is_on_its_way_before_send_first_gives_way() -> None:
    async with serving() as (_, line, heard):
        asking = line.send(HttpRequest("GET", "/state"))
        with pytest.raises(StopIteration):
            asking.send(None)  # to the end, without a turn of the loop
        await until(lambda: heard.chunks)


async def test_one_that_does_not_answer_in_time_says_nothing_and_the_next_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "ANSWER", 0.05)
    async with serving() as (_, line, heard):
        await line.send(HttpRequest("GET", "/silent"))
        await until(lambda: not line._tasks)
        assert heard.chunks == []
        assert (await ask(line, heard, HttpRequest("GET", "/state"))).status == 200


async def test_nobody_there_says_nothing_and_is_no_loss() -> None:
    async with serving() as (far, *_):
        url = far.url
    line, heard = Http(url), Heard()
    await heard.listen(line)
    await line.send(HttpRequest("GET", "/state"))
    await until(lambda: not line._tasks)
    assert (heard.chunks, heard.lost) == ([], [])
    await line.close()


async def test_closing_ends_what_is_under_way() -> None:
    async with serving() as (far, line, heard):
        await line.send(HttpRequest("GET", "/silent"))
        await until(lambda: far.asked)
        await line.close()
        assert line._tasks == set()
        with pytest.raises(Unreachable, match="closed"):
            await line.send(HttpRequest("GET", "/state"))
        assert heard.chunks == []


async def test_requests_only() -> None:
    async with serving() as (_, line, _heard):
        with pytest.raises(TypeError):
            await line.send(b"GET /")
