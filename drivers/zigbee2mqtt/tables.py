"""Numbers and words that both ends share. Source: Z2M (docs/sources.md)."""

from __future__ import annotations

BRIGHTNESS_MAX = 254
"""`brightness` of full light; 0 is off. Z2M."""
MIRED_MIN = 153
MIRED_MAX = 500
"""Ends of `color_temp` in mired (1,000,000 / kelvin). Z2M; a lamp's own ends are narrower."""
ON = "ON"
OFF = "OFF"
"""Values of `state`. Z2M."""
ONLINE = "online"
OFFLINE = "offline"
"""Values of availability and of the bridge's state. Z2M."""
