"""One panel's WebSocket: who it is, what it asks, what it is told.

Rights are looked up at every message, and again when a credential ends. `stop`, `keep` and `release` have a budget of
their own and are never refused; who floods with them is sent away all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import orjson
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from drivers.commands import Outcome, OutcomeKind
from roomd.control.commands import Actor
from roomd.control.scene_run import Run
from roomd.control.scenes import NoRun
from roomd.identity.principal import Principal
from roomd.identity.roles import authorize
from roomd.identity.tokens import Ending
from roomd.web import asking
from roomd.web.access import PRINCIPAL, TOKENS
from roomd.web.body import parse_object
from roomd.web.feed import Client
from roomd.web.framing import MaskedSocket
from roomd.web.messages import (
    AnyMessage,
    CommandMessage,
    HoldMessage,
    Keep,
    Release,
    SceneMessage,
    parse_message,
)
from roomd.web.metrics import DROPPED_PANELS
from roomd.web.once import Once
from roomd.web.problem import Problem, outcome_body
from roomd.web.proof import Proof
from roomd.web.rate import Rate
from roomd.web.room_view import snapshot
from roomd.web.services import SERVICES, Services

log = structlog.stdlib.get_logger(__name__)

MESSAGE = 64 * 1024
"""Bytes of one text message (trust.md 6)."""
PING = 10.0
"""Seconds between the server's own pings; a peer silent for two of them is gone."""
AT_ONCE = 32
"""Commands of one connection that may be under way."""
FLUSH = 0.5
"""Seconds that a last message may take to leave before the socket is closed."""
IDS = 30_000
"""Command ids of one connection that are remembered: as many as its rate allows in ten minutes."""

RATE, BURST = 50.0, 100
"""Messages a second, and at once (trust.md 6)."""
UNCOUNTED_RATE, UNCOUNTED_BURST = 200.0, 400
"""The same for those that are never refused."""
UNCOUNTED = frozenset({"stop", "keep", "release"})
PASSIVE = frozenset({"hello", "ping", "watch"})
"""What a page sends by itself: it does not keep a session open."""
UNPROVED = frozenset({"hello", "stop", "ping"})
"""What a tablet may send before it has proved its key."""
PERMISSION = {
    "hello": "state.read",
    "command": "device.command",
    "hold": "device.hold",
    "keep": "device.hold",
    "release": "room.stop",
    "scene": "scene.run",
    "stop": "room.stop",
    "ping": "state.read",
    "watch": "state.read",
}
"""Message type -> permission; what is not here is refused."""


class _Ended(Exception):
    """The credential behind this connection is over."""


class Connection:
    """One open WebSocket."""

    def __init__(self, services: Services, socket: MaskedSocket, request: web.Request) -> None:
        self._services = services
        self._socket = socket
        self._request = request
        self._client: Client = services.feed.join()
        principal = request[PRINCIPAL]
        self._id = f"ws{id(self):x}"
        self._actor = Actor(principal.user, principal.role, self._id, request.remote or "")
        self._rate = Rate(services.clock, RATE, BURST)
        self._uncounted = Rate(services.clock, UNCOUNTED_RATE, UNCOUNTED_BURST)
        self._answers: Once[str, list[str]] = Once(services.clock, IDS)
        """Client's command id -> its answer once there is one."""
        self._holds: set[str] = set()
        """Every hold id that was used: a dead one stays dead."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        """Commands of this connection under way."""
        self._proof = Proof(request)

    async def serve(self) -> None:
        """Talk until either side ends."""
        writing = asyncio.create_task(self._client.write(self._socket, self._services.store))
        reading = asyncio.create_task(self._read())
        slow = asyncio.create_task(self._drop_when_slow())
        leaving = asyncio.create_task(self._client.leaving.wait())
        endings = self._request.app[TOKENS].on_end
        endings.append(self._look_again)
        asked = self._proof.message()
        if asked is not None:
            self._tell(asked)
        try:
            await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                await self._close_at_the_end(reading)
        finally:
            endings.remove(self._look_again)
            self._proof.end()
            self._services.holds.lose_client(self._id, "hold_lost")
            self._services.traces.leave(self)
            self._services.feed.leave(self._client)
            tasks = (writing, reading, slow, leaving, *self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                await self._socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
                return
            try:
                self._take(message.data)
            except Problem as problem:
                self._tell({"type": "error", "code": problem.code, "params": problem.params})
            except _Ended:
                await self._bye("expired")
                return
            except Exception:
                # Our own mistake ends this panel's connection, which comes back; the room goes on.
                log.exception("panel.crashed", client=self._id)
                await self._socket.close(code=WSCloseCode.INTERNAL_ERROR)
                return
            if self._rate.abusive or self._uncounted.abusive:
                await self._bye("rate_limited")
                return
            # What came in one segment takes its turns too: the values of a slider give way to each other, and never
            # fill the limit of commands at once.
            await asyncio.sleep(0)

    async def _bye(self, code: str) -> None:
        DROPPED_PANELS.labels(code).inc()
        self._tell({"type": "bye", "code": code})
        await self._client.flushed(FLUSH)
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)

    async def _close_at_the_end(self, reading: asyncio.Task[None]) -> None:
        """Close because the daemon or the credential ends; `bye` stands in the queue already."""
        # aiohttp hangs up without waiting for the peer while somebody still reads.
        reading.cancel()
        await asyncio.wait({reading})
        await self._client.flushed(FLUSH)
        restarts = self._client.parting == "restart"
        await self._socket.close(
            code=WSCloseCode.GOING_AWAY if restarts else WSCloseCode.POLICY_VIOLATION
        )

    def _look_again(self, ending: Ending) -> None:
        """A credential has ended: if it was this one, say so and go, without waiting for the next message."""
        if self._principal() is None:
            # What it holds down stops now, not when it has read its farewell.
            self._services.holds.lose_client(self._id, ending)
            self._client.farewell(ending)

    async def _drop_when_slow(self) -> None:
        await self._client.too_slow.wait()
        log.warning("panel.slow", client=self._id)
        DROPPED_PANELS.labels("slow").inc()
        self._client.last_word({"type": "bye", "code": "slow"})
        await self._client.flushed(FLUSH)
        transport = self._request.transport
        if transport is not None:
            transport.abort()

    # -- messages -------------------------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        body = parse_object(text)
        kind = str(body.get("type", ""))
        if kind not in PERMISSION:
            raise Problem("unknown_type", type=kind[:40])
        stops = kind == "command" and body.get("command") == "stop"
        if kind in UNCOUNTED or stops:
            self._uncounted.allow()  # only counted
        elif not self._rate.allow():
            self._refuse(body, "rate_limited")
            return
        principal = self._principal(act=kind not in PASSIVE)
        if principal is None:
            raise _Ended
        if self._proof.wanted and kind not in UNPROVED and not stops:
            raise Problem("proof_needed")
        if not authorize(principal.role, "device.stop" if stops else PERMISSION[kind]):
            self._refuse(body, "not_allowed")
            return
        try:
            message = parse_message(body)
        except Problem as problem:
            if isinstance(body.get("id"), str):
                problem.params["id"] = body["id"][:64]  # so that who waits for its outcome knows
            raise
        self._do(message)

    def _principal(self, *, act: bool = False) -> Principal | None:
        """Return who this is now: a credential may have ended since the upgrade; `act`: a person does something."""
        return self._request.app[TOKENS].current(self._request[PRINCIPAL], act=act)

    def _role(self) -> str:
        principal = self._principal()
        return "none" if principal is None else principal.role

    def _do(self, message: AnyMessage) -> None:
        match message.type:
            case "hello":
                if not self._proof.take(message.proof):
                    raise _Ended
                self._greet(message.last_seq)
            case "ping":
                self._tell({"type": "pong"})
            case "watch":
                self._watch(message.topics)
            case "stop":
                self._spawn(self._stop())
            case "command":
                self._command(message)
            case "scene":
                self._scene(message)
            case "hold" | "keep" | "release":
                self._finger(message)

    def _finger(self, message: HoldMessage | Keep | Release) -> None:
        match message:
            case HoldMessage():
                self._hold(message)
            case Keep():
                if not self._services.holds.keep(self._id, message.id, message.args):
                    self._lost(message.id)
            case Release():
                if not self._services.holds.release(self._id, message.id):
                    self._lost(message.id)

    def _greet(self, last_seq: int | None) -> None:
        store = self._services.store
        patch = None if last_seq is None else store.since(last_seq)
        self._client.live = True
        if patch is not None:
            self._tell({"type": "patch", "seq": store.seq, "points": patch})
            return
        self._tell(snapshot(self._services))

    def _watch(self, topics: list[str]) -> None:
        devices = frozenset(t.removeprefix("trace:") for t in topics if t.startswith("trace:"))
        if devices and not authorize(self._role(), "diagnostics"):
            raise Problem("not_allowed", permission="diagnostics")
        self._services.traces.watch(self, devices, self._show_trace)

    def _show_trace(self, event: dict[str, Any]) -> None:
        self._client.push_optional(
            orjson.dumps({**event, "dropped": self._client.dropped}).decode()
        )

    def _command(self, message: CommandMessage) -> None:
        known = self._answers.get(message.id)
        if known is not None:
            for text in known:
                self._client.push(text)
            return
        actor = replace(self._actor, role=self._role())
        refusal = asking.refusal(self._services, message, actor)
        if refusal is None and self._waiting >= AT_ONCE and message.command != "stop":
            refusal = Outcome(OutcomeKind.REFUSED, "busy")
        if refusal is not None:
            self._client.push(self._outcome_text(message.id, refusal))
            return
        answer: list[str] = []
        self._answers.put(message.id, answer)
        self._waiting += 1
        self._spawn(self._run(message, actor, answer))

    async def _run(self, message: CommandMessage, actor: Actor, answer: list[str]) -> None:
        try:
            outcome = await asyncio.shield(asking.begin(self._services, message, actor))
        finally:
            self._waiting -= 1
        text = self._outcome_text(message.id, outcome)
        answer.append(text)
        self._client.push(text)

    def _scene(self, message: SceneMessage) -> None:
        """Look ahead, or start; the one outcome comes with the end of the run, its steps as `run` messages."""
        scenes = self._services.scenes
        if scenes is None:
            self._refuse_scene(message, NoRun("unknown_scene", scene=message.scene))
            return
        try:
            if message.dry_run:
                found = [f.as_json() for f in scenes.dry_run(message.scene)]
                outcome = Outcome(OutcomeKind.CONFIRMED, None, {"steps": found})
                self._client.push(self._outcome_text(message.id, outcome))
            else:
                run = scenes.start(message.scene, self._actor, force=message.force)
                self._spawn(self._follow(message.id, run))
        except NoRun as problem:
            self._refuse_scene(message, problem)

    def _refuse_scene(self, message: SceneMessage, problem: NoRun) -> None:
        outcome = Outcome(OutcomeKind.REFUSED, problem.code, problem.params)
        self._client.push(self._outcome_text(message.id, outcome))

    async def _follow(self, client_id: str, run: Run) -> None:
        await run.ended()
        self._client.push(self._outcome_text(client_id, run.outcome()))

    def _hold(self, message: HoldMessage) -> None:
        if message.id in self._holds:
            self._lost(message.id)
            return
        self._holds.add(message.id)
        refusal = self._services.holds.start(
            message.id, message.device, message.command, message.args, self._actor, self._hold_ended
        )
        if refusal is not None:
            self._client.push(self._outcome_text(message.id, refusal))

    async def _hold_ended(self, client_id: str, outcome: Outcome) -> None:
        self._client.push(self._outcome_text(client_id, outcome))

    async def _stop(self) -> None:
        outcomes = await self._services.dispatch.stop_all(self._actor)
        self._tell(
            {
                "type": "stopped",
                "devices": {
                    d: {"outcome": o.kind.value, "code": o.code} for d, o in outcomes.items()
                },
            }
        )

    # -- answers --------------------------------------------------------------------------------------------------

    def _lost(self, client_id: str) -> None:
        self._client.push(self._outcome_text(client_id, Outcome(OutcomeKind.REFUSED, "hold_lost")))

    def _refuse(self, body: dict[str, Any], code: str) -> None:
        if isinstance(body.get("id"), str):
            outcome = Outcome(OutcomeKind.REFUSED, code)
            self._client.push(self._outcome_text(body["id"][:64], outcome))
        else:
            raise Problem(code)

    def _outcome_text(self, client_id: str, outcome: Outcome) -> str:
        message = {"type": "outcome", **outcome_body(client_id, outcome)}
        return orjson.dumps(message, default=str).decode()

    def _tell(self, message: dict[str, Any]) -> None:
        self._client.push(orjson.dumps(message, default=str).decode())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def open_socket(request: web.Request) -> web.StreamResponse:
    """Answer `GET /api/v1/ws`: become a WebSocket."""
    if request.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in request.headers:
        raise Problem("bad_request", fields=["body"])
    # No compression: it costs 2.4 to 3.4 times the CPU and 100 to 250 KB a client (performance.md).
    # One more than the limit: the library refuses what is as large as its own.
    socket = MaskedSocket(
        timeout=FLUSH, heartbeat=PING, max_msg_size=MESSAGE + 1, compress=False, autoping=True
    )
    await socket.prepare(request)
    await Connection(request.app[SERVICES], socket, request).serve()
    return socket
