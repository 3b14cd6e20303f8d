"""`!secret name` and `!env NAME`: where secret values come from.

They leave this module only inside `SecretStr`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from roomd.config.files import read_bytes
from roomd.config.nodes import Mapping as MappingNode
from roomd.config.nodes import Node, Scalar, Secret, Tagged
from roomd.config.places import KeyPath, Place, Problem, Unreadable
from roomd.config.yaml_reader import Budget, read_text

FILE = "secrets.yaml"
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")


class Secrets:
    """The secrets of one room.

    `secrets.yaml` beside the room file, else in the data folder, else systemd's.

    The file must be readable by its owner only (0600), or every `!secret` is an error.
    """

    def __init__(
        self, folders: tuple[Path, ...], environment: Mapping[str, str] | None = None
    ) -> None:
        self._folders = folders
        self._environment = os.environ if environment is None else environment
        self._known: dict[str, str] | None = None
        self.files: list[Path] = []
        """Files that were read."""

    def resolve(self, node: Tagged, path: KeyPath) -> Node:
        """Return the secret that a tag names.

        Raises:
            Unreadable: no such secret, a name that is not a plain word, or a file that others may
            read.
        """
        if not _WORD.match(node.argument):
            raise Unreadable(Problem(node.place, path, "secret_name", {"tag": node.tag}))
        value = self._from_environment(node) if node.tag == "!env" else self._from_file(node, path)
        if value is None:
            code = "env_missing" if node.tag == "!env" else "secret_missing"
            raise Unreadable(Problem(node.place, path, code, {"name": node.argument}))
        return Secret(node.place, node.argument, SecretStr(value))

    def _from_environment(self, node: Tagged) -> str | None:
        return self._environment.get(node.argument)

    def _from_file(self, node: Tagged, path: KeyPath) -> str | None:
        if self._known is None:
            self._known = self._read(node.place, path)
        found = self._known.get(node.argument)
        return found if found is not None else self._credential(node.argument)

    def _credential(self, name: str) -> str | None:
        folder = self._environment.get("CREDENTIALS_DIRECTORY")
        file = Path(folder, name) if folder else None
        if file is None or not file.is_file():
            return None
        return file.read_text("utf-8").removesuffix("\n")

    def _read(self, at: Place, path: KeyPath) -> dict[str, str]:
        for folder in self._folders:
            file = folder / FILE
            if file.exists():
                self.files.append(file)
                return _parse(read_bytes(file, at, path, private=True), file, at, path)
        return {}


def _parse(raw: bytes, file: Path, at: Place, path: KeyPath) -> dict[str, str]:
    """Return name -> secret. Whatever is wrong is said without a word of the file's content."""
    budget = Budget()
    try:
        root = read_text(raw, str(file), (), budget)
    except Unreadable as error:
        place = error.problem.place
        code = error.problem.code
    else:
        if isinstance(root, MappingNode) and not budget.problems and _flat(root):
            return {key: _text(entry.node) for key, entry in root.entries.items()}
        place = budget.problems[0].place if budget.problems else root.place
        code = budget.problems[0].code if budget.problems else "secrets_form"
    params = {"name": file.name, "line": place.line, "column": place.column, "why": code}
    raise Unreadable(Problem(at, path, "secrets_broken", params))


def _flat(root: MappingNode) -> bool:
    return all(isinstance(entry.node, Scalar) for entry in root.entries.values())


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""
