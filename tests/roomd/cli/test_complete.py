"""What TAB offers, asked as bash asks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from roomd.cli import app
from tests.support.small_room import small_room


def ask(*words: str) -> list[str]:
    """Return what is offered after `roomd WORDS`, the last one unfinished."""
    environment = {
        "_ROOMD_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("roomd", *words)),
        "COMP_CWORD": str(len(words)),
    }
    found = CliRunner().invoke(app, [], prog_name="roomd", env=environment)
    assert found.stderr == ""
    return found.stdout.split()


async def test_devices_and_commands_of_the_running_daemon(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        data = ("--data", str(room.data))
        assert await asyncio.to_thread(ask, "send", *data, "l") == ["lift.main", "lights.cove"]
        assert await asyncio.to_thread(ask, "trace", *data, "ma") == ["matrix.main"]
        commands = await asyncio.to_thread(ask, "send", *data, "matrix.main", "")
        assert "route" in commands
        assert "up" not in commands


def test_without_a_daemon_nothing_is_offered_and_nothing_is_said(tmp_path: Path) -> None:
    assert ask("send", "--data", str(tmp_path), "l") == []


@pytest.mark.parametrize("words, expected", [(("dem",), "demo"), (("config", "ro"), "rollback")])
def test_verbs(words: tuple[str, ...], expected: str) -> None:
    assert ask(*words) == [expected]


def test_drivers() -> None:
    from roomd.cli.complete import drivers  # noqa: PLC0415  # as the command line imports it

    assert "lift_ff5" in drivers("lift_")
