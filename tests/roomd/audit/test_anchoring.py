"""Anchors reach a folder and a syslog server, and prove what a chain alone cannot."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from roomd.audit.anchor import Anchor, parse
from roomd.audit.anchoring import Places, message, put
from roomd.audit.verify import verify
from tests.roomd.audit.ledgers import Hand, fill, ledger_in, rows_of

ANCHOR = Anchor("r1", 5, "ab" * 32, "2026-11-26T10:00:00.123+08:00", "sig")


def test_each_anchor_is_a_line_of_the_years_file(tmp_path: Path) -> None:
    places = Places(folder=tmp_path / "anchors")
    assert put(ANCHOR, places) == []
    assert put(ANCHOR, places) == []
    (file,) = (tmp_path / "anchors").iterdir()
    assert file.name == "roomd-r1-2026.anchors"
    assert [parse(line) for line in file.read_text("utf-8").splitlines()] == [ANCHOR, ANCHOR]


def test_a_syslog_server_gets_the_whole_anchor() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        assert put(ANCHOR, Places(syslog=("127.0.0.1", server.getsockname()[1]))) == []
        heard = server.recv(4096).decode()
    # RFC 5424, section 6: <PRI>1 TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA MSG
    found = re.fullmatch(r"<110>1 (\S+) (\S+) roomd - anchor - (.*)", heard)
    assert found is not None
    assert found[1] == "2026-11-26T10:00:00.123+08:00"
    assert parse(found[3]) == ANCHOR


def test_what_cannot_be_reached_is_said_and_the_rest_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    failed = put(ANCHOR, Places(folder=tmp_path / "file", syslog=("nobody.invalid", 514)))
    assert len(failed) == 2
    assert b"nobody" not in message(ANCHOR, "")


def test_a_meetings_anchor_finds_a_cut_end_and_an_old_copy(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    fill(ledger, hand, 4)
    before = rows_of(tmp_path)
    anchor = ledger.anchor()
    now = rows_of(tmp_path)
    assert verify(now, key=None, anchors=[anchor]).sound
    cut = verify(before[:-1], key=None, anchors=[anchor])
    assert (cut.sound, cut.reason) in {(False, "truncated"), (False, "rolled_back")}
    assert verify(before, key=None, anchors=[anchor]).sound  # the anchor signs exactly these
