"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, or something, with a role."""

    user: str
    role: str
    session: str = field(default="", repr=False)
    """Secret id of the browser session; empty for a bearer token."""
    token: str = field(default="", repr=False)
    """SHA-256 of the token behind it; empty where an account, a join code or file permissions said who it is."""
    device: str = ""
    """Id of the paired device."""
    clearance: str = ""
    """Up to which label its account may read; empty where it has none."""


NOBODY = Principal("", "none")
