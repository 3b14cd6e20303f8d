"""From a checked configuration to the plan of a room, and from a link's plan to its transport."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace

from drivers.clock import LoopClock
from drivers.transport.base import Transport
from roomd.config.models.services import Broker as BrokerEntry
from roomd.config.room import BrokenDevice, DeviceConfig, LinkConfig, Room
from roomd.control.interlocks import Rule, compiled
from roomd.control.plan import DevicePlan, LinkPlan, RoomPlan
from roomd.control.room import Misconfigured, Zone
from roomd.control.verify import Check
from roomd.web.services import RoomFacts

MQTT = "mqtt"
"""Key of the broker's link."""

NO_ROOM = RoomFacts(
    id="",
    name={"zh": "会议室", "en": "Room"},
    language="zh",
    contact=None,
    idle_after=300.0,
    plan=None,
)
"""What is said of a room without any usable configuration."""


@dataclass(frozen=True)
class BrokerAddress:
    """The broker that runs, managed or the site's own, as roomd connects to it."""

    host: str
    port: int
    user: str
    password: str
    client_id: str


def make_plan(room: Room, broker: BrokerAddress | None) -> RoomPlan:
    """Return the plan of `room`; `broker` is None where the room has none."""
    links = {key: _link(key, link, room, broker) for key, link in room.links.items()}
    devices = {d.id: _device(d) for d in room.devices.values()}
    for device in devices.values():
        spec = device.spec
        if spec is not None and spec.transport is not None and links[device.link].kind == "tcp":
            links[device.link] = replace(links[device.link], wrapped=(spec, device.settings))
    devices |= {b.id: _broken(b) for b in room.broken.values() if b.id not in devices}
    zones = {
        zone_id: Zone(zone_id, _words(zone.name), tuple(zone.devices))
        for zone_id, zone in room.file.zones.items()
    }
    return RoomPlan(links, devices, zones)


def own_broker(room: Room, client_id: str) -> BrokerAddress | None:
    """Return the site's own broker from the room file; None where there is none or it is managed."""
    entry = room.file.broker
    if not isinstance(entry, BrokerEntry):
        return None
    password = entry.password.get_secret_value() if entry.password is not None else ""
    return BrokerAddress(
        entry.host, entry.port, entry.user or "", password, entry.client_id or client_id
    )


def make_rules(room: Room) -> tuple[Rule, ...]:
    """Return the interlocks of `room`, in the order of the file."""
    zones = {zone_id: zone.devices for zone_id, zone in room.file.zones.items()}
    return tuple(compiled(rule, zones) for rule in room.file.rules)


def make_facts(room: Room) -> RoomFacts:
    """Return what the pages say of the room."""
    contact = room.file.contact
    plan: object = "none" if room.no_plan else None
    if room.plan is not None:
        plan = room.plan.model_dump(mode="json", exclude_none=True)
    return RoomFacts(
        id=room.file.room.id,
        name=_words(room.file.room.name),
        language=room.file.language,
        contact=None if contact is None else _words(contact),
        idle_after=room.file.idle_after,
        plan=plan,
    )


def make_transport(plan: LinkPlan, memory: MutableMapping[str, str] | None = None) -> Transport:
    """Return the transport of a link; each kind is imported when a room has it.

    Args:
        plan: of the link.
        memory: what transports remember from one start to the next, such as a display's certificate; None: nothing.
    """
    match plan.kind:
        case "serial":
            from drivers.transport.serial_port import SerialPort  # noqa: PLC0415  # start-up time

            return SerialPort(
                plan.serial,
                plan.baud,
                plan.format,
                local_echo=plan.local_echo,
                modem=plan.modem,
            )
        case "tcp":
            from drivers.transport.tcp import Tcp  # noqa: PLC0415  # as above

            return _wrapped(plan, Tcp(plan.host, plan.port), {} if memory is None else memory)
        case "udp":
            from drivers.transport.udp import Udp  # noqa: PLC0415  # as above

            return Udp(plan.host, plan.port)
        case "http":
            from drivers.transport.http import Http  # noqa: PLC0415  # as above

            return Http(plan.url)
        case "mqtt":
            from drivers.transport.mqtt import Broker, Mqtt  # noqa: PLC0415  # as above

            return Mqtt(
                Broker(plan.host, plan.port, plan.user, plan.password, plan.client_id, plan.room)
            )


def _wrapped(plan: LinkPlan, inner: Transport, memory: MutableMapping[str, str]) -> Transport:
    if plan.wrapped is None or plan.wrapped[0].transport is None:
        return inner
    return plan.wrapped[0].transport(plan.wrapped[1], inner, LoopClock(), memory)


def _link(key: str, link: LinkConfig, room: Room, broker: BrokerAddress | None) -> LinkPlan:
    if link.transport == "mqtt":
        at = broker or BrokerAddress("127.0.0.1", 0, "", "", "")
        return LinkPlan(
            MQTT,
            "mqtt",
            host=at.host,
            port=at.port,
            user=at.user,
            password=at.password,
            client_id=at.client_id,
            room=room.file.room.id,
        )
    if link.transport == "memory":
        raise ValueError("a room file cannot name a link in memory")
    serial: Mapping[str, str] = {}
    if link.serial is not None:
        kind, _, name = link.serial.identity.partition(":")
        serial = {kind: name}
    modem: Mapping[str, bool] = {}
    if link.modem is not None:
        modem = link.modem.model_dump(exclude_none=True)
    return LinkPlan(
        key,
        link.transport,
        host=link.host,
        port=link.port,
        serial=serial,
        baud=link.baud,
        format=link.format,
        local_echo=link.local_echo,
        modem=modem,
        url=link.url,
        gap=link.gap,
    )


def _device(device: DeviceConfig) -> DevicePlan:
    return DevicePlan(
        id=device.id,
        kind=device.spec.kind,
        driver=device.spec.id,
        name=_words(device.name),
        spec=device.spec,
        settings=device.options,
        link=device.endpoint,
        preview=device.entry.preview,
        verify={
            point: Check(v.source, v.above, v.below, v.equals, v.within)
            for point, v in device.entry.verify.items()
        },
        lock=device.entry.lock == "pin",
        restore=device.entry.restore,
    )


def _broken(device: BrokenDevice) -> DevicePlan:
    first = device.problems[0]
    name = {"zh": device.id, "en": device.id} if device.name is None else _words(device.name)
    place = first.place
    return DevicePlan(
        id=device.id,
        kind=device.kind or "unknown",
        driver="",
        name=name,
        spec=None,
        settings=None,
        link="",
        problem=Misconfigured(place.file, place.line, place.column, first.code, first.params),
    )


def _words(words: object) -> dict[str, str]:
    return {"zh": str(getattr(words, "zh", "")), "en": str(getattr(words, "en", ""))}
