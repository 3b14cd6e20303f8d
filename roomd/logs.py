"""Logs for engineers: constant events with keys, on standard error; JSON where nobody looks at a terminal."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

import orjson
import structlog

NOISE = "Future exception was never retrieved"
"""aiomqtt leaves such a future behind when a socket dies on Python 3.11 (measured); the loss itself is logged once."""
CALLBACK = "Exception in callback"
"""aiomqtt's reader asks a connection attempt that was given up for its result (measured); nothing is lost by it."""


class NotNoise(logging.Filter):
    """Lets everything through but what the two constants above describe."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a record of `asyncio` is worth reading."""
        error = record.exc_info[1] if record.exc_info else None
        text = record.getMessage()
        if text.startswith(NOISE):
            return type(error).__module__.split(".")[0] not in {"aiomqtt", "paho"}
        if text.startswith(CALLBACK) and isinstance(error, asyncio.CancelledError):
            return not _from_aiomqtt(error)
        return True


def _from_aiomqtt(error: BaseException) -> bool:
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_globals.get("__name__", "").startswith("aiomqtt"):
            return True
        step = step.tb_next
    return False


def set_up(*, quiet: bool) -> None:
    """Set logging up, once.

    Args:
        quiet: only warnings and errors (the demo, whose terminal belongs to the user).
    """
    logging.getLogger("asyncio").addFilter(NotNoise())
    logging.getLogger("mqtt").setLevel(logging.CRITICAL)
    renderer = (
        structlog.dev.ConsoleRenderer(colors=True)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(serializer=_json)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if quiet else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _json(event: Any, **_unused: Any) -> str:
    """Return an event as JSON: each command writes two, and `json` takes as long as all the rest of them."""
    return orjson.dumps(event, default=repr).decode()
