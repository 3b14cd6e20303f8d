"""The child that signs: what it leaves, and that it keeps an authority that is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from roomd.identity.ca import names_of
from roomd.identity.signing import CA_CERT, CA_KEY, LEAF_CERT, sign

WANTED: dict[str, Any] = {
    "room": "r1",
    "hosts": ["r1.local"],
    "addresses": ["127.0.0.1"],
    "networks": [],
    "now": 1_795_000_000.0,
}


def test_it_leaves_four_private_files(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    program = [sys.executable, "-m", "roomd.identity.signing", str(folder)]
    subprocess.run(program, input=json.dumps(WANTED), text=True, check=True, timeout=60)
    assert sorted(p.name for p in folder.iterdir()) == ["ca.crt", "ca.key", "leaf.crt", "leaf.key"]
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_authority_that_is_there_stays_unless_another_is_wished(tmp_path: Path) -> None:
    sign(tmp_path, WANTED)
    before = (tmp_path / CA_CERT).read_bytes()
    sign(tmp_path, {**WANTED, "hosts": ["r1.local", "r2.local"]})
    assert (tmp_path / CA_CERT).read_bytes() == before
    assert names_of((tmp_path / LEAF_CERT).read_bytes()) == {"r1.local", "r2.local", "127.0.0.1"}
    sign(tmp_path, {**WANTED, "new_ca": True})
    assert (tmp_path / CA_CERT).read_bytes() != before


def test_what_cannot_be_read_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    sign(tmp_path, WANTED)
    (tmp_path / CA_KEY).write_text("no key")
    leaf = (tmp_path / LEAF_CERT).read_bytes()
    with pytest.raises(ValueError, match=r"\w"):
        sign(tmp_path, WANTED)
    assert (tmp_path / LEAF_CERT).read_bytes() == leaf
