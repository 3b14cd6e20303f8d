"""Room files for tests, and a table of drivers that needs no driver."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from drivers.device import LinkDefaults, TransportName
from drivers.spec import DriverSpec
from drivers.units import parse_duration
from roomd.config.driver_table import DriverTable
from roomd.config.load import load
from roomd.config.room import LoadResult

HEAD = "schema: roomd.room/1\nroom: {id: r1, name: {zh: 会议室, en: Room}}\n"


class LiftOptions(BaseModel):
    """Options of the lift of these tests."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    address: str = "EE EE EE"
    """Three bytes in hexadecimal."""
    travel: str = "18s"
    """Time of the full stroke."""
    speed: float = Field(default=1.0, gt=0, le=2)
    """Factor."""

    @field_validator("travel")
    @classmethod
    def _time(cls, value: str) -> str:
        parse_duration(value)
        return value


class DisplayOptions(BaseModel):
    """Options of the display of these tests."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    display: int = Field(default=1, ge=0, le=253)
    """Its number."""
    pin: SecretStr | None = None
    """PIN."""
    label: str = ""
    """Text that people see."""


class LightOptions(BaseModel):
    """Options of the light of these tests."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    topic: str


def _never(*_: Any) -> Any:
    raise AssertionError("a test of the configuration builds no device")


def spec(
    driver: str,
    kind: str,
    transports: set[TransportName],
    settings: type[BaseModel],
    defaults: LinkDefaults = LinkDefaults(),  # noqa: B008  # frozen
) -> DriverSpec:
    """Return a driver of which only the data is used."""
    return DriverSpec(
        id=driver,
        kind=kind,
        name={"zh": driver, "en": driver},
        transports=frozenset(transports),
        defaults=defaults,
        settings=settings,
        device=_never,
        simulator=None,
    )


SPECS = {
    s.id: s
    for s in (
        spec(
            "lift_x",
            "lift",
            {"serial"},
            LiftOptions,
            LinkDefaults(baud=2400, gap=0.1, shared=True),
        ),
        spec(
            "curtain_x",
            "curtain",
            {"serial"},
            LiftOptions,
            LinkDefaults(baud=9600, gap=0.06, shared=True),
        ),
        spec("display_x", "display", {"tcp", "serial"}, DisplayOptions, LinkDefaults(port=1515)),
        spec("box_x", "matrix", {"tcp", "udp", "http"}, DisplayOptions),
        spec("light_x", "light", {"mqtt"}, LightOptions),
        spec("camera_x", "camera", {"udp"}, DisplayOptions, LinkDefaults(port=52381)),
    )
}
TABLE = DriverTable(SPECS.get, lambda: sorted(SPECS))


def read(
    folder: Path,
    text: str,
    *,
    head: str = HEAD,
    files: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> LoadResult:
    """Write a room file (with `head` above) and the files beside it, and load it."""
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        path.chmod(0o600)
    main = folder / "room.yaml"
    main.write_text(head + text, "utf-8")
    return load(main, table=TABLE, environment=environment or {}, stable=lambda _: None)


def codes(result: LoadResult) -> list[str]:
    """Return the codes of all errors in order."""
    return [problem.code for problem in result.errors]
