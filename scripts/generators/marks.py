"""A generated part inside a page that people write."""

from __future__ import annotations

from collections.abc import Sequence

END = "<!-- /generated -->"


def fill(page: str, name: str, body: str) -> str:
    """Return the page with `body` between `<!-- generated: name -->` and `<!-- /generated -->`.

    Raises:
        ValueError: the page has no such mark, or the part has no end.
    """
    start = f"<!-- generated: {name} -->"
    before, found, rest = page.partition(start)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"no part {start} ... {END}")
    return f"{before}{start}\n{body.strip()}\n{END}{after}"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table; cells are made safe for it."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
