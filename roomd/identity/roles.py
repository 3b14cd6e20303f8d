"""The one table of rights: permission -> roles. What is not here is denied."""

from __future__ import annotations

from typing import Final, Literal

Role = Literal[
    "none",
    "display",
    "attendee",
    "presenter",
    "operator",
    "reader",
    "admin",
    "security",
    "auditor",
    "integration",
]
ROLES: Final[tuple[Role, ...]] = (
    "display",
    "attendee",
    "presenter",
    "operator",
    "reader",
    "admin",
    "security",
    "auditor",
    "integration",
)
"""Every role that a credential can give; `none` is the absence of one."""

EVERYBODY: Final = frozenset({"none", *ROLES})
_WHO_RUNS: Final = frozenset({"presenter", "operator"})
_ADMINISTERS: Final = frozenset({"admin", "security"})

PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    "room.stop": EVERYBODY,
    "session.open": EVERYBODY,
    "session.own": frozenset(ROLES),
    "state.read": frozenset({"display", "presenter", "operator", "admin", "integration"}),
    "device.command": frozenset({"presenter", "operator", "admin"}),
    "device.hold": frozenset({"presenter", "operator", "admin"}),
    "device.stop": frozenset(ROLES),
    "scene.run": frozenset({"presenter", "operator", "admin"}),
    "scene.learn": frozenset({"admin"}),
    "interlock.override": frozenset({"operator"}),
    "latch.reset": frozenset({"admin"}),
    "audit.read": frozenset({"auditor"}),
    "audit.verify": frozenset({"auditor"}),
    "audit.seal": frozenset({"auditor"}),
    "audit.export": frozenset({"auditor"}),
    "anchor.read": _WHO_RUNS | {"display", "auditor"},
    "device.look_after": frozenset({"admin"}),
    "room.why": _WHO_RUNS | {"admin"},
    "config.read": frozenset({"admin"}),
    "config.change": frozenset({"admin"}),
    "diagnostics": frozenset({"admin"}),
    "metrics.read": frozenset({"integration", "admin"}),
    "simulators": frozenset({"admin"}),
    "tls.read": frozenset({"admin"}),
    "tls.change": frozenset({"admin"}),
    "clock.confirm": frozenset({"admin"}),
    "join.show": _WHO_RUNS | {"display"},
    "join.renew": _WHO_RUNS,
    "device.pin": _WHO_RUNS,
    "pair.open": frozenset({"admin"}),
    "account.read": _ADMINISTERS,
    "account.create": frozenset({"admin"}),
    "account.grant": frozenset({"security"}),
    "account.password": frozenset({"admin", "security", "auditor", "reader", "operator"}),
    "token.read": _ADMINISTERS,
    "token.create": frozenset({"admin"}),
    "token.revoke": _ADMINISTERS,
}
"""Permission -> the roles that have it (trust.md 8)."""


def authorize(role: str, permission: str) -> bool:
    """Return whether `role` has `permission`; an unknown permission is nobody's."""
    return role in PERMISSIONS.get(permission, frozenset())
