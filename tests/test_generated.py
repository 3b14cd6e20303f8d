"""What a program writes is what is in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.generators.marks import fill, table
from scripts.generators.table import GENERATED, maker

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name,place", GENERATED, ids=[name for name, _ in GENERATED])
def test_no_generated_file_is_stale(name: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    current = (ROOT / name).read_text(encoding="utf-8") if (ROOT / name).is_file() else ""
    assert maker(place)(current) == current, f"{name} is stale: run scripts/generate"


def test_a_part_is_filled_and_the_rest_is_kept() -> None:
    page = "above\n<!-- generated: x -->\nold\n<!-- /generated -->\nbelow\n"
    assert fill(page, "x", "new") == page.replace("old", "new")


def test_a_page_without_the_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="generated: x"):
        fill("nothing here", "x", "new")


def test_a_cell_cannot_break_its_table() -> None:
    assert table(("a",), [("x|y\nz",)]).splitlines()[-1] == r"| x\|y z |"
