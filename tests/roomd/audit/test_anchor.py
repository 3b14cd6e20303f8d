"""Anchors are printed, photographed, typed again, and still checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.audit.anchor import NoAnchor, parse
from tests.roomd.audit.ledgers import Hand, anchor_of, fill, ledger_in


def test_it_reads_back_and_is_signed(tmp_path: Path) -> None:
    hand = Hand()
    ledger = ledger_in(tmp_path, hand)
    fill(ledger, hand, 3)
    anchor = anchor_of(ledger, hand)
    assert anchor.text().startswith("roomd-anchor:1?room=room301&seq=4&head=")
    again = parse(f" {anchor.text()}\n")
    assert again == anchor
    assert again.is_signed_by(ledger.signer.public)
    assert not again.is_signed_by("0" * 64)
    assert not again.is_signed_by("no key")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example/",
        "roomd-anchor:1?room=a",
        "roomd-anchor:1?room=a&seq=x&head=b&at=c",
        "roomd-anchor:1?room=a&seq=0&head=" + "0" * 64 + "&at=c",
        "roomd-anchor:1?room=a&seq=1&head=00&at=c",
    ],
)
def test_what_is_no_anchor(text: str) -> None:
    with pytest.raises(NoAnchor):
        parse(text)
