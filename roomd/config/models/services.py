"""What the room offers outside: web server, MQTT broker, mDNS, metrics."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model
from roomd.config.models.links import Address, split_address

HostName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")
]


def _ip(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise PydanticCustomError("bad_ip", "write an IP address") from None


OwnAddress = Annotated[str, AfterValidator(_ip)]


class Broker(Model):
    """The site's own MQTT broker."""

    host: Annotated[Address, Field(examples=["192.168.10.2"])]
    """Name or address."""
    port: Annotated[int, Field(ge=1, le=65_535)] = 1883
    """TCP port."""
    user: Annotated[str | None, StringConstraints(max_length=64)] = None
    """User name."""
    password: Annotated[SecretStr | None, Field(examples=["!secret mqtt_password"])] = None
    """Password; only as `!secret name` or `!env NAME`."""
    client_id: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,23}$")] = None
    """MQTT client id; left out, one is made from the room id."""

    @field_validator("host")
    @classmethod
    def _host_alone(cls, value: str) -> str:
        host, _ = split_address(
            value if ":" not in value or value.startswith("[") else f"[{value}]"
        )
        return host


class Web(Model):
    """The web server of panels and API."""

    listen: Annotated[list[OwnAddress], Field(max_length=16, examples=[["192.168.10.5"]])] = Field(
        default_factory=list
    )
    """Own addresses to listen on; empty means all of them."""
    port: Annotated[int, Field(ge=1, le=65_535)] = 443
    """HTTPS port."""
    http_port: Annotated[int, Field(ge=0, le=65_535)] = 80
    """Port of the plain page that explains HTTPS; 0 means none."""
    names: Annotated[list[HostName], Field(max_length=16, examples=[["room-301.example.cn"]])] = (
        Field(default_factory=list)
    )
    """Further host names that browsers may use for this room."""


class Mdns(Model):
    """Being found on the network without a name server."""

    enabled: bool = True
    """False: nothing is announced."""
    name: HostName | None = None
    """Host name without `.local`; left out, it is made from the room id."""


class Metrics(Model):
    """Figures for a monitoring system at `/metrics`."""

    enabled: bool = True
    """False: `/metrics` answers 404."""


class Northbound(Model):
    """What roomd tells other systems."""

    mdns: Mdns = Mdns()
    """Announcement by mDNS."""
    metrics: Metrics = Metrics()
    """Prometheus figures."""
