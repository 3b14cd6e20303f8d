"""F23: a power cut while writing loses no acknowledged row; the same test catches a setting that does."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import apsw
import pytest

from roomd.audit.entry import Entry
from roomd.audit.ledger import Ledger, Place, prepare
from roomd.audit.verify import verify
from tests.roomd.audit.ledgers import Hand, folder_in
from tests.support.power_cut import CutVfs, Disk, PowerFailed, connect

CUTS = 1000
FILE = "/record.db"


def run_until_cut(folder: Path, disk: Disk, seed: int, *, weaken: bool) -> int:
    """Append rows until the power fails; return the last number that was acknowledged."""
    chance = random.Random(seed)
    hand = Hand()
    database = connect(CutVfs(disk), FILE)
    acknowledged = 0
    try:
        prepare(database)
        if weaken:
            database.execute("PRAGMA synchronous=NORMAL")
        assert database.execute("PRAGMA journal_mode").fetchall()[0][0] == "wal"
        ledger = Ledger(database, Place("room301", folder), hand.stamp)
        ledger.start()
        acknowledged = ledger.seq
        disk.cut_at = disk.writes + chance.randint(1, 60)
        while True:
            batch = [(Entry("a", obj=str(n)), hand.stamp()) for n in range(chance.randint(1, 4))]
            acknowledged = ledger.append(batch)[-1]
    except (PowerFailed, apsw.Error):
        return acknowledged
    finally:
        _abandon(database)


def _abandon(database: apsw.Connection) -> None:
    """Let go of a connection as a machine without power does; what it still writes is lost at the cut."""
    try:
        database.close(True)
    except (PowerFailed, apsw.Error):
        return


def after_the_cut(disk: Disk) -> tuple[int, bool]:
    """Start again; return the last row, and whether the record is sound."""
    disk.cut()
    database = connect(CutVfs(disk), FILE)
    prepare(database)
    assert database.execute("PRAGMA integrity_check").fetchall()[0][0] == "ok"
    found: list[Any] = database.execute(
        "SELECT seq, hash, mac, body FROM record ORDER BY seq"
    ).fetchall()
    database.close()
    rows = [(int(s), bytes(h), bytes(m), str(b)) for s, h, m, b in found]
    return (rows[-1][0] if rows else 0), verify(rows).sound


def lost(folder: Path, seeds: range, *, weaken: bool) -> tuple[int, int]:
    """Return how many acknowledged rows were lost in these cuts, and in how many cuts."""
    rows = cuts = 0
    for seed in seeds:
        disk = Disk()
        acknowledged = run_until_cut(folder_in(folder / str(seed)), disk, seed, weaken=weaken)
        last, sound = after_the_cut(disk)
        assert sound, f"seed {seed}"
        if last < acknowledged:
            rows += acknowledged - last
            cuts += 1
    return rows, cuts


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_f23_no_acknowledged_row_is_lost(tmp_path: Path) -> None:
    assert lost(tmp_path, range(CUTS), weaken=False) == (0, 0)


def test_f23_a_weaker_setting_is_caught(tmp_path: Path) -> None:
    rows, cuts = lost(tmp_path, range(40), weaken=True)
    assert rows > 0
    assert cuts > 10
