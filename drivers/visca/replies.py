"""What comes back for a question of ours, with the number of that question. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.visca import codec, codec_ip


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The camera has taken command `number`."""

    number: int
    socket: int


@dataclass(frozen=True, slots=True)
class Completed:
    """The camera has carried out command `number`."""

    number: int


@dataclass(frozen=True, slots=True)
class Denied:
    """The camera does not do what `number` asked for."""

    number: int
    fault: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to inquiry `number`."""

    number: int
    value: bytes


@dataclass(frozen=True, slots=True)
class OutOfStep:
    """Message `number` does not have the number that the camera expected: it was not taken, or it is a copy."""

    number: int


Reply = Acknowledged | Completed | Denied | Answered | OutOfStep
Message = Reply | codec.Message | codec_ip.ControlReply
