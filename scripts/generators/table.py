"""Which files are generated, and by what. A new one is a module here and a line in `GENERATED`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scripts.generators import configuration, errors, floors, interface, panel, sources

GENERATED: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("docs/ARCHITECTURE.md", floors.page),
    ("docs/configuration.md", configuration.page),
    ("docs/errors.md", errors.page),
    ("docs/interface.md", interface.page),
    ("docs/openapi.json", interface.description),
    ("docs/sources.md", sources.page),
    ("panel/src/i18n/codes.gen.ts", panel.codes),
    ("panel/src/wire/wire.gen.ts", panel.wire),
)
"""Path from the root, and the function that makes its text from the text there is ("" if none)."""


def stale(root: Path) -> list[tuple[Path, str]]:
    """Return the files that are not what they should be, each with the text it should have."""
    found: list[tuple[Path, str]] = []
    for name, make in GENERATED:
        path = root / name
        current = path.read_text(encoding="utf-8") if path.is_file() else ""
        wanted = make(current)
        if wanted != current:
            found.append((path, wanted))
    return found
