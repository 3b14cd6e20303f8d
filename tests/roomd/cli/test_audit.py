"""`roomd audit` on files: the record, a copy, an export."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from roomd.cli.main import app
from tests.roomd.audit.ledgers import Hand, anchor_of, fill, ledger_in


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["audit", *words])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    (tmp_path / "key").write_text(ledger.seal().hex())
    fill(ledger, hand, 6)
    (tmp_path / "anchor").write_text(anchor_of(ledger, hand).text() + "\n")
    return tmp_path


def test_rows_are_shown(data: Path) -> None:
    result = run("show", "--data", str(data), "--actor", "anna", "--limit", "2", "--json")
    assert [row["seq"] for row in json.loads(result.stdout)["rows"]] == [3, 4]
    assert "lift.main/up" in run("show", "--data", str(data)).stdout


def test_what_was_proved_and_what_was_not(data: Path) -> None:
    result = run("verify", "--data", str(data))
    assert result.exit_code == 0
    assert "链条一致" in result.stdout
    assert "removal of the end cannot be excluded" in result.stdout
    key = (data / "key").read_text()
    words = (
        "verify",
        "--data",
        str(data),
        "--key",
        key,
        "--anchor",
        str(data / "anchor"),
        "--json",
    )
    report = json.loads(run(*words).stdout)
    assert (report["sound"], report["unproved"], report["anchors"]) == (True, [], 1)


def test_a_bad_row_is_named_and_the_exit_code_says_so(data: Path) -> None:
    copy = data / "copy.db"
    shutil.copy(data / "audit" / "record.db", copy)
    shutil.copy(data / "audit" / "record.db-wal", data / "copy.db-wal")
    database = sqlite3.connect(copy)
    database.execute("UPDATE record SET body = replace(body, 'anna', 'otto') WHERE seq = 4")
    database.commit()
    database.close()
    result = run("verify", "--data", str(copy))
    assert result.exit_code == 1
    assert "第 4 行有问题：edited" in result.stdout
    wrong = run("verify", "--data", str(data), "--key", "00" * 32, "--json")
    assert (wrong.exit_code, json.loads(wrong.stdout)["reason"]) == (1, "resealed")


def test_an_export_is_checked_like_the_record(data: Path) -> None:
    folder = data / "stick" / "record"
    result = run("export", str(folder), "--data", str(data))
    assert result.exit_code == 0, result.output
    assert run("verify", "--data", str(folder)).exit_code == 0
    lines = folder / "record.jsonl"
    lines.write_text(lines.read_text().replace("anna", "otto"))
    changed = run("verify", "--data", str(folder))
    assert changed.exit_code == 1
    assert "record.jsonl" in changed.stderr
    assert run("export", str(folder), "--data", str(data)).exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("show", "--data", "/nowhere"),
        ("verify", "--data", "/nowhere"),
        ("export", "/nowhere/x", "--data", "/nowhere"),
    ],
)
def test_where_there_is_none_it_says_so(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert result.stderr


def test_what_is_no_key_and_no_anchor(data: Path) -> None:
    (data / "bad").write_text("nonsense\n")
    assert run("verify", "--data", str(data), "--key", "xyz").exit_code == 1
    assert "bad" in run("verify", "--data", str(data), "--anchor", str(data / "bad")).stderr
