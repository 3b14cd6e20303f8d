from __future__ import annotations

import json
from pathlib import Path

from tests.support import npm_peers

PRINT = """
for (const name of process.argv.slice(2)) {
  const found = require(name + '/package.json')
  console.log(JSON.stringify([found.name, found.version]))
}
"""


def locked() -> dict[str, str]:
    wanted: dict[str, str] = json.loads((npm_peers.LOCKED / "package.json").read_text())[
        "dependencies"
    ]
    return wanted


async def test_node_finds_the_locked_versions(tmp_path: Path) -> None:
    script = tmp_path / "print.js"
    script.write_text(PRINT)
    async with npm_peers.running(script, *locked()) as process:
        out, errors = await process.communicate()
    found = dict(json.loads(line) for line in out.splitlines())
    assert found == locked(), errors.decode()


def test_the_lock_names_no_host() -> None:
    text = (npm_peers.LOCKED / "package-lock.json").read_text()
    assert "resolved" not in text
    assert "http" not in text
