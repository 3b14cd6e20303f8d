"""How a device is reached: a serial port by what it is, TCP, UDP or HTTP.

MQTT devices use the room's broker.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model
from roomd.config.models.quantities import Duration

_HOST = r"(?:\[[0-9A-Fa-f:.]+(?:%[0-9A-Za-z]+)?\]|[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9])?)"
_ADDRESS = re.compile(rf"({_HOST})(?::([0-9]{{1,5}}))?\Z")
_URL = re.compile(rf"https?://{_HOST}(?::[0-9]{{1,5}})?/?\Z")

Baud = Annotated[int, Field(ge=50, le=4_000_000, examples=[9600])]
LineFormat = Annotated[str, StringConstraints(pattern=r"^[5-8][NEO][12]$")]
Address = Annotated[str, StringConstraints(max_length=260)]
PortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\s\x00]+$")]


class SerialPort(Model):
    """A serial port, named by what it is, because numbers such as ttyUSB0 move after replugging."""

    by_id: Annotated[PortText | None, Field(examples=["usb-FTDI_FT232R_A10K2X-if00-port0"])] = None
    """Name in `/dev/serial/by-id`, as `roomd ports` prints it."""
    usb_serial: Annotated[PortText | None, Field(examples=["A10K2X"])] = None
    """Serial number of the USB adapter."""
    vid_pid: (
        Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{4}:[0-9a-fA-F]{4}$")] | None
    ) = None
    """USB vendor and product, `"0403:6001"`; only where there is one such adapter."""
    by_path: Annotated[PortText | None, Field(examples=["pci-0000:00:14.0-usb-0:2:1.0-port0"])] = (
        None
    )
    """Name in `/dev/serial/by-path`: the socket it is plugged into."""
    path: Annotated[PortText | None, Field(examples=["/dev/ttyS0"])] = None
    """A device file, for ports that are built in (`/dev/ttyS0`)."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        if isinstance(value, str):
            _no_rfc2217(value)
            raise PydanticCustomError("port_form", "write {{by_id: …}}")
        return value

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        names = [n for n in type(self).model_fields if getattr(self, n) is not None]
        if len(names) != 1:
            raise PydanticCustomError("port_form", "exactly one of by_id, usb_serial, …")
        for name in names:
            _no_rfc2217(getattr(self, name))
        return self

    @property
    def identity(self) -> str:
        """Return one text for comparing: `by_id:usb-…`.

        A path into `/dev/serial` counts as its name.
        """
        if self.path is not None:
            for kind in ("by-id", "by-path"):
                folder = f"/dev/serial/{kind}/"
                if self.path.startswith(folder):
                    return f"{kind.replace('-', '_')}:{self.path.removeprefix(folder)}"
        for name in type(self).model_fields:
            if (text := getattr(self, name)) is not None:
                return f"{name}:{text.lower() if name == 'vid_pid' else text}"
        return ""


class ModemLines(Model):
    """Modem lines to set at opening. Left out, they stay untouched."""

    dtr: bool | None = None
    """Data terminal ready."""
    rts: bool | None = None
    """Request to send."""


class LinkEntry(Model):
    """One physical endpoint; all devices on it share one lane.

    Exactly one of `port`, `tcp`, `udp`, `http`.
    """

    port: SerialPort | None = None
    """A serial port."""
    tcp: Annotated[Address | None, Field(examples=["192.168.10.21:1515"])] = None
    """`host:port`; the port may be left out where the driver has a standard one. Serial servers
    too."""
    udp: Annotated[Address | None, Field(examples=["192.168.10.31:52381"])] = None
    """`host:port`, as for `tcp`."""
    http: Annotated[Address | None, Field(examples=["http://192.168.10.40"])] = None
    """Address of the device's own web interface, without user, password or query."""
    baud: Baud | None = None
    """Serial speed in bits per second; left out, the driver's usual one."""
    format: Annotated[LineFormat | None, Field(examples=["8N1"])] = None
    """Data bits, parity (N, E, O), stop bits; left out, the driver's usual one."""
    gap: Annotated[Duration, Field(le=10.0)] | None = None
    """Silence between the end of one transmission and the next."""
    local_echo: bool = False
    """True for adapters that hear what they send; own bytes are then taken out of the input."""
    modem: ModemLines | None = None
    """Modem lines; only for adapters that need them."""

    @field_validator("tcp", "udp")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None:
            _no_rfc2217(value)
            split_address(value)
        return value

    @field_validator("http")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        if value is not None and not _URL.match(value):
            raise PydanticCustomError("bad_url", "write http://host or https://host:port")
        return None if value is None else value.rstrip("/").lower()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [k for k in ("port", "tcp", "udp", "http") if getattr(self, k) is not None]
        if len(kinds) != 1:
            raise PydanticCustomError("link_form", "exactly one of port, tcp, udp, http")
        serial_only = [k for k in ("baud", "format", "modem") if getattr(self, k) is not None]
        if self.local_echo:
            serial_only.append("local_echo")
        # A serial server is set up for its line by itself, but an echoing adapter behind it still
        # echoes.
        wrong = [k for k in serial_only if not (k == "local_echo" and kinds == ["tcp"])]
        if kinds != ["port"] and wrong:
            raise PydanticCustomError("serial_only", "{key} is for serial ports", {"key": wrong[0]})
        return self

    @property
    def transport(self) -> Literal["serial", "tcp", "udp", "http"]:
        """Return which of the four it is."""
        if self.port is not None:
            return "serial"
        if self.tcp is not None:
            return "tcp"
        return "udp" if self.udp is not None else "http"


def split_address(text: str) -> tuple[str, int | None]:
    """Split `host:port`; IPv6 addresses stand in brackets.

    Raises:
        PydanticCustomError: not an address, or a port outside 1..65535.
    """
    match = _ADDRESS.match(text)
    if match is None:
        raise PydanticCustomError("bad_address", "write host:port")
    port = None if match[2] is None else int(match[2])
    if port is not None and not 1 <= port <= 65_535:
        raise PydanticCustomError("bad_port", "a port is 1 to 65535")
    return match[1].strip("[]").lower(), port


def _no_rfc2217(text: str) -> None:
    if text.lower().startswith("rfc2217:"):
        raise PydanticCustomError("rfc2217", "rfc2217:// is not offered; use tcp: host:port")
