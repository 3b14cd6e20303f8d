"""A tree becomes a model.

Pydantic's errors become problems with places.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from roomd import messages
from roomd.config.known_keys import known_keys, nearest
from roomd.config.look_through import look_through
from roomd.config.nodes import (
    Broken,
    Node,
    Scalar,
    Secret,
    Spot,
    decimal,
    locate,
    plain,
)
from roomd.config.places import KeyPath, Place, Problem

ModelT = TypeVar("ModelT", bound=BaseModel)

_TYPES = {
    "string_type": "expected_text",
    "int_type": "expected_integer",
    "int_parsing": "expected_integer",
    "int_from_float": "expected_integer",
    "float_type": "expected_number",
    "float_parsing": "expected_number",
    "bool_type": "expected_boolean",
    "bool_parsing": "expected_boolean",
    "dict_type": "expected_mapping",
    "model_type": "expected_mapping",
    "model_attributes_type": "expected_mapping",
    "list_type": "expected_list",
    "tuple_type": "expected_list",
    "string_sub_type": "expected_text",
    "bytes_type": "expected_text",
    "union_tag_invalid": "expected_mapping",
    "finite_number": "expected_number",
}
_PYDANTIC = frozenset(get_args(ErrorType))
"""Kinds of pydantic itself; every other kind is an error code of ours or of a driver."""
_LIMITS = {
    "greater_than": ("value_too_low", "gt"),
    "greater_than_equal": ("value_too_low", "ge"),
    "less_than": ("value_too_high", "lt"),
    "less_than_equal": ("value_too_high", "le"),
    "string_too_short": ("text_too_short", "min_length"),
    "string_too_long": ("text_too_long", "max_length"),
    "too_short": ("list_too_short", "min_length"),
    "too_long": ("list_too_long", "max_length"),
}


def check(
    model: type[ModelT], node: Node, path: KeyPath, key_place: Place
) -> tuple[ModelT | None, list[Problem]]:
    """Validate the tree `node` that stands at `path`.

    Returns:
        The model and its warnings; or None and what is wrong, every place of it.
    """
    problems = look_through(model, node, path)
    try:
        found = _validate(model, node, plain(node))
    except ValidationError as error:
        return None, [*problems, *_problems(error, model, node, path, key_place)]
    except (TypeError, AttributeError, KeyError):
        # A driver's own validator that expected text met something else (`travel: 17`).
        return None, [*problems, Problem(key_place, path, "bad_value", {"reason": "wrong type"})]
    broken = any(problem.severity == "error" for problem in problems)
    return (None if broken else found), problems


def _validate(model: type[ModelT], node: Node, data: Any) -> ModelT:
    """Validate as strict JSON; unquoted decimals become numbers where a number is asked for."""
    for _ in range(8):
        try:
            return _strict(model, data)
        except ValidationError as error:
            if not _decimals(error, node, data):
                raise
    return _strict(model, data)


def _strict(model: type[ModelT], data: Any) -> ModelT:
    return model.model_validate_json(json.dumps(data), strict=True)


def _decimals(error: ValidationError, node: Node, data: Any) -> bool:
    changed = False
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        spot = locate(node, detail["loc"])
        changed = _replace(data, spot.path, decimal(spot.node)) or changed
    return changed


def _replace(data: Any, path: KeyPath, number: float | None) -> bool:
    if number is None or not path:
        return False
    for part in path[:-1]:
        data = data[part]
    if data[path[-1]] == number:
        return False
    data[path[-1]] = number
    return True


def _problems(
    error: ValidationError, model: type[BaseModel], node: Node, path: KeyPath, key_place: Place
) -> list[Problem]:
    found: list[Problem] = []
    for detail in error.errors(include_input=False, include_url=False):
        spot = locate(node, detail["loc"], key_place)
        if not isinstance(spot.node, Broken):
            found.append(_problem(detail, spot, model, path))
    return found


def _problem(detail: ErrorDetails, spot: Spot, model: type[BaseModel], path: KeyPath) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    where = (*path, *spot.path)
    last = detail["loc"][-1] if detail["loc"] else ""
    if kind == "extra_forbidden":
        return _unknown_key(str(last), spot, known_keys(model, spot.path[:-1]), where)
    if kind == "missing":
        return Problem(spot.key_place, where, "missing_key", {"key": str(last)})
    if kind in _LIMITS:
        code, name = _LIMITS[kind]
        return Problem(spot.node.place, where, code, {"limit": context[name]})
    if kind in {"literal_error", "enum"}:
        return _choice(str(context["expected"]), spot, where)
    code, params = _value_problem(kind, context, spot.node)
    return Problem(_value(spot), where, code, params)


def _value_problem(kind: str, context: dict[str, Any], node: Node) -> tuple[str, dict[str, Any]]:
    if kind in _TYPES:
        return _TYPES[kind], {}
    if kind == "string_pattern_mismatch":
        return "bad_form", {"pattern": context["pattern"]}
    if kind == "value_error":
        # A driver's own words may repeat the value.
        reason = "" if isinstance(node, Secret) else str(context.get("error", ""))
        return "bad_value", {"reason": reason}
    if kind in _PYDANTIC or not messages.known(kind):
        return "bad_value", {"reason": kind}
    return kind, dict(context)


def _unknown_key(key: str, spot: Spot, known: list[str], where: KeyPath) -> Problem:
    params: dict[str, Any] = {"key": key}
    suggestion = nearest(key, known)
    if suggestion is not None:
        params["suggestion"] = suggestion
    # The path names the mapping that holds the key: the key itself stands in the sentence.
    return Problem(spot.key_place, where[:-1], "unknown_key", params)


def _choice(expected: str, spot: Spot, where: KeyPath) -> Problem:
    allowed = [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]
    params: dict[str, Any] = {"allowed": ", ".join(allowed)}
    suggestion = nearest(spot.node.text, allowed) if isinstance(spot.node, Scalar) else None
    if suggestion is not None:
        params["suggestion"] = suggestion
    return Problem(_value(spot), where, "not_one_of", params)


def _value(spot: Spot) -> Place:
    """Return where the caret goes: the value where it is one word, else its key."""
    return spot.node.place if isinstance(spot.node, Scalar | Secret) else spot.key_place
