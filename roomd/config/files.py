"""Reading one file of the configuration.

A plain file, inside its folder, no larger than allowed.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from roomd.config.places import KeyPath, Place, Problem, Unreadable
from roomd.config.raw_checks import MAX_BYTES

LOOSE = 0o077
"""Permission bits of group and others."""


def read_bytes(path: Path, at: Place, keys: KeyPath, *, private: bool = False) -> bytes:
    """Return the bytes of `path`, one more than allowed at most.

    Args:
        path: the file; never a device, pipe or folder.
        at: where it is named, for the message.
        keys: the key path there.
        private: refuse a file that group or others may read, write or run.

    Raises:
        Unreadable: missing, not a plain file, no permission, or not private.
    """
    try:
        # Without O_NONBLOCK a named pipe would hold the daemon for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(Problem(at, keys, *_why(error, path))) from None
    try:
        _allow(os.fstat(descriptor).st_mode, path.name, at, keys, private=private)
        return _up_to(descriptor, MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _allow(mode: int, name: str, at: Place, keys: KeyPath, *, private: bool) -> None:
    if not stat.S_ISREG(mode):
        raise Unreadable(Problem(at, keys, "not_a_file", {"name": name}))
    if private and mode & LOOSE:
        params = {"name": name, "mode": f"{stat.S_IMODE(mode):04o}"}
        raise Unreadable(Problem(at, keys, "secrets_mode", params))


def _up_to(descriptor: int, limit: int) -> bytes:
    whole = b""
    while len(whole) < limit and (piece := os.read(descriptor, limit - len(whole))):
        whole += piece
    return whole


def inside(folder: Path, path: Path) -> bool:
    """Tell whether `path`, links followed, lies in `folder`."""
    return path.resolve().is_relative_to(folder.resolve())


def _why(error: OSError, path: Path) -> tuple[str, dict[str, str]]:
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return "file_missing", {"name": path.name}
    if error.errno in {errno.EACCES, errno.EPERM}:
        return "file_denied", {"name": path.name}
    return "file_unreadable", {
        "name": path.name,
        "reason": errno.errorcode.get(error.errno or 0, "?"),
    }
