"""Older `schema:` versions become the current one in memory, by pure functions.

The file itself is never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from roomd.config.models.room import SCHEMA
from roomd.config.nodes import Mapping as MappingNode
from roomd.config.nodes import Scalar

Migration = tuple[str, Callable[[MappingNode], MappingNode]]
"""The version that comes out, and the function that makes it."""

MIGRATIONS: Mapping[str, Migration] = {}
"""Older version -> its next step. Empty: `roomd.room/1` is the first."""


def migrated(
    root: MappingNode, table: Mapping[str, Migration] = MIGRATIONS, newest: str = SCHEMA
) -> MappingNode:
    """Return the room file in the newest version that its steps lead to.

    An unknown version stays as it is.
    """
    for _ in range(len(table) + 1):
        entry = root.entries.get("schema")
        node = None if entry is None else entry.node
        if entry is None or not isinstance(node, Scalar) or node.text == newest:
            return root
        step = table.get(node.text)
        if step is None:
            return root
        version, change = step
        root = change(root)
        root.entries["schema"].node = Scalar(node.place, version, plain=True)
    return root
