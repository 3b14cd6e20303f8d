"""The two commands of the README, as far as they can be tried without changing the machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ["scripts/bootstrap", "scripts/demo", "scripts/generate", "scripts/test", ".ci/run"]


def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_sound_and_executable(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert run("bash", "-n", name).returncode == 0


@pytest.mark.parametrize("arguments", [[], ["--for"], ["--for", "fun"], ["demo"]])
def test_bootstrap_says_how_it_is_used(arguments: list[str]) -> None:
    done = run("scripts/bootstrap", *arguments)
    assert done.returncode == 2
    assert "usage: scripts/bootstrap --for demo|test" in done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH of stand-ins: Debian that lacks every package, an ordinary user, no sudo."""
    programs = {
        "apt-get": 'echo "apt-get $*" >> "$LOG"',
        "dpkg-query": "exit 1",
        "id": "echo ${FAKE_ID:-1000}",
        "uv": "echo uv 9.9.9",
    }
    for name, body in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    for name in ("bash", "cat", "dirname", "env", "grep", "mktemp", "rm", "tail", "sh"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    return tmp_path


def bootstrap(machine: Path, **env: str) -> subprocess.CompletedProcess[str]:
    plain = {"PATH": str(machine), "LOG": str(machine / "log"), "CI": "", **env}
    return run("scripts/bootstrap", "--for", "demo", **plain)


def test_an_ordinary_user_is_told_what_to_ask_for_and_goes_on(machine: Path) -> None:
    done = bootstrap(machine)
    assert done.returncode == 0
    assert "请管理员运行：apt-get install ca-certificates mosquitto" in done.stderr
    assert "Ask your administrator to run: apt-get install ca-certificates mosquitto" in done.stderr
    assert done.stdout == f"{machine}/uv\n"
    assert not (machine / "log").exists()


def test_in_ci_a_missing_package_ends_it(machine: Path) -> None:
    assert bootstrap(machine, CI="true").returncode == 1


def test_root_installs_what_is_missing_and_says_so(machine: Path) -> None:
    done = bootstrap(machine, FAKE_ID="0")
    assert done.returncode == 0
    assert "installing with apt: ca-certificates mosquitto" in done.stderr
    installed = (machine / "log").read_text()
    assert "apt-get update" in installed
    assert "--no-install-recommends ca-certificates mosquitto" in installed


def test_sudo_is_used_where_it_needs_no_question(machine: Path) -> None:
    (machine / "sudo").write_text('#!/bin/sh\n[ "$1" = -n ] && exit 0\necho "sudo $*" >> "$LOG"\n')
    (machine / "sudo").chmod(0o755)
    assert bootstrap(machine).returncode == 0
    assert "sudo apt-get update" in (machine / "log").read_text()


def test_ci_skips_nothing_for_want_of_a_program() -> None:
    text = (ROOT / ".ci/run").read_text()
    for variable in ("CI=true", "ROOMD_REQUIRE_PANEL=1", "ROOMD_REQUIRE_PEERS=1"):
        assert variable in text
