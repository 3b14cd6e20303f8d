"""`control.sock`: the command line speaks to the daemon here; the file's mode (0600) says who may."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from aiohttp import web

from roomd.config.durable import make_folder

NAME = "control.sock"
DEFAULT_FOLDER = Path("/run/roomd")


def socket_path(data: Path | None) -> Path:
    """Return where the socket of a daemon is: in its data folder where one is named, else `/run/roomd`."""
    return (DEFAULT_FOLDER if data is None else data) / NAME


def remove(path: Path) -> None:
    """Take a socket away; harmless when there is none."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


async def serve(app: web.Application, path: Path) -> web.AppRunner:
    """Serve `app` on the socket; one left by a daemon that died is replaced.

    Raises:
        OSError: the folder cannot be made or written, or the path is too long for a socket.
    """
    make_folder(path.parent)
    remove(path)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    old = os.umask(0o177)
    try:
        await web.UnixSite(runner, str(path)).start()
    except OSError:
        await runner.cleanup()
        raise
    finally:
        os.umask(old)
    return runner
