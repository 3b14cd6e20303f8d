"""Old rows go from the beginning only, and a signed checkpoint keeps what the rest stands on."""

from __future__ import annotations

import json
from pathlib import Path

from roomd.audit.verify import verify
from tests.roomd.audit.ledgers import Hand, fill, ledger_in, rows_of


def test_rows_before_a_time_go_and_the_rest_is_sound(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    key = ledger.seal()
    fill(ledger, hand, 10)
    hand.pass_(86_400)
    fill(ledger, hand, 4)
    install = json.loads(rows_of(tmp_path)[0][3])["detail"]["install"]
    assert ledger.drop_before("2026-11-24") == 12
    report = verify(rows_of(tmp_path), install=install)
    assert (report.sound, report.first, report.checkpoint) == (True, 13, 12)
    assert "beginning_removed" in report.unproved
    assert ledger.drop_before("2026-11-24") == 0
    # The first key was shown for a row that is gone: it proves nothing any more, and this is said.
    assert "key_does_not_fit" in verify(rows_of(tmp_path), key=key).unproved


def test_a_second_deletion_stands_on_the_first(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    for _ in range(3):
        fill(ledger, hand, 4)
        hand.pass_(86_400)
    ledger.drop_before("2026-11-24")
    ledger.drop_before("2026-11-25")
    report = verify(rows_of(tmp_path))
    assert (report.sound, report.checkpoint) == (True, 9)
    again = ledger_in(tmp_path, hand)
    fill(again, hand, 2)
    assert verify(rows_of(tmp_path)).sound


def test_more_than_the_checkpoint_says_is_found(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    fill(ledger, hand, 6)
    hand.pass_(86_400)
    fill(ledger, hand, 6)
    ledger.drop_before("2026-11-24")
    rows = rows_of(tmp_path)
    assert verify(rows).sound
    assert (verify(rows[1:]).bad, verify(rows[1:]).reason) == (1, "missing")
    assert verify(rows[:-1]).reason == "missing"


def test_all_may_go_and_the_record_goes_on(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    fill(ledger, hand, 3)
    assert ledger.drop_before("2030") == 4
    fill(ledger, hand, 2)
    rows = rows_of(tmp_path)
    assert [r[0] for r in rows] == [5, 6, 7]
    assert verify(rows).sound
