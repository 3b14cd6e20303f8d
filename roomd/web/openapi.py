"""`GET /api/v1/openapi.json`: made from the route table, so that it cannot say what is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from roomd import __version__
from roomd.identity.roles import PERMISSIONS
from roomd.web.answers import OutcomeProblem, ProblemBody
from roomd.web.bodies import REQUESTS, RESPONSES, Arguments, components

SPECIAL: Mapping[tuple[str, str], dict[str, Any]] = {
    ("GET", "/api/v1/ws"): {"101": {"description": "WebSocket; see docs/interface.md."}},
    ("DELETE", "/api/v1/session"): {"204": {"description": "Forgotten."}},
    ("GET", "/api/v1/devices/{device}/preview.jpg"): {
        "200": {
            "description": "The picture.",
            "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
}
"""Answers that are no JSON object."""


def describe() -> dict[str, Any]:
    """Return the description of the whole HTTP interface."""
    from roomd.web.server import ROUTES  # noqa: PLC0415  # the table's module imports this one when it is asked

    paths: dict[str, dict[str, Any]] = {}
    for method, path, permission, handler in ROUTES:
        operation = _operation(method, path, permission, handler.__doc__ or "")
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "roomd",
            "version": __version__,
            "description": "One meeting room: devices, state, commands, STOP.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "roomd"},
            },
        },
    }


def _operation(method: str, path: str, permission: str | None, text: str) -> dict[str, Any]:
    summary = text.strip().splitlines()[0] if text.strip() else path
    found: dict[str, Any] = {
        "summary": summary,
        "operationId": _operation_id(method, path),
        "responses": {
            "200": _json(RESPONSES.get((method, path)), "Done."),
            "default": _json(ProblemBody, "Refused or failed.", "application/problem+json"),
        },
        "security": [] if permission is None else [{"bearer": []}, {"session": []}],
    }
    if permission is not None:
        found["x-permission"] = permission
        found["x-roles"] = sorted(PERMISSIONS[permission])
    names: list[str] = re.findall(r"{(\w+)}", path)
    if names:
        found["parameters"] = [
            {"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names
        ]
    wanted = REQUESTS.get((method, path))
    if wanted is not None:
        found["requestBody"] = {"content": {"application/json": {"schema": _ref(wanted)}}}
    if wanted is Arguments:
        # A command that was taken ends in an outcome, whatever the status.
        refused = found["responses"]["default"]["content"]["application/problem+json"]
        refused["schema"] = {"anyOf": [_ref(OutcomeProblem), _ref(ProblemBody)]}
    special = SPECIAL.get((method, path))
    if special is not None:
        del found["responses"]["200"]
        found["responses"] |= special
    return found


def _operation_id(method: str, path: str) -> str:
    words = re.sub(r"[{}]", "", path.removeprefix("/api/v1/")).replace(".", "_")
    return f"{method.lower()}_{words.replace('/', '_')}"


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _json(
    model: type[BaseModel] | None, description: str, media: str = "application/json"
) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"} if model is None else dict(_ref(model))
    return {"description": description, "content": {media: {"schema": schema}}}
