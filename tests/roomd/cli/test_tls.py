"""`roomd tls` against a real daemon with HTTPS."""

from __future__ import annotations

import json
from pathlib import Path

from tests.roomd.identity.test_certificates import office, signed_by_it
from tests.support.daemon import Daemon, free_port, roomd
from tests.support.small_room import HEAD


async def test_status_request_certificate_export_and_policy(tmp_path: Path) -> None:
    ports = (
        f"web: {{port: {free_port()}, http_port: 0}}\nnorthbound: {{mdns: {{enabled: false}}}}\n"
    )
    file, data = tmp_path / "room.yaml", tmp_path / "data"
    file.write_text(HEAD + ports, "utf-8")
    async with Daemon.run(file, data, "--https") as daemon:
        assert daemon.url.startswith("https://127.0.0.1:")
        status = json.loads((await roomd("tls", "status", "--json", "--data", data)).stdout)
        assert (status["source"], "127.0.0.1" in status["names"]) == ("room", True)
        told = await roomd("tls", "status", "--data", data)
        assert status["fingerprint"] in told.stdout
        out = tmp_path / "out"
        exported = await roomd("tls", "export", out, "--data", data)
        assert status["ca_fingerprint"] in exported.stdout
        assert {p.name for p in out.iterdir()} == {"ca.crt", "ca.cer", "ca.mobileconfig"}
        assert (await roomd("tls", "policy", tmp_path / "policy", "--data", data)).code == 0
        assert (tmp_path / "policy" / "firefox" / "policies.json").exists()
        request = tmp_path / "room.csr"
        assert (await roomd("tls", "csr", request, "--data", data)).code == 0
        assert "CERTIFICATE REQUEST" in request.read_text()
        wrong = tmp_path / "wrong.crt"
        wrong.write_bytes(office()[1].cert)
        refused = await roomd("tls", "cert", wrong, "--data", data)
        assert (refused.code, "do not belong together" in refused.stderr) == (1, True)
        right = tmp_path / "right.crt"
        right.write_bytes(signed_by_it(office()[0], (data / "tls" / "own.key.new").read_bytes()))
        assert (await roomd("tls", "cert", right, "--data", data)).code == 0
        status = json.loads((await roomd("tls", "status", "--json", "--data", data)).stdout)
        assert status["source"] == "office"
        assert await daemon.end() == 0


async def test_on_loopback_in_clear_there_is_no_authority(tmp_path: Path) -> None:
    file, data = tmp_path / "room.yaml", tmp_path / "data"
    file.write_text(
        f"{HEAD}web: {{port: {free_port()}}}\nnorthbound: {{mdns: {{enabled: false}}}}\n"
    )
    async with Daemon.run(file, data) as daemon:
        refused = await roomd("tls", "export", tmp_path / "out", "--data", data)
        assert (refused.code, "no authority of its own" in refused.stderr) == (1, True)
        assert await daemon.end() == 0
