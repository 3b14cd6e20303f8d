"""The one way in which files of the daemon's own are written: whole, or not at all."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700

LOCK = "lock"


class FolderInUse(Exception):
    """Another process uses this folder."""


def write_durably(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Replace `path` by `content` so that a power cut leaves either the old file or the new one.

    New file in the same folder, flush, fsync, rename, fsync of the folder (trust.md 5). An fsync
    that fails is not repeated: the file counts as not written.

    Raises:
        OSError: nothing was replaced.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a private folder (0700) with those above it; harmless when it is there."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    sync_folder(path.parent)


def lock_folder(path: Path) -> int:
    """Take a folder for this process, until the descriptor is closed or the process ends, however it ends.

    Raises:
        FolderInUse: another process has it.
        OSError: it cannot be written.
    """
    descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise FolderInUse(path) from None
    return descriptor


def sync_folder(path: Path) -> None:
    """Make renames in a folder survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
