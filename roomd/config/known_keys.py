"""Which keys a model knows at a place, and which of them people may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from roomd.config.places import KeyPath


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return key -> annotation of a model, keys as they are written in YAML."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def known_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Return the keys that `model` allows in the mapping at `path`."""
    found: list[Any] = [model]
    for part in path:
        found = [inner for kind in found for inner in below(kind, part)]
    return sorted({key for kind in found if _is_model(kind) for key in keys_of(kind)})


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that `word` most likely stands for, or None."""
    found = difflib.get_close_matches(word.lower(), list(choices), n=1, cutoff=0.6)
    return found[0] if found else None


def branches(annotation: Any) -> list[Any]:
    """Return the types that an annotation allows, `Annotated` and unions taken apart."""
    if get_origin(annotation) is Annotated:
        return branches(get_args(annotation)[0])
    if get_origin(annotation) in {dict, list}:
        return [annotation]
    parts = get_args(annotation)
    if parts and not _is_model(annotation):
        return [kind for part in parts for kind in branches(part)]
    return [annotation]


def below(kind: Any, part: str | int) -> list[Any]:
    """Return the types that may stand under a key or position of a value of type `kind`."""
    if _is_model(kind):
        annotation = keys_of(kind).get(str(part))
        return [] if annotation is None else branches(annotation)
    if get_origin(kind) in {dict, list}:
        return branches(get_args(kind)[-1])
    return []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
