"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source_tree import PACKAGES, ROOT

LONGEST_SLEEP_S = 0.05
EXEMPTION = re.compile(
    r"#\s*(noqa|type: ignore|pyright: ignore)(?P<code>[:\[][^#]*)?(?P<reason>#.*)?"
)


def python_files(*folders: str) -> list[Path]:
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*.py"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_mocks() -> None:
    word = "unittest" + ".mock"
    found = [relative(p) for p in python_files("tests") if word in p.read_text(encoding="utf-8")]
    assert found == [], "a simulator on a real wire, or a typed fake, instead"


def sleeps(tree: ast.AST) -> Iterator[tuple[int, float]]:
    """Yield line and seconds of each call of a function named `sleep` with a number.

    `clock.sleep` is left out: the clock of a test is moved by hand.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    attr="sleep", value=ast.Name(id="clock") | ast.Attribute(attr="clock")
                )
            ):
                pass
            case ast.Call(
                func=ast.Attribute(attr="sleep") | ast.Name(id="sleep"),
                args=[ast.Constant(value=int() | float() as seconds), *_],
            ):
                yield node.lineno, seconds
            case _:
                pass


def test_no_test_sleeps_long() -> None:
    found = [
        f"{relative(path)}:{line} sleeps {seconds} s"
        for path in python_files("tests")
        for line, seconds in sleeps(ast.parse(path.read_text(encoding="utf-8")))
        if seconds > LONGEST_SLEEP_S
    ]
    assert found == [], "wait for a state, or move the virtual clock"


def test_the_daemon_never_blocks_in_a_sleep() -> None:
    found = [
        relative(path)
        for path in python_files(*PACKAGES)
        if re.search(r"\btime\.sleep\(", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def unexplained(line: str, above: str = "") -> bool:
    """Say whether a line switches a check off without a code, or with no reason there or above."""
    found = EXEMPTION.search(line)
    if found is None:
        return False
    reason = found["reason"] or above.lstrip().startswith("#")
    return not (found["code"] and reason)


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "scripts", "bench"])
def test_every_exemption_has_a_code_and_a_reason(folder: str) -> None:
    found: list[str] = []
    for path in python_files(folder):
        lines = ["", *path.read_text(encoding="utf-8").splitlines()]
        if path != Path(__file__):
            pairs = enumerate(itertools.pairwise(lines), start=1)
            found += [
                f"{relative(path)}:{n}" for n, (above, line) in pairs if unexplained(line, above)
            ]
    assert found == []


def test_an_exemption_without_reason_is_seen() -> None:
    assert unexplained("x = 1  # noqa: E501")
    assert unexplained("x = 1  # type: ignore  # why")
    assert not unexplained("x = 1  # noqa: E501  # a table")
    assert not unexplained("x = 1  # noqa: E501", above="    # A table, easier to read so.")


def test_a_long_sleep_is_seen() -> None:
    assert list(sleeps(ast.parse("asyncio.sleep(0.3)"))) == [(1, 0.3)]
    assert list(sleeps(ast.parse("sleep(2)\ntime.sleep(1)"))) == [(1, 2), (2, 1)]
    assert list(sleeps(ast.parse("clock.sleep(3)\nrig.clock.sleep(3)"))) == []


def test_no_machine_is_named() -> None:
    """Documents and settings name no path of somebody's machine."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *(ROOT / "docs").rglob("*.md")]
    home = re.compile(r"/(root|home)/|/work/")
    assert [relative(p) for p in pages if home.search(p.read_text(encoding="utf-8"))] == []
