"""`roomd doctor`: what is wrong with this installation, and what to do. Reads, changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from roomd.config.load import load
from roomd.config.models.services import Broker
from roomd.config.room import LoadResult, Room

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding."""

    name: str
    level: Level
    zh: str
    en: str

    def as_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {"name": self.name, "level": self.level, "zh": self.zh, "en": self.en}


def examine(config: Path, data: Path) -> list[Check]:
    """Return all findings, in the order in which one would look."""
    result = load(config, data=data if data.exists() else None) if config.exists() else None
    return [
        _config(config, result),
        _folder(data),
        _disk(data),
        *(_broker(result.room, data) if result is not None and result.room is not None else ()),
        _ports(),
        _panel(),
        _fonts(),
    ]


def listener(port: int) -> str | None:
    """Return the name of the program that listens on a TCP port of this machine, None where that cannot be seen."""
    inodes = {f"socket:[{inode}]" for inode in _listening(port)}
    for folder in Path("/proc").glob("[0-9]*/fd") if inodes else ():
        try:
            if any(str(link.readlink()) in inodes for link in folder.iterdir()):
                return (folder.parent / "comm").read_text("utf-8").strip()
        except OSError:
            continue  # another user's, or gone meanwhile
    return None


def _listening(port: int) -> Iterator[str]:
    """Yield the inodes of sockets in the state LISTEN (0A) on a port."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text("ascii").splitlines()[1:] if table.exists() else ():
            cells = line.split()
            if cells[3] == "0A" and cells[1].endswith(f":{port:04X}"):
                yield cells[9]


def _config(config: Path, result: LoadResult | None) -> Check:
    if result is None:
        return Check("config", "error", f"没有配置文件 {config}", f"there is no {config}")
    if result.errors:
        n = len(result.errors)
        return Check(
            "config",
            "error",
            f"配置有 {n} 处错误：运行 roomd config check {config}",
            f"{n} errors in the configuration: run roomd config check {config}",
        )
    if result.warnings:
        n = len(result.warnings)
        return Check(
            "config", "warning", f"配置有 {n} 条提醒", f"{n} warnings in the configuration"
        )
    return Check("config", "ok", "配置正确", "the configuration is fine")


def _folder(data: Path) -> Check:
    if not data.exists():
        return Check("data", "warning", f"{data} 尚未建立", f"{data} does not exist yet")
    mode = stat.S_IMODE(data.stat().st_mode)
    if mode & 0o077:
        return Check(
            "data",
            "error",
            f"{data} 他人可读：chmod 700 {data}",
            f"others can read {data}: chmod 700 {data}",
        )
    if not os.access(data, os.W_OK):
        return Check("data", "error", f"{data} 不可写", f"{data} cannot be written")
    return Check("data", "ok", f"{data} 正常", f"{data} is fine")


def _disk(data: Path) -> Check:
    place = data if data.exists() else Path("/")
    usage = shutil.disk_usage(place)
    percent = round(usage.used / usage.total * 100)
    level: Level = "error" if percent >= 90 else "warning" if percent >= 80 else "ok"
    return Check("disk", level, f"磁盘已用 {percent}%", f"disk {percent} % used")


def _broker(room: Room, data: Path) -> list[Check]:
    entry = room.file.broker
    if entry == "managed":
        return [_managed_broker(data)]
    if isinstance(entry, Broker) and entry.user is None:
        return [
            Check(
                "broker",
                "warning",
                "MQTT 服务器允许匿名连接，请设置用户和密码",
                "the MQTT broker takes anonymous clients; set a user and a password",
            )
        ]
    return []


def _managed_broker(data: Path) -> Check:
    if not (shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")):
        return Check(
            "broker",
            "error",
            "没有 mosquitto：apt install mosquitto",
            "there is no mosquitto: apt install mosquitto",
        )
    access = data / "broker" / "access.json"
    return Check(
        "broker",
        "ok",
        f"mosquitto 已安装；MQTT 设备的端口和密码在 {access}",
        f"mosquitto is installed; port and password for MQTT devices are in {access}",
    )


def _panel() -> Check:
    if (Path(__file__).parent / "_panel" / "index.html").exists():
        return Check("panel", "ok", "面板文件完整", "the panel is there")
    return Check(
        "panel",
        "error",
        "没有面板文件：uv sync --reinstall-package roomd",
        "there is no panel: uv sync --reinstall-package roomd",
    )


def _ports() -> Check:
    from drivers.transport.identity import ports  # noqa: PLC0415  # pyserial is not needed before

    found = ports()
    locked = [p.path for p in found if not os.access(p.path, os.R_OK | os.W_OK)]
    if locked:
        names = ", ".join(locked)
        return Check(
            "serial",
            "error",
            f"无权打开串口 {names}：把用户加入 dialout 组",
            f"no right to open {names}: add the user to the group dialout",
        )
    return Check("serial", "ok", f"{len(found)} 个串口", f"{len(found)} serial ports")


def _fonts() -> Check:
    places = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/wqy"))
    if any(p.exists() for p in places):
        return Check("fonts", "ok", "中文字体已安装", "a Chinese font is installed")
    return Check(
        "fonts",
        "warning",
        "大屏主机缺少中文字体：apt install fonts-noto-cjk",
        "no Chinese font on this machine: apt install fonts-noto-cjk",
    )
