from __future__ import annotations

from drivers.clock import VirtualClock
from drivers.declarative.sim_motor import Motor
from drivers.motion import MotionSpec, Stroke

SPEC = MotionSpec(Stroke("open", 4.0), Stroke("close", 2.0), reverse_pause=0.5)


async def test_travel_ends_pause_and_hand() -> None:
    clock, abuse = VirtualClock(), list[str]()
    motor = Motor(SPEC, clock, "curtain", abuse.append)
    motor.drive("up")
    motor.drive("up")
    await clock.advance(2.0)
    assert (motor.state.moving, motor.state.copies, motor.state.end) == ("open", 1, "mid")
    assert 45 <= motor.state.position <= 55
    await clock.advance(3.0)
    assert (motor.state.moving, motor.state.end) == ("none", "open")
    motor.drive("down")
    await clock.advance(0.5)
    motor.drive("up")
    assert abuse == ["opposite frame without a pause"]
    motor.put(0)
    assert (motor.state.moving, motor.state.end) == ("none", "closed")
    motor.state.blocked = True
    motor.drive("up")
    assert motor.state.moving == "none"
