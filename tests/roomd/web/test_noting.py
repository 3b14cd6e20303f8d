"""Who did it and from where stands in the row."""

from __future__ import annotations

from pathlib import Path

from roomd.audit.entry import Entry
from roomd.web.noting import note
from tests.roomd.web.routes.test_audit import audited
from tests.support.web_room import TOKENS


async def test_a_row_names_who_and_from_where(tmp_path: Path) -> None:
    async with audited(tmp_path) as (room, record):
        await room.ask("GET", "audit?limit=1", "auditor")
        await record.write(
            Entry("later")
        )  # rows keep their order: what was noted before is there too
        status, body = await room.ask("GET", "audit?act=audit.read", "auditor")
        (row,) = body["rows"]
        assert (status, row["role"], row["addr"]) == (200, "auditor", "127.0.0.1")
        assert row["detail"] == {"limit": "1"}
    assert "auditor" in TOKENS
    assert callable(note)
