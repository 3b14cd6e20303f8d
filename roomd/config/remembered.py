"""What devices showed us, kept from one start to the next: certificates that were seen first, PINs that failed."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, cast

import structlog

from roomd.config.durable import write_durably

log = structlog.stdlib.get_logger(__name__)


class Remembered(MutableMapping[str, str]):
    """A small table of texts in a file. It is written, durably, at each change, which is rare.

    What cannot be read is as if it had not been there, and what cannot be written holds until the end of the daemon;
    both are logged.

    Args:
        path: of the file; its folder has to be there when something is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._texts = _read(path)

    def __getitem__(self, key: str) -> str:
        return self._texts[key]

    def __setitem__(self, key: str, value: str) -> None:
        if self._texts.get(key) != value:
            self._texts[key] = value
            self._write()

    def __delitem__(self, key: str) -> None:
        del self._texts[key]
        self._write()

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def _write(self) -> None:
        text = json.dumps(self._texts, indent=1, sort_keys=True) + "\n"
        try:
            write_durably(self._path, text.encode())
        except OSError as error:
            log.error("remembered.not_written", path=str(self._path), why=error.strerror)  # noqa: TRY400  # the reason says all


def _read(path: Path) -> dict[str, str]:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.error("remembered.not_read", path=str(path), why=type(error).__name__)  # noqa: TRY400  # as above
        return {}
    texts = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return {key: value for key, value in texts.items() if isinstance(value, str)}
