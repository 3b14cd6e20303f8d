"""docs/interface.md: the messages of the WebSocket, from the models that check them."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from roomd.web import messages
from scripts.generators.json_schema import fields
from scripts.generators.marks import fill


def page(current: str) -> str:
    """Return the page with the messages that a client may send."""
    schema = TypeAdapter[Any](messages.ClientMessage).json_schema()
    parts = [
        f"#### `{model['properties']['type']['const']}`\n\n"
        f"{model.get('description', '')}\n\n{fields(model, linked=False)}"
        for _, model in sorted(schema["$defs"].items())
        if "type" in model.get("properties", {})
    ]
    return fill(current, "client messages", "\n\n".join(parts))
