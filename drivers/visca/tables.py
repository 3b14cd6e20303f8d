"""Numbers that both sides of VISCA share. Sources: VISCA-1 (Sony EVI-D100, EVI-H100S), VISCA-2 (Datavideo PTC-150)."""

from __future__ import annotations

import enum

TERMINATOR = 0xFF
LONGEST = 16
"""Bytes of a packet, terminator included; VISCA-1."""
ZOOM_OPTICAL = 0x4000
"""Zoom position at the end of the optical range; VISCA-1."""
PAN_SPEED = 0x18
"""Fastest pan speed, 01..18; VISCA-1."""
TILT_SPEED = 0x14
"""Fastest tilt speed, 01..14 (some cameras 17 or 18); VISCA-1."""
ZOOM_SPEED = 7
"""Fastest zoom speed, 0..7; VISCA-1."""
SPECIAL_PRESETS = range(0x5A, 0x64)
"""Presets that run special functions on some makes (believed): refused unless allowed."""
SOCKETS = 2
"""Commands that a camera executes at once; VISCA-1."""
PICTURE = 0.02
"""Seconds of one picture: a camera takes one command in each; VISCA-2."""


class Fault(enum.IntEnum):
    """Second byte of an error answer `z0 6y ee FF`; VISCA-1."""

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
