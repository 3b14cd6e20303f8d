"""The systemd unit: it loads, it is narrow, and it starts verbs that exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from typer.testing import CliRunner

from roomd.cli import app as command_line
from tests.support.programs import require_program

UNIT = Path(__file__).parents[1] / "packaging/roomd.service"
EXPOSURE = 2.0
"""`systemd-analyze security` gives a plain unit 9.2."""


def test_the_unit_is_narrow() -> None:
    analyze = require_program("systemd-analyze")
    done = subprocess.run(
        [analyze, "security", "--offline=yes", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"exposure level for roomd\.service: ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert float(found[1]) < EXPOSURE


def test_a_directive_stands_once_or_is_a_list() -> None:
    lists = {"SystemCallFilter", "DeviceAllow"}
    names = [
        line.partition("=")[0]
        for line in UNIT.read_text(encoding="utf-8").splitlines()
        if line and line[0] not in "#["
    ]
    assert {n for n in names if names.count(n) > 1} <= lists


def test_it_starts_and_stops_by_verbs_that_exist() -> None:
    lines = dict(
        line.split("=", 1) for line in UNIT.read_text("utf-8").splitlines() if line[:4] == "Exec"
    )
    for name, verb in (("ExecStart", "run"), ("ExecStopPost", "stop")):
        program, *args = lines[name].split()
        assert program.endswith("/bin/roomd")
        assert args[0] == verb
        told = CliRunner().invoke(command_line, [*args, "--help"])
        assert told.exit_code == 0
