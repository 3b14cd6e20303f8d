"""Transcripts in a definition (`tests:`): they read like a conversation and are played on a virtual clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from drivers.commands import Outcome
from drivers.declarative.frames import FrameError, literal
from drivers.declarative.model import Step
from drivers.declarative.plan import Plan
from drivers.declarative.reader import Unquoted
from drivers.declarative.rehearsal import Stage
from drivers.declarative.shapes import mapping, sequence
from drivers.declarative.values import MISSING, alike, at, nested, parse
from drivers.transport.frames import Chunk, Frame, HttpRequest, HttpResponse, Publish, Published

UNASKED = frozenset({"poll", "probe", "handshake", "open_bus"})
"""Names under which a link asks by itself; a step with `do` does not look at them."""
AFTER = 0.005
"""Seconds between what is sent and what comes back, and between the pieces of that."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One step that went otherwise than written."""

    index: int
    """Place in `tests:`, from 0."""
    what: str


async def play(plan: Plan) -> list[Failure]:
    """Play all transcripts of a definition; return what went otherwise."""
    player = _Player(plan)
    async with AsyncExitStack() as stack:
        for index, step in enumerate(plan.definition.tests):
            try:
                await player.step(step, stack)
            except ValidationError as error:
                why = "; ".join(
                    f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()
                )
                player.found.append(f"options: {why}")
            except (FrameError, ValueError, KeyError) as error:
                player.found.append(f"cannot be played: {error}")
            player.failures += [Failure(index, what) for what in player.found]
            player.found.clear()
    return player.failures


def covered(plan: Plan) -> list[str]:
    """Return the commands that no transcript runs."""
    run = {step.do for step in plan.definition.tests}
    return [name for name in plan.definition.commands if name not in run]


class _Player:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.stage: Stage | None = None
        self.found: list[str] = []
        self.failures: list[Failure] = []

    async def step(self, step: Step, stack: AsyncExitStack) -> None:
        stage = await self._stage(step, stack)
        stage.sent.clear()
        if step.wait:
            await stage.clock.advance(step.wait)
        if step.do is None:
            await self._feed(stage, step)
            self._compare_tx(step, [frame for _, frame in stage.sent])
        else:
            outcome = await self._do(stage, step)
            sent = [frame for name, frame in stage.sent if name not in UNASKED]
            self._compare_tx(step, sent)
            if step.outcome is not None and outcome.kind != step.outcome:
                self.found.append(f"outcome is {outcome.kind} ({outcome.code}), not {step.outcome}")
        self._compare_points(stage, step)

    async def _stage(self, step: Step, stack: AsyncExitStack) -> Stage:
        anew = (step.do is not None or bool(step.options)) and not step.go_on
        if self.stage is None or anew:
            await stack.aclose()
            self.stage = await stack.enter_async_context(Stage(self.plan, _options(step.options)))
        return self.stage

    async def _do(self, stage: Stage, step: Step) -> Outcome:
        answered = False
        if self.plan.definition.link.type != "http":
            _chunks(step.rx, b"")  # what cannot be said is told before anything is done

        def on_sent(name: str, frame: Frame) -> None:
            nonlocal answered
            if name in UNASKED or answered:
                return
            answered = True
            for number, chunk in enumerate(_chunks(step.rx, frame), start=1):
                delay = stage.wire.wire_time(16) + AFTER * number
                stage.clock.call_later(delay, lambda chunk=chunk: stage.wire.feed(chunk))  # type: ignore[misc]  # bound now

        stage.on_sent = on_sent
        try:
            return await stage.run(step.do or "", _args(step.args))
        finally:
            stage.on_sent = lambda _name, _frame: None

    async def _feed(self, stage: Stage, step: Step) -> None:
        for chunk in _chunks(step.rx, stage.sent[-1][1] if stage.sent else b""):
            stage.wire.feed(chunk)
            await stage.clock.advance(AFTER)

    def _compare_tx(self, step: Step, sent: list[Frame]) -> None:
        if step.tx is None:
            return
        wanted = _wanted(step.tx, step.times)
        if len(wanted) != len(sent):
            self.found.append(f"{len(sent)} frames were sent, not {len(wanted)}: {_told(sent)}")
            return
        for want, frame in zip(wanted, sent, strict=True):
            problem = _differs(want, frame)
            if problem is not None:
                self.found.append(problem)

    def _compare_points(self, stage: Stage, step: Step) -> None:
        quality = step.then.get("quality")
        for point, written in step.then.items():
            want = None if written == "null" else written  # to YAML 1.2 as read here it is a text
            if point == "quality":
                continue
            if stage.device.point(point) is None:
                self.found.append(f"{point} is no point of it")
                continue
            value = stage.device.value(point)
            if not (value is None if want is None else value is not None and alike(value, want)):
                self.found.append(f"{point} is {value!r}, not {want!r}")
            report = stage.device.values.get(point)
            if quality is not None and (report is None or report.quality != quality):
                self.found.append(f"{point} is {report and report.quality}, not {quality}")


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(v) if isinstance(v, Unquoted) else v for name, v in given.items()}


def _args(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: float(v) if isinstance(v, Unquoted) else v for name, v in given.items()}


def _wanted(tx: Any, times: int | None) -> list[Any]:
    found: list[Any] = []
    for item in _each(tx):
        keyed = mapping(item) or {}
        if "frame" in keyed:
            found += [keyed["frame"]] * keyed.get("times", 1)
        else:
            found.append(item)
    return found * (times or 1)


def _differs(want: Any, frame: Frame) -> str | None:
    if isinstance(frame, bytes):
        wanted = literal(str(want))
        return None if wanted == frame else f"sent {_told([frame])}, not {wanted.hex(' ')}"
    want = mapping(want) or {}
    if isinstance(frame, Publish):
        place, wanted_place, body = frame.topic, want.get("topic"), parse(frame.payload)
    else:
        place = f"{frame.method} {frame.path}"
        wanted_place = f"{want.get('method', 'GET')} {want.get('path')}"
        body = parse(frame.body)
    if place != wanted_place:
        return f"sent to {place}, not {wanted_place}"
    for path, value in want.get("has", {}).items():
        found = at(body, path)
        if found is MISSING or not alike(found, value):
            return f"{path} is {None if found is MISSING else found!r}, not {value!r}"
    return None


def _told(sent: list[Frame]) -> str:
    words = [f.hex(" ") if isinstance(f, bytes) else str(f) for f in sent]
    return "; ".join(words) or "nothing"


def _chunks(rx: Any, frame: Frame) -> list[Chunk]:
    return [] if rx is None else [_chunk(item, frame) for item in _each(rx)]


def _each(items: Any) -> list[Any]:
    found = sequence(items)
    return [items] if found is None else found


def _chunk(given: Any, frame: Frame) -> Chunk:
    item = mapping(given)
    if item is None:
        return literal(str(given))
    body = item.get("text", item.get("json", nested(item.get("has", {}))))
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    if "topic" in item:
        return Published(item["topic"], data, bool(item.get("retain", False)))
    if not isinstance(frame, HttpRequest):
        raise ValueError("this answers no HTTP request")  # noqa: TRY004  # a definition's mistake
    return HttpResponse(frame, int(item.get("status", 200)), data)
