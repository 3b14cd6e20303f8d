"""Strict YAML 1.2: the parser's event stream becomes our own tree, every value with its place.

Only `true` and `false` are booleans, integers have no leading zeros, all else stays text. Anchors,
aliases, merge keys, foreign tags, duplicate keys and directives are refused; what can be reported
together is reported together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from roomd.config.nodes import Broken, Entry, Mapping, Node, Scalar, Sequence, Tagged
from roomd.config.places import KeyPath, Place, Problem, Unreadable
from roomd.config.raw_checks import MAX_DEPTH, MAX_KEYS, decode

TAGS = frozenset({"!secret", "!env", "!include", "!include_dir"})
MAX_PROBLEMS = 100


@dataclass(slots=True)
class Budget:
    """What all files of one configuration may hold together."""

    keys: int = MAX_KEYS
    files: int = 256
    problems: list[Problem] = field(default_factory=list[Problem])


def read_text(raw: bytes, file: str, path: KeyPath, budget: Budget) -> Node:
    """Return the tree of one file.

    Problems that do not end the reading are added to `budget.problems`.

    Args:
        raw: the bytes of the file.
        file: its name in messages.
        path: keys above it, where it is included.
        budget: shared by all files of one configuration.

    Raises:
        Unreadable: nothing more can be read from this file.
    """
    text = decode(raw, file, path)
    reader = _Reader(file, budget, _events(text))
    try:
        return reader.document(path)
    except MarkedYAMLError as error:
        raise Unreadable(_syntax(error, reader.last, path)) from None
    except (YAMLError, ValueError, IndexError, AttributeError, TypeError, AssertionError):
        # The parser's own slips on broken input (a version number out of range, a tag cut short).
        raise Unreadable(Problem(reader.last, path, "yaml_syntax", {"problem": "?"})) from None


def _events(text: str) -> Iterator[Any]:
    yaml: Any = YAML(typ="safe", pure=True)
    return iter(yaml.parse(text))


def _syntax(error: Any, last: Place, path: KeyPath) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = last if mark is None else Place(last.file, mark.line + 1, mark.column + 1)
    return Problem(place, path, "yaml_syntax", {"problem": error.problem or error.context})


class _Reader:
    def __init__(self, file: str, budget: Budget, events: Iterator[Any]) -> None:
        self.file = file
        self.budget = budget
        self.events = events
        self.last = Place(file, 1, 1)

    def document(self, path: KeyPath) -> Node:
        self._next()  # start of the stream
        start = self._next()
        if isinstance(start, ev.StreamEndEvent):
            raise Unreadable(Problem(self.last, path, "file_empty"))
        if start.version is not None or start.tags:
            self._report(path, "yaml_directive")
        root = self._node(self._next(), path)
        self._next()  # end of the document
        if not isinstance(self._next(), ev.StreamEndEvent):
            raise Unreadable(Problem(self.last, path, "yaml_documents"))
        return root

    def _next(self) -> Any:
        event = next(self.events)
        self.last = self._place(event)
        return event

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        length = max(1, end.column - start.column) if end.line == start.line else 1
        return Place(self.file, start.line + 1, start.column + 1, length)

    def _report(self, path: KeyPath, code: str, place: Place | None = None, **params: Any) -> None:
        problem = Problem(place or self.last, path, code, params)
        if len(self.budget.problems) >= MAX_PROBLEMS:
            raise Unreadable(problem)
        self.budget.problems.append(problem)

    def _node(self, event: Any, path: KeyPath) -> Node:
        place = self.last
        if isinstance(event, ev.AliasEvent):
            self._report(path, "yaml_alias")
            return Broken(place)
        if event.anchor is not None:
            self._report(path, "yaml_anchor")
        if isinstance(event, ev.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= MAX_DEPTH:
            raise Unreadable(Problem(place, path, "too_deep", {"limit": MAX_DEPTH}))
        foreign = self._foreign_tag(event, path)
        node = self._mapping(path) if isinstance(event, ev.MappingStartEvent) else self._list(path)
        return Broken(place) if foreign else node

    def _scalar(self, event: Any, path: KeyPath) -> Node:
        tag = _tag(event)
        if tag in TAGS:
            return Tagged(self.last, tag, event.value)
        if self._foreign_tag(event, path):
            return Broken(self.last)
        return Scalar(self.last, event.value, plain=event.style is None)

    def _foreign_tag(self, event: Any, path: KeyPath) -> bool:
        tag = _tag(event)
        if not tag:
            return False
        code = "yaml_tag_form" if tag in TAGS else "yaml_tag"
        self._report(path, code, tag=tag.replace("tag:yaml.org,2002:", "!!"))
        return True

    def _mapping(self, path: KeyPath) -> Node:
        found = Mapping(self.last, {})
        while not isinstance(event := self._next(), ev.MappingEndEvent):
            self._entry(event, found, path)
        return found

    def _entry(self, event: Any, found: Mapping, path: KeyPath) -> None:
        self.budget.keys -= 1
        if self.budget.keys < 0:
            raise Unreadable(Problem(self.last, path, "too_many_keys", {"limit": MAX_KEYS}))
        place = self.last
        key = self._key(event, path)
        node = self._node(self._next(), (*path, key if key is not None else "?"))
        if key is None:
            return
        first = found.entries.get(key)
        if first is not None:
            where = {"key": key, "first": str(first.key_place), "second": str(place)}
            self._report((*path, key), "duplicate_key", place, **where)
            return
        found.entries[key] = Entry(place, node)

    def _key(self, event: Any, path: KeyPath) -> str | None:
        # One deeper, so that `? ? ? …` ends at the same depth as everything else.
        node = self._node(event, (*path, "?"))
        if not isinstance(node, Scalar):
            if not isinstance(node, Broken):
                self._report(path, "yaml_key", node.place)
            return None
        if node.plain and node.text == "<<":
            self._report(path, "yaml_merge", node.place)
            return None
        return node.text

    def _list(self, path: KeyPath) -> Node:
        found = Sequence(self.last, [])
        while not isinstance(event := self._next(), ev.SequenceEndEvent):
            found.items.append(self._node(event, (*path, len(found.items))))
        return found


def _tag(event: Any) -> str:
    return "" if event.ctag is None else str(event.ctag)
