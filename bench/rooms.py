"""Room files for benchmarks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

BAUD = 9600
GAP = 0.05
"""Seconds of silence that the slow line demands."""
FRAME_TIME = 3 * 10 / BAUD
"""Seconds that a frame of three bytes takes there."""
LINE_DRIVER = """\
schema: roomd.driver/1
id: bench_line
name: {zh: 测试线, en: Bench line}
kind: light
link: {type: serial, baud: 9600, gap: 0ms}
state: {level: {type: int, range: [0, 255]}}
feedback: none
commands:
  set: {args: {level: {type: int, min: 0, max: 255}}, hex: "A5 {level:u8} 5A", key: level, set: {level: "{level}"}}
  step: {args: {number: {type: int, min: 0, max: 255}}, hex: "B5 {number:u8} 5A", relative: true}
  stop: {hex: "C5 00 5A", priority: safety, flush: true}
tests:
  - {do: set, args: {level: 1}, tx: ["A5 01 5A"], outcome: sent}
  - {do: step, args: {number: 2}, tx: ["B5 02 5A"], outcome: sent}
  - {do: stop, tx: ["C5 00 5A"], outcome: sent}
"""
"""A device as a site describes one: frames of three bytes, nothing comes back; `set` is newest-wins, `step` is not."""


def write(
    folder: Path, devices: dict[str, Any], *, port: int, mqtt: int | None = None, **more: Any
) -> None:
    """Write the room file and the bench's own driver.

    Args:
        folder: where; the room file is `room.yaml`.
        devices: as under `devices:`.
        port: of the daemon's web server.
        mqtt: the broker's port, or None for a room without.
        more: further top-level keys.
    """
    room: dict[str, Any] = {
        "schema": "roomd.room/1",
        "room": {"id": "bench", "name": {"zh": "测试房间", "en": "Bench room"}},
        "web": {"port": port},
        "northbound": {"mdns": {"enabled": False}},
        **more,
    }
    if mqtt is not None:
        room["broker"] = {"host": "127.0.0.1", "port": mqtt, "client_id": "bench-roomd"}
    lines = [f"{key}: {_yaml(value)}" for key, value in room.items()]
    lines += ["devices:", *(f"  {name}: {_yaml(entry)}" for name, entry in devices.items())]
    (folder / "drivers").mkdir(exist_ok=True)
    (folder / "drivers" / "bench_line.yaml").write_text(LINE_DRIVER, encoding="utf-8")
    (folder / "room.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def camera(port: int) -> dict[str, Any]:
    """Return a VISCA camera on UDP at this machine."""
    return {"driver": "visca", "link": {"udp": f"127.0.0.1:{port}"}, "name": _name("camera")}


def line(path: str, gap: float) -> dict[str, Any]:
    """Return the bench's own device on a tty, with `gap` seconds between frames."""
    link = {"port": {"path": path}, "baud": BAUD, "gap": f"{gap * 1000:g}ms"}
    return {"driver": "bench_line", "link": link, "name": _name("line")}


def lamp(name: str) -> dict[str, Any]:
    """Return a light behind Zigbee2MQTT."""
    return {"driver": "zigbee2mqtt", "name": _name(name), "options": {"name": name}}


def sensor(topic: str) -> dict[str, Any]:
    """Return a sensor whose value is the number published on `topic`."""
    return {"driver": "mqtt_sensor", "name": _name("s"), "options": {"topic": topic}}


def _name(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


def _yaml(value: Any) -> str:
    """Return a value on one line; JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)
