"""Words for people in two languages, ids, and other short texts."""

from __future__ import annotations

from typing import Annotated, Any, Self, cast

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model

DEVICE_ID = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}$"
PLAIN_ID = r"^[a-z][a-z0-9_]*$"

DeviceId = Annotated[str, StringConstraints(pattern=DEVICE_ID, max_length=64)]
"""One to three parts of small letters, digits and `_`, joined by dots: `lights.table`."""

PlainId = Annotated[str, StringConstraints(pattern=PLAIN_ID, max_length=64)]
"""One part of small letters, digits and `_`: `bus_a`."""

PointPath = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){1,6}$", max_length=128),
]
"""A device id and one of its points: `sensor.ac_current.value`."""


def _printable(text: str) -> str:
    if any(not c.isprintable() for c in text):
        raise PydanticCustomError("text_control", "control characters are not allowed here")
    return text


Text = Annotated[str, StringConstraints(max_length=64), AfterValidator(_printable)]


class Words(Model):
    """A text for people. One language alone serves both, with a warning."""

    zh: Annotated[Text, Field(examples=["会议桌灯"])] = ""
    """Chinese (zh-CN), at most 64 characters."""
    en: Annotated[Text, Field(examples=["Table light"])] = ""
    """English, at most 64 characters."""

    @model_validator(mode="before")
    @classmethod
    def _one_serves_both(cls, value: Any) -> Any:
        if isinstance(value, str | int):
            raise PydanticCustomError("words_form", "write {{zh: …, en: …}}")
        given = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        if len(given) == 1 and {"zh", "en"} & given.keys():
            (text,) = given.values()
            return {"zh": text, "en": text}
        return cast("Any", value)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.zh.strip() or not self.en.strip():
            raise PydanticCustomError("words_empty", "a name needs text")
        return self

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh
