"""Every way of tampering is found, and the first bad row is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roomd.audit.anchor import Anchor
from roomd.audit.chain import NOTHING, link
from roomd.audit.verify import Row, verify
from tests.roomd.audit.ledgers import Hand, anchor_of, fill, ledger_in, rows_of

ROWS = 24


class Sample:
    """One sound record with its key and an anchor at its end."""

    def __init__(self, path: Path) -> None:
        self.hand = Hand()
        ledger = ledger_in(path, self.hand)
        self.key = ledger.seal()
        fill(ledger, self.hand, 10)
        self.early = anchor_of(ledger, self.hand)
        ledger.turn()
        fill(ledger, self.hand, ROWS - 13)
        self.anchor = anchor_of(ledger, self.hand)
        self.rows = rows_of(path)
        self.install = json.loads(self.rows[0][3])["detail"]["install"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(tmp_path_factory.mktemp("record"))


def change(row: Row, **fields: Any) -> Row:
    body = {**json.loads(row[3]), **fields}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return row[0], row[1], row[2], text


def rehash(rows: list[Row]) -> list[Row]:
    """Chain rows anew, as somebody without the key would; the seals stay."""
    head, found = NOTHING, []
    for seq, _, mac, text in rows:
        head = link("sha256", head, text.encode())
        found.append((seq, head, mac, text))
    return found


def test_an_untouched_record_is_sound_and_says_what_was_not_proved(sample: Sample) -> None:
    report = verify(sample.rows)
    assert (report.sound, report.rows, report.last) == (True, ROWS, ROWS)
    assert report.unproved == ["no_key", "no_anchor"]
    report = verify(
        sample.rows, key=sample.key, anchors=[sample.early, sample.anchor], install=sample.install
    )
    assert (report.sound, report.unproved, report.anchors) == (True, [], 2)
    assert report.sealed_from == 2
    assert report.head == sample.anchor.head


@pytest.mark.parametrize("seq", range(2, ROWS + 1, 2))
def test_an_edited_row_is_found(sample: Sample, seq: int) -> None:
    rows = list(sample.rows)
    rows[seq - 1] = change(rows[seq - 1], actor="boris")
    report = verify(rows)
    assert (report.bad, report.reason) == (seq, "edited")


@pytest.mark.parametrize("seq", range(3, ROWS + 1, 4))
def test_one_flipped_bit_is_found(sample: Sample, seq: int) -> None:
    for part in (1, 3):
        rows: list[Any] = [list(row) for row in sample.rows]
        old = rows[seq - 1][part]
        if isinstance(old, str):
            rows[seq - 1][part] = old.replace("room301", "room302")
        else:
            rows[seq - 1][part] = bytes((old[0] ^ 1,)) + old[1:]
        report = verify([tuple(row) for row in rows])
        assert (report.bad, report.reason) == (seq, "edited")


@pytest.mark.parametrize("seq", range(2, ROWS, 3))
def test_a_removed_row_is_found(sample: Sample, seq: int) -> None:
    rows = [row for row in sample.rows if row[0] != seq]
    assert (verify(rows).bad, verify(rows).reason) == (seq, "missing")


@pytest.mark.parametrize("seq", range(2, ROWS, 3))
def test_a_row_put_in_is_found(sample: Sample, seq: int) -> None:
    new = change(sample.rows[seq - 1], actor="nobody")
    later = [(row[0] + 1, *row[1:]) for row in sample.rows[seq - 1 :]]
    rows: list[Row] = [*sample.rows[: seq - 1], new, *later]
    assert (verify(rows).bad, verify(rows).reason) == (seq, "inserted")


@pytest.mark.parametrize("seq", range(2, ROWS, 3))
def test_two_rows_that_changed_places_are_found(sample: Sample, seq: int) -> None:
    rows = list(sample.rows)
    first, second = rows[seq - 1], rows[seq]
    rows[seq - 1], rows[seq] = (seq, *second[1:]), (seq + 1, *first[1:])
    assert (verify(rows).bad, verify(rows).reason) == (seq, "reordered")


@pytest.mark.parametrize("left", [1, 5, 12, ROWS - 1])
def test_a_cut_end_is_found_by_an_anchor_only(sample: Sample, left: int) -> None:
    rows = sample.rows[:left]
    assert verify(rows).sound
    assert "no_anchor" in verify(rows).unproved
    report = verify(rows, anchors=[sample.anchor])
    assert (report.bad, report.reason) == (left + 1, "truncated")


def test_a_copy_of_yesterday_is_found(sample: Sample) -> None:
    tomorrow = Anchor("room301", ROWS + 50, "0" * 64, "2026-11-24T09:00:00.000+08:00")
    report = verify(sample.rows, anchors=[tomorrow])
    assert (report.bad, report.reason) == (ROWS + 1, "rolled_back")


@pytest.mark.parametrize("seq", range(4, ROWS, 4))
def test_a_chain_made_anew_without_the_key_is_found(sample: Sample, seq: int) -> None:
    rows = list(sample.rows)
    rows[seq - 1] = change(rows[seq - 1], actor="boris")
    rows = rehash(rows)
    assert verify(rows).sound
    report = verify(rows, key=sample.key)
    assert (report.bad, report.reason) == (seq, "resealed")
    report = verify(rows, anchors=[sample.anchor])
    assert (report.bad, report.reason) == (ROWS, "rolled_back")


def test_an_epoch_that_falls_is_found(sample: Sample) -> None:
    rows = list(sample.rows)
    rows[ROWS - 1] = change(rows[ROWS - 1], epoch=1)
    assert verify(rehash(rows)).reason == "resealed"


def test_another_installation_is_found(sample: Sample, tmp_path: Path) -> None:
    assert verify(sample.rows, install="0" * 32).reason == "foreign"
    other = Sample(tmp_path)
    foreign = Anchor("room301", ROWS, sample.anchor.head, sample.anchor.at, other.anchor.signature)
    report = verify(sample.rows, anchors=[foreign])
    assert (report.bad, report.reason) == (ROWS, "foreign")


def test_a_wall_clock_that_goes_back_is_found(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    fill(ledger, hand, 4)
    hand.wall = hand.wall.replace(year=2016)
    fill(ledger, hand, 1)
    report = verify(rows_of(tmp_path))
    assert (report.bad, report.reason) == (6, "clock")


def test_a_key_of_another_record_proves_nothing(sample: Sample) -> None:
    report = verify(sample.rows, key=bytes(32))
    assert (report.bad, report.reason) == (2, "resealed")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"seq":"3"}', "\x00", "{" * 50])
def test_a_row_that_is_no_row_is_found(sample: Sample, text: str) -> None:
    rows = list(sample.rows)
    rows[2] = (*rows[2][:3], text)
    assert (verify(rows).bad, verify(rows).reason) == (3, "edited")


def test_a_record_without_its_first_row_is_found(sample: Sample) -> None:
    assert (verify(sample.rows[1:]).bad, verify(sample.rows[1:]).reason) == (1, "missing")
    assert verify([]).rows == 0
