"""How verbs speak: tables for people, one JSON text for programs, errors in both languages on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

DONE, REFUSED, USAGE = 0, 1, 2
CANNOT_SERVE = 78
"""EX_CONFIG: no server could be opened, or `--strict` with a bad configuration."""

WIDE = 4000
"""Columns of a table that no terminal shows."""

JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder of the daemon; left out: /run/roomd/control.sock."),
]


def print_json(value: Any) -> None:
    """Print one JSON text in one line."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table for people; nothing is cut off, least of all where another program reads it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # As text: a device's words are no markup.
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    # A pipe has no width of its own.
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    console.print(table)


def fail(code: str, params: Mapping[str, Any], exit_code: int = REFUSED) -> NoReturn:
    """Say why not, in both languages, and end."""
    from roomd.messages import both

    typer.echo(both(code, params), err=True)
    raise typer.Exit(exit_code)
