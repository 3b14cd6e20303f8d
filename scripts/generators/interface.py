"""docs/interface.md and docs/openapi.json: what programs that talk to roomd rely on."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from roomd.web import answers, messages, metrics, openapi
from scripts.generators.json_schema import fields
from scripts.generators.marks import fill, table


def page(current: str) -> str:
    """Return the page with requests, messages and metrics as the daemon has them."""
    current = fill(current, "requests", _requests())
    current = fill(current, "client messages", _messages(messages.ClientMessage))
    current = fill(current, "server messages", _messages(answers.ServerMessage))
    return fill(current, "metrics", _metrics())


def description(_current: str) -> str:
    """Return the OpenAPI description, as the daemon serves it."""
    return json.dumps(openapi.describe(), indent=2, ensure_ascii=False) + "\n"


def _requests() -> str:
    rows = [
        (f"`{method.upper()} {path}`", _summary(operation), ", ".join(operation.get("x-roles", ())))
        for path, operations in openapi.describe()["paths"].items()
        for method, operation in operations.items()
    ]
    return table(("request", "what", "roles (empty: none needed)"), rows)


def _summary(operation: dict[str, Any]) -> str:
    """Return the handler's sentence without the request that it repeats."""
    _, _, rest = operation["summary"].rpartition("`")
    words: str = rest.lstrip(".: ") or operation["operationId"]
    return words[:1].upper() + words[1:]


def _messages(union: Any) -> str:
    schema = TypeAdapter[Any](union).json_schema()
    return "\n\n".join(
        f"#### `{model['properties']['type']['const']}`\n\n"
        f"{model.get('description', '')}\n\n{fields(model, schema['$defs'], linked=False)}"
        for _, model in sorted(schema["$defs"].items())
        if "const" in model.get("properties", {}).get("type", {})
    )


def _metrics() -> str:
    found = sorted(metrics.REGISTRY.collect(), key=lambda metric: metric.name)
    rows = [(f"`{m.name}`", m.type, m.documentation) for m in found]
    return table(("name", "type", "meaning"), rows)
