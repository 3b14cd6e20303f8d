"""The parts together: what the end of a meeting ends, and whose PIN it is."""

from __future__ import annotations

from pathlib import Path

from drivers.clock import VirtualClock
from roomd.identity.identity import Identity
from roomd.identity.principal import Principal
from roomd.identity.sessions import BY_TOKEN
from roomd.identity.tokens import Tokens


async def test_the_end_of_a_meeting_ends_guests_and_readers_and_changes_the_code(
    tmp_path: Path,
) -> None:
    identity = Identity.open(VirtualClock(), tmp_path, "r1", None)
    secret = identity.join.secret
    sessions = identity.tokens.sessions
    guest = identity.tokens.open_guest("王五")
    reader = sessions.open(Principal("r", "reader"), BY_TOKEN)
    admin = sessions.open(Principal("a", "admin"), BY_TOKEN)
    assert identity.end_guests() == 2
    left = [sessions.get(p.session, act=False) for p in (guest, reader, admin)]
    assert left == [None, None, admin]
    assert identity.join.secret != secret
    identity.close()


async def test_an_account_that_ends_takes_its_sessions_along_and_nobody_elses(
    tmp_path: Path,
) -> None:
    identity = Identity.open(VirtualClock(), tmp_path, "r1", None)
    sessions = identity.tokens.sessions
    anna = sessions.open(Principal("anna", "admin"), BY_TOKEN)
    guest = identity.tokens.open_guest("anna")
    identity.end_account("anna")
    assert sessions.get(anna.session, act=False) is None
    assert sessions.get(guest.session, act=False) == guest
    identity.close()


async def test_a_pin_is_the_rooms_or_the_tablets_own(tmp_path: Path) -> None:
    identity = Identity.open(VirtualClock(), tmp_path, "r1", None)
    devices = identity.tokens.devices
    _, tablet = devices.pair("presenter", "平板", None)
    devices.pair("presenter", "另一台", None)
    assert not identity.pin_is("平板", "")
    devices.set_pin(tablet, "4711")
    assert identity.pin_is("平板", "4711")
    assert not identity.pin_is("另一台", "4711")
    identity.pin = "0815"
    assert identity.pin_is("另一台", "0815")
    assert not identity.pin_is("另一台", "")
    identity.close()


async def test_the_demo_brings_its_own_tokens(tmp_path: Path) -> None:
    clock = VirtualClock()
    tokens = Tokens(clock)
    identity = Identity.open(clock, tmp_path, "r1", tokens)
    assert identity.tokens is tokens
    await identity.add_account("root", "admin", "correct horse", must_change=False)
    assert identity.accounts.get("root").made == clock.wall()
    identity.close()
