"""A definition, checked through and with its templates read: what devices are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from drivers.declarative import messages, pipes
from drivers.declarative.checks import CHECKS
from drivers.declarative.frames import FrameError, HexTemplate, Template, template
from drivers.declarative.model import Command, Definition, HttpPart, Observe, Poll, PublishPart
from drivers.declarative.motion import motion_points
from drivers.declarative.options import settings_model
from drivers.declarative.problems import DefinitionError, KeyPath, Problem
from drivers.declarative.schema import Loaded, load
from drivers.declarative.shapes import mapping, sequence

Sending = Command | Poll
BUILT_IN_NAMES = frozenset({"_", "len", "value"})


@dataclass(frozen=True, slots=True)
class Asking:
    """A command or a poll with its templates."""

    part: Sending
    frame: Template | None
    """None for `publish` and `http`."""
    expect: Template | None
    error: Template | None


@dataclass(frozen=True)
class Plan:
    """See the module."""

    definition: Definition
    settings: type[BaseModel]
    commands: dict[str, Asking]
    polls: tuple[Asking, ...]
    observe: tuple[tuple[Observe, Template | None], ...]
    place: Path
    bare: bool
    """Answers do not name their question."""


def read_plan(path: Path) -> Plan:
    """Read a definition and check all of it.

    Raises:
        DefinitionError: every reason, with file, line and column.
        OSError: the file cannot be read.
    """
    return make_plan(load(path), path)


def make_plan(loaded: Loaded, path: Path) -> Plan:
    """Check what the models cannot: frames, names, defaults.

    Raises:
        DefinitionError: every reason.
    """
    return _Planner(loaded).plan(path)


class _Planner:
    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.definition = loaded.definition
        self.problems: list[Problem] = []
        self.options = set(self.definition.options)
        self.points = [name for name, _ in self.definition.points()]
        if self.definition.motion is not None:
            self.points += [p.name for p in motion_points(self.definition.kind)]
        self.points.append("fault")

    def plan(self, path: Path) -> Plan:
        commands = {name: self._command(name, c) for name, c in self.definition.commands.items()}
        single = not isinstance(self.definition.poll, list)
        polls = tuple(
            self._asking(p, ("poll",) if single else ("poll", i), set())
            for i, p in enumerate(self.definition.polls)
        )
        observe = tuple((o, self._observe(i, o)) for i, o in enumerate(self.definition.observe))
        self._receive()
        settings = self._settings()
        if self.problems or settings is None:
            raise DefinitionError(self.problems)
        asked = [*commands.values(), *polls]
        return Plan(self.definition, settings, commands, polls, observe, path, _bare(asked))

    def _report(self, path: KeyPath, code: str, **params: Any) -> None:
        self.problems.append(self.loaded.problem(path, code, **params))

    # -- commands and polls ---------------------------------------------------------------------------------------

    def _command(self, name: str, command: Command) -> Asking:
        args = set(command.args) | (set(self.points) if command.merge else set[str]())
        path = ("commands", name)
        if command.key is not None:
            self._names(pipes.names_in(command.key), args, (*path, "key"))
        self._points(command.confirm, args, (*path, "confirm"))
        for arg, part in command.args.items():
            for bound in ("min", "max"):
                value = getattr(part, bound)
                if isinstance(value, str):
                    self._names(pipes.names_in(value), set(), (*path, "args", arg, bound))
        return self._asking(command, path, args)

    def _asking(self, part: Sending, path: KeyPath, args: set[str]) -> Asking:
        frame = None
        if part.hex is not None:
            frame = self._sent("hex", part.hex, part, args, (*path, "hex"))
        elif part.text is not None:
            frame = self._sent("text", part.text, part, args, (*path, "text"))
        for key, body in (("publish", part.publish), ("http", part.http)):
            if body is not None:
                self._body(body, args, (*path, key))
        expect = self._expected(part, part.expect, (*path, "expect"))
        error = self._expected(part, part.error, (*path, "error"))
        caught = set(expect.names) if expect is not None else set[str]()
        self._points(part.set, args | caught, (*path, "set"))
        return Asking(part, frame, expect, error)

    def _sent(
        self,
        kind: Literal["hex", "text"],
        text: str,
        part: Sending,
        args: set[str],
        path: KeyPath,
    ) -> Template | None:
        found = self._template(kind, text, part.order, path)
        if found is not None:
            self._names(found.names, args, path)
            if "_" in text and "{_}" in text:
                self._report(path, "unknown_name", name="_")
        return found

    def _expected(self, part: Sending, text: object, path: KeyPath) -> Template | None:
        if not isinstance(text, str):
            return None
        kind: Literal["hex", "text"] = "hex" if part.hex is not None else "text"
        return self._template(kind, text, part.order, path)

    def _template(
        self, kind: Literal["hex", "text"], text: str, order: Any, path: KeyPath
    ) -> Template | None:
        try:
            found = template(kind, text, order)
        except FrameError as error:
            self._report(path, "bad_frame", why=str(error))
            return None
        if isinstance(found, HexTemplate) and len(text) > 6 * 1024:
            self._report(path, "frame_too_long")
        return found

    def _body(self, part: PublishPart | HttpPart, args: set[str], path: KeyPath) -> None:
        place = ("topic", part.topic) if isinstance(part, PublishPart) else ("path", part.path)
        for key, text in (place, ("json", part.json_), ("text", part.text)):
            for leaf, where in _leaves(text, (*path, key)):
                try:
                    self._names(pipes.names_in(leaf), args, where)
                except ValueError as error:
                    self._report(where, "bad_frame", why=str(error))

    def _names(self, names: Iterable[str], args: set[str], path: KeyPath) -> None:
        for name in names:
            if name not in args and name not in self.options and name not in BUILT_IN_NAMES:
                self._report(path, "unknown_name", name=name)

    def _points(self, sets: dict[str, Any], names: set[str], path: KeyPath) -> None:
        for point, value in sets.items():
            where = (*path, point)
            if not any(_covers(declared, point) for declared in self.points):
                self._report(where, "unknown_point", name=point)
            for text in (point, value):
                if isinstance(text, str):
                    try:
                        self._names(pipes.names_in(text), names, where)
                    except ValueError as error:
                        self._report(where, "bad_value", why=str(error))

    # -- the rest -------------------------------------------------------------------------------------------------

    def _observe(self, number: int, part: Observe) -> Template | None:
        path = ("observe", number)
        found = None
        if part.hex is not None:
            found = self._template("hex", part.hex, part.order, (*path, "hex"))
        elif part.text is not None:
            found = self._template("text", part.text, part.order, (*path, "text"))
        elif part.topic is None:
            self._report(path, "bad_value", why="one of hex, text, topic")
        names = set(found.names) if found is not None else set[str]()
        self._points(part.set, names, (*path, "set"))
        if part.topic is not None:
            self._paths(part, path)
        return found

    def _paths(self, part: Observe, path: KeyPath) -> None:
        for point, value in part.set.items():
            if isinstance(value, str) and "{" not in value:
                try:
                    pipes.parse(value)
                except ValueError as error:
                    self._report((*path, "set", point), "bad_value", why=str(error))

    def _receive(self) -> None:
        receive = self.definition.receive
        if receive is None:
            return
        if receive.check is not None and receive.check.type not in CHECKS:
            self._report(("receive", "check", "type"), "unknown_check", name=receive.check.type)
            return
        try:
            messages.framing(receive)
        except FrameError as error:
            self._report(("receive",), "bad_frame", why=str(error))

    def _settings(self) -> type[BaseModel] | None:
        needed: set[str] = set()
        model: type[BaseModel] | None = None
        try:
            model = settings_model(self.definition)
            needed = {n for n, o in self.definition.options.items() if o.default is None}
            model.model_validate({})
        except ValidationError as error:
            for item in error.errors():
                if item["type"] != "missing" or item["loc"][0] not in needed:
                    where = ("options", str(item["loc"][0]), "default")
                    self._report(where, "bad_value", why=item["msg"])
            return model
        except (TypeError, ValueError) as error:
            self._report(("options",), "bad_value", why=str(error))
            return None
        return model


def _leaves(body: Any, path: KeyPath) -> Iterator[tuple[str, KeyPath]]:
    keyed, listed = mapping(body), sequence(body)
    if keyed is not None:
        for key, below in keyed.items():
            yield from _leaves(below, (*path, key))
    elif listed is not None:
        for number, below in enumerate(listed):
            yield from _leaves(below, (*path, number))
    elif isinstance(body, str):
        yield body, path


def _covers(declared: str, wanted: str) -> bool:
    """Return whether `out.*.input` is the declaration of `out.{out}.input`."""
    one, other = declared.split("."), wanted.split(".")
    return len(one) == len(other) and all(
        a in (b, "*") or ("{" in b and a == "*") for a, b in zip(one, other, strict=True)
    )


def _bare(asked: list[Asking]) -> bool:
    """Return whether two questions share one answer, or an error does not say whose it is."""
    answers = [a.expect.text for a in asked if a.expect is not None]
    return len(set(answers)) < len(answers) or any(a.error is not None for a in asked)
