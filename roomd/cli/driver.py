"""`roomd driver`: write, test and simulate a driver of one YAML file, and list all drivers."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from roomd.cli.output import DONE, REFUSED, USAGE, JsonOption, print_json, print_table

if TYPE_CHECKING:
    from drivers.declarative.plan import Plan

app = typer.Typer(help="Drivers: list all; new, test and simulate those of one YAML file.")

FileArg = Annotated[Path, typer.Argument(help="A definition, roomd.driver/1.")]


@app.command("list")
def list_drivers(
    *,
    config: Annotated[
        Path,
        typer.Option("--config", help="Room file; the site's own stand in drivers/ beside it."),
    ] = Path("/etc/roomd/room.yaml"),
    as_json: JsonOption = False,
) -> None:
    """List all drivers: id, kind, transports, and whether built in, a definition, or a site's own."""
    rows = _rows(config)
    if as_json:
        print_json(rows)
        return
    table = [
        (r["id"], r["kind"], ", ".join(r["transports"]), r["origin"], r["name"].get("en", ""))
        for r in rows
    ]
    print_table(("driver", "kind", "transports", "origin", "name"), table)


def _rows(config: Path) -> list[dict[str, Any]]:
    from drivers import registry
    from roomd.config.site_drivers import site_drivers

    site = site_drivers(config.parent).specs
    rows: list[dict[str, Any]] = []
    for driver_id in sorted({*registry.ids(), *site}):
        # An equal id wins over one that ships.
        origin = "site" if driver_id in site else registry.origin(driver_id)
        row: dict[str, Any] = {"id": driver_id, "origin": origin}
        try:
            spec = site.get(driver_id) or registry.find(driver_id)
        except ImportError as error:
            row |= {"kind": "", "transports": [], "name": {}, "needs": error.name}
        else:
            if spec is not None:
                transports = sorted(spec.transports)
                row |= {"kind": spec.kind, "transports": transports, "name": dict(spec.name)}
        rows.append(row)
    return rows


@app.command("new")
def new(
    driver_id: Annotated[str, typer.Argument(metavar="ID", help="snake_case, as in `my_lift`.")],
    folder: Annotated[Path, typer.Option("--folder", help="Where the file is written.")] = Path(),
) -> None:
    """Write a commented definition that passes `roomd driver test`; never overwrites."""
    from drivers.declarative.blank import blank

    if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", driver_id) is None:
        typer.echo(f"{driver_id}: 标识只能用小写字母、数字和下划线 ids are snake_case", err=True)
        raise typer.Exit(USAGE)
    path = folder / f"{driver_id}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(blank(driver_id))
    except FileExistsError:
        typer.echo(f"{path}: 文件已存在 the file exists already", err=True)
        raise typer.Exit(REFUSED) from None
    except OSError as error:
        typer.echo(f"{path}: {error.strerror}", err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(str(path))


@app.command("test")
def play_transcripts(file: FileArg, *, as_json: JsonOption = False) -> None:
    """Play the transcripts of a definition on a line in memory, with the real device class and link."""
    from drivers.declarative.transcript import covered, play

    plan = _plan(file, as_json=as_json)
    _quiet()
    failures = asyncio.run(play(plan))
    missing = covered(plan)
    steps = len(plan.definition.tests)
    if as_json:
        found = [{"step": f.index + 1, "what": f.what} for f in failures]
        print_json({"file": str(file), "steps": steps, "failures": found, "untested": missing})
    else:
        for failure in failures:
            typer.echo(f"{file}: tests[{failure.index}]: {failure.what}", err=True)
        for name in missing:
            typer.echo(f"{file}: 命令没有对话测试 no transcript runs the command {name}", err=True)
        typer.echo(f"{plan.definition.id}: {steps} steps, {len(failures)} failures")
    raise typer.Exit(REFUSED if failures or missing or not steps else DONE)


@app.command("simulate")
def simulate(
    file: FileArg,
    option: Annotated[
        list[str] | None, typer.Option("--option", "-o", help="An option, as name=value.")
    ] = None,
    link: Annotated[
        str | None, typer.Option("--link", help="serial, tcp, udp or http; left out: its own.")
    ] = None,
) -> None:
    """Run a simulated device of a definition until Ctrl-C; prints its pty or port first."""
    plan = _plan(file, as_json=False)
    given: dict[str, str] = {}
    for part in option or []:
        key, _, text = part.partition("=")
        given[key] = text
    values: dict[str, Any] = {}
    for name, text in given.items():
        known = plan.definition.options.get(name)
        whole = known is not None and known.type == "int" and text.isdigit()
        values[name] = int(text) if whole else text
    try:
        settings = plan.settings.model_validate(values)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    transport = link or plan.definition.link.type
    if transport not in {"serial", "tcp", "udp", "http"}:
        typer.echo(
            "MQTT 设备请用 roomd demo，需要代理 MQTT needs a broker: use roomd demo", err=True
        )
        raise typer.Exit(REFUSED)
    try:
        asyncio.run(_serve(plan, settings, transport))
    except KeyboardInterrupt:
        raise typer.Exit(DONE) from None


async def _serve(plan: Plan, settings: Any, transport: str) -> None:
    from drivers.clock import LoopClock
    from drivers.declarative.simulator import DeclarativeSimulator
    from drivers.simulation.http_wire import HttpWire
    from drivers.simulation.wires import PtyWire, TcpWire, UdpWire

    clock = LoopClock()
    wire: Any
    match transport:
        case "serial":
            wire = PtyWire(clock, plan.definition.link.baud)
        case "tcp":
            wire = TcpWire(clock)
        case "udp":
            wire = UdpWire(clock)
        case _:
            wire = HttpWire(clock)
    await wire.open()
    wire.attach(DeclarativeSimulator(settings, transport, clock, plan.definition))
    typer.echo(wire.address)
    try:
        await asyncio.Event().wait()
    finally:
        await wire.close()


def _plan(file: Path, *, as_json: bool) -> Plan:
    from drivers.declarative.plan import read_plan
    from drivers.declarative.problems import DefinitionError

    try:
        return read_plan(file)
    except DefinitionError as error:
        if as_json:
            print_json([p.as_json() for p in error.problems])
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(REFUSED) from None


def _quiet() -> None:
    """Keep the link's own log out of the result."""
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
