"""Which devices share an endpoint, and whether they agree on its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from drivers.device import LinkDefaults
from drivers.errors import DriverError
from roomd.config.models.links import LinkEntry, SerialPort, split_address
from roomd.config.places import Place
from roomd.config.room import LinkConfig

MQTT = "mqtt"
_COMPARED = ("transport", "baud", "format", "local_echo", "modem")


RealPort = Callable[[SerialPort], str | None]


def real_port(port: SerialPort) -> str | None:
    """Return the device file that the name of a port leads to now; None where there is none, or no single one."""
    from drivers.transport.identity import resolve as find  # noqa: PLC0415  # only where there are serial ports

    kind, _, name = port.identity.partition(":")
    try:
        return find({kind: name})
    except DriverError:
        return None


class PortMissing(ValueError):
    """`tcp: host` without a port, for a driver that has no standard one."""


@dataclass(slots=True)
class _Known:
    config: LinkConfig
    place: Place
    gap_given: bool


class Links:
    """Endpoints in the order of the file; the first device settles the line settings.

    Args:
        real: the device file that a serial port's name leads to now, None where there is none. Two names of one port
            are one endpoint: a by-id path and `/dev/ttyUSB0` may be the same.
    """

    def __init__(self, real: RealPort | None = None) -> None:
        self._known: dict[str, _Known] = {}
        self._real = real or real_port
        self._first_name: dict[str, str] = {}

    @property
    def configs(self) -> dict[str, LinkConfig]:
        """Return endpoint -> link."""
        return {endpoint: known.config for endpoint, known in self._known.items()}

    def join(
        self, name: str, entry: LinkEntry | None, defaults: LinkDefaults, place: Place
    ) -> tuple[LinkConfig, tuple[str, Place] | None]:
        """Put a device on its endpoint.

        Args:
            name: name of the link in messages.
            entry: the link as written; None means the room's broker.
            defaults: the driver's usual settings.
            place: where the link is written.

        Returns:
            The endpoint's link; and where the settings differ from those of the device that came
            first, which setting and where that one stands.

        Raises:
            PortMissing: no port was given and the driver has no standard one.
        """
        config = self._under_its_first_name(resolve(name, entry, defaults))
        gap_given = entry is not None and entry.gap is not None
        known = self._known.setdefault(config.endpoint, _Known(config, place, gap_given))
        for setting in _COMPARED:
            if getattr(known.config, setting) != getattr(config, setting):
                return known.config, (setting, known.place)
        if gap_given and known.gap_given and known.config.gap != config.gap:
            return known.config, ("gap", known.place)
        self._widen_gap(known, config, given=gap_given)
        return known.config, None

    def _under_its_first_name(self, config: LinkConfig) -> LinkConfig:
        real = None if config.serial is None else self._real(config.serial)
        if real is None:
            return config
        endpoint = self._first_name.setdefault(real, config.endpoint)
        return replace(config, endpoint=endpoint)

    def _widen_gap(self, known: _Known, config: LinkConfig, *, given: bool) -> None:
        """Keep the gap that was written; else the widest that a driver on this line needs."""
        if known.gap_given:
            return
        gap = config.gap if given else max(known.config.gap, config.gap)
        known.config = replace(known.config, gap=gap)
        known.gap_given = given


def resolve(name: str, entry: LinkEntry | None, defaults: LinkDefaults) -> LinkConfig:
    """Return the link that `entry` means for a driver with these defaults.

    Raises:
        PortMissing: no port was given and the driver has no standard one.
    """
    gap = defaults.gap if entry is None or entry.gap is None else entry.gap
    if entry is None:
        return LinkConfig(MQTT, MQTT, "mqtt", gap=gap)
    if entry.port is not None:
        return LinkConfig(
            name,
            f"serial:{entry.port.identity}",
            "serial",
            serial=entry.port,
            baud=entry.baud or defaults.baud,
            format=entry.format or defaults.format,
            gap=gap,
            local_echo=entry.local_echo,
            modem=entry.modem,
        )
    if entry.http is not None:
        return LinkConfig(name, entry.http, "http", url=entry.http, gap=gap)
    return _address(name, entry, defaults, gap)


def _address(name: str, entry: LinkEntry, defaults: LinkDefaults, gap: float) -> LinkConfig:
    host, port = split_address(entry.tcp or entry.udp or "")
    port = port or defaults.port
    if port is None:
        raise PortMissing(host)
    kind = "tcp" if entry.tcp is not None else "udp"
    endpoint = f"{kind}:[{host}]:{port}" if ":" in host else f"{kind}:{host}:{port}"
    echo = entry.local_echo
    if kind == "tcp":
        return LinkConfig(name, endpoint, "tcp", host=host, port=port, gap=gap, local_echo=echo)
    return LinkConfig(name, endpoint, "udp", host=host, port=port, gap=gap)
