"""docs/errors.md: every code with its words in both languages, from `roomd/messages`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from scripts.generators.marks import fill, table

TABLE = Path("roomd/messages")


def page(current: str) -> str:
    """Return the page with the codes as the message table has them."""
    chinese = {code: words for _, code, words in _lines("zh")}
    sections: dict[str, list[tuple[str, str, str]]] = {}
    for title, code, english in _lines("en"):
        sections.setdefault(title, []).append((f"`{code}`", chinese[code], english))
    parts = [
        f"### {title[:1].upper()}{title[1:]}\n\n" + table(("code", "中文", "English"), rows)
        for title, rows in sections.items()
    ]
    return fill(current, "errors", "\n\n".join(parts))


def _lines(language: str) -> list[tuple[str, str, str]]:
    """Return heading (the comment above), code and words of each line."""
    found: list[tuple[str, str, str]] = []
    title = ""
    for line in (TABLE / f"{language}.yaml").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            title = re.sub(r" \([a-z]+\.md[^)]*\)", "", line.lstrip("# ").rstrip("."))
        elif line:
            code, _, words = line.partition(": ")
            found.append((title, code, json.loads(words)))
    return found
