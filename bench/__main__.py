"""The benchmark: `python -m bench`, with `--quick --only NAME --rounds N --json FILE --list`. See docs/benchmark.md."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from bench.children import BenchError
from bench.report import Report
from bench.stage import Run
from bench.table import BENCHMARKS

ROUNDS = 4
"""Rounds of a full run; each takes all sides in turn."""


def main(arguments: list[str]) -> int:
    """Run what was asked for.

    Returns:
        0 where everything was measured, met or not; 1 where something could not be; 2 for bad usage.
    """
    options = _parser().parse_args(arguments)
    if options.list:
        for name, benchmark in BENCHMARKS.items():
            print(f"{name:<10} {(benchmark.__doc__ or '').splitlines()[0]}")
        return 0
    names: list[str] = options.only or list(BENCHMARKS)
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    report = Report(options.json)
    failed = False
    with tempfile.TemporaryDirectory(prefix="roomd-bench-") as folder:
        for name in names:
            run = Run(rounds, options.quick, Path(folder) / name, report.say)
            run.folder.mkdir()
            report.say(name)
            try:
                asyncio.run(BENCHMARKS[name](run))
            except BenchError as error:
                failed = True
                report.failed(name, error)
            report.take(run.results)
    report.end()
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast roomd is.")
    parser.add_argument("--quick", action="store_true", help="one round of few samples")
    parser.add_argument(
        "--only",
        action="append",
        choices=list(BENCHMARKS),
        metavar="NAME",
        help="run this one; may be repeated",
    )
    parser.add_argument("--rounds", type=_positive, help=f"rounds, {ROUNDS} unless --quick")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write JSON lines there")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and end")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
