"""Breaking a simulator while it runs (protocols.md 1.5)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulation.faults import (
    DEFAULTS,
    clear_fault,
    clear_faults,
    deliver,
    is_stream,
    set_fault,
)
from drivers.simulation.simulator import WIRE_FAULTS, UnknownFault
from tests.drivers.simulation.bench import Messages, Thing, Wire, benched


def put(thing: Thing, name: str, value: Any = True, seconds: float | None = None) -> None:
    set_fault(thing, name, value, seconds)


def ask(thing: Thing) -> None:
    deliver(thing, b"question", "me", "")


async def test_an_unknown_fault_lists_those_there_are_and_changes_nothing() -> None:
    _, thing, _ = benched()
    with pytest.raises(UnknownFault, match=r"no such fault: melt; there are .*mute.*stuck"):
        put(thing, "melt")
    assert thing.faults == {}


@pytest.mark.parametrize("name", sorted(DEFAULTS))
@pytest.mark.parametrize("value", ["x", -1, None, float("inf"), float("nan"), [1]])
async def test_a_parameter_that_is_no_number_changes_nothing(name: str, value: Any) -> None:
    _, thing, wire = benched()
    with pytest.raises(ValueError, match="takes a number"):
        put(thing, name, value)
    assert (thing.faults, wire.events) == ({}, [])


@pytest.mark.parametrize("name", sorted(DEFAULTS))
async def test_a_parameter_that_is_left_out_has_a_default(name: str) -> None:
    _, thing, _ = benched()
    put(thing, name)
    assert thing.faults[name] == DEFAULTS[name]


@pytest.mark.parametrize("fault, hears", [("mute", True), ("deaf", False)])
async def test_mute_answers_nothing_and_deaf_does_not_listen_either(
    fault: str, hears: bool
) -> None:
    _, thing, wire = benched()
    thing.answer = b"answer"
    put(thing, fault)
    ask(thing)
    assert (bool(thing.heard), wire.said) == (hears, [])
    clear_fault(thing, fault)
    ask(thing)
    assert wire.said == [b"answer"]


@pytest.mark.parametrize("fault, seconds", [("slow", 0.1), ("late", 2.0)])
async def test_slow_and_late_answer_after_a_time(fault: str, seconds: float) -> None:
    clock, thing, wire = benched()
    thing.answer = b"answer"
    put(thing, fault)
    ask(thing)
    await clock.advance(seconds - 0.01)
    assert wire.said == []
    await clock.advance(0.02)
    assert wire.said == [b"answer"]


async def test_what_was_to_be_said_when_it_falls_silent_is_not_said() -> None:
    clock, thing, wire = benched()
    thing.emit(b"slow answer", after=1.0)
    put(thing, "mute")
    await clock.advance(2.0)
    assert wire.said == []


async def test_twice_and_echo() -> None:
    _, thing, wire = benched()
    thing.answer = b"answer"
    put(thing, "echo_twice")
    put(thing, "echo")
    ask(thing)
    assert wire.said == [b"question", b"answer", b"answer"]


@given(st.binary(min_size=1, max_size=40), st.integers(1, 7))
async def test_split_hands_out_the_same_bytes_in_pieces_of_one_to_n(data: bytes, most: int) -> None:
    _, thing, wire = benched()
    put(thing, "split", most)
    thing.emit(data)
    assert b"".join(wire.said) == data
    assert all(1 <= len(piece) <= most for piece in wire.said)


async def test_split_pieces_differ_in_size() -> None:
    _, thing, wire = benched()
    put(thing, "split", 5)
    thing.emit(bytes(200))
    assert {len(piece) for piece in wire.said} == {1, 2, 3, 4, 5}


async def test_messages_are_never_cut() -> None:
    _, thing, wire = benched(Messages())
    put(thing, "split", 1)
    thing.emit(b"datagram")
    assert wire.said == [b"datagram"]
    assert (is_stream(Wire()), is_stream(Messages())) == (True, False)


@given(st.binary(min_size=1, max_size=40))
async def test_garble_changes_what_it_spoils(data: bytes) -> None:
    _, thing, wire = benched()
    put(thing, "garble", 1.0)
    thing.emit(data)
    assert wire.said != [data]


async def test_garble_leaves_the_rest_alone() -> None:
    _, thing, wire = benched()
    put(thing, "garble", 0.2)
    for _ in range(200):
        thing.emit(b"answer")
    whole = wire.said.count(b"answer")
    assert 130 <= whole <= 190
    thing.emit(b"")
    assert wire.said[-1] == b""


async def test_unplug_goes_to_the_wire_and_nothing_is_heard_or_said() -> None:
    clock, thing, wire = benched()
    thing.answer = b"answer"
    put(thing, "unplug")
    ask(thing)
    thing.emit(b"notice")
    assert (thing.heard, wire.said, wire.events) == ([], [], ["unplugged"])
    clear_faults(thing)
    await clock.advance(0.0)
    assert wire.events == ["unplugged", "plugged"]
    ask(thing)
    assert wire.said == [b"answer"]


async def test_a_reboot_drops_connections_is_silent_and_comes_back_as_new() -> None:
    clock, thing, wire = benched()
    thing.state.on, thing.answer = True, b"answer"
    put(thing, "reboot", 3)
    assert wire.events == ["dropped"]
    ask(thing)
    await clock.advance(2.9)
    assert (thing.heard, wire.said, thing.state.on) == ([], [], True)
    await clock.advance(0.2)
    assert (thing.state.on, thing.faults) == (False, {})
    ask(thing)
    assert wire.said == [b"answer"]


async def test_a_reboot_that_is_ended_by_hand_happens_once() -> None:
    clock, thing, _ = benched()
    put(thing, "reboot", 3)
    clear_fault(thing, "reboot")
    await clock.advance(10.0)
    assert thing.events == ["power cycle"]


async def test_an_intruder_speaks_at_once() -> None:
    _, thing, wire = benched()
    put(thing, "intruder")
    assert wire.said == [b"nobody asked"]


async def test_a_fault_ends_by_itself_and_a_newer_setting_counts() -> None:
    clock, thing, _ = benched()
    put(thing, "mute", seconds=5.0)
    await clock.advance(4.0)
    put(thing, "mute")
    await clock.advance(60.0)
    assert "mute" in thing.faults
    put(thing, "mute", seconds=5.0)
    await clock.advance(5.1)
    assert thing.faults == {}


async def test_a_fault_without_a_wire_is_a_fault_all_the_same() -> None:
    clock, thing, _ = benched()
    thing.wire = None
    for name in sorted(WIRE_FAULTS):
        put(thing, name)
    thing.emit(b"nobody hears it")
    clear_faults(thing)
    clear_fault(thing, "mute")
    await clock.advance(10.0)
    assert thing.faults == {}
