"""An export is checked on another machine; what was changed in it is found."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from roomd.audit.entry import Entry
from roomd.audit.export import BadExport, read_export, write_export
from roomd.audit.verify import verify
from tests.roomd.audit.ledgers import Hand, fill, ledger_in, rows_of


def exported(path: Path) -> Path:
    hand = Hand()
    ledger = ledger_in(path, hand)
    fill(ledger, hand, 5)
    ledger.append([(Entry("x", actor="=cmd|' /C calc'!A0", reason="-1", obj="@a"), hand.stamp())])
    folder = path / "out"
    folder.mkdir()
    about = {"room": "room301", "label": "内部"}
    manifest = write_export(folder, rows_of(path), ledger.signer, about)
    assert manifest["rows"] == manifest["last"] == 7
    return folder


def test_it_reads_back_whole_signed_and_sound(tmp_path: Path) -> None:
    found = read_export(exported(tmp_path))
    assert found.signed
    assert found.rows == rows_of(tmp_path)
    assert verify(found.rows).sound
    assert found.manifest["head"] == found.rows[-1][1].hex()


def test_what_is_for_spreadsheets_holds_no_formula(tmp_path: Path) -> None:
    with (exported(tmp_path) / "record.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "seq"
    assert all(cell[:1] not in {"=", "+", "-", "@"} for row in rows for cell in row)


@pytest.mark.parametrize("name", ["record.jsonl", "manifest.json", "manifest.sig"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = exported(tmp_path)
    (folder / name).unlink()
    with pytest.raises(BadExport, match=name):
        read_export(folder)


def test_changed_rows_are_found(tmp_path: Path) -> None:
    folder = exported(tmp_path)
    lines = folder / "record.jsonl"
    lines.write_text(lines.read_text().replace("anna", "otto"))
    with pytest.raises(BadExport, match=r"record\.jsonl"):
        read_export(folder)


def test_a_changed_manifest_is_not_signed(tmp_path: Path) -> None:
    folder = exported(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "label": "公开"}))
    assert not read_export(folder).signed
