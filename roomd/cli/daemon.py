"""`roomd demo` and `roomd run`: the daemon itself."""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from roomd import collector
from roomd.cli.output import CANNOT_SERVE, USAGE, fail, print_json

PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="TCP port; 0: any free.")]


def demo(
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[DEVICE]...", help="More devices for --fail.")
    ] = None,
    *,
    port: PortOption = 8470,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data folder; left out: a temporary one.")
    ] = None,
    lan: Annotated[bool, typer.Option("--lan", help="Reachable from the network.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line when ready.")
    ] = False,
    dead: Annotated[
        list[str] | None,
        typer.Option("--fail", metavar="DEVICE", help="Device whose simulator is dead."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Room file; left out: the demo room.")
    ] = None,
) -> None:
    """Run a whole room on simulated devices that speak their real protocols."""
    if more and not dead:
        fail("bad_argument", {"text": more[0]}, USAGE)
    with tempfile.TemporaryDirectory(prefix="roomd-demo-") as folder:
        given = {
            "config": config,
            "data": data or Path(folder),
            "port": port,
            "lan": lan,
            "dead": [*(dead or ()), *(more or ())],
        }
        _demo(given, as_json=as_json)


@collector.held()
def _demo(given: Mapping[str, Any], *, as_json: bool) -> None:
    _skip_rich()
    from roomd.demo.start import DemoOptions, UnknownDevices, run_demo
    from roomd.logs import set_up
    from roomd.options import CannotServe

    set_up(quiet=True)
    try:
        asyncio.run(run_demo(DemoOptions(**given), print_json if as_json else None))
    except UnknownDevices as error:
        fail("unknown_devices", {"ids": ", ".join(error.ids)}, USAGE)
    except CannotServe as error:
        fail(error.code, error.params, CANNOT_SERVE)


def run(
    *,
    config: Annotated[
        Path | None, typer.Option("--config", help="Room file; left out: /etc/roomd/room.yaml.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="Data folder, with control.sock in it; left out: /var/lib/roomd, and /run/roomd/control.sock.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 78 where the configuration has errors.")
    ] = False,
    listen: Annotated[
        str,
        typer.Option(
            "--listen",
            help="The one own address to listen on, whatever the room file says; loopback is served without TLS.",
        ),
    ] = "",
    https: Annotated[bool, typer.Option("--https", help="HTTPS on loopback too.")] = False,
) -> None:
    """Run the room."""
    _run(config, data, strict=strict, listen=listen, https=https)


@collector.held()
def _run(config: Path | None, data: Path | None, *, strict: bool, listen: str, https: bool) -> None:
    _skip_rich()
    from roomd.logs import set_up
    from roomd.options import CannotServe, NoConfiguration
    from roomd.run import CONFIG, run_room

    set_up(quiet=False)
    file = config or CONFIG
    try:
        asyncio.run(run_room(file, data, strict=strict, listen=listen, https=https))
    except NoConfiguration as error:
        typer.echo(error.report, err=True, nl=False)
        fail("bad_config", {"file": str(file)}, CANNOT_SERVE)
    except CannotServe as error:
        fail(error.code, error.params, CANNOT_SERVE)


def _skip_rich() -> None:
    """Have structlog believe that `rich` is not there: a tenth of the start, for tracebacks that no daemon prints."""
    if "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment]  # Python's way to say that there is none
    try:
        importlib.import_module("structlog")  # it looks around now, and never again
    finally:
        del sys.modules["rich"]
