"""Verbs that look around without a daemon: ports, discover, doctor, version."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from roomd.cli.output import REFUSED, JsonOption, print_json, print_table


def ports(*, as_json: JsonOption = False) -> None:
    """List the serial ports of this machine, with the name that survives a replug."""
    from dataclasses import asdict

    from drivers.transport.identity import ports as find

    found = find()
    if as_json:
        print_json([asdict(p) for p in found])
        return
    rows = [(p.path, p.stable, p.vid_pid, p.usb_serial, p.description) for p in found]
    print_table(("port", "for the room file", "vid:pid", "serial", "what"), rows)


def discover(*, as_json: JsonOption = False) -> None:
    """Look on the network and at the serial ports; print YAML to paste."""
    from roomd.discovery import LISTEN_PJLINK
    from roomd.discovery import discover as look

    seconds = round(LISTEN_PJLINK)
    typer.echo(f"正在查找，约 {seconds} 秒 looking, about {seconds} s ...", err=True)
    found = asyncio.run(look())
    if as_json:
        print_json(found)
        return
    for one in found:
        typer.echo(f"# {one['how']}: {one['what']} ({one['where']})")
        if one["yaml"]:
            typer.echo(one["yaml"])
    if not found:
        typer.echo("没有发现设备 nothing found")


def doctor(
    *,
    config: Annotated[Path, typer.Option("--config", help="Room file.")] = Path(
        "/etc/roomd/room.yaml"
    ),
    data: Annotated[Path, typer.Option("--data", help="Data folder.")] = Path("/var/lib/roomd"),
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with this installation and what to do. Exit code 1 where there is an error."""
    from roomd.doctor import examine

    checks = examine(config, data)
    if as_json:
        print_json([c.as_json() for c in checks])
    else:
        print_table(("", "what", "", ""), [(c.level, c.name, c.zh, c.en) for c in checks])
    if any(c.level == "error" for c in checks):
        raise typer.Exit(REFUSED)


def version(*, as_json: JsonOption = False) -> None:
    """Print the version."""
    from roomd import __version__

    if as_json:
        print_json({"version": __version__})
    else:
        typer.echo(f"roomd {__version__}")
