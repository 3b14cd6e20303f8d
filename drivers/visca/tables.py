"""Numbers that both sides of VISCA share; their sources stand with them, the documents in docs/sources.md."""

from __future__ import annotations

import enum

TERMINATOR = 0xFF
LONGEST = 16
"""Bytes of a packet, terminator included; SRG-300H, p. 31."""
ZOOM_OPTICAL = 0x4000
"""Zoom position at the end of the optical range; PTZ-12X."""
ZOOM_LONGEST = 0x7AC0
"""Zoom position at the end of the digital range; believed."""
PAN_SPEED = 0x18
"""Fastest pan speed, 01..18; SRG-X400, p. 20."""
TILT_SPEED = 0x14
"""Fastest tilt speed, 01..14; UV950. Some cameras 17 (SRG-X400, p. 20) or 18."""
ZOOM_SPEED = 7
"""Fastest zoom speed, 0..7; PTZ-12X, p. 54."""
PRESETS = 0xFF
"""Presets are 00..FE; PTZ-12X."""
SPECIAL_PRESETS = range(0x5A, 0x64)
"""Left out of the range of presets by PTZ-12X; they run special functions (believed): refused unless allowed."""
SOCKETS = 2
"""Commands that a camera executes at once; SRG-HD1, p. 22."""


class Fault(enum.IntEnum):
    """Third byte of an error answer `z0 6y ee FF`; SRG-300H, p. 28. `01`: FCB, believed."""

    LENGTH = 0x01
    SYNTAX = 0x02
    BUFFER_FULL = 0x03
    CANCELLED = 0x04
    NO_SOCKET = 0x05
    NOT_NOW = 0x41


WORDS = {
    Fault.LENGTH: "length",
    Fault.SYNTAX: "syntax",
    Fault.BUFFER_FULL: "buffer_full",
    Fault.CANCELLED: "cancelled",
    Fault.NO_SOCKET: "no_socket",
    Fault.NOT_NOW: "not_now",
}
"""A device code for each, as people read it."""
