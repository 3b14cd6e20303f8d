"""docs/cli.md: every verb with its arguments, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from roomd.cli.main import app
from scripts.generators.marks import fill, table


def page(current: str) -> str:
    """Return the page with the verbs as `roomd --help` knows them."""
    verbs = list(_verbs(typer.main.get_command(app), "roomd"))
    rows = [(f"`{name}`", _first_line(verb)) for name, verb in verbs]
    details = [f"### {name}\n\n{_details(verb)}" for name, verb in verbs]
    return fill(current, "verbs", "\n\n".join([table(("verb", "what"), rows), *details]))


def _verbs(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every verb that does something; groups are only walked through."""
    inner: dict[str, Any] = getattr(command, "commands", {})
    if not inner and not command.hidden:
        yield name, command
    for word, verb in inner.items():
        yield from _verbs(verb, f"{name} {word}")


def _first_line(verb: Any) -> str:
    return str(verb.help or "").strip().partition("\n")[0]


def _details(verb: Any) -> str:
    rows = [
        (f"`{_spelling(parameter)}`", str(getattr(parameter, "help", "") or ""))
        for parameter in verb.params
        if parameter.name != "help"
    ]
    text = " ".join(str(verb.help or "").split())
    return f"{text}\n\n{table(('argument', 'meaning'), rows)}" if rows else text


def _spelling(parameter: Any) -> str:
    """Return `--port`, or `FILE` for an argument."""
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper() + ("" if parameter.required else " (optional)")
    return ", ".join(parameter.opts)
