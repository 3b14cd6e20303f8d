"""`roomd run`: the real program, its exit codes, its first tokens, and its end."""

from __future__ import annotations

import asyncio
import json
import re
import stat
import sys
from pathlib import Path

import pytest

from roomd.run import show_tokens
from tests.support.daemon import Daemon, free_port, roomd
from tests.support.small_room import HEAD, cli


def room(folder: Path, more: str = "") -> tuple[Path, int]:
    port = free_port()
    file = folder / "room.yaml"
    file.write_text(
        f"{HEAD}web: {{port: {port}}}\nnorthbound: {{mdns: {{enabled: false}}}}\n{more}"
    )
    return file, port


async def test_it_runs_until_it_is_asked_to_end(tmp_path: Path) -> None:
    file, port = room(tmp_path)
    async with Daemon.run(file, tmp_path / "data") as daemon:
        ready = await daemon.event("room.ready")
        assert ready["url"] == f"http://127.0.0.1:{port}"
        devices = await cli("devices", "--json", "--data", str(tmp_path / "data"))
        assert json.loads(devices.stdout)["devices"] == []
        told = await daemon.event("tokens.first")
        first = Path(told["file"])
        assert stat.S_IMODE(first.stat().st_mode) == 0o600
        tokens = dict(line.split() for line in first.read_text().splitlines())
        assert await daemon.status("/api/v1/room", tokens["presenter"]) == 200
        assert await daemon.end() == 0
    log = daemon.log.read_text()
    assert not any(token in log for token in tokens.values())
    assert not (tmp_path / "data" / "control.sock").exists()


async def test_a_bad_configuration_ends_only_a_strict_one(tmp_path: Path) -> None:
    file, _ = room(tmp_path, "idle_after: 5\n")
    strict = await roomd("run", "--config", file, "--data", tmp_path / "data", "--strict")
    assert strict.code == 78
    assert "room.yaml:5:13: idle_after" in strict.stderr


async def test_a_port_in_use_ends_with_78_and_names_it(tmp_path: Path) -> None:
    file, port = room(tmp_path)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    async with server:
        ended = await roomd("run", "--config", file, "--data", tmp_path / "data")
    assert ended.code == 78
    assert re.search(rf"port {port} is in use by \w+", ended.stderr)
    assert "Traceback" not in ended.stderr


def test_at_a_terminal_the_tokens_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show_tokens({"admin": "secret-word"}, tmp_path)
    assert capsys.readouterr().out.split() == ["admin", "secret-word"]
    assert list(tmp_path.iterdir()) == []
