"""`roomd demo` and `roomd run`: the daemon itself."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from roomd.cli.output import CANNOT_SERVE, USAGE, fail, print_json

PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="TCP port; 0: any free.")]


def demo(
    *,
    port: PortOption = 8470,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data folder; left out: a temporary one.")
    ] = None,
    lan: Annotated[bool, typer.Option("--lan", help="Reachable from the network.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line when ready.")
    ] = False,
    fail_devices: Annotated[
        list[str] | None, typer.Option("--fail", help="Device whose simulator is dead.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Room file; left out: the demo room.")
    ] = None,
) -> None:
    """Run a whole room on simulated devices that speak their real protocols."""
    from roomd.demo.start import DemoOptions, UnknownDevices, run_demo
    from roomd.logs import set_up

    set_up(quiet=True)
    with tempfile.TemporaryDirectory(prefix="roomd-demo-") as folder:
        options = DemoOptions(
            config=config, data=data or Path(folder), port=port, lan=lan, dead=fail_devices or []
        )
        try:
            asyncio.run(run_demo(options, print_json if as_json else None))
        except UnknownDevices as error:
            fail("unknown_devices", {"ids": ", ".join(error.ids)}, USAGE)
        except OSError as error:
            fail("cannot_listen", {"port": port, "why": error.strerror or str(error)}, CANNOT_SERVE)


def run(
    *,
    config: Annotated[Path, typer.Option("--config", help="Room file.")] = Path(
        "/etc/roomd/room.yaml"
    ),
    data: Annotated[Path, typer.Option("--data", help="Data folder.")] = Path("/var/lib/roomd"),
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 78 where the configuration has errors.")
    ] = False,
) -> None:
    """Run the room."""
    from roomd.app import NoConfiguration
    from roomd.logs import set_up
    from roomd.run import run_room

    set_up(quiet=False)
    try:
        asyncio.run(run_room(config, data, strict=strict))
    except NoConfiguration:
        fail("bad_config", {"file": str(config)}, CANNOT_SERVE)
    except OSError as error:
        fail("cannot_listen", {"port": "", "why": error.strerror or str(error)}, CANNOT_SERVE)
