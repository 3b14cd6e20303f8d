"""When the loop is stuck and something moves, the thread writes the stop frames to the line."""

from __future__ import annotations

import os
import select
import tty

from drivers.clock import VirtualClock
from roomd.control.lifeline import Lifeline, Moving

STOP = bytes.fromhex("ff ee ee ee cc")


def read_within(descriptor: int, seconds: float) -> bytes:
    ready, _, _ = select.select([descriptor], [], [], seconds)
    return os.read(descriptor, 4096) if ready else b""


def test_a_stuck_loop_stops_what_moves() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    moving = (Moving("lift.main", slave, (STOP,)),)
    # A virtual clock that nobody moves is a loop that is stuck: it is never fed again.
    line = Lifeline(VirtualClock(), lambda: moving, stuck=0.05)
    line.start()
    try:
        assert read_within(master, 5.0).startswith(STOP)
    finally:
        line.stop()
        os.close(master)
        os.close(slave)


def test_while_nothing_moves_nothing_is_written() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    line = Lifeline(VirtualClock(), lambda: (), stuck=0.01)
    line.start()
    try:
        assert read_within(master, 0.05) == b""
        assert line.pulled == 0
    finally:
        line.stop()
        os.close(master)
        os.close(slave)
