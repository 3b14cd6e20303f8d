"""Every transport has the one shape that links know."""

from __future__ import annotations

import inspect

import pytest

from drivers.clock import VirtualClock
from drivers.transport import mqtt
from drivers.transport.base import Transport
from drivers.transport.frames import Frame, HttpRequest, Publish
from drivers.transport.http import Http
from drivers.transport.memory import Memory
from drivers.transport.mqtt import Mqtt
from drivers.transport.serial_port import SerialPort
from drivers.transport.tcp import Tcp
from drivers.transport.udp import Udp


def transports() -> list[Transport]:
    """Return one of each, never opened; that this function passes the type check is the test."""
    return [
        Memory(VirtualClock(pause=0)),
        SerialPort({"path": "/nowhere"}, 9600, "8N1", local_echo=False, modem={}),
        Tcp("127.0.0.1", 1),
        Udp("127.0.0.1", 1),
        Http("http://127.0.0.1:1"),
        Mqtt(mqtt.Broker("127.0.0.1", 1, "", "", "id", "r1")),
    ]


NAMES = [type(t).__name__ for t in transports()]


@pytest.fixture(params=range(len(NAMES)), ids=NAMES)
def transport(request: pytest.FixtureRequest) -> Transport:
    number: int = request.param
    return transports()[number]


async def test_one_that_was_never_opened_can_be_asked_and_closed(transport: Transport) -> None:
    assert transport.endpoint.partition(":")[0] in {
        "memory",
        "serial",
        "tcp",
        "udp",
        "http",
        "mqtt",
    }
    assert transport.descriptor() is None
    assert transport.wire_time(100) >= 0.0
    transport.subscribe(())
    transport.present()
    await transport.close()
    await transport.close()


@pytest.mark.parametrize("frame", [b"x", Publish("t", b""), HttpRequest("GET", "/")])
async def test_a_frame_of_another_kind_is_our_mistake_and_a_closed_line_is_not(
    transport: Transport, frame: Frame
) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011  # which of the two is looked at below
        await transport.send(frame)
    assert type(error.value).__name__ in {"TypeError", "Unreachable"}


def test_the_shape_is_documented() -> None:
    for name, member in inspect.getmembers(Transport):
        if not name.startswith("_"):
            assert inspect.getdoc(member), name
