"""`roomd config`: check, schema, explain, diff. They read files only; no daemon is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from drivers.spec import DriverSpec
    from roomd.config.explain import Explanation
    from roomd.config.meaning import Difference
    from roomd.config.room import LoadResult, Room

app = typer.Typer(help="Check, explain and compare room files.", no_args_is_help=True)

REFUSED = 1
ERRORS = 2
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Data folder, where secrets.yaml may stand.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="Room file.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a room file: every error at once, with its place. Exit code 2 where there are errors."""
    result = _load(file, data)
    typer.echo(check_json(result) if as_json else check_text(result), nl=False)
    if result.errors:
        raise typer.Exit(ERRORS)


@app.command("schema")
def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; else standard output.")
    ] = None,
) -> None:
    """Write the JSON schema of the room file, for editors."""
    from roomd.config.schema import room_schema_text

    text = room_schema_text(driver_specs())
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


@app.command("explain")
def explain(
    key: Annotated[str, typer.Argument(help="Key, for example devices.*.link or idle_after.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Explain one key: type, unit, default, example. `driver.<id>.<option>` for a driver's own."""
    from dataclasses import asdict

    from roomd.config.explain import NoSuchKey, explain

    try:
        found = explain(key, driver_specs())
    except NoSuchKey as error:
        params = {"key": error.key} | (
            {} if error.suggestion is None else {"suggestion": error.suggestion}
        )
        _refuse("no_such_key", params)
    typer.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else explain_text(found))


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(help="Room file.")],
    after: Annotated[Path, typer.Argument(help="Another room file.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare what two room files mean. Comments, order and spelling do not count."""
    from dataclasses import asdict

    from roomd.config.meaning import differences

    rooms = [_usable(path, data) for path in (before, after)]
    found = differences(rooms[0], rooms[1])
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        typer.echo(diff_text(found))


def check_text(result: LoadResult) -> str:
    """Return all problems with source lines, and one line that counts them."""
    from roomd.config.report import report
    from roomd.messages import both

    if not result.problems and result.room is not None:
        return both("config_ok", {"devices": len(result.room.devices)}) + "\n"
    counts = {"errors": len(result.errors), "warnings": len(result.warnings)}
    return report(result.problems, result.files) + both("config_count", counts) + "\n"


def check_json(result: LoadResult) -> str:
    """Return `{"errors": […], "warnings": […], "misconfigured": […], "usable": …}` as one line."""
    whole = {
        "usable": result.room is not None,
        "errors": [problem.as_json() for problem in result.errors],
        "warnings": [problem.as_json() for problem in result.warnings],
        "misconfigured": sorted(result.misconfigured),
    }
    return json.dumps(whole, ensure_ascii=False) + "\n"


def explain_text(found: Explanation) -> str:
    """Return an explanation as lines of `word: value`."""
    kind = found.type if found.unit is None else f"{found.type} ({found.unit})"
    lines = [
        found.key,
        f"  {found.description}",
        f"  类型 type: {kind}",
        f"  范围 range: {found.range}" if found.range else "",
        "  必填 required" if found.required else f"  默认 default: {_yaml(found.default)}",
        f"  示例 example: {_yaml(found.example)}" if found.example is not None else "",
        f"  下级 keys: {', '.join(found.keys)}" if found.keys else "",
    ]
    return "\n".join(line for line in lines if line.strip())


def diff_text(found: list[Difference]) -> str:
    """Return differences, one a line: `+`, `-` or `~`, path, values."""
    from roomd.messages import both

    if not found:
        return both("diff_none", {})
    lines: list[str] = []
    for one in found:
        if one.change == "added":
            lines.append(f"+ {one.path}: {_yaml(one.after)}")
        elif one.change == "removed":
            lines.append(f"- {one.path}: {_yaml(one.before)}")
        else:
            lines.append(f"~ {one.path}: {_yaml(one.before)} -> {_yaml(one.after)}")
    return "\n".join(lines)


def driver_specs() -> list[DriverSpec]:
    """Return every driver that can be loaded here; one whose extra is not installed is left out."""
    from drivers import registry

    found: list[DriverSpec] = []
    for driver_id in registry.ids():
        try:
            spec = registry.find(driver_id)
        except ImportError:
            continue
        if spec is not None:
            found.append(spec)
    return found


def _load(path: Path, data: Path | None) -> LoadResult:
    from roomd.config.load import load

    return load(path, data=data)


def _usable(path: Path, data: Path | None) -> Room:
    """Return the room of a file, or print what is wrong with it and end."""
    result = _load(path, data)
    if result.room is None:
        typer.echo(check_text(result), nl=False, err=True)
        raise typer.Exit(ERRORS)
    return result.room


def _yaml(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _refuse(code: str, params: dict[str, str]) -> NoReturn:
    from roomd.messages import both

    typer.echo(both(code, params), err=True)
    raise typer.Exit(REFUSED)
