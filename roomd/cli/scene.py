"""Verbs of scenes and latches: scene, reset."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from roomd.cli.output import REFUSED, DataOption, JsonOption, fail, print_json, print_table

SHORT = 10.0
"""Seconds that a question may take that no device answers."""


def scene(
    name: Annotated[str, typer.Argument(help="Scene id, for example meeting.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would become of each step.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Run it although a step will be refused.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a scene and tell how each step ended. Exit code 1 unless all went well."""
    from roomd.cli.client import ask

    path = f"/scenes/{name}/{'dry-run' if dry_run else 'run'}"
    status, answer = ask("POST", path, data, {"force": True} if force and not dry_run else {})
    if as_json:
        print_json(answer)
    elif status == 200:
        _show(answer, dry_run=dry_run)
    if status != 200 and not as_json:
        fail(answer["code"], answer["params"])
    bad = any(s.get("verdict") == "will_be_refused" for s in answer.get("steps", []))
    if status != 200 or bad or answer.get("result", "ok") != "ok":
        raise typer.Exit(REFUSED)


def _show(answer: dict[str, Any], *, dry_run: bool) -> None:
    from roomd.messages import words

    rows: list[tuple[Any, ...]] = []
    for step in answer["steps"]:
        why = ""
        if step.get("code") is not None:
            why = words(step["code"], step.get("params", {}), "zh")
        end = step["verdict"] if dry_run else step["outcome"]
        rows.append((step["step"], step["device"], step["command"], end, why))
    print_table(("step", "device", "command", "verdict" if dry_run else "outcome", "why"), rows)
    if not dry_run:
        typer.echo(answer["result"])


def reset(
    rule: Annotated[str, typer.Argument(help="Id of the latched rule, for example fire.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a latch, once its input is back to normal. Exit code 1 while it is not."""
    from roomd.cli.client import ask

    status, answer = ask("POST", f"/rules/{rule}/reset", data, {}, within=SHORT)
    if as_json:
        print_json(answer)
    elif status == 200:
        typer.echo(f"{rule}: 已复位 reset")
    if status != 200:
        if not as_json:
            fail(answer["code"], answer["params"])
        raise typer.Exit(REFUSED)
