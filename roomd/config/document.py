"""A room file with all that it includes, as one tree whose values keep their own places."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from roomd.config.files import inside, read_bytes
from roomd.config.nodes import Broken, Entry, Mapping, Node, Sequence, Tagged
from roomd.config.places import KeyPath, Place, Problem, Unreadable
from roomd.config.secrets import Secrets
from roomd.config.yaml_reader import Budget, read_text

MAX_INCLUDES = 8


@dataclass(slots=True)
class Document:
    """What was read, what was wrong with it, and of which bytes it is made."""

    root: Node | None
    """None where not even the room file itself could be read."""
    problems: list[Problem]
    files: dict[Path, bytes] = field(default_factory=dict[Path, bytes])
    """Every file that was read, secrets left out, with its bytes."""
    labels: dict[str, Path] = field(default_factory=dict[str, Path])
    """Name in messages -> file, for showing source lines; secrets left out."""

    @property
    def sha256(self) -> str:
        """Return one hash over names and bytes of all files, in hexadecimal."""
        digest = hashlib.sha256()
        for path, raw in sorted(self.files.items()):
            digest.update(f"{path.name}\0{len(raw)}\0".encode())
            digest.update(raw)
        return digest.hexdigest()


def read_document(path: Path, secrets: Secrets, text: bytes | None = None) -> Document:
    """Read a room file and everything it includes. Never raises for what stands in the files.

    Args:
        path: the room file.
        secrets: where `!secret` finds its values.
        text: what is read in the place of the room file's own bytes; None: those.
    """
    document = Document(None, [])
    _Loader(path, secrets, document, text).run()
    return document


class _Loader:
    def __init__(
        self, path: Path, secrets: Secrets, document: Document, text: bytes | None
    ) -> None:
        self.main = path
        self.folder = path.parent
        self.secrets = secrets
        self.document = document
        self.text = text
        self.budget = Budget(problems=document.problems)

    def run(self) -> None:
        at = Place(str(self.main), 1, 1)
        try:
            self.document.root = self._file(self.main, at, (), ())
        except Unreadable as error:
            self.document.problems.append(error.problem)

    def _file(self, path: Path, at: Place, keys: KeyPath, above: tuple[Path, ...]) -> Node:
        self.budget.files -= 1
        if self.budget.files < 0:
            raise Unreadable(Problem(at, keys, "too_many_files", {}))
        instead = self.text if not above else None
        raw = read_bytes(path, at, keys) if instead is None else instead
        self.document.files[path] = raw
        self.document.labels[str(path)] = path
        root = read_text(raw, str(path), keys, self.budget)
        return self._expand(root, keys, (*above, path.resolve()))

    def _expand(self, node: Node, keys: KeyPath, above: tuple[Path, ...]) -> Node:
        """Replace every tagged value below `node`; a bad one is reported and becomes `Broken`."""
        if isinstance(node, Mapping):
            for key, entry in node.entries.items():
                entry.node = self._expand(entry.node, (*keys, key), above)
        elif isinstance(node, Sequence):
            node.items = [self._expand(n, (*keys, i), above) for i, n in enumerate(node.items)]
        elif isinstance(node, Tagged):
            try:
                return self._tagged(node, keys, above)
            except Unreadable as error:
                self.document.problems.append(error.problem)
                return Broken(node.place)
        return node

    def _tagged(self, node: Tagged, keys: KeyPath, above: tuple[Path, ...]) -> Node:
        if node.tag in {"!secret", "!env"}:
            return self.secrets.resolve(node, keys)
        target = self._target(node, keys, above)
        if node.tag == "!include":
            return self._one(target, node, keys, above)
        return self._folder(target, node, keys, above)

    def _target(self, node: Tagged, keys: KeyPath, above: tuple[Path, ...]) -> Path:
        # Not `resolve()`d: messages name the file as people wrote it.
        target = Path(node.place.file).parent / node.argument
        if not node.argument or not inside(self.folder, target):
            raise Unreadable(Problem(node.place, keys, "include_outside", {"name": node.argument}))
        if len(above) >= MAX_INCLUDES:
            raise Unreadable(Problem(node.place, keys, "include_depth", {"limit": MAX_INCLUDES}))
        return target

    def _one(self, target: Path, node: Tagged, keys: KeyPath, above: tuple[Path, ...]) -> Node:
        if target.resolve() in above:
            raise Unreadable(Problem(node.place, keys, "include_cycle", {"name": target.name}))
        return self._file(target, node.place, keys, above)

    def _folder(self, target: Path, node: Tagged, keys: KeyPath, above: tuple[Path, ...]) -> Node:
        if not target.is_dir():
            raise Unreadable(Problem(node.place, keys, "not_a_folder", {"name": target.name}))
        parts: list[Node] = []
        for file in sorted(target.glob("*.yaml")):
            if not inside(self.folder, file):
                raise Unreadable(Problem(node.place, keys, "include_outside", {"name": file.name}))
            parts.append(self._one(file, node, keys, above))
        return self._joined(parts, node, keys)

    def _joined(self, parts: list[Node], node: Tagged, keys: KeyPath) -> Node:
        """Join the files of a folder: mappings into one mapping, lists into one list."""
        if any(isinstance(part, Sequence) for part in parts):
            whole = Sequence(node.place, [])
            for part in parts:
                if isinstance(part, Sequence):
                    whole.items.extend(part.items)
                else:
                    self._report(part.place, keys, "include_mixed")
            return whole
        merged = Mapping(node.place, {})
        for part in parts:
            if isinstance(part, Mapping):
                self._merge(part, merged, keys)
            else:
                self._report(part.place, keys, "include_mixed")
        return merged

    def _merge(self, part: Mapping, merged: Mapping, keys: KeyPath) -> None:
        for key, entry in part.entries.items():
            first = merged.entries.get(key)
            if first is None:
                merged.entries[key] = Entry(entry.key_place, entry.node)
                continue
            where = {"key": key, "first": str(first.key_place), "second": str(entry.key_place)}
            self._report(entry.key_place, (*keys, key), "duplicate_key", **where)

    def _report(self, place: Place, keys: KeyPath, code: str, **params: str) -> None:
        self.document.problems.append(Problem(place, keys, code, params))
