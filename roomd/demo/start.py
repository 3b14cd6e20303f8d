"""Start the demo, say where it is, and run it until it is ended."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import typer

from drivers.clock import LoopClock
from roomd.app import App, Options
from roomd.assembly import BrokerAddress
from roomd.broker import DEVICES
from roomd.config.load import load
from roomd.control.plan import RoomPlan
from roomd.demo.room import SimulatedRoom
from roomd.identity.tokens import Tokens

PAGES = {"panel": "/", "display": "/display", "admin": "/admin"}


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


def demo_config() -> Path:
    """Return the demo's room file: the wheel's copy, or the one of the source tree."""
    shipped = Path(str(files("roomd"))) / "_configs" / "demo.yaml"
    return shipped if shipped.exists() else Path(__file__).parents[2] / "configs" / "demo.yaml"


async def run_demo(options: DemoOptions, tell_json: Callable[[Any], None] | None) -> None:
    """Run the demo.

    Args:
        options: what the command line said.
        tell_json: prints the ready line; None prints for people.

    Raises:
        UnknownDevices: `--fail` names a device that is not there.
        OSError: the port cannot be opened.
    """
    config = options.config or demo_config()
    _check_dead(config, options.dead)
    clock = LoopClock()
    simulated = SimulatedRoom(clock, frozenset(options.dead))
    tokens, clear = Tokens.fresh(clock)
    app = App(_app_options(options, config, tokens, simulated), clock)

    async def put_in_place(plan: RoomPlan) -> RoomPlan:
        if app.broker is not None:
            at, password = app.broker.address, app.broker.device_password
            simulated.broker = BrokerAddress(at.host, at.port, DEVICES, password, "")
        return await simulated.replace(plan)

    app.options.replace_links = put_in_place
    try:
        await app.start()
        ready = _ready(app, clear, simulated)
        if tell_json is not None:
            tell_json(ready)
        else:
            _tell_people(ready, lan=options.lan)
        await app.run()
    finally:
        await simulated.close()


def _app_options(
    options: DemoOptions, config: Path, tokens: Tokens, simulated: SimulatedRoom
) -> Options:
    return Options(
        config=config,
        data=options.data,
        host="0.0.0.0" if options.lan else "127.0.0.1",  # noqa: S104  # only where --lan asks for it
        port=options.port,
        hosts=_hosts(lan=options.lan),
        lan=options.lan,
        shown_host=_own_address() if options.lan else "",
        tokens=tokens,
        simulators=simulated,
        announce=options.lan,
    )


def _hosts(*, lan: bool) -> frozenset[str]:
    names = {"127.0.0.1", "localhost", "::1"}
    if lan:
        host = socket.gethostname()
        names |= {host.lower(), f"{host.lower()}.local"}
        names |= {str(i[4][0]) for i in socket.getaddrinfo(host, None, socket.AF_INET)}
        names.add(_own_address())
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


def _check_dead(config: Path, dead: Sequence[str]) -> None:
    room = load(config).room
    known = set() if room is None else set(room.devices)
    unknown = [d for d in dead if d not in known]
    if unknown and room is not None:
        raise UnknownDevices(unknown)


def _ready(app: App, tokens: dict[str, str], simulated: SimulatedRoom) -> dict[str, Any]:
    return {
        "ready": True,
        "url": app.url,
        "pages": PAGES,
        "tokens": tokens,
        "join_code": None,
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
        typer.echo("\n  注意：尚未加密，令牌在网络上可被看到，只用于演示。")
        typer.echo(
            "  Note: not encrypted yet; tokens can be seen on the network. For demonstration only."
        )
    typer.echo(f"\n  模拟设备 simulators  {url}/sim")
    typer.echo("  结束 end: Ctrl-C")
