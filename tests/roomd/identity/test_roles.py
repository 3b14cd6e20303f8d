"""Who may do what: the table of trust.md 8, written here a second time, pair by pair."""

from __future__ import annotations

import pytest

from roomd.identity.roles import EVERYBODY, PERMISSIONS, ROLES, authorize

RUNS = {"presenter", "operator"}
WANTED: dict[str, set[str]] = {
    "room.stop": {"none", *ROLES},
    "session.open": {"none", *ROLES},
    "session.own": set(ROLES),
    "state.read": {"display", "admin", "integration", *RUNS},
    "device.command": {"admin", *RUNS},
    "device.hold": {"admin", *RUNS},
    "device.stop": set(ROLES),
    "device.look_after": {"admin"},
    "scene.run": {"admin", *RUNS},
    "scene.learn": {"admin"},
    "interlock.override": {"operator"},
    "latch.reset": {"admin"},
    "audit.read": {"auditor"},
    "audit.verify": {"auditor"},
    "audit.seal": {"auditor"},
    "audit.export": {"auditor"},
    "anchor.read": {"display", "auditor", *RUNS},
    "room.why": {"admin", *RUNS},
    "config.read": {"admin"},
    "config.change": {"admin"},
    "diagnostics": {"admin"},
    "metrics.read": {"integration", "admin"},
    "simulators": {"admin"},
    "tls.read": {"admin"},
    "tls.change": {"admin"},
    "clock.confirm": {"admin"},
    "join.show": {"display", *RUNS},
    "join.renew": RUNS,
    "device.pin": RUNS,
    "pair.open": {"admin"},
    "account.read": {"admin", "security"},
    "account.create": {"admin"},
    "account.grant": {"security"},
    "account.password": {"admin", "security", "auditor", "reader", "operator"},
    "token.read": {"admin", "security"},
    "token.create": {"admin"},
    "token.revoke": {"admin", "security"},
}


def test_the_table_has_these_permissions_and_no_other() -> None:
    assert PERMISSIONS.keys() == WANTED.keys()


@pytest.mark.parametrize("permission", WANTED)
@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_every_role_and_every_permission(role: str, permission: str) -> None:
    assert authorize(role, permission) == (role in WANTED[permission])


@pytest.mark.parametrize("role", [*ROLES, "none", "root", "", "Admin", "admin "])
def test_a_permission_that_does_not_exist_is_nobodys(role: str) -> None:
    assert not authorize(role, "device.fly")
    assert not authorize(role, "")


@pytest.mark.parametrize("role", ["root", "", "Admin", "admin "])
def test_a_role_that_does_not_exist_may_nothing(role: str) -> None:
    assert not [p for p in PERMISSIONS if authorize(role, p)]


def test_the_three_administrators_share_no_power() -> None:
    administrators = ("admin", "security", "auditor")
    everybodys = {"session.own", "session.open", "room.stop", "device.stop", "account.password"}
    both_look_after_people = {"account.read", "token.read", "token.revoke"}
    powers = {r: {p for p in PERMISSIONS if authorize(r, p)} for r in administrators}
    for one in administrators:
        for other in administrators:
            if one != other:
                shared = set() if "auditor" in (one, other) else both_look_after_people
                assert powers[one] & powers[other] == everybodys | shared
