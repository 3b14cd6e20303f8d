"""`roomd run`: the daemon on the site's own devices."""

from __future__ import annotations

import sys
from pathlib import Path

import structlog

from roomd import collector
from roomd.app import App
from roomd.config.durable import write_durably
from roomd.control_socket import socket_path
from roomd.options import Options

log = structlog.stdlib.get_logger(__name__)

CONFIG, DATA = Path("/etc/roomd/room.yaml"), Path("/var/lib/roomd")
HOST = "127.0.0.1"
"""Until the room has its own certificates, the daemon is served on loopback only: a token must not cross a network in
clear. A reverse proxy with the office's certificate carries it further."""


async def run_room(config: Path, data: Path | None, *, strict: bool) -> None:
    """Run until a signal ends it.

    Args:
        config: the room file.
        data: the data folder, with `control.sock` in it; None: `/var/lib/roomd`, and the socket in `/run/roomd`.
        strict: end where the configuration has errors.

    Raises:
        CannotServe: port or folder cannot be used.
        NoConfiguration: `strict`, and the configuration has errors.
    """
    app = App(
        Options(
            config=config,
            data=data or DATA,
            socket=socket_path(data),
            host=HOST,
            port=None,
            hosts=frozenset({HOST, "localhost", "::1"}),
            strict=strict,
        )
    )
    app.listen_to_signals()
    await app.start()
    if app.new_tokens:
        show_tokens(app.new_tokens, app.options.data)
    log.info("room.ready", url=app.url)
    collector.settle()
    await app.run()


def show_tokens(tokens: dict[str, str], data: Path) -> None:
    """Hand the first start's tokens over once; only hashes are kept.

    At a terminal they are printed. Elsewhere, as under systemd, standard output is a journal that many can read, so
    they go into a file that the administrator reads and removes.
    """
    lines = "".join(f"{role:<10} {token}\n" for role, token in tokens.items())
    if sys.stdout.isatty():
        print(lines, end="", flush=True)  # noqa: T201  # the one place where a token may be seen
        return
    path = data / "identity" / "first-tokens"
    write_durably(path, lines.encode())
    log.warning("tokens.first", file=str(path))
