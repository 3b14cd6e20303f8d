"""`roomd run`: the real program, its exit codes, its first start, and its end."""

from __future__ import annotations

import json
from pathlib import Path

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
        assert await daemon.end() == 0
    assert not (tmp_path / "data" / "control.sock").exists()


async def test_a_first_start_lets_nobody_in_and_shows_the_code_of_set_up(tmp_path: Path) -> None:
    file, _ = room(tmp_path)
    data = str(tmp_path / "data")
    async with Daemon.run(file, tmp_path / "data") as daemon:
        told = await daemon.event("setup.needed")
        assert len(told["code"]) == 10
        assert list((tmp_path / "data" / "identity").glob("*token*")) == []
        token = (await cli("token", "add", "t", "--role", "presenter", "--data", data)).stdout
        assert await daemon.status("/api/v1/room", token.strip()) == 200
        assert (await cli("user", "add", "root", "--role", "admin", "--data", data)).code == 0
        assert await daemon.end() == 0
    assert token.strip() not in daemon.log.read_text()
    async with Daemon.run(file, tmp_path / "data") as again:
        assert await again.status("/api/v1/room", token.strip()) == 200
        assert await again.end() == 0
    assert again.log.read_text().count("setup.needed") == 1
