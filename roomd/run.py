"""`roomd run`: the daemon on the site's own devices."""

from __future__ import annotations

import os
from pathlib import Path

import structlog

from roomd import collector
from roomd.app import App
from roomd.control_socket import socket_path
from roomd.notify import Notifier
from roomd.options import Options

log = structlog.stdlib.get_logger(__name__)

CONFIG, DATA = Path("/etc/roomd/room.yaml"), Path("/var/lib/roomd")


async def run_room(
    config: Path, data: Path | None, *, strict: bool, listen: str, https: bool
) -> None:
    """Run until a signal ends it.

    Args:
        config: the room file.
        data: the data folder, with `control.sock` in it; None: `/var/lib/roomd`, and the socket in `/run/roomd`.
        strict: end where the configuration has errors.
        listen: the one own address to listen on, whatever the room file says; loopback is served without TLS.
        https: HTTPS there too.

    Raises:
        CannotServe: port or folder cannot be used.
        NoConfiguration: `strict`, and the configuration has errors.
    """
    app = App(
        Options(
            config=config,
            data=data or DATA,
            socket=socket_path(data),
            host=listen,
            port=None,
            hosts=frozenset(),
            strict=strict,
            https=https,
        )
    )
    app.listen_to_signals()
    await app.start()
    if app.identity is not None and app.identity.set_up.needed:
        # On the console, for who stands before the machine: with it the three administrators are made, once.
        log.warning("setup.needed", code=app.identity.set_up.code, page=f"{app.url}/admin")
    notifier = Notifier(app.clock, os.environ, os.getpid())
    notifier.ready(app.url)
    log.info("room.ready", url=app.url)
    collector.settle()
    try:
        await app.wait()
    finally:
        notifier.stopping()
        await app.close()
