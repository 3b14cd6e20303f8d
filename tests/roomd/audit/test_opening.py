"""Where the record lies."""

from __future__ import annotations

from pathlib import Path

from roomd.audit.opening import database_of, opener
from tests.roomd.audit.ledgers import Hand


def test_it_is_the_owner_s_alone(tmp_path: Path) -> None:
    ledger = opener(tmp_path, "r1", "sha256", Hand().stamp)()
    ledger.start()
    path = database_of(tmp_path)
    assert path == tmp_path / "audit" / "record.db"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
