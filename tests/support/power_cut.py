"""A file system for SQLite that forgets, at a cut, all that was not synced: what a power failure does.

Every file is kept twice: as it is, and as it was when it was last synced. `cut` goes back to the latter. Torn sectors
are not modelled. (kill -9 cannot find a missing sync: the page cache survives it.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import apsw
from typing_extensions import override

_names = count()


@dataclass
class Disk:
    """The files of one machine, by path."""

    now: dict[str, bytearray] = field(default_factory=dict[str, bytearray])
    synced: dict[str, bytes] = field(default_factory=dict[str, bytes])
    syncs: int = 0
    writes: int = 0
    cut_at: int | None = None
    """The write at which the power fails; None: never."""
    off: bool = False
    """The power has failed: nothing reaches the disk any more."""

    def touch(self) -> None:
        """Fail where the power is off."""
        if self.off:
            raise PowerFailed

    def cut(self) -> None:
        """Lose everything that was not synced. The name of a file survives only with its content."""
        self.off = False
        self.cut_at = None
        self.now = {path: bytearray(content) for path, content in self.synced.items()}


class PowerFailed(Exception):
    """The machine is off."""


class CutFile(apsw.VFSFile):
    """One open file, in memory."""

    def __init__(self, disk: Disk, path: str, flags: list[int]) -> None:
        self._disk = disk
        self._path = path
        disk.now.setdefault(path, bytearray())
        flags[1] = flags[0]

    @override
    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._disk.now[self._path][offset : offset + amount])

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        disk = self._disk
        disk.writes += 1
        disk.off = disk.off or (disk.cut_at is not None and disk.writes >= disk.cut_at)
        disk.touch()
        content = disk.now[self._path]
        if len(content) < offset:
            content.extend(bytes(offset - len(content)))
        content[offset : offset + len(data)] = data

    @override
    def xSync(self, flags: int) -> None:
        self._disk.touch()
        self._disk.syncs += 1
        self._disk.synced[self._path] = bytes(self._disk.now[self._path])

    @override
    def xTruncate(self, newsize: int) -> None:
        self._disk.touch()
        del self._disk.now[self._path][newsize:]

    @override
    def xFileSize(self) -> int:
        return len(self._disk.now[self._path])

    @override
    def xClose(self) -> None:
        return None

    @override
    def xLock(self, level: int) -> None:
        return None

    @override
    def xUnlock(self, level: int) -> None:
        return None

    @override
    def xCheckReservedLock(self) -> bool:
        return False

    @override
    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    @override
    def xSectorSize(self) -> int:
        return 512

    @override
    def xDeviceCharacteristics(self) -> int:
        return 0


class CutVfs(apsw.VFS):
    """See the module. Connections must lock exclusively: there is no shared memory here."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.name = f"cut{next(_names)}"
        super().__init__(self.name, "")

    @override
    def xOpen(self, name: Any, flags: list[int]) -> CutFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        return CutFile(self.disk, path, flags)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.disk.touch()
        self.disk.now.pop(filename, None)
        self.disk.synced.pop(filename, None)

    @override
    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.disk.now

    @override
    def xFullPathname(self, name: str) -> str:
        return name


def connect(vfs: CutVfs, path: str, first: Sequence[str] = ()) -> apsw.Connection:
    """Open a database on that disk; `first` are statements to run before anything else."""
    database = apsw.Connection(path, vfs=vfs.name)
    database.execute("PRAGMA locking_mode=EXCLUSIVE")
    for statement in first:
        database.execute(statement)
    return database
