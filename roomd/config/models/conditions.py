"""What a point must be: equality, a choice of values, or a span. Used by rules, scenes and occupancy."""

from __future__ import annotations

from typing import Annotated, Any, Self, cast

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from roomd.config.models.base import Model
from roomd.config.models.devices import Scalar, Threshold
from roomd.config.models.texts import PointPath


class Span(Model):
    """A number above or below a limit, or between two; the unit is the point's own."""

    above: Threshold | None = None
    """Holds while the value is greater."""
    below: Threshold | None = None
    """Holds while the value is smaller."""

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if self.above is None and self.below is None:
            raise PydanticCustomError("span_form", "above or below is needed")
        return self


def _shape(value: Any) -> str:
    if isinstance(value, dict | Span):
        return "span"
    return "choice" if isinstance(value, list) else "value"


Choice = Annotated[list[Scalar], Field(min_length=1, max_length=32)]
Condition = Annotated[
    Annotated[Scalar, Tag("value")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Span, Tag("span")],
    Discriminator(_shape),
]
"""`off`, `[hdmi1, hdmi2]`, or `{above: 0.3A}`."""
Conditions = Annotated[dict[PointPath, Condition], Field(min_length=1, max_length=32)]


class Unless(Model):
    """Conditions that must all hold; `any:` is a list of alternatives of which one must hold too."""

    all: dict[PointPath, Condition] = Field(default_factory=dict)
    """Point -> what it must be. Written without this key, beside `any`."""
    any: Annotated[list[Conditions], Field(max_length=16)] = Field(default_factory=list[Conditions])
    """Alternatives; each is a mapping like `all`."""

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        given = cast("dict[str, Any]", value)
        rest = {k: v for k, v in given.items() if k != "any"}
        return {"all": rest, **({"any": given["any"]} if "any" in given else {})}

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.all and not self.any:
            raise PydanticCustomError("unless_empty", "at least one condition is needed")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe it as people write it: conditions beside `any`."""
        shape = handler.resolve_ref_schema(handler(core_schema))
        conditions = shape["properties"].pop("all")
        shape["patternProperties"] = conditions["patternProperties"]
        return shape
