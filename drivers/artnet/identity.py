"""Who we are to sACN nodes: made from the machine, so it is the same after every start."""

from __future__ import annotations

import uuid

NAMESPACE = uuid.UUID("5b1f0c35-6f0d-4d6e-9a53-0d7f3b8e3a11")
"""Made once for roomd's sources."""


def cid(chosen: uuid.UUID | None) -> uuid.UUID:
    """Return the chosen identity, or the machine's own: derived from its network address."""
    return chosen or uuid.uuid5(NAMESPACE, f"{uuid.getnode():012x}")
