"""The room file's top level."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, Tag, field_validator
from pydantic_core import PydanticCustomError

from roomd.config.models.audit import Audit
from roomd.config.models.base import TEXT_OR_MAPPING, Model
from roomd.config.models.devices import DeviceEntry
from roomd.config.models.limits import Limits
from roomd.config.models.links import LinkEntry
from roomd.config.models.plan import Plan
from roomd.config.models.quantities import Duration
from roomd.config.models.rules import Rule
from roomd.config.models.scenes import Scene
from roomd.config.models.schedules import Calendar, Occupancy, Schedule, Trigger
from roomd.config.models.services import Broker, Northbound, Web
from roomd.config.models.texts import DeviceId, PlainId, Words
from roomd.config.models.tls import Tls

SCHEMA = "roomd.room/1"


BrokerChoice = Annotated[
    Annotated[Broker, Tag("mapping")] | Annotated[Literal["managed"], Tag("text")], TEXT_OR_MAPPING
]
PlanChoice = Annotated[
    Annotated[Plan, Tag("mapping")] | Annotated[Literal["none"], Tag("text")], TEXT_OR_MAPPING
]


class RoomIdentity(Model):
    """Which room this is."""

    id: Annotated[
        str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$"), Field(examples=["r301"])
    ]
    """Short id for host name, topics and records: small letters, digits, `_` and `-`."""
    name: Words
    """What people call the room."""
    timezone: Annotated[str, Field(examples=["Asia/Shanghai"])] = "Asia/Shanghai"
    """IANA time zone, for schedules and for times that people read."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            raise PydanticCustomError("unknown_timezone", "no such time zone") from None
        return value


class Zone(Model):
    """A part of the room: a list of devices."""

    name: Words
    """What people call it."""
    devices: Annotated[list[DeviceId], Field(max_length=512)]
    """Ids of its devices."""


def _digits(pin: SecretStr | None) -> SecretStr | None:
    text = "" if pin is None else pin.get_secret_value()
    if pin is not None and not (text.isascii() and text.isdigit() and 4 <= len(text) <= 16):
        raise PydanticCustomError("bad_pin", "a PIN has 4 to 16 digits")
    return pin


class Identity(Model):
    """Log-in and tablets."""

    pin: Annotated[
        SecretStr | None, AfterValidator(_digits), Field(examples=["!secret lift_pin"])
    ] = None
    """PIN that unlocks devices with `lock: pin` on every tablet, 4 to 16 digits; only as `!secret name` or
    `!env NAME`. Left out: each tablet has its own, or none."""


class RoomFile(Model):
    """One room."""

    schema_version: Annotated[Literal["roomd.room/1"], Field(alias="schema")]
    """Version of this file's form."""
    room: RoomIdentity
    """Which room this is."""
    broker: Annotated[BrokerChoice | None, Field(examples=["managed"])] = None
    """MQTT broker: `managed` (roomd starts and supervises one), or the site's own. Left out:
    none."""
    links: dict[PlainId, LinkEntry] = Field(default_factory=dict)
    """Endpoints that several devices share, by name."""
    devices: dict[DeviceId, DeviceEntry] = Field(default_factory=dict)
    """Device id -> device."""
    zones: dict[PlainId, Zone] = Field(default_factory=dict)
    """Parts of the room."""
    rules: Annotated[tuple[Rule, ...], Field(max_length=512)] = ()
    """Interlocks: what may not happen, and while what is so."""
    scenes: Annotated[dict[PlainId, Scene], Field(max_length=1000)] = Field(default_factory=dict)
    """Scenes, in the order in which the panel shows them."""
    schedules: Annotated[tuple[Schedule, ...], Field(max_length=200)] = ()
    """Scenes at times of day."""
    calendar: Calendar | None = None
    """Files with meetings and holidays."""
    occupancy: Occupancy | None = None
    """What happens when the room has been left."""
    triggers: Annotated[tuple[Trigger, ...], Field(max_length=200)] = ()
    """Scenes when points become so."""
    language: Literal["zh", "en"] = "zh"
    """Language of pages until a person chooses."""
    contact: Annotated[Words | None, Field(examples=[{"zh": "信息科 8301", "en": "IT 8301"}])] = (
        None
    )
    """Whom to call when something does not work."""
    idle_after: Annotated[Duration, Field(ge=10, le=86_400)] = 300.0
    """When an untouched panel dims."""
    plan: Annotated[PlanChoice | None, Field(examples=["none"])] = None
    """Drawing of the room; `none`: no drawing; left out: a schematic by kind."""
    limits: Limits = Limits()
    """Limits."""
    web: Web = Web()
    """Web server."""
    audit: Audit = Audit()
    """Operation record."""
    tls: Tls = Tls()
    """Certificate."""
    northbound: Northbound = Northbound()
    """What roomd tells other systems."""
    identity: Identity = Identity()
    """Log-in and accounts."""
