"""Logs for engineers: constant events with keys, on standard error; JSON where nobody looks at a terminal."""

from __future__ import annotations

import logging
import sys

import structlog

NOISE = "Future exception was never retrieved"
"""aiomqtt leaves such a future behind when a socket dies on Python 3.11 (measured); the loss itself is logged once."""


class _NotNoise(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(NOISE):
            return True
        error = record.exc_info[1] if record.exc_info else None
        return type(error).__module__.split(".")[0] not in {"aiomqtt", "paho"}


def set_up(*, quiet: bool) -> None:
    """Set logging up, once.

    Args:
        quiet: only warnings and errors (the demo, whose terminal belongs to the user).
    """
    logging.getLogger("asyncio").addFilter(_NotNoise())
    logging.getLogger("mqtt").setLevel(logging.CRITICAL)
    renderer = (
        structlog.dev.ConsoleRenderer(colors=True)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
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
