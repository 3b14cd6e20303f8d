"""The plain page: what it says, what it hands out, and that it does nothing else."""

from __future__ import annotations

import plistlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from roomd.identity.ca import Names, fingerprint, make_ca
from roomd.web.access import Hosts
from roomd.web.server import make_runner
from roomd.web.trust_page import FILES, Trust, file_of, make_trust_app

CA = make_ca("r1", Names(("r1.local",), ())).cert
ROOM = {"zh": "三楼<会议室>", "en": "Room 3"}


@asynccontextmanager
async def served(ca: bytes | None) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    trust = Trust(ROOM, "https://r1.local", ca)
    runner = make_runner(make_trust_app(lambda: trust, Hosts({"127.0.0.1"})))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield session, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_page_explains_shows_the_fingerprint_and_never_redirects() -> None:
    async with served(CA) as (session, url):
        for path in ("/", "/join", "/anything"):
            answer = await session.get(url + path, allow_redirects=False)
            text = await answer.text()
            assert answer.status == 200
            assert fingerprint(CA) in text
            assert 'href="https://r1.local"' in text
            assert "三楼&lt;会议室&gt;" in text
            assert not any(word in text for word in ("<script", "<form", "http-equiv"))
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert not answer.cookies


async def test_the_authority_comes_in_three_forms() -> None:
    trust = Trust(ROOM, "", CA)
    assert file_of("/ca.crt", trust) == CA
    der = file_of("/ca.cer", trust)
    assert x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) == CA
    profile = plistlib.loads(file_of("/ca.mobileconfig", trust))
    (payload,) = profile["PayloadContent"]
    assert (payload["PayloadType"], payload["PayloadContent"]) == ("com.apple.security.root", der)
    async with served(CA) as (session, url):
        for path in FILES:
            answer = await session.get(url + path)
            assert await answer.read() == file_of(path, trust)


async def test_with_the_offices_certificate_there_is_nothing_to_install() -> None:
    async with served(None) as (session, url):
        assert "ca.crt" not in await (await session.get(url)).text()
        assert (await session.get(url + "/ca.crt")).status == 404


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", "/"),
        ("POST", "/api/v1/stop"),
        ("GET", "/api/v1/room"),
        ("PUT", "/x"),
        ("DELETE", "/"),
    ],
)
async def test_nothing_is_done_in_clear(method: str, path: str) -> None:
    async with served(CA) as (session, url):
        answer = await session.request(method, url + path, data=b"x" if method == "POST" else None)
        assert answer.status == 403
        assert (await answer.json())["code"] == "https_required"


async def test_another_name_is_not_answered() -> None:
    async with served(CA) as (session, url):
        assert (await session.get(url, headers={"Host": "evil.example"})).status == 421
