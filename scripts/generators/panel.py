"""What the panel takes from the daemon: the messages of the WebSocket, and the words for codes."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from roomd.messages import LANGUAGES, table
from roomd.web import messages
from scripts.generators.typescript import HEAD, declarations, type_of

UNIONS = ("ClientMessage", "ServerMessage")
"""Names in `roomd.web.messages` whose types the panel uses."""


def wire(_current: str) -> str:
    """Return `wire.gen.ts`."""
    found: dict[str, Any] = {n: vars(messages)[n] for n in UNIONS if n in vars(messages)}
    parts: list[str] = [HEAD]
    seen: set[str] = set()
    for name, union in found.items():
        schema = TypeAdapter[Any](union).json_schema(mode="validation")
        definitions = {k: v for k, v in schema.pop("$defs", {}).items() if k not in seen}
        seen |= set(definitions)
        parts += [declarations(definitions), f"export type {name} = {type_of(schema)}"]
    return "\n\n".join(parts) + "\n"


def codes(_current: str) -> str:
    """Return `codes.gen.ts`: code -> words, in each language the same codes."""
    parts = [HEAD]
    for language in LANGUAGES:
        words = json.dumps(dict(table(language)), ensure_ascii=False, indent=2)
        parts.append(f"export const {language} = {words} as const")
    parts += [
        "export type Code = keyof typeof zh",
        "export const codes: Readonly<Record<'zh' | 'en', Readonly<Record<Code, string>>>> = { zh, en }",
    ]
    return "\n\n".join(parts) + "\n"
