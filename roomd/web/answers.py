"""What the daemon says: one model for each WebSocket message and HTTP body.

What a panel may say stands in `messages`, the room's own shape in `room_shape`.
"""

from __future__ import annotations

from typing import Any, Literal

from drivers.commands import OutcomeKind
from drivers.points import Quality
from roomd.web.room_shape import RoomShape, Shape, Value, Words


class PointBody(Shape):
    """One point now (control.md 1.1)."""

    value: Value
    """What the device reported last; null where it is not known."""
    quality: Quality
    """How far the value can be trusted."""
    ts: float
    """When it was reported, seconds since 1970."""
    unit: str | None = None
    """Unit of the number."""
    desired: Value = None
    """What was asked for, while `pending`."""
    was: Quality | None = None
    """Quality of `value` while `pending`."""
    by: str | None = None
    """Id of the command that asked."""


class StateBody(Shape):
    """Body of `GET /api/v1/state`."""

    seq: int
    """Number of the newest change."""
    points: dict[str, PointBody]
    """All points by path."""


class OutcomeBody(Shape):
    """How a command ended; also the body of an answered command over HTTP."""

    id: str
    """Id of the command: the client's own on its WebSocket."""
    outcome: OutcomeKind
    """One of nine."""
    code: str | None
    """Why, as a code that has words; null where the outcome says all."""
    params: dict[str, Any]
    """What the words for `code` need."""
    tx: int
    """Frames that left for the device."""
    ms: float
    """Milliseconds from acceptance to the end."""


class ProblemBody(Shape):
    """Body of an HTTP error, `application/problem+json` (RFC 9457)."""

    type: str
    """`urn:roomd:<code>`."""
    status: int
    """HTTP status."""
    code: str
    """Why, as a code that has words."""
    params: dict[str, Any]
    """What the words need."""


class OutcomeProblem(OutcomeBody):
    """A command that did not end well, over HTTP: its outcome as `application/problem+json`."""

    type: str
    """`urn:roomd:<code>`, or `urn:roomd:<outcome>` where there is no code."""
    status: int
    """HTTP status."""


class SessionBody(Shape):
    """Body of `GET` and `POST /api/v1/session`: who am I?"""

    user: str
    """Name of the account or token."""
    role: str
    """Its role."""
    device: str | None = None
    """Id of the paired device."""
    keyed: bool | None = None
    """The device has a key and must sign the `challenge` of each connection."""
    clearance: str | None = None
    """Up to which label an account may read."""
    paper_codes: list[str] | None = None
    """One-time codes, once, after the first code of an authenticator."""


class StopAnswer(Shape):
    """One device's answer to STOP."""

    outcome: OutcomeKind
    """How its stop ended."""
    code: str | None
    """Why."""


class SnapshotMessage(Shape):
    """All there is; first answer to `hello`, and again when the room changes."""

    type: Literal["snapshot"]
    seq: int
    """Number of the newest change in it."""
    room: RoomShape
    """The room."""
    points: dict[str, PointBody]
    """All points by path."""


class PatchMessage(Shape):
    """Points that changed."""

    type: Literal["patch"]
    seq: int
    """Number of the newest change in it."""
    points: dict[str, PointBody]
    """Changed points by path, whole."""


class OutcomeMessage(OutcomeBody):
    """The one end of a command or hold of this client."""

    type: Literal["outcome"]


class StoppedMessage(Shape):
    """The answer to `stop`."""

    type: Literal["stopped"]
    devices: dict[str, StopAnswer]
    """Device id -> how its stop ended."""


class TraceMessage(Shape):
    """A piece of traffic, for those who watch `trace:<device>`."""

    type: Literal["trace"]
    ts: float
    """Seconds since 1970."""
    link: str
    """Id of the link."""
    device: str
    """Id of the device; empty where it belongs to none."""
    direction: Literal["tx", "rx", "link"]
    """Sent, received, or something that happened to the line."""
    hex: str
    """Bytes as `81 01`."""
    ascii: str
    """Bytes as text, others as dots."""
    topic: str
    """MQTT topic, or HTTP method and path."""
    text: str
    """What it means; secrets are masked."""
    command: str
    """Id of the command in whose name it was sent, or empty."""
    dropped: int
    """Messages left out so far because this client was slow."""


class RunStep(Shape):
    """How one command, or one wait, of a run ended."""

    step: str
    """Place in the scene: `2`, `2.1`; `stop` is the stop of a cancelled run."""
    device: str
    """Device or zone; the point that was waited for; empty where no command could be made of it."""
    command: str
    """Its command, or `wait`."""
    args: dict[str, Any]
    """Arguments of the command."""
    outcome: str
    """One of the nine, or `skipped` where it was so already."""
    code: str | None
    """Why, as a code that has words."""
    params: dict[str, Any]
    """What the words for `code` need."""
    ms: int
    """Milliseconds that it took."""


class RunHold(Shape):
    """What a person has to hold before a run can go on."""

    device: str
    """Id of the device."""
    command: str
    """Its command."""


class RunBody(Shape):
    """One run of a scene, as far as it has come."""

    run: str
    """Id of the run."""
    scene: str
    """Id of its scene."""
    kind: Literal["scene", "retry", "undo"]
    """The whole scene, only what had failed, or the way back."""
    state: Literal["running", "waiting_hold", "ended"]
    """How it goes on."""
    result: Literal["ok", "partial", "failed", "cancelled", "superseded", "interrupted"] | None
    """How it ended; null while it goes on."""
    by: str
    """Who started it."""
    done: int
    """Steps that have ended."""
    total: int
    """Steps that there are, as far as that is known."""
    steps: list[RunStep]
    """Steps that have ended, in the order in which they did."""
    hold: RunHold | None
    """What it waits for in `waiting_hold`."""


class RunMessage(RunBody):
    """A run of a scene has come on; sent to every panel."""

    type: Literal["run"]


class PongMessage(Shape):
    """The answer to `ping`."""

    type: Literal["pong"]


class ErrorMessage(Shape):
    """A message of this client could not be used."""

    type: Literal["error"]
    code: str
    """Why, as a code that has words."""
    params: dict[str, Any]
    """What the words need."""


class ByeMessage(Shape):
    """The last message before the daemon closes."""

    type: Literal["bye"]
    code: Literal["restart", "expired", "revoked", "slow", "rate_limited"]
    """Why."""


class CountdownMessage(Shape):
    """The room has been left: a scene is about to run. Once a second; `POST /api/v1/occupancy/keep` ends it."""

    type: Literal["countdown"]
    scene: str
    """Id of the scene."""
    seconds: int | None
    """Until it runs; null: the countdown is over, because somebody is there or the scene runs."""


class ChallengeMessage(Shape):
    """Sent first to a paired tablet that has a key: `hello` must carry its signature, before anything else counts."""

    type: Literal["challenge"]
    nonce: str
    """What is signed, as `roomd-device:1:<nonce>`, by ECDSA with P-256 and SHA-256; `proof` is base64url of r and s."""


ServerMessage = (
    SnapshotMessage
    | PatchMessage
    | OutcomeMessage
    | StoppedMessage
    | TraceMessage
    | RunMessage
    | CountdownMessage
    | ChallengeMessage
    | PongMessage
    | ErrorMessage
    | ByeMessage
)


class DeviceHealth(Shape):
    """One device's line of the admin page."""

    id: str
    """Id of the device."""
    driver: str
    """Id of its driver."""
    kind: str
    """Its kind."""
    name: Words
    """What people call it."""
    state: str
    """`online`, `offline`, `starting`, `misconfigured`, ..."""
    code: str | None
    """Why it is not online."""
    place: str | None = None
    """`file:line:column` of the mistake in the room file."""
    link: str | None = None
    """Id of its link."""
    endpoint: str | None = None
    """Address or port of the link."""
    last_answer_s: float | None = None
    """Age of the last answer in seconds; null: none yet."""
    p50_ms: float | None = None
    """Median time to an answer in milliseconds."""
    p95_ms: float | None = None
    """95th percentile of it."""
    failures: int | None = None
    """Exchanges without a good answer since the start."""
    junk: dict[str, int] | None = None
    """Received rubbish by reason."""
    reconnects: int | None = None
    """Times that the link came back."""
    queue: int | None = None
    """Commands that wait in the lane."""


class DevicesBody(Shape):
    """Body of `GET /api/v1/devices`."""

    devices: list[DeviceHealth]
    """All devices, in the order of the room file."""
    warnings: list[dict[str, Any]]
    """Banners of the admin page, each with `code` and `params`."""
