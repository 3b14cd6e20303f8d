"""What a room file says of one Tasmota device."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from drivers.tasmota.tables import RELAYS


def _plain(text: str) -> str:
    if any(sign in text for sign in "+#\0") or text != text.strip("/ "):
        raise ValueError("a topic holds no +, # or NUL, and no / or space at its ends")
    return text


def _full(text: str) -> str:
    if "%prefix%" not in text or "%topic%" not in text or any(sign in text for sign in "+#\0"):
        raise ValueError("full_topic holds %prefix% and %topic%, and no +, # or NUL")
    return text


class TasmotaSettings(BaseModel):
    """What every Tasmota device has."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    topic: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]
    """`Topic` as set on the device."""
    full_topic: Annotated[str, Field(max_length=200), AfterValidator(_full)] = "%prefix%/%topic%/"
    """`FullTopic` as set on the device."""

    def at(self, prefix: str, name: str) -> str:
        """Return the topic of `name` under `cmnd`, `stat` or `tele`; without a name the folder of all."""
        place = self.full_topic.replace("%prefix%", prefix).replace("%topic%", self.topic)
        return f"{place.rstrip('/')}/{name}"


class TasmotaLightSettings(TasmotaSettings):
    """A lamp or dimmer."""

    relay: Annotated[int, Field(ge=1, le=RELAYS)] = 1
    """Which of its relays, counted from 1."""
    dimmable: bool = False
    """True where it takes `Dimmer`."""
    tunable: bool = False
    """True where it takes `CT`."""


class TasmotaRelaySettings(TasmotaSettings):
    """A relay board."""

    channels: Annotated[int, Field(ge=1, le=RELAYS)] = 1
    """How many relays it has."""
