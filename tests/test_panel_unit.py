"""The panel's own checks, so that there is one test command: types, lint and format, unit tests."""

from __future__ import annotations

import pytest

from tests.support import node

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not (node.PANEL / "package.json").is_file(), reason="there is no panel yet"),
    pytest.mark.xdist_group("panel"),
]


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    node.install_tools()


@pytest.mark.parametrize(
    "name,args",
    [
        ("tsc", ["--noEmit"]),
        ("biome", ["ci", "."]),
        ("vitest", ["run"]),
    ],
    ids=["types", "lint", "units"],
)
def test_the_panel_is_clean(name: str, args: list[str]) -> None:
    done = node.tool(name, *args)
    assert done.returncode == 0, done.stdout
