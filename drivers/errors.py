"""What can go wrong between a driver and its device, worded as codes.

`code` is an API: it is never renamed, and `roomd/messages` has words for each. `retryable` says whether asking again
can help at all; whether a *command* may be sent twice is the command's own property (`drivers.commands.RetryClass`).
A caller's mistake is a `ValueError`, never one of these.
"""

from __future__ import annotations


class DriverError(Exception):
    """Root of all errors that drivers and transports raise."""

    code = "driver_error"
    retryable = False
    permanent = False
    """True where reconnecting cannot help until a person changes something (wrong password, wrong device)."""
    patient = False
    """True where quick attempts make things worse: the schedule begins at its last step."""


class Unreachable(DriverError):
    """The link is down: nothing can be sent."""

    code = "unreachable"
    retryable = True


class NoReply(DriverError):
    """The line is up and nothing answered in time; whether the device acted is not known."""

    code = "no_reply"
    retryable = True


class Garbled(DriverError):
    """What came back is not the protocol, or two transmissions collided."""

    code = "garbled"
    retryable = True


class Collision(Garbled):
    """Other bytes came back from the line than were sent: two talked at once, and the frame is lost."""


class Misconfigured(DriverError):
    """What the room file names is not there in this form: several ports fit, or it is no serial port."""

    code = "misconfigured"
    permanent = True


class Refused(DriverError):
    """The device said no. `device_code` is its own word for why, for example `ERR3` or `41`."""

    code = "refused_by_device"

    def __init__(self, device_code: str, message: str = "", *, permanent: bool = False) -> None:
        super().__init__(message or device_code)
        self.device_code = device_code
        self.permanent = permanent


class Unsupported(DriverError):
    """The device, or this model of it, has no such command."""

    code = "unsupported"
