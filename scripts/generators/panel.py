"""What the panel takes from the daemon: the messages of the WebSocket, and the words for codes."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from roomd.messages import LANGUAGES, table
from roomd.web.answers import ServerMessage
from roomd.web.bodies import components
from roomd.web.messages import ClientMessage
from scripts.generators.typescript import HEAD, declarations, type_of

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
