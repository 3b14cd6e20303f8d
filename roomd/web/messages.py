"""What panels may send: one model for each WebSocket message; the panel's own types are generated from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from roomd.web.problem import Problem

Id = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=96)]
Args = Annotated[dict[str, Any], Field(max_length=32)]
TOPIC = r"^(meters|trace:(\*|[a-z][a-z0-9_.]{0,95}))$"
"""`meters`, `trace:<device>` or `trace:*`."""


class Message(BaseModel):
    """What all messages share: unknown fields are errors, nothing is converted."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class Hello(Message):
    """First message: give me what changed since `last_seq`, or all."""

    type: Literal["hello"]
    last_seq: Annotated[int, Field(ge=0)] | None = None
    """Number of the last patch seen; left out for a snapshot."""
    proof: Annotated[str, Field(max_length=128)] | None = None
    """Signature of the `challenge`, by a paired tablet that has a key; base64url."""


class Override(Message):
    """Pass one rule for one command, where the rule allows it."""

    rule: Name
    """Id of the rule."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why, in the person's own words; it is recorded."""


class CommandMessage(Message):
    """Run a command; answered by one `outcome` with the same id."""

    type: Literal["command"]
    id: Id
    device: Name
    command: Name
    args: Args = {}
    satisfy: bool = False
    """Run what the refusing rule offers first, then the command."""
    override: Override | None = None
    """Pass a rule, with a reason; operators only."""


class HoldMessage(Message):
    """A finger is on a button: run until `release`, or 400 ms after the last `keep`."""

    type: Literal["hold"]
    id: Id
    device: Name
    command: Name
    args: Args = {}


class Keep(Message):
    """The finger is still there; every 150 ms. `args` change a camera's drive."""

    type: Literal["keep"]
    id: Id
    args: Args | None = None


class Release(Message):
    """The finger is gone."""

    type: Literal["release"]
    id: Id


class SceneMessage(Message):
    """Run a scene; answered by one `outcome` with the same id."""

    type: Literal["scene"]
    id: Id
    scene: Name
    dry_run: bool = False
    """Only say what it would do."""
    force: bool = False
    """Run it although a step will be refused."""


class Stop(Message):
    """Stop everything that moves."""

    type: Literal["stop"]


class Ping(Message):
    """Are you there? Answered by `pong`."""

    type: Literal["ping"]


class Watch(Message):
    """Send these topics from now on, and no others."""

    type: Literal["watch"]
    topics: Annotated[list[Annotated[str, Field(pattern=TOPIC)]], Field(max_length=64)]
    """`meters`, `trace:<device>`, `trace:*`."""


AnyMessage = (
    Hello | CommandMessage | HoldMessage | Keep | Release | SceneMessage | Stop | Ping | Watch
)
ClientMessage = Annotated[AnyMessage, Field(discriminator="type")]
_ADAPTER: TypeAdapter[AnyMessage] = TypeAdapter(ClientMessage)


def parse_message(body: dict[str, Any]) -> AnyMessage:
    """Return the message that `body` is.

    Raises:
        Problem: `bad_request`, with the fields that are wrong; never their values.
    """
    try:
        return _ADAPTER.validate_python(body)
    except ValidationError as error:
        fields = [".".join(str(part) for part in e["loc"][1:]) for e in error.errors()][:8]
        raise Problem("bad_request", fields=fields) from None
