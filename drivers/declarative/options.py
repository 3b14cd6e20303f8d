"""Options of a definition: a strict settings model, and their values as frames need them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from drivers.declarative.model import Definition, Option
from drivers.units import parse_duration


class Settings(BaseModel):
    """Options of a device that a definition describes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


def settings_model(definition: Definition) -> type[BaseModel]:
    """Return the model of `options:`; each option is a strict field with its range and default."""
    fields: dict[str, Any] = {}
    for name, option in definition.options.items():
        default = ... if option.default is None else option.default
        text = option.help or f"{name}: {_words(option)}"
        fields[name] = (_type(option), Field(default=default, description=text))
    model: type[BaseModel] = create_model(
        f"{definition.id.title().replace('_', '')}Settings", __base__=Settings, **fields
    )
    return model


def values(definition: Definition, settings: BaseModel) -> dict[str, Any]:
    """Return option -> value as frames need it: `hex` as bytes, durations as seconds."""
    found: dict[str, Any] = {}
    for name, option in definition.options.items():
        value = getattr(settings, name)
        found[name] = bytes.fromhex(value) if option.type == "hex" else value
    return found


def _words(option: Option) -> str:
    match option.type:
        case "hex":
            return f"{option.bytes or 1} bytes in hex, quoted"
        case "int":
            return f"whole number {option.min}..{option.max}"
        case "duration":
            return "time with unit, as 300ms or 5s"
        case _:
            return ", ".join(option.values) or option.type


def _type(option: Option) -> Any:
    match option.type:
        case "hex":
            size = option.bytes
            return Annotated[
                str, BeforeValidator(_quoted), AfterValidator(lambda text: _hex(text, size))
            ]
        case "int":
            return Annotated[int, Field(ge=option.min, le=option.max)]
        case "duration":
            return Annotated[float, BeforeValidator(_seconds), Field(ge=0, le=86400)]
        case "slug":
            return Annotated[
                str, Field(pattern=r"^[A-Za-z0-9_\-]+(?:/[A-Za-z0-9_\-]+)*$", max_length=128)
            ]
        case "enum":
            return Literal[tuple(option.values)]
        case "bool":
            return bool
        case _:
            return Annotated[str, Field(max_length=256)]


def _quoted(value: Any) -> Any:
    if isinstance(value, int):
        raise PydanticCustomError("quote_it", "hex values must be quoted: quote it")
    return value


def _hex(text: str, size: int | None) -> str:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        raise PydanticCustomError("bad_hex", "two hex digits for each byte") from None
    if size is not None and len(found) != size:
        raise PydanticCustomError("bad_hex", "{size} bytes are needed", {"size": size})
    return found.hex(" ").upper()


def _seconds(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value
