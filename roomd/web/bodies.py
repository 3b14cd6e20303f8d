"""Which model describes which HTTP body; the interface page is made from this and the route table."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.json_schema import models_json_schema

from roomd.web.answers import (
    DevicesBody,
    OutcomeBody,
    OutcomeProblem,
    ProblemBody,
    RunBody,
    SessionBody,
    StateBody,
)
from roomd.web.room_shape import RoomShape, Shape

API = "/api/v1"


class StopBody(Shape):
    """Body of `POST /api/v1/stop`: how each device's stop ended."""

    devices: dict[str, OutcomeBody]
    """Device id -> outcome."""


class RunsBody(Shape):
    """Body of `GET /api/v1/runs`."""

    runs: list[RunBody]
    """Runs that go on, and the last that ended, in the order in which they began."""


class WhyBody(Shape):
    """Body of `GET /api/v1/why/...`: would the command be refused now, and by what."""

    verdict: str
    """`allowed` or `refused`."""
    rules: list[Any]
    """What each rule says: `id`, `verdict` (`deny` or `pass`), `points` that decided, `say`."""
    code: str | None = None
    """Why it would be refused."""
    params: dict[str, Any] | None = None
    """What the words need."""


class KeptBody(Shape):
    """Body of `POST /api/v1/occupancy/keep`."""

    kept: bool
    """Whether a countdown was ended by it."""


class MeetingBody(Shape):
    """One meeting."""

    start: str
    """ISO 8601 with offset."""
    end: str
    """The same."""
    title: str
    """At most 120 characters."""


class CalendarBody(Shape):
    """Body of `GET /api/v1/calendar`."""

    meetings: list[MeetingBody]
    """The next 5, one that goes on included, by their start; those of the next 14 days."""


class Credential(Shape):
    """A token, once."""

    token: str
    """As printed by the demo or at the first start."""


class Arguments(RootModel[dict[str, Any]]):
    """Arguments of a command, as `/api/v1/room` describes them."""


class ConfigText(Shape):
    """A room file's text."""

    text: str
    """YAML."""


class Steps(Shape):
    """How many kept generations to go back."""

    steps: int = 1
    """1 to 9."""


RESPONSES: dict[tuple[str, str], type[BaseModel]] = {
    ("GET", f"{API}/room"): RoomShape,
    ("GET", f"{API}/state"): StateBody,
    ("POST", f"{API}/devices/{{device}}/stop"): OutcomeBody,
    ("POST", f"{API}/devices/{{device}}/{{command}}"): OutcomeBody,
    ("POST", f"{API}/stop"): StopBody,
    ("GET", f"{API}/why/{{device}}/{{command}}"): WhyBody,
    ("POST", f"{API}/scenes/{{scene}}/run"): RunBody,
    ("GET", f"{API}/runs"): RunsBody,
    ("POST", f"{API}/runs/{{run}}/cancel"): RunBody,
    ("POST", f"{API}/runs/{{run}}/retry"): RunBody,
    ("POST", f"{API}/runs/{{run}}/undo"): RunBody,
    ("GET", f"{API}/session"): SessionBody,
    ("POST", f"{API}/session"): SessionBody,
    ("GET", f"{API}/devices"): DevicesBody,
    ("POST", f"{API}/occupancy/keep"): KeptBody,
    ("GET", f"{API}/calendar"): CalendarBody,
}
"""Method and path -> model of the answer; the others answer an object that their docs describe."""

REQUESTS: dict[tuple[str, str], type[BaseModel]] = {
    ("POST", f"{API}/devices/{{device}}/stop"): Arguments,
    ("POST", f"{API}/devices/{{device}}/{{command}}"): Arguments,
    ("POST", f"{API}/session"): Credential,
    ("POST", f"{API}/config/check"): ConfigText,
    ("POST", f"{API}/config/rollback"): Steps,
}
"""Method and path -> model of the body that is sent."""


def components() -> dict[str, Any]:
    """Return the JSON schemas of all bodies."""
    models: list[type[BaseModel]] = [ProblemBody, OutcomeProblem]
    for model in (*RESPONSES.values(), *REQUESTS.values()):
        if model not in models:
            models.append(model)
    _, found = models_json_schema(
        [(m, "serialization") for m in models], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = found["$defs"]
    return schemas
