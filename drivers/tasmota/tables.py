"""Words and numbers that both ends share. Source: TASMOTA (docs/sources.md); maker's pages unverified."""

from __future__ import annotations

CT_MIN = 153
CT_MAX = 500
"""Ends of `CT` in mired (1,000,000 / kelvin). TASMOTA."""
RELAYS = 32
"""POWER1..POWER32, at most (believed)."""
ONLINE = "Online"
OFFLINE = "Offline"
"""Last will on `tele/<topic>/LWT`, retained. TASMOTA."""
