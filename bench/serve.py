"""`roomd`, unchanged but for the size that a room file may have.

    python -m bench.serve [arguments of `roomd`]

A room of 10,000 devices has more keys than any room that people write; all else that is in the way of such a room
stands under `limits:` in its file.
"""

from __future__ import annotations

from roomd.config import raw_checks

raw_checks.MAX_KEYS = 100_000
raw_checks.MAX_BYTES = 4 * 1024 * 1024

from roomd.cli import main  # noqa: E402  # the limits above are read when the configuration is imported

if __name__ == "__main__":
    main()
