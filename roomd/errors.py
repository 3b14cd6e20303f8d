"""What can go wrong on the daemon's side, as codes that `roomd.messages` has words for.

`code` is an API: it is never renamed. `status` is the HTTP status that goes with it (control.md
1.2). What goes wrong between a driver and its device is a `drivers.errors.DriverError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class RoomError(Exception):
    """Root of all errors that the daemon raises; `params` are what the words need."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params: Mapping[str, Any] = params


class NotAuthenticated(RoomError):
    """Nobody is logged in."""

    code = "not_authenticated"
    status = 401


class NotAllowed(RoomError):
    """This role may not do this."""

    code = "not_allowed"
    status = 403


class UnknownDevice(RoomError):
    """No such device; `device`, and `suggestion` where one is near."""

    code = "unknown_device"
    status = 404


class UnknownCommand(RoomError):
    """The device has no such command; `device`, `command`, and `suggestion` where one is near."""

    code = "unknown_command"
    status = 404


class UnknownPoint(RoomError):
    """The device has no such point; `device`, `point`."""

    code = "unknown_point"
    status = 404


class Interlocked(RoomError):
    """A rule says no; `rule`, `say` in both languages, `points` that decided."""

    code = "interlocked"
    status = 409

    def __init__(self, rule: str, **params: Any) -> None:
        super().__init__(rule=rule, **params)
        self.rule = rule


class Misconfigured(RoomError):
    """The device's entry in the room file is wrong; `device`, `place` as file:line:column."""

    code = "misconfigured"
    status = 409


class Owned(RoomError):
    """Another client holds this device; `device`, `who`."""

    code = "owned"
    status = 409


class Locked(RoomError):
    """The device waits for its PIN; `device`."""

    code = "locked"
    status = 409


class HoldRequired(RoomError):
    """A motion that runs only while held, asked for in another way; `device`."""

    code = "hold_required"
    status = 409


class HoldLost(RoomError):
    """A hold that has ended stays ended; `device`."""

    code = "hold_lost"
    status = 409


class Stopping(RoomError):
    """The daemon is going down."""

    code = "stopping"
    status = 409


class ConfigConflict(RoomError):
    """The configuration was changed by somebody else meanwhile; `who`."""

    code = "config_conflict"
    status = 409


class InvalidValue(RoomError):
    """An argument is out of its range or of the wrong type; `arg`, `range`, `unit`."""

    code = "invalid_value"
    status = 422


class MissingValue(RoomError):
    """An argument that the command needs was not given; `arg`."""

    code = "missing_value"
    status = 422


class UnknownArgument(RoomError):
    """An argument that the command does not have; `arg`."""

    code = "unknown_argument"
    status = 422


class NeedFullState(RoomError):
    """A merged command lacks arguments and there is no last state; `device`."""

    code = "need_full_state"
    status = 422


class Unsupported(RoomError):
    """This kind of device cannot do that; `device`."""

    code = "unsupported"
    status = 422


class Duty(RoomError):
    """The motor has run long enough; `seconds` until it may run again."""

    code = "duty"
    status = 429


class Busy(RoomError):
    """A queue is full."""

    code = "busy"
    status = 429


class RateLimited(RoomError):
    """Too many messages in too short a time."""

    code = "rate_limited"
    status = 429


class NoGeneration(RoomError):
    """There is no such last-good configuration; `n`."""

    code = "no_generation"
    status = 404


class BadRequest(RoomError):
    """The request is malformed."""

    code = "bad_request"
    status = 400


class BadJson(RoomError):
    """Not JSON, or JSON beyond its limits."""

    code = "bad_json"
    status = 400


class TooLarge(RoomError):
    """A body or message is larger than allowed."""

    code = "too_large"
    status = 413


class UnknownType(RoomError):
    """A WebSocket message of a type that does not exist; `type`."""

    code = "unknown_type"
    status = 400


class NotFound(RoomError):
    """No such address."""

    code = "not_found"
    status = 404


class NotReady(RoomError):
    """The daemon is starting, or there is no usable room."""

    code = "not_ready"
    status = 503
