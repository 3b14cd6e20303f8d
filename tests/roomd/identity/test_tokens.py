"""Tokens are kept as hashes, sessions end when they must, and who has a connection open hears of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.clock import VirtualClock
from roomd.identity.roles import ROLES
from roomd.identity.tokens import DEMO_ROLES, IDLE_LIMIT, MAX_SESSIONS, NOBODY, Ending, Tokens


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
    tokens: Tokens, clock: VirtualClock, tmp_path: Path
) -> None:
    path = tmp_path / "identity" / "tokens.json"
    tokens.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert "of-anna" not in path.read_text("utf-8")
    loaded = Tokens.load(clock, path)
    assert loaded is not None
    assert loaded.roles == tokens.roles


def test_where_nothing_was_kept_there_is_nothing(clock: VirtualClock, tmp_path: Path) -> None:
    assert Tokens.load(clock, tmp_path / "tokens.json") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', json.dumps({"a": ["admin"]})])
def test_a_broken_file_is_put_aside(clock: VirtualClock, tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(text, "utf-8")
    assert Tokens.load(clock, path) is None
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


def test_a_session_lives_while_it_is_used_and_ends_when_it_rests(
    tokens: Tokens, clock: VirtualClock
) -> None:
    opened = tokens.open_session("of-anna")
    assert opened is not None
    for _ in range(3):
        clock._now += IDLE_LIMIT - 1
        assert tokens.session(opened.session) is not None
    clock._now += IDLE_LIMIT + 1
    assert tokens.session(opened.session) is None


def test_too_many_sessions_end_the_one_that_rested_longest(
    tokens: Tokens, clock: VirtualClock
) -> None:
    opened = [tokens.open_session("of-anna") for _ in range(2)]
    assert opened[0] is not None
    assert opened[1] is not None
    for _ in range(MAX_SESSIONS - 2):
        clock._now += 0.001
        tokens.open_session("of-root")
    clock._now += 0.001
    tokens.session(opened[0].session)
    tokens.open_session("of-root")
    assert tokens.session(opened[1].session) is None
    assert tokens.session(opened[0].session) is not None


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
