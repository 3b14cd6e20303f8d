"""Tokens are kept as hashes, sessions end when they must, and who has a connection open hears of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.clock import VirtualClock
from roomd.identity.accounts import Account
from roomd.identity.principal import NOBODY, Principal
from roomd.identity.roles import ROLES
from roomd.identity.tokens import DEMO_ROLES, Ending, Tokens
from tests.roomd.identity.test_devices import Tablet


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def tokens(clock: VirtualClock) -> Tokens:
    found = Tokens(clock)
    found.add("of-anna", "presenter")
    found.add("of-root", "admin")
    return found


def test_fresh_tokens_differ_and_give_their_roles(clock: VirtualClock) -> None:
    tokens, clear = Tokens.fresh(clock)
    assert clear.keys() == set(DEMO_ROLES) <= set(ROLES)
    assert len(set(clear.values())) == len(DEMO_ROLES)
    for role, token in clear.items():
        principal = tokens.bearer(token)
        assert principal is not None
        assert principal.role == role
        assert len(token) >= 32
        assert token not in repr(tokens)


def test_a_wrong_token_is_nobodys(tokens: Tokens) -> None:
    for wrong in ("", "of-anna ", "of-Anna", next(iter(tokens.roles))):
        assert tokens.bearer(wrong) is None
        assert tokens.open_session(wrong) is None


def test_what_is_kept_opens_the_same_doors_and_holds_no_token(
    clock: VirtualClock, tmp_path: Path
) -> None:
    tokens = Tokens(clock, tmp_path / "identity")
    tokens.add("of-anna", "presenter", "Anna")
    path = tmp_path / "identity" / "tokens.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert "of-anna" not in path.read_text("utf-8")
    loaded = Tokens.load(clock, tmp_path / "identity")
    assert loaded.roles == tokens.roles
    found = loaded.bearer("of-anna")
    assert found is not None
    assert (found.user, found.role) == ("Anna", "presenter")


def test_a_file_of_before_with_roles_alone_is_read(clock: VirtualClock, tmp_path: Path) -> None:
    digest = Tokens.hash("of-anna")
    (tmp_path / "tokens.json").write_text(json.dumps({digest: "auditor"}), "utf-8")
    found = Tokens.load(clock, tmp_path).bearer("of-anna")
    assert found is not None
    assert found.role == "auditor"


def test_where_nothing_was_kept_there_is_nothing(clock: VirtualClock, tmp_path: Path) -> None:
    assert Tokens.load(clock, tmp_path).roles == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', json.dumps({"a": ["admin"]})])
def test_a_broken_file_is_put_aside(clock: VirtualClock, tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(text, "utf-8")
    assert Tokens.load(clock, tmp_path).roles == {}
    assert not path.exists()
    assert path.with_suffix(".broken").read_text("utf-8") == text


def test_a_session_is_its_token_s_until_it_is_closed(tokens: Tokens) -> None:
    opened = tokens.open_session("of-anna")
    assert opened is not None
    assert (opened.user, opened.role) == ("presenter", "presenter")
    assert opened.session not in repr(opened)
    assert tokens.session(opened.session) == opened
    tokens.close_session(opened.session)
    assert tokens.session(opened.session) is None
    assert tokens.session("") is None


def test_a_revoked_token_opens_nothing_and_what_it_opened_ends(tokens: Tokens) -> None:
    told: list[Ending] = []
    tokens.on_end.append(told.append)
    bearer, opened = tokens.bearer("of-anna"), tokens.open_session("of-anna")
    other = tokens.open_session("of-root")
    assert bearer is not None
    assert opened is not None
    assert other is not None
    assert tokens.revoke("of-anna")
    assert tokens.bearer("of-anna") is None
    assert [tokens.current(p) for p in (bearer, opened, other)] == [None, None, other]
    assert told == ["revoked"]
    assert not tokens.revoke("of-anna")
    assert told == ["revoked"]


def test_a_token_is_revoked_by_its_hash_too(tokens: Tokens) -> None:
    principal = tokens.bearer("of-anna")
    assert principal is not None
    assert tokens.revoke(principal.token)
    assert tokens.bearer("of-anna") is None


def test_closing_a_session_is_told_once(tokens: Tokens) -> None:
    told: list[Ending] = []
    tokens.on_end.append(told.append)
    opened = tokens.open_session("of-anna")
    assert opened is not None
    tokens.close_session(opened.session)
    tokens.close_session(opened.session)
    assert told == ["expired"]


def test_who_somebody_is_now_follows_a_changed_role(tokens: Tokens) -> None:
    bearer = tokens.bearer("of-anna")
    assert bearer is not None
    tokens.add("of-anna", "operator")
    now = tokens.current(bearer)
    assert now is not None
    assert now.role == "operator"
    assert tokens.current(NOBODY) is NOBODY


def test_a_paired_tablet_is_somebody_by_its_cookie_until_it_is_revoked(tokens: Tokens) -> None:
    told: list[Ending] = []
    tokens.on_end.append(told.append)
    token, device = tokens.devices.pair("presenter", "平板", None)
    by_cookie, by_header = tokens.session(token), tokens.bearer(token)
    assert by_cookie is not None
    assert by_header is not None
    assert (by_cookie.user, by_cookie.role, by_cookie.device) == ("平板", "presenter", device.id)
    assert token not in repr(by_cookie)
    assert tokens.current(by_cookie) == by_cookie
    assert tokens.revoke(device.id)
    assert [tokens.current(p) for p in (by_cookie, by_header)] == [None, None]
    assert told == ["revoked"]


def test_a_tablet_with_a_key_is_nobody_by_its_token_alone(tokens: Tokens) -> None:
    tablet = Tablet()
    token, _ = tokens.devices.pair("presenter", "平板", tablet.jwk)
    assert tokens.bearer(token) is None
    by_cookie = tokens.session(token)
    assert by_cookie is not None
    assert tokens.key_of(by_cookie) == tablet.jwk
    assert tokens.key_of(NOBODY) is None


def test_an_operator_logs_in_on_a_tablet_only_and_the_tablet_stays(
    tokens: Tokens, clock: VirtualClock
) -> None:
    account = Account("anna", "h", "operator")
    assert tokens.open_account(account, NOBODY) is None
    assert tokens.open_account(account, Principal("root", "admin")) is None
    token, device = tokens.devices.pair("presenter", "平板", None)
    tablet = tokens.session(token)
    assert tablet is not None
    risen = tokens.open_account(account, tablet)
    assert risen is not None
    assert (risen.user, risen.role, risen.device) == ("anna", "operator", device.id)
    assert risen.session != tablet.session
    again = tokens.open_account(account, risen)
    assert again is not None
    assert tokens.session(risen.session) is None
    clock._now += 16 * 60
    rested = tokens.session(again.session)
    assert rested is not None
    assert (rested.user, rested.role) == ("平板", "presenter")
    tokens.revoke(device.id)
    assert tokens.session(again.session) is None


def test_an_account_s_session_has_no_token_and_replaces_the_one_before(tokens: Tokens) -> None:
    before = tokens.open_session("of-anna")
    assert before is not None
    opened = tokens.open_account(Account("root", "h", "admin"), before)
    assert opened is not None
    assert (opened.role, opened.token) == ("admin", "")
    assert tokens.session(before.session) is None


def test_guests_are_ended_together_and_who_is_connected_hears_of_it(tokens: Tokens) -> None:
    told: list[Ending] = []
    tokens.on_end.append(told.append)
    guest = tokens.open_guest("王五")
    assert (guest.user, guest.role) == ("王五", "attendee")
    assert tokens.end_sessions(lambda p: p.role == "attendee", "expired") == 1
    assert tokens.current(guest) is None
    assert tokens.end_sessions(lambda p: p.role == "attendee", "expired") == 0
    assert told == ["expired"]


def test_a_token_is_revoked_by_its_id(tokens: Tokens) -> None:
    clear, token = tokens.make("integration", "灯控")
    assert tokens.revoke(token.id)
    assert tokens.bearer(clear) is None
