"""Samsung MDC's numbers, shared by codec and simulator. Sources: MDC-1, MDC-2; see docs/sources.md.

    us      AA cmd id len data... sum          a command; without data it asks
    it      AA FF id len 41|4E cmd data... sum    the answer: 41 yes, with the value; 4E no, with an error number

`sum` is the low byte of the sum from `cmd` to the last data byte.
"""

from __future__ import annotations

import enum

PORT = 1515
"""TCP port. MDC-1."""
BAUD = 9600
"""RS-232, 8N1. MDC-1."""
HEADER = 0xAA
"""First byte of every frame, both ways; it may stand in data too. MDC-1, MDC-2."""
ANSWER = 0xFF
"""Where a command has its number. MDC-1, MDC-2."""
ACK, NAK = 0x41, 0x4E
"""`A` and `N`. MDC-1, MDC-2."""
FIRST, LAST = 0, 253
"""Display ids. `FE` means all of them and is never answered (MDC-2), so it is not offered."""
LOUDEST = 100
"""Volume, 0..100. MDC-2."""
NO_SOUND = 0xFF
"""Volume and mute of a model without sound. MDC-1."""
ON, OFF = 1, 0
"""Power and mute. MDC-1, MDC-2."""


class Command(enum.IntEnum):
    """Command numbers. MDC-1; power, volume and input also MDC-2."""

    STATUS = 0x00
    """Power, volume, mute, input, picture size, two timers, in one answer."""
    ERRORS = 0x0D
    """Lamp, temperature, light sensor, signal, degrees, fan."""
    POWER = 0x11
    VOLUME = 0x12
    MUTE = 0x13
    INPUT = 0x14


USUAL = {"hdmi1": 0x21, "hdmi2": 0x23, "displayport1": 0x25, "dvi": 0x18, "pc": 0x14}
"""Inputs that are offered where the room file names none. MDC-1, MDC-2."""
TWINS = {0x1F: 0x18, 0x22: 0x21, 0x24: 0x23, 0x32: 0x31, 0x34: 0x33}
"""Numbers that are only ever reported (a computer on HDMI, video on DVI) -> the one that selects. MDC-1, MDC-2."""
BANNER = b"MDCSTART<<TLS>>"
"""What a display that demands encryption says first, without a line end. MDC-1, MDC-3."""


def checksum(body: bytes) -> int:
    """Return the last byte of a frame; `body` is what stands between header and sum. MDC-1."""
    return sum(body) % 256
