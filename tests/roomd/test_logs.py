"""Events for engineers, and the known noise of a library left out by name."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import aiomqtt
import pytest
import structlog

from roomd.logs import CALLBACK, NOISE, NotNoise, set_up


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the process's own: what a test sets up ends with it."""
    kept, filters = structlog.get_config(), list(logging.getLogger("asyncio").filters)
    yield
    structlog.configure(**kept)
    logging.getLogger("asyncio").filters = filters


def record(text: str, error: BaseException | None) -> logging.LogRecord:
    told = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("asyncio", logging.ERROR, "x.py", 1, text, None, told)


def given_up_in(module: str) -> asyncio.CancelledError:
    """Return a cancellation that was raised in a module of this name."""
    try:
        exec("import asyncio\nraise asyncio.CancelledError", {"__name__": module})  # noqa: S102  # a made-up module
    except asyncio.CancelledError as error:
        return error
    raise AssertionError("it was raised")


def test_the_noise_of_one_library_is_left_out_and_nothing_else() -> None:
    keep = NotNoise().filter
    assert not keep(record(NOISE, aiomqtt.MqttError("gone")))
    assert keep(record(NOISE, ValueError("ours")))
    assert keep(record(NOISE, None))
    assert not keep(record(f"{CALLBACK} None()", given_up_in("aiomqtt.client")))
    assert keep(record(f"{CALLBACK} None()", given_up_in("drivers.link")))
    assert keep(record(f"{CALLBACK} None()", ValueError("ours")))
    assert keep(record("anything", aiomqtt.MqttError("gone")))


@pytest.mark.parametrize(
    "quiet, events", [(False, ["room.ready", "link.lost"]), (True, ["link.lost"])]
)
def test_events_are_lines_of_json(
    capsys: pytest.CaptureFixture[str], quiet: bool, events: list[str]
) -> None:
    set_up(quiet=quiet)
    log = structlog.stdlib.get_logger("roomd.x")
    log.info("room.ready", url="http://127.0.0.1:1")
    log.warning("link.lost", link="l1")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == events
    assert lines[-1]["link"] == "l1"
    assert {"level", "timestamp"} <= lines[-1].keys()
