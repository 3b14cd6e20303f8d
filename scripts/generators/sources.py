"""docs/sources.md: the rows that each family keeps in docs/sources.d/, in one table."""

from __future__ import annotations

from pathlib import Path

from scripts.generators.marks import fill

HEAD = "| id | document | revision | date | how obtained | seen | facts taken |"


def page(current: str) -> str:
    """Return the page with all rows, by family and then as the family has them.

    Raises:
        ValueError: a row has another number of cells than the head.
    """
    parts: list[str] = []
    for path in sorted(Path("docs/sources.d").glob("*.md")):
        rows = [row for row in path.read_text(encoding="utf-8").splitlines() if _is_row(row)]
        for row in rows:
            if _cells(row) != _cells(HEAD):
                raise ValueError(f"{path}: not {_cells(HEAD)} cells: {row}")
        parts.append("\n".join([f"## {path.stem}", "", HEAD, "|" + " --- |" * _cells(HEAD), *rows]))
    return fill(current, "sources", "\n\n".join(parts) or "None yet.")


def _is_row(line: str) -> bool:
    first = line.split("|")[1].strip() if line.startswith("|") else ""
    return first not in {"", "id"} and set(first) - set("-: ") != set()


def _cells(row: str) -> int:
    return row.replace("\\|", "").count("|") - 1
