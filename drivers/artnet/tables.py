"""Numbers that both ends of Art-Net and sACN share. Sources: ARTNET, SACN (docs/sources.md)."""

from __future__ import annotations

from typing import Literal

ARTNET_PORT = 6454
"""UDP port of Art-Net. ARTNET."""
SACN_PORT = 5568
"""UDP port of sACN. SACN."""
SLOTS = 512
"""Slots of one universe; each 0..255."""
RECEIVER_GIVES_UP = 2.5
"""Seconds without a packet after which an sACN receiver counts the source as lost. SACN, believed."""

Fixture = Literal["dimmer", "dimmer_16bit", "warm_cold", "dimmer_cct"]
WIDTH: dict[Fixture, int] = {"dimmer": 1, "dimmer_16bit": 2, "warm_cold": 2, "dimmer_cct": 2}
"""Slots that a fixture takes."""
TUNABLE: frozenset[Fixture] = frozenset({"warm_cold", "dimmer_cct"})
"""Fixtures whose colour temperature can be set."""
