"""Every act that the daemon records has words, in both languages; they are found in the source, not listed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomd.messages import LANGUAGES, table
from roomd.web.routes.session import WAYS

ROOT = Path(__file__).parents[3]


def acts() -> Iterator[str]:
    """Return the acts named in calls of `Entry(...)` and `note(request, ...)`."""
    for path in (ROOT / "roomd").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            place = {"Entry": 0, "note": 1}.get(name)
            if place is not None and len(node.args) > place:
                given = node.args[place]
                either = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
                for one in either:
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        yield one.value
    yield from (act for act, _ in WAYS.values())


@pytest.mark.parametrize("act", sorted(set(acts())))
def test_an_act_has_words(act: str) -> None:
    for language in LANGUAGES:
        assert table(language).get(f"act.{act}"), f"act.{act} in {language}.yaml"


def test_there_are_many() -> None:
    assert len(set(acts())) > 30
