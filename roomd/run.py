"""`roomd run`: the daemon on the site's own devices."""

from __future__ import annotations

from pathlib import Path

import structlog

from roomd.app import App, Options

log = structlog.stdlib.get_logger(__name__)

HOST, PORT = "127.0.0.1", 8470
"""Until the room has its own certificates, the daemon is served on loopback only: a token must not cross a network in
clear. A reverse proxy with the office's certificate carries it further."""


async def run_room(config: Path, data: Path, *, strict: bool) -> None:
    """Run until a signal ends it.

    Raises:
        OSError: the port cannot be opened.
        NoConfiguration: `strict`, and the configuration has errors.
    """
    hosts = frozenset({"127.0.0.1", "localhost", "::1"})
    app = App(Options(config=config, data=data, host=HOST, port=PORT, hosts=hosts, strict=strict))
    await app.start()
    for role, token in app.new_tokens.items():
        # Shown once, on the console of the first start; only hashes are kept.
        print(f"{role:<10} {token}", flush=True)  # noqa: T201  # the one place where a token may be seen
    log.info("room.ready", url=app.url)
    await app.run()
