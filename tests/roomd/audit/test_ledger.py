"""Rows, epochs, starts and keys of the table itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from roomd.audit.chain import available
from roomd.audit.entry import Entry
from roomd.audit.keys import load_epoch_key
from roomd.audit.ledger import open_database
from roomd.audit.verify import verify
from tests.roomd.audit.ledgers import Hand, fill, ledger_in, rows_of


def bodies(path: Path) -> list[dict[str, object]]:
    return [json.loads(row[3]) for row in rows_of(path)]


def test_a_new_record_begins_with_who_and_how(tmp_path: Path) -> None:
    ledger_in(tmp_path)
    (first,) = bodies(tmp_path)
    assert (first["kind"], first["seq"], first["epoch"]) == ("genesis", 1, 0)
    detail = first["detail"]
    assert isinstance(detail, dict)
    assert detail["hash"] == "sha256"
    assert len(str(detail["public_key"])) == 64


def test_each_start_is_a_new_epoch_and_the_chain_goes_on(tmp_path: Path) -> None:
    hand = Hand()
    fill(ledger_in(tmp_path, hand), hand, 3)
    fill(ledger_in(tmp_path, hand), hand, 2)
    found = bodies(tmp_path)
    assert [b["kind"] for b in found] == [
        "genesis",
        "asked",
        "ended",
        "asked",
        "epoch",
        "asked",
        "ended",
    ]
    assert [b["epoch"] for b in found] == [0, 0, 0, 0, 1, 1, 1]
    assert verify(rows_of(tmp_path)).sound


def test_the_key_of_a_past_epoch_is_nowhere(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    path = tmp_path / "audit" / "epoch.key"
    before = load_epoch_key(path)
    ledger.turn()
    after = load_epoch_key(path)
    assert before is not None
    assert after is not None
    assert (before.epoch, after.epoch) == (0, 1)
    kept = b"".join(p.read_bytes() for p in (tmp_path / "audit").iterdir() if p.is_file())
    assert before.key.hex().encode() not in kept
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lost_key_is_said_and_later_rows_prove_again(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    key = ledger.seal()
    fill(ledger, hand, 2)
    (tmp_path / "audit" / "epoch.key").unlink()
    fill(ledger_in(tmp_path, hand), hand, 2)
    lost = [b for b in bodies(tmp_path) if b["kind"] == "epoch" and "key_lost" in str(b["detail"])]
    assert len(lost) == 1
    assert verify(rows_of(tmp_path), key=key).sound


def test_what_was_asked_and_never_ended_is_closed_at_the_next_start(tmp_path: Path) -> None:
    hand = Hand()
    fill(ledger_in(tmp_path, hand), hand, 5)
    again = ledger_in(tmp_path, hand)
    assert again.close_open() == 1
    assert again.close_open() == 0
    last = bodies(tmp_path)[-1]
    assert (last["kind"], last["cmd"], last["result"], last["reason"]) == (
        "ended",
        "c2",
        "failed",
        "restarted",
    )


@pytest.mark.skipif(not available("sm3"), reason="this machine's OpenSSL has no SM3")
def test_the_hash_can_be_changed_and_the_row_before_says_so(tmp_path: Path) -> None:
    hand = Hand()
    fill(ledger_in(tmp_path, hand), hand, 2)
    fill(ledger_in(tmp_path, hand, "sm3"), hand, 2)
    fill(ledger_in(tmp_path, hand, "sm3"), hand, 1)
    assert [b["kind"] for b in bodies(tmp_path)].count("alg") == 1
    assert verify(rows_of(tmp_path)).sound


def test_a_batch_is_whole_or_not_there(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    good = (Entry("a"), hand.stamp())
    ledger._database.execute(
        "CREATE TEMP TRIGGER no BEFORE INSERT ON record WHEN NEW.seq = 3 BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with pytest.raises(Exception, match="no"):
        ledger.append([good, good])
    assert ledger.seq == 1
    ledger._database.execute("DROP TRIGGER no")
    assert ledger.append([good, good]) == [2, 3]
    assert verify(rows_of(tmp_path)).sound


def test_it_is_opened_so_that_a_commit_survives_a_power_cut(tmp_path: Path) -> None:
    database = open_database(tmp_path / "r.db")
    assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert database.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_file_system_without_wal_is_refused() -> None:
    with pytest.raises(ValueError, match="WAL"):
        open_database(Path(":memory:"))
