"""The bare floor, a program of its own: aiohttp's WebSocket on one side, a socket on the other, nothing between.

It takes the same messages from the same client as roomd and does the same work: a datagram, a frame on a tty, one MQTT
message or fifty, a broadcast to all panels. No checks, no state, no answers from devices, no record.

    python -m bench.floor '{"port": 8000, "udp": 52381, "tty": "/dev/pts/3", "mqtt": 1883, "lamps": 50}'
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from bench.mqtt import Client

EVENT = "bench/floor"
"""Topic of the events that go to all panels."""
FOCUS = b"\x81\x01\x04\x38\x02\xff"


class Floor:
    """See the module."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts
        self._panels: set[asyncio.Transport] = set()
        self._mqtt: Client | None = None
        self._tty = -1
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setblocking(False)  # noqa: FBT003  # the standard library's way

    async def run(self) -> None:
        """Serve until the process is ended."""
        facts = self._facts
        if "udp" in facts:
            self._udp.connect(("127.0.0.1", facts["udp"]))
        if "tty" in facts:
            self._tty = os.open(facts["tty"], os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        if "mqtt" in facts:
            self._mqtt = await Client.connect(facts["mqtt"], "bench-floor", [EVENT], self._event)
        app = web.Application()
        app.router.add_get("/api/v1/ws", self._talk)
        app.router.add_get("/healthz", _alive)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", facts["port"]).start()
        print("ready", flush=True)
        await asyncio.Event().wait()

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        panel = web.WebSocketResponse(compress=False)
        await panel.prepare(request)
        async for message in panel:
            if message.type is not WSMsgType.TEXT:
                break
            body = orjson.loads(message.data)
            if body["type"] == "hello":
                await panel.send_str('{"type":"snapshot"}')
                if isinstance(request.transport, asyncio.Transport):
                    self._panels.add(request.transport)
                continue
            self._do(body)
            kind = "stopped" if body["type"] == "stop" else "outcome"
            answer = {**body, "type": kind, "outcome": "sent"}
            await panel.send_str(orjson.dumps(answer).decode())
        self._panels = {p for p in self._panels if p is not request.transport}
        return panel

    def _do(self, body: dict[str, Any]) -> None:
        match body.get("device"):
            case None:  # STOP
                os.write(self._tty, b"\xc5\x00\x5a")
            case "camera":
                self._udp.send(struct.pack(">HHI", 0x0100, len(FOCUS), 0) + FOCUS)
            case "line":
                os.write(self._tty, bytes((0xA5, body["args"]["level"], 0x5A)))
            case "all" if self._mqtt is not None:
                for number in range(self._facts["lamps"]):
                    self._mqtt.publish(f"bare/lamp{number}/set", b'{"state":"ON"}')
            case str(lamp) if self._mqtt is not None:
                self._mqtt.publish(f"bare/{lamp}/set", b'{"state":"ON"}')
            case _:
                pass

    def _event(self, _topic: str, payload: bytes, _at: float) -> None:
        """Send one patch to all panels: framed once (RFC 6455, section 5.2), written to each."""
        text = (
            b'{"type":"patch","seq":1,"points":{"event.value":{"value":%b,"quality":"observed"}}}'
        )
        body = text % payload
        frame = bytes((0x81, len(body))) + body
        for panel in self._panels:
            panel.write(frame)


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


if __name__ == "__main__":
    asyncio.run(Floor(orjson.loads(sys.argv[1])).run())
