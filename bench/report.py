"""What a run tells: progress on standard error, the table on standard output, JSON lines in a file."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from bench.figures import Result, Spread

BUSY = 0.5
"""Load average for each processor above which the machine is called busy."""
HEADS = ("base p50", "base p99", "base CPU", "p50", "p99", "CPU µs", "worst", "ratio")
NONE = "–"
"""Where there is no figure."""
LIBRARIES = ("roomd", "aiohttp", "aiomqtt", "orjson", "pydantic")


class Report:
    """The results of one run.

    Args:
        json: file for the lines, or None.
    """

    def __init__(self, json: Path | None) -> None:
        self._json = json
        self._results: list[Result] = []
        self._errors: list[dict[str, Any]] = []
        self._machine = machine()
        if json is not None:
            json.write_bytes(b"")
        self._write(self._machine)

    def say(self, words: str) -> None:
        """Say what goes on."""
        print(f"bench: {words}", file=sys.stderr, flush=True)

    def take(self, results: Sequence[Result]) -> None:
        """Take finished results; the file has them at once."""
        self._results += results
        for result in results:
            for line in result.lines():
                self._write(line)

    def failed(self, name: str, error: Exception) -> None:
        """Note that a benchmark could not be run."""
        self.say(f"{name} failed: {error}")
        self._write({"kind": "error", "bench": name, "error": str(error)})

    def end(self) -> None:
        """Print the table."""
        load = os.getloadavg()[0]
        loop = loop_ms()
        self._write({"kind": "end", "load": round(load, 2), "loop_ms": loop})
        console = Console() if sys.stdout.isatty() else Console(width=180)
        console.print(table(self._results))
        console.print(_conditions(self._machine, load, loop), highlight=False)

    def _write(self, line: dict[str, Any]) -> None:
        if self._json is not None:
            with self._json.open("ab") as file:
                file.write(orjson.dumps(line) + b"\n")


def machine() -> dict[str, Any]:
    """Return the line that says where and when this was measured."""
    return {
        "kind": "machine",
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "loop_ms": loop_ms(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def table(results: Sequence[Result]) -> Table:
    """Return the table that people read."""
    shown = Table(title="roomd against the bare floor of the same run", title_justify="left")
    shown.add_column("benchmark", no_wrap=True)
    shown.add_column("what")
    shown.add_column("unit")
    for head in HEADS:
        shown.add_column(head, justify="right")
    shown.add_column("goal")
    shown.add_column("")
    for result in results:
        shown.add_row(*_cells(result))
    return shown


def _cells(result: Result) -> list[str]:
    floor, mine, ratio = result.floor, result.measured, result.ratio
    what = f"{result.case} ({result.note})" if result.note else result.case
    return [
        result.bench,
        what,
        result.unit,
        *_spread(floor),
        *_spread(mine),
        _figure(mine.worst),
        _figure(ratio),
        NONE if result.goal is None else result.goal.words,
        {True: "met", False: "MISSED", None: ""}[result.met],
    ]


def _spread(spread: Spread | None) -> tuple[str, str, str]:
    if spread is None:
        return NONE, NONE, NONE
    return _figure(spread.p50), _figure(spread.p99), _figure(spread.cpu_us)


def _figure(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def loop_ms() -> float:
    """Return how fast a processor is just now: milliseconds of processor time for 100,000 additions, best of twenty."""
    best = float("inf")
    for _ in range(20):
        began, total = time.process_time(), 0
        for number in range(100_000):
            total += number
        best = min(best, time.process_time() - began)
    return round(best * 1000, 2)


def _conditions(machine: dict[str, Any], load: float, loop: float) -> str:
    cpus = int(machine["cpus"])
    words = (
        f"{machine['at']}, {cpus} processors, load {machine['load']} before and {load:.2f} after, "
        f"Python {machine['python']}. 100,000 additions took {machine['loop_ms']} ms before and {loop} ms after. "
        "Medians over the rounds; worst: of all."
    )
    if machine["load"] > BUSY * cpus:
        words += "\nThe machine was busy with other work: look at ratios, not at times."
    return words
