"""Words on availability topics that both ends share. Sources: Z2M, TASMOTA (docs/sources.md)."""

from __future__ import annotations

ONLINE = frozenset({"online", "Online"})
OFFLINE = frozenset({"offline", "Offline"})
"""Plain, or as `{"state": ...}`."""
