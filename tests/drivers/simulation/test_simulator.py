"""The base of all simulators: state is the truth, and everything is kept."""

from __future__ import annotations

import json

import pytest

from drivers.clock import VirtualClock
from drivers.simulation.faults import deliver, set_fault
from drivers.simulation.simulator import FRAMES_KEPT, WIRE_FAULTS, Simulator
from tests.drivers.simulation.bench import Thing, benched


async def test_every_frame_is_kept_with_its_direction_and_time() -> None:
    clock, thing, _ = benched()
    thing.answer = b"answer"
    deliver(thing, b"question", None, "topic")
    await clock.advance(1.0)
    thing.emit(b"notice")
    now = clock.monotonic()
    assert [(f.at, f.direction, f.data, f.topic) for f in thing.frames] == [
        (now - 1.0, "rx", b"question", "topic"),
        (now - 1.0, "tx", b"answer", "topic"),
        (now, "tx", b"notice", ""),
    ]


async def test_only_the_last_frames_are_kept() -> None:
    _, thing, _ = benched()
    for number in range(FRAMES_KEPT + 5):
        thing.emit(b"%d" % number)
    assert len(thing.frames) == FRAMES_KEPT
    assert thing.frames[0].data == b"5"


async def test_what_is_said_later_is_said_later() -> None:
    clock, thing, wire = benched()
    thing.emit(b"second", after=0.5)
    thing.emit(b"first")
    await clock.advance(0.4)
    assert wire.said == [b"first"]
    await clock.advance(0.2)
    assert wire.said == [b"first", b"second"]


async def test_a_person_changes_what_there_is_and_nothing_else() -> None:
    _, thing, _ = benched()
    thing.set_by_hand({"on": True, "level": 40})
    assert (thing.state.on, thing.state.level) == (True, 40)
    with pytest.raises(ValueError, match=r"no such value: colour, size; there are level, on"):
        thing.set_by_hand({"on": False, "size": 1, "colour": "red"})
    assert thing.state.on is True


async def test_a_snapshot_is_json() -> None:
    _, thing, _ = benched()
    thing.state.presets = {3: "door"}
    thing.abuse.append("an opposite frame without a pause")
    set_fault(thing, "late", 500, None)
    thing.emit(b"\x81\xff")
    found = json.loads(json.dumps(thing.snapshot()))
    assert found["protocol"] == "thing"
    assert found["address"] == "bench"
    assert found["state"] == {"on": False, "level": 0, "presets": {"3": "door"}}
    assert found["faults"] == {"late": 500}
    assert set(found["known_faults"]) == WIRE_FAULTS | Thing.protocol_faults
    assert found["abuse"] == ["an opposite frame without a pause"]
    assert found["frames"] == []


async def test_frames_in_a_snapshot_are_hexadecimal() -> None:
    _, thing, _ = benched()
    thing.emit(b"\x81\xff")
    (frame,) = thing.snapshot()["frames"]
    assert (frame["direction"], frame["hex"], frame["topic"]) == ("tx", "81 ff", "")
    thing.wire = None
    assert thing.snapshot()["address"] is None


async def test_noise_can_be_repeated() -> None:
    first, second = (Thing(VirtualClock(pause=0)) for _ in range(2))
    assert [first.random.random() for _ in range(5)] == [second.random.random() for _ in range(5)]


async def test_what_a_simulator_need_not_say() -> None:
    class Bare(Simulator):
        protocol = "bare"

    bare = Bare(VirtualClock(pause=0))
    assert (bare.topics(), bare.will()) == ((), None)
    bare.connected(None)
    bare.disconnected(None)
    bare.power_cycle()
    bare.intrude()
    bare.close()
    with pytest.raises(NotImplementedError):
        bare.receive(b"", None, "")
