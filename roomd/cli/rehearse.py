"""`roomd rehearse`: the site's scenes against simulators, in a fraction of their time."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from roomd.cli.output import REFUSED, USAGE, JsonOption, fail, print_json, print_table

if TYPE_CHECKING:
    from roomd.demo.rehearsal import Rehearsed


def rehearse(
    scenes: Annotated[
        list[str] | None, typer.Argument(help="Scene ids; none: all, in the order of the file.")
    ] = None,
    *,
    config: Annotated[Path, typer.Option("--config", help="Room file.")] = Path(
        "/etc/roomd/room.yaml"
    ),
    dead: Annotated[
        list[str] | None,
        typer.Option("--fail", help="Device that is unplugged; may be given again."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run scenes in a simulated room and tell how each step would end. Exit code 1 unless all went well."""
    from roomd.demo.rehearsal import UnknownScenes
    from roomd.demo.rehearsal import rehearse as run
    from roomd.demo.start import UnknownDevices
    from roomd.logs import set_up
    from roomd.options import CannotServe

    set_up(quiet=True)
    if not config.is_file():
        fail("file_missing", {"name": str(config)})
    try:
        with tempfile.TemporaryDirectory(prefix="roomd-rehearsal-") as folder:
            found = asyncio.run(run(config, Path(folder), scenes or [], dead or []))
    except UnknownScenes as error:
        fail("unknown_scene", {"scene": ", ".join(error.names)}, USAGE)
    except UnknownDevices as error:
        fail("unknown_devices", {"ids": ", ".join(error.ids)}, USAGE)
    except CannotServe as error:
        fail(error.code, error.params)
    if as_json:
        print_json({"scenes": [one.as_json() for one in found]})
    else:
        for one in found:
            _tell(one)
    if any(one.result != "ok" for one in found):
        raise typer.Exit(REFUSED)


def _tell(one: Rehearsed) -> None:
    from roomd.messages import words

    typer.echo(f"{one.scene}: {one.result}, {one.seconds:.0f} s")
    if one.code is not None:
        typer.echo(f"  {words(one.code, one.params or {}, 'zh')}")
    for held in one.held:
        typer.echo(f"  按住 held: {held}")
    rows = [
        (s["step"], s["device"], s["command"], s.get("outcome") or s.get("verdict"), s.get("code"))
        for s in one.steps
    ]
    print_table(("step", "device", "command", "outcome", "code"), rows)
