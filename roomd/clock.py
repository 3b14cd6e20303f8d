"""The clock of the daemon: the SDK's, under the name that the daemon's own modules use."""

from drivers.clock import Clock, LoopClock, Timer, VirtualClock, deadline, settle

__all__ = ["Clock", "LoopClock", "Timer", "VirtualClock", "deadline", "settle"]
