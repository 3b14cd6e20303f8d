"""Pages of the record by filter."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.audit.entry import Entry
from roomd.audit.reading import Filter, every_row, first_row, open_for_reading, page
from tests.roomd.audit.ledgers import Hand, fill, ledger_in, rows_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    fill(ledger, hand, 4)
    ledger.append([(Entry("session.open", actor="boris", obj="lift.main2/up"), hand.stamp())])
    hand.pass_(86_400)
    fill(ledger, hand, 2)
    return tmp_path / "audit" / "record.db"


def numbers(path: Path, wanted: Filter) -> list[int]:
    return [row["seq"] for row in page(path, wanted)]


def test_filters(path: Path) -> None:
    assert numbers(path, Filter()) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert numbers(path, Filter(after=6)) == [7, 8]
    assert numbers(path, Filter(before=4)) == [3, 2, 1]
    assert numbers(path, Filter(limit=2)) == [1, 2]
    assert numbers(path, Filter(actor="boris")) == [6]
    assert numbers(path, Filter(act="device.command", after=3)) == [4, 5, 7, 8]
    assert numbers(path, Filter(device="lift.main")) == [2, 3, 4, 5, 7, 8]
    assert numbers(path, Filter(since="2026-11-24")) == [7, 8]
    assert numbers(path, Filter(until="2026-11-24", after=5)) == [6]


def test_a_row_has_its_hash(path: Path) -> None:
    (row,) = page(path, Filter(limit=1))
    assert row["hash"] == rows_of(path.parents[1])[0][1].hex()
    assert first_row(path) == {k: v for k, v in row.items() if k != "hash"}


def test_reading_cannot_change_it(path: Path) -> None:
    database = open_for_reading(path)
    assert list(every_row(database)) == rows_of(path.parents[1])
    with pytest.raises(Exception, match="readonly"):
        database.execute("DELETE FROM record")
    database.close()
