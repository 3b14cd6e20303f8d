"""Figures for a monitoring system, in the Prometheus text format."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from drivers.commands import Outcome
from roomd.control.commands import Command
from roomd.web.access import from_loopback, identify, require
from roomd.web.services import SERVICES

REGISTRY = CollectorRegistry()
COMMANDS = Counter("roomd_commands", "Commands by outcome.", ["outcome"], registry=REGISTRY)
LATENCY = Histogram(
    "roomd_command_seconds",
    "Seconds from acceptance to outcome.",
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
    registry=REGISTRY,
)
PANELS = Gauge("roomd_panels", "Open WebSockets.", registry=REGISTRY)
DROPPED_PANELS = Counter(
    "roomd_panels_dropped",
    "WebSockets closed for being slow, flooding or out of date.",
    ["code"],
    registry=REGISTRY,
)
ONLINE = Gauge("roomd_device_online", "1 while the device answers.", ["device"], registry=REGISTRY)
FAILURES = Gauge(
    "roomd_device_failures", "Answers that did not come.", ["device"], registry=REGISTRY
)
RECONNECTS = Gauge("roomd_link_reconnects", "Times a link came back.", ["link"], registry=REGISTRY)
JUNK = Gauge(
    "roomd_device_junk",
    "Pieces of input that were no message.",
    ["device", "reason"],
    registry=REGISTRY,
)
DROPPED = Gauge(
    "roomd_reports_dropped", "Device reports refused by the store.", ["reason"], registry=REGISTRY
)


def count(command: Command, outcome: Outcome) -> None:
    """Count the end of a command."""
    COMMANDS.labels(outcome.kind.value).inc()
    LATENCY.observe(outcome.ms / 1000)


async def metrics(request: web.Request) -> web.Response:
    """Answer `GET /metrics`: from this machine, or with an `integration` or `admin` token."""
    if not from_loopback(request):
        require(identify(request), "metrics.read")
    services = request.app[SERVICES]
    PANELS.set(len(services.feed.clients))
    for gauge in (ONLINE, FAILURES, RECONNECTS, JUNK):
        gauge.clear()  # a device that is gone must not stay in the figures
    for device in services.dispatch.devices.values():
        state, _ = services.supervisor.states.get(device.id, ("", None))
        ONLINE.labels(device.id).set(1 if state == "online" else 0)
        if device.device is not None:
            port = device.device.link
            FAILURES.labels(device.id).set(port.failures)
            for reason, number in port.junk.items():
                JUNK.labels(device.id, reason).set(number)
    for link in services.supervisor.links.values():
        RECONNECTS.labels(link.id).set(link.reconnects)
    for reason, number in services.store.dropped.items():
        DROPPED.labels(reason).set(number)
    return web.Response(
        body=generate_latest(REGISTRY), headers={"Content-Type": "text/plain; version=0.0.4"}
    )
