"""The window for one device."""

from __future__ import annotations

import pytest

from drivers.clock import VirtualClock
from roomd.identity.attempts import TooOften
from roomd.identity.pairing import ALPHABET, OPEN, WRONG, Pairing


async def test_code_and_secret_pair_one_device_and_no_second() -> None:
    pairing = Pairing(VirtualClock())
    window = pairing.open("presenter", "root")
    assert len(window.code) == 8
    assert set(window.code) <= set(ALPHABET)
    typed = f"{window.code[:4]}-{window.code[4:]}".lower()
    assert pairing.exchange(typed, "a") == window
    assert pairing.exchange(window.code, "a") is None
    window = pairing.open("display", "root")
    assert pairing.exchange(window.secret, "a") == window
    assert pairing.window is None


async def test_it_closes_after_five_minutes_and_by_hand() -> None:
    clock = VirtualClock()
    pairing = Pairing(clock)
    code = pairing.open("presenter", "root").code
    await clock.advance(OPEN - 1)
    assert pairing.seconds_left() == 1
    await clock.advance(1)
    assert (pairing.exchange(code, "a"), pairing.seconds_left()) == (None, 0)
    code = pairing.open("presenter", "root").code
    pairing.close()
    assert pairing.exchange(code, "b") is None


async def test_guessing_closes_it_and_an_address_has_five_tries() -> None:
    pairing = Pairing(VirtualClock())
    window = pairing.open("presenter", "root")
    for _ in range(5):
        assert pairing.exchange("WRONG", "a") is None
    with pytest.raises(TooOften):
        pairing.exchange(window.code, "a")
    for number in range(WRONG - 5):
        assert pairing.exchange("WRONG", f"b{number}") is None
    assert pairing.exchange(window.code, "z") is None


async def test_a_new_window_replaces_the_old_one() -> None:
    pairing = Pairing(VirtualClock())
    old = pairing.open("presenter", "root")
    new = pairing.open("display", "root")
    assert pairing.exchange(old.code, "a") is None
    assert pairing.exchange(new.code, "a") == new
