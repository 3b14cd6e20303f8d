"""The file format `roomd.driver/1` as models. What they say of a value is where the editor's error comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from drivers.declarative.reader import Unquoted
from drivers.declarative.shapes import sequence
from drivers.units import parse_duration


def _hex(value: Any) -> Any:
    if isinstance(value, Unquoted) or (isinstance(value, int) and not isinstance(value, bool)):
        raise PydanticCustomError("quote_it", "hex values must be quoted")
    return value


def _duration(value: Any) -> Any:
    if isinstance(value, Unquoted) or (isinstance(value, int) and not isinstance(value, bool)):
        raise PydanticCustomError("needs_unit", "a time needs its unit")
    return parse_duration(value) if isinstance(value, str) else value


def _duration_or_option(value: Any) -> Any:
    return value if isinstance(value, str) and value.startswith("{") else _duration(value)


def _decimal(value: Any) -> Any:
    return float(value) if isinstance(value, Unquoted) else value


def _one_or_more(value: Any) -> Any:
    found = sequence(value)
    return [value] if found is None else found


HexText = Annotated[str, BeforeValidator(_hex)]
"""Tokens of bytes; a number without quotes is refused."""
Duration = Annotated[float, BeforeValidator(_duration), Field(ge=0, le=86400)]
"""Seconds, written `300ms`, `5s`, `2min`."""
DurationOrOption = Annotated[float | str, BeforeValidator(_duration_or_option)]
"""The same, or `"{option}"`."""
Number = Annotated[float, BeforeValidator(_decimal)]
Bound = Annotated[float | str, BeforeValidator(_decimal)]
"""A number, or `"{option}"`."""
Topics = Annotated[list[str], BeforeValidator(_one_or_more)]
CheckOrder = Literal["hi_lo", "lo_hi"]
Kind = Literal[
    "light", "light_group", "lift", "screen", "curtain", "display", "projector", "climate", "camera", "mixer",
    "matrix", "relay", "sequencer", "sensor", "contact",
]  # fmt: skip


class Part(BaseModel):
    """A piece of a definition: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Name(Part):
    """Words for people."""

    zh: str
    en: str


class Source(Part):
    """Where facts were read."""

    manual: str
    revision: str | None = None
    page: str | int | None = None
    seen: bool | str | None = None


class LinkPart(Part):
    """What its link looks like unless the room file says otherwise."""

    type: Literal["serial", "tcp", "udp", "mqtt", "http"]
    baud: Annotated[int, Field(ge=110, le=4_000_000)] = 9600
    format: Annotated[str, Field(pattern=r"^[5-8][NEO][12]$")] = "8N1"
    shared: bool = False
    gap: Duration = 0.0
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    window: Annotated[int, Field(ge=1, le=64)] | None = None
    local_echo: bool = False
    also: list[Literal["serial", "tcp", "udp"]] = []
    """Further transports that carry the same bytes (a serial server)."""


class Send(Part):
    """How commands are sent."""

    repeat: Annotated[int, Field(ge=1, le=10)] | None = None
    repeat_gap: Duration | None = None
    ttl: Duration | None = None
    timeout: Duration | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | None = None


class Option(Part):
    """One setting of a device."""

    type: Literal["hex", "int", "duration", "slug", "string", "enum", "bool"]
    bytes: Annotated[int, Field(ge=1, le=64)] | None = None
    min: int | None = None
    max: int | None = None
    values: list[str] = Field(default_factory=list)
    default: Any = None
    help: str | None = None


class PointPart(Part):
    """One point."""

    type: Literal["bool", "int", "number", "enum", "string"] | None = None
    unit: str | None = None
    range: tuple[Bound, Bound] | list[Bound] | None = None
    values: list[str] = Field(default_factory=list)
    resolution: Number = 0.0
    step: Number | None = None
    via: list[str] = Field(default_factory=list)
    count: int | str | None = None
    """How many there are of a point with `*` in its name."""


class ArgPart(Part):
    """One argument of a command."""

    type: Literal["bool", "int", "number", "enum", "string", "duration"]
    min: Bound | None = None
    max: Bound | None = None
    step: Number | None = None
    unit: str | None = None
    values: list[str] = Field(default_factory=list)
    optional: bool = False
    max_length: Annotated[int, Field(ge=1, le=256)] = 64


class PublishPart(Part):
    """One MQTT message."""

    topic: str
    json_: Any = Field(default=None, alias="json")
    text: str | None = None
    qos: Literal[0, 1] = 1


class HttpPart(Part):
    """One HTTP request."""

    method: Literal["GET", "PUT", "POST", "DELETE", "PATCH"] = "GET"
    path: Annotated[str, Field(pattern="^/")]
    json_: Any = Field(default=None, alias="json")
    text: str | None = None
    ok: list[int] = Field(default_factory=lambda: [200])
    at: str | None = None


class TopicExpect(Part):
    """The MQTT message that answers a command."""

    topic: str
    has: str | None = None
    same: list[str] = Field(default_factory=list)
    """Keys beside the last part of `has` that, where they come back, must equal what was sent."""
    answers: Literal["device", "gateway"] = "device"
    timeout: Duration | None = None


class Command(Part):
    """One command."""

    hex: HexText | None = None
    text: str | None = None
    publish: PublishPart | None = None
    http: HttpPart | None = None
    args: dict[str, ArgPart] = Field(default_factory=dict)
    key: str | None = None
    priority: Literal["safety", "user", "scene", "poll"] = "user"
    flush: bool = False
    relative: bool = False
    """Steps and toggles: never sent twice."""
    merge: bool = False
    settle: Duration = 0.0
    expect: str | TopicExpect | None = None
    error: str | None = None
    confirm: dict[str, Any] = Field(default_factory=dict)
    settles: Duration = 0.0
    set: dict[str, Any] = Field(default_factory=dict)
    order: CheckOrder | None = None
    send: Send | None = None
    repeat: Annotated[int, Field(ge=1, le=10)] | None = None
    repeat_gap: Duration | None = None
    ttl: Duration | None = None
    timeout: Duration | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | None = None

    def forms(self) -> list[str]:
        """Return which of the four forms are there; exactly one is right."""
        given = {"hex": self.hex, "text": self.text, "publish": self.publish, "http": self.http}
        return [name for name, value in given.items() if value is not None]


class Poll(Part):
    """One question asked again and again."""

    every: Duration
    hex: HexText | None = None
    text: str | None = None
    http: HttpPart | None = None
    publish: PublishPart | None = None
    expect: str | TopicExpect | None = None
    error: str | None = None
    order: CheckOrder | None = None
    set: dict[str, Any] = Field(default_factory=dict)


class Observe(Part):
    """What the device says unasked."""

    hex: HexText | None = None
    text: str | None = None
    topic: Topics | None = None
    at: str | None = None
    where: dict[str, Any] = Field(default_factory=dict)
    order: CheckOrder | None = None
    set: dict[str, Any]


class LinesPart(Part):
    """Text lines."""

    end: str = "\r\n"
    max: Annotated[int, Field(ge=1, le=1024)] = 136


class FixedPart(Part):
    """Always as long."""

    length: Annotated[int, Field(ge=1, le=1024)]
    start: HexText = ""


class LengthAtPart(Part):
    """The length stands in the frame."""

    start: HexText = ""
    at: Annotated[int, Field(ge=0, le=255)]
    add: Annotated[int, Field(ge=-255, le=255)] = 0


class BetweenPart(Part):
    """Between two marks."""

    start: HexText
    end: HexText
    max: Annotated[int, Field(ge=2, le=1024)]


class CheckPart(Part):
    """Where a received frame carries its check."""

    type: str
    over: tuple[int, int] | list[int] | None = None
    at: Annotated[int, Field(ge=0, le=1024)] | None = None
    trailing: Annotated[int, Field(ge=0, le=16)] = 0
    order: CheckOrder | None = None


class Receive(Part):
    """How input is cut into frames."""

    lines: LinesPart | None = None
    fixed: FixedPart | None = None
    length_at: LengthAtPart | None = None
    between: BetweenPart | None = None
    check: CheckPart | None = None
    idle: Duration | None = None

    def forms(self) -> list[str]:
        """Return which framings are there; exactly one is right."""
        given = ("lines", "fixed", "length_at", "between")
        return [name for name in given if getattr(self, name) is not None]


class StrokePart(Part):
    """One direction."""

    command: str
    travel: DurationOrOption
    overrun: DurationOrOption = 2.0


class Duty(Part):
    """How long a motor may run in which time."""

    run: Duration
    per: Duration


class MotionPart(Part):
    """Limits of a motor."""

    up: StrokePart
    down: StrokePart
    reverse_pause: DurationOrOption = 0.5
    max_run: DurationOrOption | None = None
    duty: Duty | None = None
    run: Literal["hold", "tap"] | None = None
    stop_on_start: bool = True


class Availability(Part):
    """The last will that says whether it is there."""

    topic: str
    online: str = "Online"
    offline: str = "Offline"


class Step(Part):
    """One step of a transcript. One with `do` or `options` begins anew, unless it says `go_on`."""

    do: str | None = None
    go_on: bool = False
    options: dict[str, Any] = Field(default_factory=dict)
    args: dict[str, Any] = Field(default_factory=dict)
    wait: Duration = 0.0
    tx: Any = None
    times: Annotated[int, Field(ge=1, le=20)] | None = None
    rx: Any = None
    then: dict[str, Any] = Field(default_factory=dict)
    outcome: (
        Literal[
            "confirmed",
            "sent",
            "refused",
            "superseded",
            "expired",
            "timeout",
            "offline",
            "cancelled",
            "failed",
        ]
        | None
    ) = None


class Definition(Part):
    """One file."""

    schema_: Literal["roomd.driver/1"] = Field(alias="schema")
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    name: Name
    kind: Kind
    sources: list[Source] = []
    tried_on: str | list[str] | None = None
    link: LinkPart
    send: Send = Send()
    options: dict[str, Option] = Field(default_factory=dict)
    state: dict[str, Any] = Field(default_factory=dict)
    receive: Receive | None = None
    feedback: Literal["none"] | list[Literal["reply", "poll", "push"]] = "none"
    commands: dict[str, Command] = Field(default_factory=dict)
    poll: list[Poll] | Poll | None = None
    observe: list[Observe] = []
    motion: MotionPart | None = None
    availability: Availability | None = None
    verify: dict[str, Any] = Field(default_factory=dict)
    tests: list[Step] = []

    @property
    def polls(self) -> list[Poll]:
        """Return the questions, one or several."""
        return self.poll if isinstance(self.poll, list) else [self.poll] if self.poll else []

    def points(self) -> Iterator[tuple[str, PointPart]]:
        """Yield the declared points; `power: bool` and `mode: [auto, cool]` are short forms."""
        for name, value in self.state.items():
            if isinstance(value, str):
                yield name, PointPart.model_validate({"type": value})
                continue
            choices = sequence(value)
            if choices is not None:
                yield name, PointPart(type="enum", values=[str(v) for v in choices])
            else:
                yield name, PointPart.model_validate(value)
