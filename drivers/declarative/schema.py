"""A definition file becomes a model, or every reason why not with its place. Nothing here knows of frames on a wire."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from drivers.declarative.model import Definition
from drivers.declarative.problems import WORDS, DefinitionError, KeyPath, Place, Problem
from drivers.declarative.reader import Node, read
from drivers.declarative.shapes import mapping


@dataclass(frozen=True, slots=True)
class Loaded:
    """A definition with the places of all its values."""

    definition: Definition
    root: Node
    file: str

    def problem(self, path: KeyPath, code: str, **params: Any) -> Problem:
        """Return a problem at the value that `path` leads to."""
        place, found = self.root.at(path)
        return Problem(place, found, code, params)


def load(path: Path) -> Loaded:
    """Read one definition.

    Raises:
        DefinitionError: it is not one; all reasons, with file, line and column.
        OSError: the file cannot be read.
    """
    return parse(path.read_bytes(), str(path))


def parse(raw: bytes, file: str) -> Loaded:
    """Read one definition from bytes; `file` is its name in messages.

    Raises:
        DefinitionError: as `load`.
    """
    root = read(raw, file)
    try:
        definition = Definition.model_validate(root.plain())
    except ValidationError as error:
        raise DefinitionError(_problems(error, root)) from None
    loaded = Loaded(definition, root, file)
    problems = [*_state_problems(loaded), *_form_problems(loaded), *_motion_problems(loaded)]
    if problems:
        raise DefinitionError(problems)
    return loaded


def _problems(error: ValidationError, root: Node) -> list[Problem]:
    found: dict[tuple[Place, str], Problem] = {}
    for item in error.errors():
        problem = _problem(item, root)
        found.setdefault((problem.place, problem.code), problem)
    return list(found.values())


def _problem(item: Any, root: Node) -> Problem:
    loc: KeyPath = tuple(item["loc"])
    place, path = root.at(loc)
    match item["type"]:
        case "extra_forbidden":
            key = str(loc[-1])
            return _unknown_key(root.key_place(path), path, key, _siblings(path))
        case "missing":
            return Problem(place, path, "missing_key", {"key": loc[-1]})
        case str(code) if code in WORDS:
            return Problem(place, path, code)
        case _:
            return Problem(place, path, "bad_value", {"why": item["msg"]})


def _unknown_key(place: Place, path: KeyPath, key: str, known: list[str]) -> Problem:
    near = difflib.get_close_matches(key, known, 1)
    if near:
        return Problem(place, path, "unknown_key_near", {"key": key, "suggestion": near[0]})
    return Problem(place, path, "unknown_key", {"key": key})


def _siblings(path: KeyPath) -> list[str]:
    """Return the keys that may stand beside the last part of `path`, as far as models say it."""
    model: Any = Definition
    for part in path[:-1]:
        fields = mapping(getattr(model, "model_fields", None)) or {}
        field = fields.get(str(part))
        if field is None:
            continue
        model = _model_in(field.annotation) or model
    names = getattr(model, "model_fields", {})
    return [field.alias or name for name, field in names.items()]


def _model_in(annotation: Any) -> Any:
    if hasattr(annotation, "model_fields"):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _state_problems(loaded: Loaded) -> Iterator[Problem]:
    for name, value in loaded.definition.state.items():
        try:
            list(loaded.definition.model_copy(update={"state": {name: value}}).points())
        except ValidationError as error:
            first = error.errors()[0]
            yield loaded.problem(("state", name, *first["loc"]), "bad_value", why=first["msg"])


def _form_problems(loaded: Loaded) -> Iterator[Problem]:
    definition = loaded.definition
    expects = False
    for name, command in definition.commands.items():
        if len(command.forms()) != 1:
            yield loaded.problem(("commands", name), "no_form")
        expects = expects or isinstance(command.expect, str)
    if definition.receive is not None and len(definition.receive.forms()) != 1:
        why = "exactly one of lines, fixed, length_at, between"
        yield loaded.problem(("receive",), "bad_value", why=why)
    if expects and definition.receive is None and definition.link.type in {"serial", "tcp", "udp"}:
        yield loaded.problem(("commands",), "no_receive")


def _motion_problems(loaded: Loaded) -> Iterator[Problem]:
    motion, commands = loaded.definition.motion, loaded.definition.commands
    if motion is None:
        return
    if "stop" not in commands:
        yield loaded.problem(("motion",), "no_stop")
    for way in ("up", "down"):
        name = getattr(motion, way).command
        if name not in commands:
            yield loaded.problem(("motion", way, "command"), "unknown_command", name=name)
