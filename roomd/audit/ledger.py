"""The table itself: rows are appended in one transaction each batch, chained and sealed; nothing is ever changed.

Synchronous; one thread owns it. It speaks to SQLite in WAL with `synchronous=FULL`: what a commit has acknowledged
survives a power cut.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from roomd.audit.anchor import Anchor
from roomd.audit.canonical import canonical, plain
from roomd.audit.chain import NOTHING, Algorithm, fingerprint, link, next_key, seal
from roomd.audit.entry import Entry
from roomd.audit.keys import EpochKey, Signer, fresh_key, load_epoch_key, store_epoch_key

EPOCH_SECONDS = 900.0
"""Running time of one epoch."""


class Database(Protocol):
    """What is used of SQLite; the standard library's and apsw's connections both have it."""

    def execute(self, sql: str, parameters: Any = (), /) -> Iterable[Any]:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Any, /) -> Iterable[Any]:
        """Run one statement for many parameters."""
        ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something happened."""

    wall: str
    """ISO 8601 with milliseconds and offset."""
    mono_ns: int
    clock_ok: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Whose record this is, and where its keys lie."""

    room: str
    folder: Path
    """`audit/` in the data folder; it exists."""
    algorithm: Algorithm = "sha256"


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file as the record needs it.

    Raises:
        sqlite3.Error: it cannot be opened, or is no database.
        ValueError: the file system does not do WAL: an acknowledged row could be lost.
    """
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    prepare(database)
    return database


def prepare(database: Database) -> None:
    """Set the modes that durability rests on, and make the table.

    Raises:
        ValueError: a mode was not taken.
    """
    mode = next(iter(database.execute("PRAGMA journal_mode=WAL")))[0]
    if str(mode).lower() != "wal":
        raise ValueError(f"journal mode is {mode}, not WAL")
    list(database.execute("PRAGMA synchronous=FULL"))
    if next(iter(database.execute("PRAGMA synchronous")))[0] != 2:
        raise ValueError("synchronous is not FULL")
    script = resources.files("roomd.audit").joinpath("schema.sql").read_text("utf-8")
    for statement in script.split(";"):
        if statement.strip():
            list(database.execute(statement))


class Ledger:
    """See the module.

    Args:
        database: opened and prepared.
        place: whose record it is.
        stamp: tells the time of the rows that the record writes about itself.
    """

    def __init__(self, database: Database, place: Place, stamp: Callable[[], Stamp]) -> None:
        self._database = database
        self._place = place
        self._stamp = stamp
        self.boot = secrets.token_hex(8)
        self.signer = Signer.of(place.folder / "sign.key")
        self.algorithm: Algorithm = place.algorithm
        self.seq = 0
        self.head = NOTHING
        self._key = EpochKey(0, b"")
        self._key_path = place.folder / "epoch.key"

    @property
    def epoch(self) -> int:
        """Return the number of the current epoch."""
        return self._key.epoch

    # -- start and epochs -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a new record, or go on with the one that is there: each start is a new epoch."""
        last = next(
            iter(
                self._database.execute(
                    "SELECT seq, hash, body FROM record ORDER BY seq DESC LIMIT 1"
                )
            ),
            None,
        )
        if last is None:
            self._begin()
            return
        self.seq, self.head = int(last[0]), bytes(last[1])
        self.algorithm = self._algorithm_in_use()
        kept = load_epoch_key(self._key_path)
        if kept is None:
            # Without its key no row can be sealed as before; from here on a new key counts, and the row says so.
            row = next(
                iter(
                    self._database.execute("SELECT max(json_extract(body, '$.epoch')) FROM record")
                )
            )
            self._key = EpochKey(int(row[0] or 0), fresh_key())
            self.turn(detail={"key_lost": True})
        else:
            self._key = kept
            self.turn()
        if self.algorithm != self._place.algorithm:
            self._change_algorithm()

    def turn(self, detail: dict[str, Any] | None = None) -> None:
        """Go over to the next epoch: the old key is gone before the first row under the new one."""
        key = next_key(self.algorithm, self._key.key)
        self._key = EpochKey(self._key.epoch + 1, key)
        store_epoch_key(self._key_path, self._key)
        self.append([(Entry("record.epoch", "epoch", detail=detail or {}), self._stamp())])

    def seal(self) -> bytes:
        """Begin anew with a first key that is shown once and kept nowhere; return it.

        From the row that this writes, whoever has the key can prove that nothing was sealed anew. That row and all
        later ones are sealed with what follows from it, so the key itself is never on this machine's disk.
        """
        first = fresh_key()
        self._key = EpochKey(self._key.epoch + 1, next_key(self.algorithm, first))
        store_epoch_key(self._key_path, self._key)
        detail = {"sealed": True, "fingerprint": fingerprint(self.algorithm, first)}
        self.append([(Entry("record.seal", "epoch", detail=detail), self._stamp())])
        return first

    def anchor(self) -> Anchor:
        """Sign the record as it is now; the row that says so comes after what it signs."""
        stamp = self._stamp()
        bare = Anchor(self._place.room, self.seq, self.head.hex(), stamp.wall)
        signed = replace(bare, signature=self.signer.sign(bare.message()))
        detail = {"seq": signed.seq, "head": signed.head, "text": signed.text()}
        self.append([(Entry("record.anchor", "anchor", detail=detail), stamp)])
        return signed

    def _begin(self) -> None:
        self._key = EpochKey(0, fresh_key())
        store_epoch_key(self._key_path, self._key)
        detail = {
            "install": secrets.token_hex(16),
            "hash": self.algorithm,
            "public_key": self.signer.public,
        }
        self.append([(Entry("record.genesis", "genesis", detail=detail), self._stamp())])

    def _change_algorithm(self) -> None:
        """Say under the old hash which one comes next, then use it."""
        entry = Entry("record.alg", "alg", detail={"hash": self._place.algorithm})
        self.append([(entry, self._stamp())])
        self.algorithm = self._place.algorithm

    def _algorithm_in_use(self) -> Algorithm:
        rows = self._database.execute(
            "SELECT json_extract(body, '$.detail.hash') FROM record WHERE kind IN ('genesis', 'alg')"
            " ORDER BY seq DESC LIMIT 1"
        )
        found = next(iter(rows), ("sha256",))[0]
        return "sm3" if found == "sm3" else "sha256"

    # -- rows -----------------------------------------------------------------------------------------------------

    def append(self, entries: Sequence[tuple[Entry, Stamp]]) -> list[int]:
        """Append rows in one transaction; return their numbers once they are durable.

        Raises:
            Exception: of the database; then none of them is in the record, and the chain is where it was.
        """
        seq, head = self.seq, self.head
        rows: list[tuple[int, bytes, bytes, str]] = []
        for entry, stamp in entries:
            seq += 1
            body = self._body(entry, stamp, seq)
            head = link(self.algorithm, head, body)
            rows.append((seq, head, seal(self.algorithm, self._key.key, head), body.decode()))
        self._insert(rows)
        numbers = [row[0] for row in rows]
        self.seq, self.head = seq, head
        return numbers

    def _insert(self, rows: Sequence[tuple[int, bytes, bytes, str]]) -> None:
        list(self._database.execute("BEGIN IMMEDIATE"))
        try:
            list(
                self._database.executemany(
                    "INSERT INTO record (seq, hash, mac, body) VALUES (?, ?, ?, ?)", rows
                )
            )
            list(self._database.execute("COMMIT"))
        except Exception:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        try:
            list(self._database.execute("ROLLBACK"))
        except Exception:  # noqa: BLE001  # SQLite rolls back by itself on some errors, then there is none to roll back
            return

    def _body(self, entry: Entry, stamp: Stamp, seq: int) -> bytes:
        return canonical(
            plain(
                {
                    "act": entry.act,
                    "actor": entry.actor,
                    "addr": entry.addr,
                    "boot": self.boot,
                    "clock_ok": stamp.clock_ok,
                    "cmd": entry.cmd,
                    "detail": entry.detail,
                    "epoch": self._key.epoch,
                    "kind": entry.kind,
                    "label": entry.label,
                    "mono_ns": stamp.mono_ns,
                    "obj": entry.obj,
                    "reason": entry.reason,
                    "result": entry.result,
                    "role": entry.role,
                    "room": self._place.room,
                    "seq": seq,
                    "session": entry.session,
                    "wall": stamp.wall,
                }
            )
        )

    def drop_before(self, wall: str) -> int:
        """Delete the oldest rows, those before a wall time (ISO 8601); return how many.

        Only from the start, and in one piece. A signed `checkpoint` row, written first, keeps what the rest stands on.
        """
        rows = self._database.execute("SELECT min(seq) FROM record")
        first = next(iter(rows))[0]
        rows = self._database.execute("SELECT min(seq) FROM record WHERE wall >= ?", (wall,))
        keep = next(iter(rows))[0]
        last = (self.seq + 1 if keep is None else int(keep)) - 1
        if first is None or last < int(first):
            return 0
        rows = self._database.execute("SELECT hash FROM record WHERE seq = ?", (last,))
        head = bytes(next(iter(rows))[0]).hex()
        message = checkpoint_message(self._place.room, last, head)
        detail = {
            "first": int(first),
            "last": last,
            "head": head,
            "signature": self.signer.sign(message),
            "install": self._install(),
            "public_key": self.signer.public,
        }
        self.append([(Entry("record.checkpoint", "checkpoint", detail=detail), self._stamp())])
        list(self._database.execute("DELETE FROM record WHERE seq <= ?", (last,)))
        return last - int(first) + 1

    def _install(self) -> str:
        rows = self._database.execute(
            "SELECT json_extract(body, '$.detail.install') FROM record"
            " WHERE kind IN ('genesis', 'checkpoint') ORDER BY seq LIMIT 1"
        )
        return str(next(iter(rows), ("",))[0])

    def close_open(self) -> int:
        """Give every `asked` without an end its closing row: the daemon died in between. Return how many."""
        rows = self._database.execute(
            "SELECT body FROM record AS a WHERE kind = 'asked' AND NOT EXISTS"
            " (SELECT 1 FROM record AS e WHERE e.cmd = a.cmd AND e.kind = 'ended' AND e.seq > a.seq)"
        )
        closing = [_ended(str(row[0])) for row in rows]
        if closing:
            now = self._stamp()
            self.append([(entry, now) for entry in closing])
        return len(closing)


def checkpoint_message(room: str, last: int, head: str) -> bytes:
    """Return what a checkpoint signs: rows up to `last`, whose hash is `head`, were deleted by age."""
    return f"roomd-checkpoint:1?room={room}&last={last}&head={head}".encode()


def _ended(body: str) -> Entry:
    asked = json.loads(body)
    entry = Entry(
        asked["act"], actor=asked["actor"], role=asked["role"], addr=asked["addr"], obj=asked["obj"]
    )
    return replace(
        entry,
        kind="ended",
        cmd=asked["cmd"],
        session=asked["session"],
        result="failed",
        reason="restarted",
    )
