"""What no validation sees: plain text where a secret belongs, a shown secret, one language alone.

The tree is compared with the model's annotations, so it works on what does not validate too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

from roomd.config.known_keys import below
from roomd.config.models.texts import Words
from roomd.config.nodes import Mapping, Node, Scalar, Secret, Sequence
from roomd.config.places import KeyPath, PathPart, Problem

_SECRETS = (SecretStr, SecretBytes)


def look_through(model: type[BaseModel], node: Node, path: KeyPath) -> list[Problem]:
    """Return errors about secrets and warnings about names, in the order of the file."""
    return list(_walk([model], node, path))


def _walk(kinds: list[Any], node: Node, path: KeyPath) -> Iterator[Problem]:
    secret = any(kind in _SECRETS for kind in kinds)
    if isinstance(node, Scalar) and secret and node.text:
        yield Problem(node.place, path, "secret_in_plain", {"key": str(path[-1])})
    elif isinstance(node, Secret) and not secret:
        yield Problem(node.place, path, "secret_shown")
    elif isinstance(node, Mapping) and Words in kinds and len(node.entries) == 1:
        yield from _one_language(node, path)
    for part, item in _items(node):
        inner = [kind for one in kinds for kind in below(one, part)]
        if inner and Any not in inner:
            yield from _walk(inner, item, (*path, part))


def _one_language(node: Mapping, path: KeyPath) -> Iterator[Problem]:
    (given,) = node.entries
    if given in {"zh", "en"}:
        yield Problem(node.place, path, "one_language", {"given": given}, "warning")


def _items(node: Node) -> Iterator[tuple[PathPart, Node]]:
    if isinstance(node, Mapping):
        yield from ((key, entry.node) for key, entry in node.entries.items())
    elif isinstance(node, Sequence):
        yield from enumerate(node.items)
