"""`scripts/generate [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.generators.table import stale


def main(arguments: list[str]) -> int:
    """Write stale files, or with `--check` name them. Returns the exit code."""
    if arguments not in ([], ["--check"]):
        print("usage: scripts/generate [--check]", file=sys.stderr)
        return 2
    found = stale(Path.cwd())
    for path, text in found:
        if arguments:
            print(f"stale: {path.relative_to(Path.cwd())} (scripts/generate writes it)")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(Path.cwd())}")
    return 1 if found and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
