"""PJLink's words, shared by codec and simulator. Sources: PJLINK-LIBS, PJLINK-2, PJLINK-QUIRKS."""

from __future__ import annotations

PORT = 4352
"""TCP for commands, UDP for search and notices. PJLINK-LIBS."""
LINE = 136
"""Bytes of one line without its end, at most. PJLINK-LIBS."""
ANSWER = 5.0
"""Seconds for an answer; then the connection is closed, because the late one would be taken for the next."""
SILENCE = 60.0
"""Seconds after a power command in which silence says nothing: some units do not answer at all. PJLINK-QUIRKS."""
POWER = {"0": "off", "1": "on", "2": "cooling", "3": "warming"}
"""Answer to `POWR ?`. PJLINK-LIBS."""
ON_THE_WAY = frozenset({"warming", "cooling"})
KINDS = {
    "1": "rgb",
    "2": "video",
    "3": "digital",
    "4": "storage",
    "5": "network",
    "6": "internal",
}
"""First character of an input; `internal` is class 2 only. PJLINK-LIBS, PJLINK-2."""
FAULTS = ("fan", "lamp", "temperature", "cover", "filter", "other")
"""What the six digits of `ERST` are about, in order. PJLINK-LIBS."""
CLASS_TWO = frozenset(
    "FREZ SVOL MVOL FILT SNUM SVER INNM IRES RRES RLMP RFIL SRCH ACKN LKUP".split()  # noqa: SIM905  # easier to read
)
"""Commands that only class 2 has; they begin with `%2`. PJLINK-2."""
BOTH_CLASSES = frozenset({"INPT", "INST"})
"""Commands that class 2 widened; a class 2 unit is asked with `%2`. PJLINK-2; unverified for every maker."""
NOTICES = frozenset({"LKUP", "POWR", "INPT", "ERST"})
"""What a class 2 unit says unasked over UDP. PJLINK-2."""

OPEN = "pjlink/open"
"""Told to the connection: connect again."""
FRESH = "pjlink/fresh"
"""Told by the connection: a new connection begins."""
CLOSED = "pjlink/closed"
"""Told by the connection: it was closed, or could not be opened."""
NOTE = "pjlink/note"
"""Told by the connection: a UDP notice arrived; the payload is its datagram."""
