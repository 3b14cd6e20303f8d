"""Start the demo, say where it is, and run it until it is ended."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import typer

from drivers.clock import Clock, LoopClock
from roomd import collector
from roomd.app import App
from roomd.assembly import BrokerAddress
from roomd.broker import DEVICES, HOST
from roomd.config.room import Room
from roomd.control.plan import RoomPlan
from roomd.control_socket import socket_path
from roomd.demo.room import SimulatedRoom
from roomd.identity.tokens import Tokens
from roomd.northbound.addresses import own_addresses
from roomd.options import Options

PAGES = {"panel": "/", "join": "/join", "display": "/display", "admin": "/admin"}


class UnknownDevices(Exception):
    """`--fail` names devices that the room does not have."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(", ".join(ids))
        self.ids = ids


@dataclass(frozen=True)
class DemoOptions:
    """What the command line said."""

    config: Path | None
    data: Path
    port: int
    lan: bool
    dead: Sequence[str]
    standard_ports: bool = True
    """Simulators listen on their protocol's own ports where those are free."""


def demo_config() -> Path:
    """Return the demo's room file: the wheel's copy, or the one of the source tree."""
    shipped = Path(str(files("roomd"))) / "_configs" / "demo.yaml"
    return shipped if shipped.exists() else Path(__file__).parents[2] / "configs" / "demo.yaml"


@dataclass(frozen=True)
class Demo:
    """A demo that runs."""

    app: App
    simulated: SimulatedRoom
    ready: dict[str, Any]
    """The ready line (architecture.md, commands)."""


async def run_demo(options: DemoOptions, tell_json: Callable[[Any], None] | None) -> None:
    """Run the demo until a signal ends it.

    Args:
        options: what the command line said.
        tell_json: prints the ready line; None prints for people.

    Raises:
        UnknownDevices: `--fail` names a device that is not there.
        CannotServe: the port or the data folder cannot be used.
    """
    async with started(options, LoopClock(), signals=True) as demo:
        if tell_json is not None:
            tell_json(demo.ready)
        else:
            _tell_people(demo.ready, lan=options.lan)
            if demo.app.keeper.errors:
                _tell_errors(len(demo.app.keeper.errors), demo.app.options.config)
        collector.settle()
        await demo.app.run()


@asynccontextmanager
async def started(options: DemoOptions, clock: Clock, *, signals: bool) -> AsyncGenerator[Demo]:
    """Start the demo, and close it afterwards.

    Args:
        options: what the command line said.
        clock: of the daemon and of all simulators.
        signals: listen to the process's signals from the first moment.

    Raises:
        UnknownDevices: `--fail` names a device that is not there.
        CannotServe: the port or the data folder cannot be used.
    """
    simulated = SimulatedRoom(clock, frozenset(options.dead), standard_ports=options.standard_ports)
    tokens, clear = Tokens.fresh(clock)
    app = App(_app_options(options, tokens, simulated), clock)

    async def put_in_place(plan: RoomPlan) -> RoomPlan:
        if app.broker.managed is not None:
            access = app.broker.managed.access
            simulated.broker = BrokerAddress(HOST, access.port, DEVICES, access.device, "")
        return await simulated.replace(plan)

    app.options.replace_links = put_in_place
    if signals:
        app.listen_to_signals()
    try:
        await app.start()
        _check_dead(app.keeper.room, options.dead)
        yield Demo(app, simulated, _ready(app, clear, simulated))
    finally:
        await app.close()


def _app_options(options: DemoOptions, tokens: Tokens, simulated: SimulatedRoom) -> Options:
    return Options(
        config=options.config or demo_config(),
        data=options.data,
        socket=socket_path(options.data),
        host="0.0.0.0" if options.lan else "127.0.0.1",  # noqa: S104  # only where --lan asks for it
        port=options.port,
        hosts=_hosts(lan=options.lan),
        lan=options.lan,
        shown_host=_own_address() if options.lan else "",
        tokens=tokens,
        simulators=simulated,
        close_links=simulated.close,
        announce=options.lan,
        broker_port=0,
        hangup_ends=sys.stdin.isatty(),
    )


def _hosts(*, lan: bool) -> frozenset[str]:
    names = {"127.0.0.1", "localhost", "::1"}
    if lan:
        host = socket.gethostname().lower()
        names |= {host, f"{host}.local", _own_address(), *own_addresses("")}
    return frozenset(names)


def _own_address() -> str:
    """Return the address under which other machines reach this one, or loopback where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a UDP socket only asks the kernel which way it would go.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _check_dead(room: Room | None, dead: Sequence[str]) -> None:
    unknown = [d for d in dead if room is None or not (d in room.devices or d in room.broken)]
    if unknown:
        raise UnknownDevices(unknown)


def _ready(app: App, tokens: dict[str, str], simulated: SimulatedRoom) -> dict[str, Any]:
    return {
        "ready": True,
        "url": app.url,
        "pages": PAGES,
        "tokens": tokens,
        "join_code": None if app.identity is None else app.identity.join.code,
        "simulators": simulated.listing(),
        "archive": {"volumes": 0, "pages": 0},
    }


def _tell_people(ready: dict[str, Any], *, lan: bool) -> None:
    url, tokens = ready["url"], ready["tokens"]
    typer.echo(
        "演示房间已启动，所有设备都是模拟的 · The demo room runs; every device is simulated.\n"
    )
    for page, role, zh in (
        ("/", "presenter", "主持人面板"),
        ("/admin", "admin", "管理"),
        ("/display", "display", "大屏"),
    ):
        typer.echo(f"  {zh} {role:<10} {url}{page}#token={tokens[role]}")
    if lan:
        typer.echo("\n  其他设备先打开 http:// 开头的同一地址，按说明安装证书。")
        typer.echo(
            "  Other devices first open the same address with http:// and install the certificate."
        )
    typer.echo(f"\n  模拟设备 simulators  {url}/sim")
    typer.echo("  结束 end: Ctrl-C")


def _tell_errors(number: int, config: Path) -> None:
    typer.echo(
        f"\n  配置有 {number} 处错误 errors in the configuration: roomd config check {config}",
        err=True,
    )
