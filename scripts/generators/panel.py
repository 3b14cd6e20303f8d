"""What the panel takes from the daemon: the messages of the WebSocket, and the words for codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from roomd.messages import LANGUAGES, table
from roomd.web.answers import ServerMessage
from roomd.web.bodies import components
from roomd.web.messages import ClientMessage
from scripts.generators.typescript import HEAD, declarations, type_of

ROOT = Path(__file__).parents[2]
UNIONS: dict[str, Any] = {"ClientMessage": ClientMessage, "ServerMessage": ServerMessage}
"""What goes over the WebSocket, either way."""


def wire(_current: str) -> str:
    """Return `wire.gen.ts`: the messages of the WebSocket and the bodies of HTTP."""
    parts: list[str] = [HEAD]
    seen: set[str] = set()
    for name, union in UNIONS.items():
        schema = TypeAdapter[Any](union).json_schema(mode="validation")
        definitions = {k: v for k, v in schema.pop("$defs", {}).items() if k not in seen}
        seen |= set(definitions)
        parts += [declarations(definitions), f"export type {name} = {type_of(schema)}"]
    bodies = {name: body for name, body in components().items() if name not in seen}
    return "\n\n".join([*parts, declarations(bodies)]) + "\n"


FOR_IT = ("configuration", "daemon and command line", "acts")
"""How sections of the table begin whose words only the admin page shows."""


def codes(_current: str) -> str:
    """Return `codes.gen.ts`: code -> words, in each language the same codes; without those for IT people."""
    found = _words(lambda code: code not in codes_for_it())
    return "\n\n".join([*found, "export const codes = { zh, en }"]) + "\n"


def it_codes(_current: str) -> str:
    """Return `it_codes.gen.ts`: the words that only the admin page needs."""
    found = _words(lambda code: code in codes_for_it())
    return "\n\n".join([*found, "export const itCodes = { zh, en }"]) + "\n"


def _words(wanted: Callable[[str], bool]) -> list[str]:
    parts = [HEAD]
    for language in LANGUAGES:
        words = {code: text for code, text in table(language).items() if wanted(code)}
        shown = json.dumps(words, ensure_ascii=False, indent=2)
        parts.append(f"export const {language}: Readonly<Record<string, string>> = {shown}")
    return parts


@cache
def codes_for_it() -> frozenset[str]:
    """Return the codes of the sections in `FOR_IT`."""
    found: set[str] = set()
    inside = False
    for line in (ROOT / "roomd/messages/en.yaml").read_text("utf-8").splitlines():
        if line.startswith("#"):
            inside = line.removeprefix("#").strip().startswith(FOR_IT)
        elif inside and ":" in line:
            found.add(line.partition(":")[0].strip())
    return frozenset(found)
