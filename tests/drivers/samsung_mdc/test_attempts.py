"""PINs that were tried."""

from __future__ import annotations

from drivers.samsung_mdc.attempts import PinAttempts

PIN, OTHER = b"4711", b"0815"


def test_a_new_pin_may_be_sent() -> None:
    attempts = PinAttempts({}, "k")
    assert attempts.may_send(PIN)
    assert not attempts.in_doubt()


def test_one_that_was_accepted_may_always_be_sent_and_leaves_nothing() -> None:
    memory: dict[str, str] = {}
    attempts = PinAttempts(memory, "k")
    for _ in range(3):
        assert attempts.may_send(PIN)
        attempts.sending(PIN)
        attempts.accepted()
        assert memory == {}


def test_while_it_is_judged_it_is_in_doubt() -> None:
    memory: dict[str, str] = {}
    attempts = PinAttempts(memory, "k")
    attempts.sending(PIN)
    assert attempts.in_doubt()
    # Whoever starts anew now does not know either.
    assert not PinAttempts(memory, "k").may_send(PIN)
    attempts.accepted()
    assert not attempts.in_doubt()
    attempts.sending(PIN)
    assert not attempts.in_doubt()


def test_one_that_failed_waits_for_a_person_here_and_after_a_restart() -> None:
    memory: dict[str, str] = {}
    attempts = PinAttempts(memory, "k")
    attempts.sending(PIN)
    attempts.failed(PIN)
    assert attempts.may_send(PIN), "the link asks again only when a person wants it to"
    restarted = PinAttempts(memory, "k")
    assert restarted.may_send(OTHER)
    assert not restarted.may_send(PIN)
    assert restarted.may_send(PIN)


def test_a_display_has_its_own_entry_and_the_pin_does_not_stand_in_it() -> None:
    memory: dict[str, str] = {}
    PinAttempts(memory, "a").failed(PIN)
    assert PinAttempts(memory, "b").may_send(PIN)
    assert set(memory) == {"a"}
    assert "4711" not in memory["a"]
    again: dict[str, str] = {}
    PinAttempts(again, "a").failed(PIN)
    assert again["a"] != memory["a"]
