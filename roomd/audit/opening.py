"""Where the record of an installation lies, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from roomd.audit.chain import Algorithm
from roomd.audit.ledger import Ledger, Place, Stamp, open_database
from roomd.config.durable import make_folder


def database_of(data: Path) -> Path:
    """Return the record's file in a data folder."""
    return data / "audit" / "record.db"


def opener(
    data: Path, room: str, algorithm: Algorithm, stamp: Callable[[], Stamp]
) -> Callable[[], Ledger]:
    """Return what opens the record of a data folder; it may fail, and be tried again."""

    def opened() -> Ledger:
        path = database_of(data)
        make_folder(path.parent)
        ledger = Ledger(open_database(path), Place(room, path.parent, algorithm), stamp)
        path.chmod(0o600)
        return ledger

    return opened
