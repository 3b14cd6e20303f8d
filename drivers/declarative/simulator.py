"""A device that a definition describes, from the other end of the wire.

It reads the definition by itself (`schema.py`, `checks.py`, its own `sim_frames.py`; never `frames.py`), does what the
commands ask, answers as `expect` has it, and says by `observe` what a person at the device changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pydantic import BaseModel

from drivers.clock import Clock
from drivers.declarative import options as option_values
from drivers.declarative import pipes
from drivers.declarative.checks import CHECKS
from drivers.declarative.model import Command, Definition, Observe, Poll, TopicExpect
from drivers.declarative.motion import motion_spec
from drivers.declarative.points import point_specs
from drivers.declarative.shapes import mapping
from drivers.declarative.sim_frames import Field, Pattern, pattern
from drivers.declarative.sim_motor import Motor
from drivers.declarative.sim_values import (
    ThingState,
    candidate,
    first_value,
    names_in_point,
    unpiped,
)
from drivers.declarative.values import MISSING, at, nested, parse
from drivers.simulation.simulator import Simulator

KEPT = 128
"""Bytes of unrecognised input that are kept for the rest of a frame."""
THINKS = 0.005
"""Seconds before it answers."""
_MOTOR = ("moving", "position", "blocked")


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    part: Command | Poll
    ask: Pattern | None
    reply: Pattern | None
    error: Pattern | None


class DeclarativeSimulator(Simulator):
    """See the module."""

    protocol_faults = frozenset({"refuse", "wrong_state", "intruder", "blocked", "needs_two"})

    def __init__(
        self, settings: BaseModel, transport_name: str, clock: Clock, definition: Definition
    ) -> None:
        super().__init__(clock)
        self.protocol = f"{definition.id}-{transport_name}"  # type: ignore[misc]  # one class for all protocols
        self._definition = definition
        self._options = option_values.values(definition, settings)
        self._points = {p.name: p for p in point_specs(definition, self._options)}
        self._motor = self._make_motor()
        self.state = ThingState() if self._motor is None else self._motor.state
        self._values: dict[str, Any] = self._first_values()
        self._known = self._read()
        self._kept: dict[int, bytes] = {}
        self._first_copy: tuple[str, float] = ("", -1e9)

    # -- what arrives ---------------------------------------------------------------------------------------------

    def receive(self, data: bytes, peer: object, topic: str) -> None:
        """Take bytes, an MQTT payload, or an HTTP body."""
        match self._definition.link.type:
            case "mqtt":
                self._published(data, topic)
            case "http":
                self._requested(data, peer, topic)
            case _:
                self._stream(data, peer)

    def topics(self) -> tuple[str, ...]:
        """Return the topics of its commands."""
        parts = [c.publish for c in self._definition.commands.values() if c.publish is not None]
        return tuple(dict.fromkeys(self._filled(p.topic) for p in parts))

    def connected(self, peer: object) -> None:
        """Say that it is there, as the last will's counterpart, kept by the broker."""
        part = self._definition.availability
        if part is not None:
            self.emit(part.online.encode(), topic=self._filled(part.topic), retain=True)

    def set_by_hand(self, values: Mapping[str, Any]) -> None:
        """Change it as a person would: `moving`, `position`, `blocked` of a motor, or any declared point."""
        self._check_names(values)
        if self._motor is not None:
            self._by_hand(self._motor, values)
        changed = {n: v for n, v in values.items() if n in self._points and n not in _MOTOR}
        self._values.update(changed)
        if changed:
            self._tell(changed)

    def power_cycle(self) -> None:
        """Stand still and forget half-received input."""
        self._kept.clear()
        if self._motor is not None:
            self._motor.halt()

    def intrude(self) -> None:
        """Send a frame of nobody and one of a neighbour."""
        if self._definition.link.type in {"serial", "tcp", "udp"}:
            self.emit(bytes.fromhex("00 ff 55 aa 0d 0a"))

    def close(self) -> None:
        """Stop the motor's clockwork."""
        if self._motor is not None:
            self._motor.halt()

    # -- streams --------------------------------------------------------------------------------------------------

    def _stream(self, data: bytes, peer: object) -> None:
        kept = self._kept.get(id(peer), b"") + data
        while True:
            found = self._first(kept)
            if found is None:
                break
            known, start, end, values = found
            self._learnt(kept[:start])
            self._command(known, values, kept[start:end], peer)
            kept = kept[end:]
        self._learnt(kept)
        self._kept[id(peer)] = kept[-KEPT:]

    def _first(self, kept: bytes) -> tuple[_Known, int, int, dict[str, Any]] | None:
        best: tuple[_Known, int, int, dict[str, Any]] | None = None
        for known in self._known:
            for found in known.ask.regex.finditer(kept) if known.ask is not None else ():
                values = known.ask.read(found) if known.ask is not None else None
                if values is None:
                    continue
                if best is None or found.start() < best[1]:
                    best = (known, found.start(), found.end(), values)
                break
        return best

    def _learnt(self, noise: bytes) -> None:
        """Complain of a learn code: a lift that heard it may take another address for its own."""
        if b"\xff" in noise and noise.endswith(b"\xaa") and len(noise) >= 5 and noise[-5] == 0xFF:
            self.abuse.append("learn code AA")

    def _command(self, known: _Known, values: dict[str, Any], frame: bytes, peer: object) -> None:
        if self._refuses(known):
            self._answer(known.error, values, b"", peer)
            return
        if "wrong_state" not in self.faults:
            self._act(known, values)
        self._answer(known.reply, values, frame, peer)

    def _refuses(self, known: _Known) -> bool:
        if "refuse" in self.faults:
            return True
        moving = self._motor is not None and self._motor.state.moving != "none"
        # A unit that answers ERROR while it moves (Element One); stop is never refused.
        halts = isinstance(known.part, Command) and known.part.priority == "safety"
        return moving and known.error is not None and not halts

    def _act(self, known: _Known, values: dict[str, Any]) -> None:
        if isinstance(known.part, Poll):
            return
        if self._motor is not None and self._drives(known.name):
            return
        for point, want in known.part.set.items():
            name = str(pipes.fill("=" + point, values))[1:]
            self._values[name] = pipes.fill(want, {**self._options, **values})
        if known.part.merge:
            self._values.update({n: v for n, v in values.items() if n in self._points})

    def _drives(self, name: str) -> bool:
        motor, motion = self._motor, self._definition.motion
        if motor is None or motion is None:
            return False
        motor.state.blocked = motor.state.blocked or "blocked" in self.faults
        if self._definition.commands[name].priority == "safety":
            motor.halt()
            return True
        if name not in (motion.up.command, motion.down.command):
            return False
        now, (last, when) = self.clock.monotonic(), self._first_copy
        self._first_copy = (name, now)
        if "needs_two" not in self.faults or (last == name and now - when < 0.5):
            motor.drive("up" if name == motion.up.command else "down")
        return True

    def _answer(
        self, reply: Pattern | None, values: dict[str, Any], frame: bytes, peer: object
    ) -> None:
        if reply is None:
            return
        try:
            data = reply.write(lambda field: self._word(field, values))
        except (KeyError, ValueError):
            return
        if frame and reply.regex.fullmatch(frame) and not reply.text:
            data = frame  # an echo is the frame as it came, check included
        self.emit(self._framed(data, text=reply.text), peer=peer, after=THINKS)

    def _word(self, wanted: Field, values: dict[str, Any]) -> Any:
        if wanted.name in values:
            return values[wanted.name]
        for poll in self._definition.polls:
            for point, want in poll.set.items():
                inside = pipes.whole(want) if isinstance(want, str) else None
                if inside is not None and pipes.parse(inside).name == wanted.name:
                    return unpiped(pipes.parse(inside), self._now(point))
        return 1  # an error's number

    def _framed(self, data: bytes, *, text: bool) -> bytes:
        receive = self._definition.receive
        if receive is None:
            return data
        if text and receive.lines is not None:
            return data + self._filled(receive.lines.end).encode("latin-1")
        if receive.check is not None and receive.check.at is not None:
            part, check = receive.check, CHECKS[receive.check.type]
            first, until = part.over if part.over is not None else (0, receive.check.at)
            right = check.over(data[first:until], part.order)
            return data[: receive.check.at] + right + data[receive.check.at + check.width :]
        return data

    # -- MQTT and HTTP --------------------------------------------------------------------------------------------

    def _published(self, data: bytes, topic: str) -> None:
        for known in self._known:
            part, expect = known.part, known.part.expect
            if part.publish is None or self._filled(part.publish.topic) != topic:
                continue
            body = parse(data)
            values = self._inverted(part.publish.json_, body)
            if values is None or "refuse" in self.faults:
                return
            if (
                "wrong_state" not in self.faults
            ):  # the gateway has fired, and the machine did not hear it
                self._act(known, values)
            if isinstance(expect, TopicExpect):
                parent = (expect.has or "").rpartition(".")[0]
                answer = nested({parent: body}) if parent else body
                self.emit(
                    json.dumps(answer).encode(), topic=self._filled(expect.topic), after=THINKS
                )
            return

    def _requested(self, data: bytes, peer: object, topic: str) -> None:
        for known in self._known:
            http = known.part.http
            if http is None or topic != f"{http.method} {self._filled(http.path)}":
                continue
            values = {} if http.json_ is None else self._inverted(http.json_, parse(data))
            if values is None:
                continue
            if "refuse" in self.faults:
                self.emit(b"", peer=peer, topic="403")
                return
            if "wrong_state" not in self.faults:
                self._act(known, values)
            body = self._told(known.part) if isinstance(known.part, Poll) else b""
            self.emit(body, peer=peer, topic=str(http.ok[0]))
            return
        self.emit(b"", peer=peer, topic="404")

    def _told(self, poll: Poll) -> bytes:
        found: dict[str, Any] = {}
        for point, want in poll.set.items():
            inside = pipes.parse(pipes.whole(want) or want)
            root = poll.http.at if poll.http is not None and poll.http.at else ""
            path = root if inside.name == "value" else f"{root}.{inside.name}".strip(".")
            found[path] = unpiped(inside, self._now(point))
        return json.dumps(nested(found)).encode()

    def _inverted(self, template: Any, body: Any) -> dict[str, Any] | None:
        """Return name -> value so that `template` gives `body`, None where it is another message."""
        values: dict[str, Any] = {}
        for key, want in (mapping(template) or {}).items():
            got = at(body, key)
            inside = pipes.whole(want) if isinstance(want, str) else None
            if got is MISSING or (inside is None and got != want):
                return None
            if inside is not None:
                found = pipes.parse(inside)
                values[found.name] = candidate(found, self._points.get(found.name), got)
        return {n: v for n, v in values.items() if n not in self._options}

    # -- what people do at the device -----------------------------------------------------------------------------

    def _tell(self, changed: Mapping[str, Any]) -> None:
        """Say unasked what was changed, where the definition has words for it."""
        for part in self._definition.observe:
            if part.topic is not None:
                self._tell_topic(part)
                return
            template = part.hex or part.text
            if template is not None:
                self._tell_frames(part, template, changed)

    def _tell_topic(self, part: Observe) -> None:
        command = next((c for c in self._definition.commands.values() if c.publish), None)
        if command is None or command.publish is None or not part.topic:
            return
        try:
            body = pipes.fill(command.publish.json_, {**self._options, **self._values})
        except KeyError:
            return
        self.emit(
            json.dumps(nested({part.at: body}) if part.at else body).encode(),
            topic=self._filled(part.topic[0]),
        )

    def _tell_frames(self, part: Observe, template: str, changed: Mapping[str, Any]) -> None:
        made = pattern(
            template, text=part.text is not None, options=self._options, order=part.order
        )
        for point, value in changed.items():
            for wanted, want in part.set.items():
                names = names_in_point(wanted, point)
                inside = pipes.whole(want) if isinstance(want, str) else None
                if names is None or inside is None:
                    continue
                found = pipes.parse(inside)
                words = {**names, found.name: unpiped(found, value)}
                data = made.write(lambda field, words=words: words.get(field.name, 0))  # type: ignore[misc]  # bound now
                self.emit(self._framed(data, text=made.text))

    def _by_hand(self, motor: Motor, values: Mapping[str, Any]) -> None:
        if "blocked" in values:
            motor.state.blocked = bool(values["blocked"])
        if "position" in values:
            motor.put(float(values["position"]))
        motion = self._definition.motion
        match values.get("moving"):
            case None:
                return
            case "none":
                motor.halt()
            case way if motion is not None and way == motion.up.command:
                motor.drive("up")
            case _:
                motor.drive("down")

    def _check_names(self, values: Mapping[str, Any]) -> None:
        known = {*self._points, *(_MOTOR if self._motor is not None else ())}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(
                f"no such value: {', '.join(unknown)}; there are {', '.join(sorted(known))}"
            )

    # -- reading the definition -----------------------------------------------------------------------------------

    def _make_motor(self) -> Motor | None:
        part = self._definition.motion
        if part is None:
            return None
        spec = motion_spec(part, self._definition.kind, self._options)
        return Motor(spec, self.clock, self._definition.kind, self.abuse.append)

    def _first_values(self) -> dict[str, Any]:
        values = (
            {} if self._motor is not None else {n: first_value(p) for n, p in self._points.items()}
        )
        if isinstance(self.state, ThingState):
            self.state.values = values
        return values

    def _now(self, point: str) -> Any:
        if self._motor is not None and point in {f.name for f in fields(self._motor.state)}:
            return getattr(self._motor.state, point)
        return self._values.get(point)

    def _read(self) -> tuple[_Known, ...]:
        found = [self._one(name, part) for name, part in self._definition.commands.items()]
        found += [self._one("poll", part) for part in self._definition.polls]
        return tuple(found)

    def _one(self, name: str, part: Command | Poll) -> _Known:
        text = part.text is not None

        def made(template: Any) -> Pattern | None:
            if not isinstance(template, str):
                return None
            return pattern(template, text=text, options=self._options, order=part.order)

        return _Known(name, part, made(part.hex or part.text), made(part.expect), made(part.error))

    def _filled(self, text: str) -> str:
        return str(pipes.fill("=" + text, self._options))[1:]
