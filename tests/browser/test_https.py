"""A browser that trusts the room's authority opens every page by name and by address; another one is warned."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from tests.browser.conftest import SWITCHES
from tests.browser.hands import until
from tests.support.daemon import free_port
from tests.support.programs import require_program
from tests.support.small_room import HEAD


@dataclass
class Served:
    """A daemon with HTTPS on loopback."""

    port: int
    plain: int
    data: Path
    token: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("https")
    port, plain = free_port(), free_port()
    (folder / "room.yaml").write_text(
        f"{HEAD}web: {{port: {port}, http_port: {plain}}}\nnorthbound: {{mdns: {{enabled: false}}}}\n"
    )
    data = folder / "data"
    program = [sys.executable, "-c", "from roomd.cli import main; main()"]
    command = [*program, "run", "--config", str(folder / "room.yaml"), "--data", str(data)]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            [*command, "--listen", "127.0.0.1", "--https"], stdout=log, stderr=log
        )
        try:
            until(lambda: "room.ready" in (folder / "log").read_text(), "it is ready", 60)
            made = subprocess.run(
                [
                    *program,
                    "token",
                    "add",
                    "t",
                    "--role",
                    "presenter",
                    "--data",
                    str(data),
                    "--json",
                ],
                capture_output=True,
                text=True,
                check=True,
            )
            yield Served(port, plain, data, json.loads(made.stdout)["token"])
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(20)


@pytest.fixture
def trusting(
    playwright: Playwright, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    """A browser of somebody who has installed the room's authority, as `roomd tls policy` does on Debian."""
    store = tmp_path / "home" / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil = require_program("certutil")
    at = f"sql:{store}"
    subprocess.run([certutil, "-d", at, "-N", "--empty-password"], check=True)
    ca = str(served.data / "tls" / "ca.crt")
    subprocess.run([certutil, "-d", at, "-A", "-t", "C,,", "-n", "roomd", "-i", ca], check=True)
    browser = playwright.chromium.launch(
        executable_path=require_program("chromium"),
        args=[*SWITCHES, "--host-resolver-rules=MAP roomd-r1.local 127.0.0.1"],
        env={**os.environ, "HOME": str(tmp_path / "home")},
    )
    yield browser.new_page(locale="zh-CN")
    browser.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "roomd-r1.local"])
def test_every_page_opens_without_a_warning(trusting: Page, served: Served, host: str) -> None:
    for path in ("/", "/join", "/display", "/admin"):
        answer = trusting.goto(f"https://{host}:{served.port}{path}")
        assert answer is not None
        assert answer.status == 200
        details = answer.security_details()
        assert details is not None
        assert details["protocol"] in {"TLS 1.3", "TLS 1.2"}
    assert trusting.evaluate("isSecureContext")
    trusting.goto(f"https://{host}:{served.port}/#token={served.token}")
    expect(trusting.get_by_text("已连接")).to_be_visible()
    (cookie,) = trusting.context.cookies()
    marks = (cookie.get("name"), cookie.get("secure"), cookie.get("httpOnly"))
    assert marks == ("__Host-roomd", True, True)


def test_who_does_not_trust_it_is_warned_and_the_plain_page_explains(
    page: Page, served: Served
) -> None:
    warned = page.context.new_page()
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        warned.goto(f"https://127.0.0.1:{served.port}/")
    page.goto(f"http://127.0.0.1:{served.plain}/")
    expect(page.get_by_role("heading", name="证书")).to_be_visible()
    ca = subprocess.run(
        [
            *(require_program("openssl"), "x509", "-noout", "-fingerprint", "-sha256"),
            *("-in", str(served.data / "tls" / "ca.crt")),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    expect(page.get_by_text(ca.stdout.strip().partition("=")[2])).to_be_visible()
    assert page.evaluate("document.scripts.length") == 0
