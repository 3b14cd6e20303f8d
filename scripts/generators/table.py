"""Which files are generated, and by what. A new one is a module here and a line in `GENERATED`."""

from __future__ import annotations

import importlib
from collections.abc import Callable

GENERATED: tuple[tuple[str, str], ...] = (
    ("configs/roomd.schema.json", "room_schema:text"),
    ("docs/ARCHITECTURE.md", "floors:page"),
    ("docs/cli.md", "cli:page"),
    ("docs/configuration.md", "configuration:page"),
    ("docs/drivers.md", "drivers:page"),
    ("docs/errors.md", "errors:page"),
    ("docs/interface.md", "interface:page"),
    ("docs/openapi.json", "interface:description"),
    ("docs/sources.md", "sources:page"),
    ("panel/src/i18n/codes.gen.ts", "panel:codes"),
    ("panel/src/i18n/it_codes.gen.ts", "panel:it_codes"),
    ("panel/src/wire/wire.gen.ts", "panel:wire"),
)
"""Path from the root, and the function that makes its text from the text there is ("" if none)."""


def maker(place: str) -> Callable[[str], str]:
    """Return the function that stands at `module:function`; only what is asked for is imported."""
    module, _, name = place.partition(":")
    made: Callable[[str], str] = getattr(
        importlib.import_module(f"scripts.generators.{module}"), name
    )
    return made
