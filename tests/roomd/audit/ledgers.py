"""Records for tests: small, with a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from roomd.audit.anchor import Anchor
from roomd.audit.entry import Entry
from roomd.audit.ledger import Ledger, Place, Stamp, open_database
from roomd.audit.verify import Row

CHINA = timezone(timedelta(hours=8))


@dataclass
class Hand:
    """A clock."""

    wall: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 10, 0, 0, tzinfo=CHINA))
    mono_ns: int = 10**9

    def pass_(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.mono_ns += int(seconds * 1e9)

    def stamp(self) -> Stamp:
        self.pass_(0.25)
        return Stamp(self.wall.isoformat(timespec="milliseconds"), self.mono_ns, clock_ok=True)


def folder_in(path: Path) -> Path:
    folder = path / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def ledger_in(path: Path, hand: Hand | None = None, algorithm: str = "sha256") -> Ledger:
    """Open the record in a folder, as a start of the daemon does."""
    folder = folder_in(path)
    place = Place("room301", folder, algorithm)  # type: ignore[arg-type]  # the test names one of the two
    ledger = Ledger(open_database(folder / "record.db"), place, (hand or Hand()).stamp)
    ledger.start()
    return ledger


def fill(ledger: Ledger, hand: Hand, rows: int) -> None:
    """Append commands and their ends, some in one commit."""
    for number in range(rows):
        entry = Entry(
            "device.command",
            "asked" if number % 2 == 0 else "ended",
            actor="anna",
            role="presenter",
            obj="lift.main/up",
            cmd=f"c{number // 2}",
            detail={"level": 12.5, "名": "升降屏"},
        )
        ledger.append([(entry, hand.stamp())])


def rows_of(path: Path) -> list[Row]:
    """Read all rows."""
    found = open_database(path / "audit" / "record.db").execute(
        "SELECT seq, hash, mac, body FROM record ORDER BY seq"
    )
    return [(int(s), bytes(h), bytes(m), str(b)) for s, h, m, b in found]


def anchor_of(ledger: Ledger, hand: Hand) -> Anchor:
    bare = Anchor("room301", ledger.seq, ledger.head.hex(), hand.stamp().wall)
    return Anchor(bare.room, bare.seq, bare.head, bare.at, ledger.signer.sign(bare.message()))
