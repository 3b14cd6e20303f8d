"""The room as the pages get it: devices with what they can do, described so that no page needs to know a driver."""

from __future__ import annotations

from typing import Any

from drivers.commands import CommandSpec
from drivers.points import FAULT, ONLINE, PointSpec
from roomd import __version__
from roomd.control.room import RoomDevice, describe_argument
from roomd.web.services import Services


def describe_room(services: Services) -> dict[str, Any]:
    """Return the body of `GET /api/v1/room` and the `room` of a snapshot."""
    facts = services.facts
    return {
        "id": facts.id,
        "name": dict(facts.name),
        "version": __version__,
        "build": services.assets.build,
        "language": facts.language,
        "contact": facts.contact,
        "idle_after": facts.idle_after,
        "plan": facts.plan,
        "scenes": _scenes(services),
        "zones": [
            {"id": z.id, "name": dict(z.name), "devices": list(z.devices)}
            for z in services.dispatch.zones.values()
        ],
        "devices": [describe_device(d) for d in services.dispatch.devices.values()],
    }


def _scenes(services: Services) -> list[dict[str, Any]]:
    """Return the scenes in the order of the room file, and what runs of them."""
    if services.scenes is None:
        return []
    running = {run.scene: run.id for run in services.scenes.running}
    return [
        {
            "id": scene_id,
            "name": {"zh": scene.name.zh, "en": scene.name.en},
            "group": scene.group,
            "confirm": scene.confirm,
            "run": running.get(scene_id),
        }
        for scene_id, scene in services.scenes.scenes.items()
    ]


def snapshot(services: Services) -> dict[str, Any]:
    """Return the `snapshot` message: the room and all its points."""
    store = services.store
    return {
        "type": "snapshot",
        "seq": store.seq,
        "room": describe_room(services),
        "points": store.snapshot(),
    }


def describe_device(device: RoomDevice) -> dict[str, Any]:
    """Return one device."""
    shown: dict[str, Any] = {
        "id": device.id,
        "kind": device.kind,
        "name": dict(device.name),
        "driver": device.driver,
        "capabilities": list(device.capabilities),
        "points": {p.name: _point(p) for p in (*device.points, ONLINE, FAULT)},
        "commands": {name: _command(spec, device) for name, spec in device.commands.items()},
        "preview": device.preview is not None,
    }
    if device.problem is not None:
        place = f"{device.problem.file}:{device.problem.line}"
        shown["misconfigured"] = place if device.problem.file else device.problem.code
    return shown


def _point(spec: PointSpec) -> dict[str, Any]:
    shown = {
        "type": spec.type,
        "min": spec.minimum,
        "max": spec.maximum,
        "step": spec.step,
        "unit": spec.unit,
        "values": list(spec.values) or None,
        "via": list(spec.via) or None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _command(spec: CommandSpec, device: RoomDevice) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if spec.args:
        shown["args"] = {name: describe_argument(arg) for name, arg in spec.args.items()}
    run = device.run_of(spec)
    if run is not None:
        shown["run"] = run
    return shown
