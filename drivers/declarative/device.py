"""One device that a definition describes, on any transport."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel

from drivers.commands import CommandSpec, RetryClass
from drivers.declarative import arguments, options, pipes, rules, specs
from drivers.declarative.messages import (
    HttpDecoder,
    Message,
    TopicDecoder,
    TopicMessage,
    byte_decoder,
)
from drivers.declarative.model import Command, HttpPart, Poll, PublishPart, TopicExpect
from drivers.declarative.motion import motion_spec
from drivers.declarative.plan import Asking, Plan
from drivers.declarative.points import point_specs
from drivers.declarative.receive import Received
from drivers.declarative.shapes import mapping
from drivers.declarative.values import MISSING, alike, at, for_point, parse
from drivers.device import Device, TransportName
from drivers.errors import NoReply, Refused, Unreachable
from drivers.job import CommandRefused, current_job
from drivers.messages import Decoder
from drivers.motion import MotionSpec
from drivers.points import PointValue, Quality
from drivers.port import Port
from drivers.transport.echo import OwnEcho
from drivers.transport.frames import Frame, HttpRequest, HttpResponse, Publish

REPEAT_GAP = 0.12
"""Seconds between copies where the definition does not say."""
Until = Callable[[object], "dict[str, Any] | None"]


class DeclarativeDevice(Device[BaseModel]):
    """See the module. Commands are coroutines made from the definition; `kind` is the definition's."""

    transports: ClassVar[frozenset[TransportName]] = frozenset(
        {"serial", "tcp", "udp", "mqtt", "http", "memory"}
    )

    def __init__(self, device_id: str, settings: BaseModel, link: Port, plan: Plan) -> None:
        super().__init__(device_id, settings, link)
        self._plan = plan
        self._definition = plan.definition
        self.kind = self._definition.kind  # type: ignore[misc]  # one class for all kinds
        self._options = options.values(self._definition, settings)
        self.points = point_specs(self._definition, self._options)
        self._points = {p.name: p for p in self.points}
        self._motion = self._read_motion()
        self._specs = {
            name: specs.command_spec(
                name, self._definition, self._options, self._points, self._motion
            )
            for name in self._definition.commands
        }
        self._echo = OwnEcho() if self._definition.link.local_echo else None
        self._rules = self._read_rules()
        self._there = True
        """What its last will said."""
        self.bare_replies = plan.bare
        self.silence_is_offline = bool(self._definition.polls)

    # -- what the SDK asks ----------------------------------------------------------------------------------------

    def decoder(self) -> Decoder:
        """Return the decoder that the link's type and `receive:` ask for."""
        receive, kind = self._definition.receive, self._definition.link.type
        if kind == "mqtt":
            return TopicDecoder()
        if kind == "http":
            return HttpDecoder()
        end = None
        if receive is not None and receive.lines is not None:
            end = str(pipes.fill(receive.lines.end, self._options))
        return byte_decoder(receive, end, self.link.clock.monotonic, self._echo)

    @property
    def motion(self) -> MotionSpec | None:
        """Return the limits of its motor."""
        return self._motion

    def command_specs(self) -> dict[str, CommandSpec]:
        """Return the definition's commands."""
        return self._specs

    def method(self, name: str) -> Callable[..., Awaitable[None]]:
        """Return the coroutine function that runs a command."""

        async def run(**args: Any) -> None:
            await self._run(name, args)

        return run

    def topics(self) -> tuple[str, ...]:
        """Return the topics that answers, observations and the last will come on."""
        found = [t for o, _ in self._plan.observe for t in self._topics(o.topic or [])]
        for asking in (*self._plan.commands.values(), *self._plan.polls):
            expect = asking.part.expect
            found += [self._topic(expect.topic)] if isinstance(expect, TopicExpect) else []
        if self._definition.availability is not None:
            found.append(self._topic(self._definition.availability.topic))
        return tuple(dict.fromkeys(found))

    def stop_frames(self) -> tuple[bytes, ...]:
        """Return the bytes of `stop`, as often as it is sent; empty where nothing moves or stop is no bytes."""
        asking = self._plan.commands.get("stop")
        if self._motion is None or asking is None or asking.frame is None:
            return ()
        copies = specs.sending(self._definition, self._definition.commands["stop"], "repeat") or 1
        return (asking.frame.encode(self._options),) * copies

    async def refresh(self, points: frozenset[str]) -> None:
        """Ask the polls that answer for any of `points`."""
        for asking in self._plan.polls:
            if any(self._is_set(point, asking.part.set) for point in points):
                await self._ask(asking, {})

    def on_message(self, message: object) -> None:
        """Report what the message says."""
        if not isinstance(message, Received | TopicMessage | HttpResponse):
            return
        if isinstance(message, TopicMessage) and self._last_will(message):
            return
        stale = isinstance(message, TopicMessage) and message.retain
        for rule in self._rules:
            found = rule.find(message)
            if found is not None:
                self._say(found, Quality.STALE if stale else None)

    # -- commands -------------------------------------------------------------------------------------------------

    async def _run(self, name: str, args: dict[str, Any]) -> None:
        spec, asking = self._specs[name], self._plan.commands[name]
        for arg, value in args.items():
            if arg not in spec.args:
                raise ValueError(f"{name} takes no {arg}")
            arguments.check(arg, spec.args[arg], value)
        if spec.merge is not None:
            args = self._whole_state(asking.part, args)
        missing = [n for n, arg in spec.args.items() if not arg.optional and n not in args]
        if missing:
            raise ValueError(f"{name} needs {', '.join(missing)}")
        if not self._there:
            raise Unreachable("its gateway said good-bye")
        if spec.answers == "none":
            await self._tell(asking, spec, args)
            return
        caught = await self._ask_command(asking, spec, args)
        if spec.answers == "device":
            self._say(self._answered(asking, {**args, **caught}), Quality.CONFIRMED)

    def _whole_state(self, part: Command | Poll, args: dict[str, Any]) -> dict[str, Any]:
        """Return all that the command sends: what is asked, and for the rest the last state."""
        if not isinstance(part, Command):
            return args
        found = {n: args.get(n, self.value(n)) for n in specs.merged_names(part, self._points)}
        unknown = sorted(n for n, value in found.items() if value is None)
        if unknown:
            raise CommandRefused("need_full_state", missing=", ".join(unknown))
        return {**args, **found}

    async def _tell(self, asking: Asking, spec: CommandSpec, args: dict[str, Any]) -> None:
        await self._copies(self._frame(asking, args), asking, default=1)
        for point, value in self._answered(asking, args).items():
            if point not in spec.assumed_wishes(args):
                self._say({point: value}, Quality.ASSUMED)

    async def _copies(self, frame: Frame, asking: Asking, *, default: int) -> None:
        part = asking.part
        repeat = gap = None
        if isinstance(part, Command):
            repeat = specs.sending(self._definition, part, "repeat")
            gap = specs.sending(self._definition, part, "repeat_gap")
        self._note(frame, repeat or default)
        await self.link.send(
            frame, repeat=repeat or default, repeat_gap=REPEAT_GAP if gap is None else gap
        )

    async def _ask_command(
        self, asking: Asking, spec: CommandSpec, args: dict[str, Any]
    ) -> dict[str, Any]:
        if spec.retry is RetryClass.STOP:
            return await self._stop(asking, spec, args)
        attempts = 1 + (spec.retries if spec.retry is RetryClass.MOTION else 0)
        while True:
            attempts -= 1
            try:
                return await self._ask(asking, args)
            except NoReply:
                # The copies that protocols.md 5 and 6 name, within the TTL; the gate is asked again before each.
                job = current_job.get()
                late = self.link.clock.monotonic() > job.accepted + job.ttl
                if attempts <= 0 or job.replaced or late:
                    raise

    async def _stop(
        self, asking: Asking, spec: CommandSpec, args: dict[str, Any]
    ) -> dict[str, Any]:
        """Send all copies whatever comes back, for on half duplex an answer may collide; then wait for one."""
        frame = self._frame(asking, args)
        with self.link.listen(self._until(asking, frame, args)) as answer:
            await self._copies(frame, asking, default=3)
            return await answer.within(spec.timeout)

    async def _ask(self, asking: Asking, args: dict[str, Any]) -> dict[str, Any]:
        frame = self._frame(asking, args)
        self._note(frame, 1)
        return await self.link.exchange(frame, until=self._until(asking, frame, args))

    def _answered(self, asking: Asking, caught: Mapping[str, Any]) -> dict[str, Any]:
        return rules.filled(asking.part.set, {**self._options, **caught})

    # -- frames ---------------------------------------------------------------------------------------------------

    def _frame(self, asking: Asking, args: Mapping[str, Any]) -> Frame:
        values = {**self._options, **args}
        if asking.frame is not None:
            return asking.frame.encode(values)
        part = asking.part
        if part.publish is not None:
            return Publish(
                self._topic(part.publish.topic), _body(part.publish, values), part.publish.qos
            )
        if part.http is None:
            raise ValueError("nothing to send")
        safe = {n: quote(pipes.written(v), safe="") for n, v in values.items()}
        headers = {} if part.http.json_ is None else {"Content-Type": "application/json"}
        path = str(pipes.fill("=" + part.http.path, safe))[1:]
        return HttpRequest(part.http.method, path, _body(part.http, values), headers)

    def _note(self, frame: Frame, copies: int) -> None:
        if self._echo is not None and isinstance(frame, bytes):
            for _ in range(copies):
                self._echo.sent(frame)

    def _until(self, asking: Asking, frame: Frame, args: Mapping[str, Any]) -> Until:
        given = {**self._options, **args}
        expect = asking.part.expect

        def until(message: object) -> dict[str, Any] | None:
            match message:
                case Received(data=data):
                    if asking.error is not None and asking.error.match(data, given) is not None:
                        raise Refused(data.decode("ascii", "replace")[:64])
                    return None if asking.expect is None else asking.expect.match(data, given)
                case TopicMessage() if isinstance(expect, TopicExpect):
                    mine = message.topic == self._topic(expect.topic) and not message.retain
                    return {} if mine and _echoes(expect, message.body, frame) else None
                case HttpResponse() if message.request is frame:
                    return _http_answer(asking.part.http, message)
                case _:
                    return None

        return until

    def _topic(self, text: str) -> str:
        return str(pipes.fill("=" + text, self._options))[1:]

    def _topics(self, texts: list[str]) -> tuple[str, ...]:
        return tuple(self._topic(text) for text in texts)

    # -- what comes in --------------------------------------------------------------------------------------------

    def _read_motion(self) -> MotionSpec | None:
        part = self._definition.motion
        return None if part is None else motion_spec(part, self.kind, self._options)

    def _read_rules(self) -> tuple[rules.Said, ...]:
        found: list[rules.Said] = []
        for part, template in self._plan.observe:
            if template is not None:
                found.append(rules.from_template(template, part.set, self._options))
            elif part.topic is not None:
                topics = self._topics(part.topic)
                found.append(rules.from_topic(topics, part.at, part.where, part.set, self._options))
        return (*found, *(self._poll_rule(poll) for poll in self._plan.polls))

    def _poll_rule(self, poll: Asking) -> rules.Said:
        if poll.expect is not None:
            return rules.from_template(poll.expect, poll.part.set, self._options)
        expect, http = poll.part.expect, poll.part.http
        if isinstance(expect, TopicExpect):
            topics = (self._topic(expect.topic),)
            return rules.from_topic(topics, None, {}, poll.part.set, self._options)

        def find(message: Message) -> dict[str, Any] | None:
            if (
                http is None
                or not isinstance(message, HttpResponse)
                or message.status not in http.ok
            ):
                return None
            if (message.request.method, message.request.path) != (
                http.method,
                str(pipes.fill("=" + http.path, self._options))[1:],
            ):
                return None
            body = at(parse(message.body), http.at)
            return None if body is MISSING else rules.by_path(body, poll.part.set, self._options)

        return rules.Said(find)

    def _last_will(self, message: TopicMessage) -> bool:
        part = self._definition.availability
        if part is None or message.topic != self._topic(part.topic):
            return False
        if message.body in (part.online, part.offline):
            self._there = message.body == part.online
            self.report("online", self._there)
        return True

    def _say(self, found: Mapping[str, Any], quality: Quality | None) -> None:
        for point, value in found.items():
            spec = self.point(point)
            if spec is None:
                self.link.count_undeclared(point)
                continue
            typed: PointValue = for_point(spec, value)
            if typed is not MISSING:
                self.report(point, typed, quality)

    def _is_set(self, point: str, sets: Mapping[str, Any]) -> bool:
        pieces = point.split(".")
        for wanted in sets:
            parts = wanted.split(".")
            if len(parts) == len(pieces) and all(
                a == b or "{" in a for a, b in zip(parts, pieces, strict=True)
            ):
                return True
        return False


def _body(part: PublishPart | HttpPart, values: Mapping[str, Any]) -> bytes:
    if part.json_ is not None:
        return json.dumps(pipes.fill(part.json_, values), ensure_ascii=False).encode()
    return b"" if part.text is None else str(pipes.fill("=" + part.text, values))[1:].encode()


def _echoes(expect: TopicExpect, body: Any, frame: Frame) -> bool:
    """Return whether `body` has what is expected, and nothing in it says that it answers another command."""
    if expect.has is not None and at(body, expect.has) is MISSING:
        return False
    sent = parse(frame.payload) if isinstance(frame, Publish) else None
    parent = at(body, (expect.has or "").rpartition(".")[0] or None)
    wish, answer = mapping(sent), mapping(parent)
    if wish is None or answer is None:
        return True
    return all(alike(answer[key], wish.get(key)) for key in expect.same if key in answer)


def _http_answer(part: HttpPart | None, message: HttpResponse) -> dict[str, Any]:
    if part is None or message.status not in part.ok:
        raise Refused(f"http_{message.status}")
    if part.at is None:
        return {}
    value = at(parse(message.body), part.at)
    return {} if value is MISSING else {"value": value}
