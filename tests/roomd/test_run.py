"""`roomd run`: the real program, its exit codes, its first tokens, and its end."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from roomd.run import show_tokens
from tests.support.daemon import Daemon, free_port
from tests.support.small_room import HEAD, cli


def room(folder: Path) -> tuple[Path, int]:
    port = free_port()
    file = folder / "room.yaml"
    file.write_text(f"{HEAD}web: {{port: {port}}}\nnorthbound: {{mdns: {{enabled: false}}}}\n")
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


def test_at_a_terminal_the_tokens_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show_tokens({"admin": "secret-word"}, tmp_path)
    assert capsys.readouterr().out.split() == ["admin", "secret-word"]
    assert list(tmp_path.iterdir()) == []
