"""Is this record what it was? Finds the first bad row and says what was done to it, or what could not be proved.

Works on a copy as well; needs nothing but the rows. With the first key (shown once to the auditor) and with anchors it
proves more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from roomd.audit.anchor import Anchor
from roomd.audit.chain import ALGORITHMS, NOTHING, available, key_after, link, next_key, seal
from roomd.audit.keys import is_signed
from roomd.audit.ledger import checkpoint_message

Reason = Literal[
    "edited",
    "missing",
    "inserted",
    "reordered",
    "truncated",
    "rolled_back",
    "resealed",
    "foreign",
    "clock",
]
Row = tuple[int, bytes, bytes, str]
"""seq, hash, mac, body."""
BACKWARDS = 2.0
"""Seconds that the wall clock may fall behind the monotonic one, inside one run, without a row that says so."""


@dataclass
class Report:
    """What was found."""

    rows: int = 0
    first: int | None = None
    last: int | None = None
    head: str = ""
    bad: int | None = None
    """Number of the first bad row."""
    reason: Reason | None = None
    sealed_from: int | None = None
    """First row whose seal was proved with the key."""
    anchors: int = 0
    """Anchors that agree."""
    unproved: list[str] = field(default_factory=list[str])
    """Codes of what could not be shown: `no_key`, `no_anchor`, `beginning_removed`."""
    checkpoint: int | None = None
    """Rows up to here were deleted by age, by a signed checkpoint."""

    @property
    def sound(self) -> bool:
        """Return whether nothing bad was found."""
        return self.bad is None

    def as_json(self) -> dict[str, Any]:
        """Return it for `--json` and the API."""
        return {
            "sound": self.sound,
            "rows": self.rows,
            "first": self.first,
            "last": self.last,
            "head": self.head,
            "bad": self.bad,
            "reason": self.reason,
            "sealed_from": self.sealed_from,
            "anchors": self.anchors,
            "checkpoint": self.checkpoint,
            "unproved": list(self.unproved),
        }


class _Bad(Exception):
    def __init__(self, seq: int, reason: Reason) -> None:
        super().__init__(f"row {seq}: {reason}")
        self.seq = seq
        self.reason: Reason = reason


def verify(
    rows: Iterable[Row],
    *,
    key: bytes | None = None,
    anchors: Sequence[Anchor] = (),
    install: str | None = None,
) -> Report:
    """Check rows in the order of their numbers.

    Args:
        rows: all rows, ascending.
        key: the first key, as shown to the auditor when the record was sealed.
        anchors: what the record was at earlier moments.
        install: the installation whose record it must be, from its genesis row; None: any.
    """
    checker = _Checker(key, anchors, install)
    try:
        for row, after in _with_next(rows):
            checker.row(row, after)
        checker.end()
    except _Bad as bad:
        checker.report.bad, checker.report.reason = bad.seq, bad.reason
    return checker.report


def _with_next(rows: Iterable[Row]) -> Iterator[tuple[Row, Row | None]]:
    before: Row | None = None
    for row in rows:
        if before is not None:
            yield before, row
        before = row
    if before is not None:
        yield before, None


class _Checker:
    def __init__(self, key: bytes | None, anchors: Sequence[Anchor], install: str | None) -> None:
        self.report = Report()
        self._anchors = {anchor.seq: anchor for anchor in anchors}
        self._first_key = key
        self._key: tuple[int, bytes] | None = None
        """Epoch and its key, from the seal row on."""
        self._install = install
        self._algorithm = "sha256"
        self._head = NOTHING
        self._orphan: Row | None = None
        """The oldest row, while the hash that it stands on is not known."""
        self._epoch = 0
        self._public = ""
        self._clock: tuple[str, int, float] | None = None
        """Boot, monotonic ns and wall seconds of the last row."""
        self._day = ""

    def row(self, row: Row, after: Row | None) -> None:
        """Check one row; `after` is the next one, which tells an insertion from a removal."""
        seq, row_hash, mac, text = row
        body = self._body(seq, text)
        if self.report.first is None:
            self._begin(row, body, after)
        elif seq != (self.report.last or 0) + 1:
            raise _Bad((self.report.last or 0) + 1, "missing")
        if body["seq"] != seq:
            raise _Bad(seq, self._moved(body, seq, after))
        orphan = self._orphan is row
        if not orphan and link(self._algorithm, self._head, text.encode()) != row_hash:
            raise _Bad(seq, self._broken(seq, after))
        self._epochs(seq, body, row_hash, mac)
        self._anchor(seq, row_hash)
        self._time(seq, body)
        if body["kind"] == "checkpoint":
            self._checkpoint(seq, body)
        if body["kind"] == "alg":
            self._algorithm = str(body["detail"].get("hash", self._algorithm))
        self._head = row_hash
        report = self.report
        report.rows += 1
        report.last, report.head = seq, row_hash.hex()

    def _body(self, seq: int, text: str) -> dict[str, Any]:
        try:
            body = orjson.loads(text)
            if isinstance(body, dict) and isinstance(body["seq"], int):  # pyright: ignore[reportUnknownArgumentType]  # checked here
                return body  # pyright: ignore[reportUnknownVariableType]  # as above
        except (ValueError, KeyError):
            pass
        raise _Bad(seq, "edited")

    def _begin(self, row: Row, body: dict[str, Any], after: Row | None) -> None:
        self.report.first = row[0]
        if body["kind"] == "genesis" and row[0] == 1:
            self._algorithm = str(body["detail"].get("hash", "sha256"))
            self._known(body["detail"])
            return
        if row[0] == 1:
            raise _Bad(1, "edited")
        # Older rows were deleted by age: the hash that this one stands on is in a checkpoint further on.
        self._orphan = row
        self._epoch = int(body["epoch"])
        if after is not None:
            fits = (
                a
                for a in ALGORITHMS
                if available(a) and link(a, row[1], after[3].encode()) == after[1]
            )
            self._algorithm = next(fits, "sha256")

    def _known(self, detail: dict[str, Any]) -> None:
        """Take whose record it is from its first row, or from a checkpoint."""
        self._public = str(detail.get("public_key", ""))
        if self._install is not None and detail.get("install") != self._install:
            raise _Bad(1, "foreign")

    def _checkpoint(self, seq: int, body: dict[str, Any]) -> None:
        """Take the hash that the oldest row stands on from a checkpoint that fits it."""
        detail, orphan = body["detail"], self._orphan
        if orphan is None or detail.get("last") != orphan[0] - 1:
            return
        head = str(detail.get("head", ""))
        message = checkpoint_message(str(body["room"]), orphan[0] - 1, head)
        if not is_signed(
            str(detail.get("public_key", "")), message, str(detail.get("signature", ""))
        ):
            raise _Bad(seq, "resealed")
        if link(self._algorithm, bytes.fromhex(head), orphan[3].encode()) != orphan[1]:
            raise _Bad(orphan[0], "edited")
        self._known(detail)
        self._orphan = None
        self.report.checkpoint = orphan[0] - 1

    @staticmethod
    def _moved(body: dict[str, Any], seq: int, after: Row | None) -> Reason:
        """Say what happened to a row whose text bears another number than its place."""
        if body["seq"] == seq - 1:
            return "inserted"  # an earlier place was taken, and what stood there moved on
        if after is not None and body["seq"] == seq + 1:
            return "reordered" if f'"seq":{seq},' in after[3] else "missing"
        return "reordered"

    @staticmethod
    def _broken(seq: int, after: Row | None) -> Reason:
        """Say what happened where the hash is wrong and the number is right."""
        if after is not None and f'"seq":{seq},' in after[3]:
            return "inserted"
        return "edited"

    def _epochs(self, seq: int, body: dict[str, Any], row_hash: bytes, mac: bytes) -> None:
        epoch = int(body["epoch"])
        if epoch < self._epoch:
            raise _Bad(seq, "resealed")
        self._epoch = epoch
        if body["kind"] == "epoch" and body["detail"].get("sealed") and self._first_key is not None:
            self._key = (epoch, next_key(self._algorithm, self._first_key))
            self.report.sealed_from = seq
        if self._key is None:
            return
        if body["detail"].get("key_lost"):
            self._key = None
            return
        known, key = self._key
        if epoch > known:
            key = key_after(self._algorithm, key, epoch - known)
            self._key = (epoch, key)
        if seal(self._algorithm, key, row_hash) != mac:
            raise _Bad(seq, "resealed")

    def _cut(self) -> Reason:
        """Say whether the end was cut off, or the whole file is one of an earlier day."""
        newest = max(anchor.at for anchor in self._anchors.values())
        return "rolled_back" if newest[:10] > self._day else "truncated"

    def _anchor(self, seq: int, row_hash: bytes) -> None:
        anchor = self._anchors.pop(seq, None)
        if anchor is None:
            return
        if self._public and anchor.signature and not anchor.is_signed_by(self._public):
            raise _Bad(seq, "foreign")
        if anchor.head != row_hash.hex():
            raise _Bad(seq, "rolled_back")
        self.report.anchors += 1

    def _time(self, seq: int, body: dict[str, Any]) -> None:
        """Inside one run the wall clock goes with the monotonic one, or a row says why not."""
        boot, mono = str(body["boot"]), int(body["mono_ns"])
        try:
            wall = datetime.fromisoformat(str(body["wall"])).timestamp()
        except ValueError:
            raise _Bad(seq, "clock") from None
        if self._clock is not None and self._clock[0] == boot and body["act"] != "clock.jump":
            _, mono_before, wall_before = self._clock
            if wall - wall_before < (mono - mono_before) / 1e9 - BACKWARDS and wall < wall_before:
                raise _Bad(seq, "clock")
        self._clock = (boot, mono, wall)
        self._day = str(body["wall"])[:10]

    def end(self) -> None:
        """Check what only the end shows, and say what could not be proved."""
        report = self.report
        last = report.last or 0
        if self._orphan is not None:
            raise _Bad(1, "missing")
        if self._anchors:
            raise _Bad(last + 1, self._cut())
        if self._first_key is None:
            report.unproved.append("no_key")
        elif report.sealed_from is None:
            report.unproved.append("key_does_not_fit")
        if not report.anchors:
            report.unproved.append("no_anchor")
        if report.checkpoint is not None:
            report.unproved.append("beginning_removed")
