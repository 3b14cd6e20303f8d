"""Where drivers are looked up; tests pass a table of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drivers.spec import DriverSpec


@dataclass(frozen=True, slots=True)
class DriverTable:
    """The two questions that checking asks of the registry."""

    find: Callable[[str], DriverSpec | None]
    """Driver id -> driver, or None. May raise `ImportError` where an extra is not installed."""
    ids: Callable[[], list[str]]
    """All ids, for suggestions."""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Id -> SHA-256 of its file, of a site's own definitions."""
