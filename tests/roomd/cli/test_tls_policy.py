"""The files for managed computers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from roomd.cli.tls_policy import policies


def test_each_file_names_the_authority() -> None:
    found = policies("PEM")
    assert found["roomd-ca.crt"] == "PEM"
    policy = json.loads(found["firefox/policies.json"])["policies"]["Certificates"]
    assert policy["Install"] == ["roomd-ca.crt"]
    assert "certutil -addstore" in found["windows/install.cmd"]
    assert found["windows/install.cmd"].endswith("\r\n")


def test_the_shell_script_is_one(tmp_path: Path) -> None:
    script = tmp_path / "install.sh"
    script.write_text(policies("PEM")["debian/install.sh"])
    subprocess.run(["sh", "-n", str(script)], check=True)
