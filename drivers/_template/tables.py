"""Step 4a. Names and numbers that both ends share: enums, checksums, limits.

The codec and the simulator may both import this file. The simulator must not import the codec, else a wrong constant
would agree with itself; so what both need to know stands here. Source: TEMPLATE (docs/sources.md), a protocol that was
made up for this driver:

    us      SET <address> <level>      set a lantern's level
    it      OK <address> <level>         done
    it      ERR <address> <reason>       not done
    us      GET <address>              ask for it
    it      IS <address> <level>         the answer; also sent unasked when somebody turns the knob

Lines are ASCII and end with CR LF. Several lanterns, addresses 1 to 9, may share one line. Levels are 0 to 100 percent.
"""

from __future__ import annotations

END = b"\r\n"
"""TEMPLATE."""
LONGEST = 32
"""Bytes of the longest line, its end included; a longer one is rubbish. TEMPLATE."""
PORT = 4999
"""TCP port. TEMPLATE."""
FIRST, LAST = 1, 9
"""Addresses. TEMPLATE."""
BRIGHTEST = 100
"""Percent. TEMPLATE."""
RANGE = "RANGE"
"""Reason: there is no such level. TEMPLATE."""
BROKEN = "BROKEN"
"""Reason: the lantern cannot. TEMPLATE."""
