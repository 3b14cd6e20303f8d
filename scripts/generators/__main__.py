"""`scripts/generate [--check]`."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from scripts.generators.table import GENERATED, maker


def main(arguments: list[str]) -> int:
    """Write stale files, or with `--check` name them.

    Returns:
        0 when all is as it should be, 1 when something is stale or cannot be made, 2 for bad usage.
    """
    if arguments not in ([], ["--check"]):
        print("usage: scripts/generate [--check]", file=sys.stderr)
        return 2
    return max([_one(name, place, write=not arguments) for name, place in GENERATED])


def _one(name: str, place: str, *, write: bool) -> int:
    path = Path(name)
    current = path.read_text(encoding="utf-8") if path.is_file() else ""
    try:
        wanted = maker(place)(current)
    except Exception:  # noqa: BLE001  # one page that cannot be made does not keep the others old
        print(f"cannot make {name}: {traceback.format_exc(limit=-1)}", file=sys.stderr)
        return 1
    if wanted == current:
        return 0
    if not write:
        print(f"stale: {name} (scripts/generate writes it)")
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(wanted, encoding="utf-8")
    print(f"written: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
