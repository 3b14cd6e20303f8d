"""The contract that every registered driver keeps, declarative ones and the template too (control.md 3).

A driver joins by being registered; what it needs in `options:` stands in `contract/subjects.py`, which case cannot
apply to which driver, and why, in `contract/exempt.py`. All of it runs on a clock that stands still until it is moved.
"""

from __future__ import annotations

import asyncio
import builtins
import inspect
import itertools
import math
import random
import socket
from collections.abc import Callable
from typing import Any

import pytest

from drivers.clock import VirtualClock
from drivers.commands import Outcome, OutcomeKind, Priority, RetryClass
from drivers.job import Job, current_job
from drivers.messages import Decoder, Junk
from drivers.points import PointSpec, PointValue
from drivers.session import PortState
from drivers.transport.frames import Chunk, Frame, HttpRequest, HttpResponse, Publish, Published
from tests.drivers.contract.exempt import (
    MOTORS,
    NO_STOP,
    TABLE,
    device_of,
    of_this_repository,
    over,
)
from tests.drivers.contract.stage import Stage, staged
from tests.drivers.contract.subjects import Subject, subjects
from tests.drivers.contract.wall_time import ALLOWED, ROOT, driver_modules, real_time

EVERY = pytest.mark.parametrize("subject", subjects(), ids=str)
BACK = 15.0
"""Seconds after which a device is online again at the latest: the schedule's 5 s, a probe, and a slow start."""
CHUNKS = 10_000
NOISE = b"\x07\x13\x37"
"""Rubbish in front of an answer; for protocols of lines a line of its own is made of it."""
MOST = 3
"""Commands of one device that a case is tried with."""


# -- the table of exemptions is true ----------------------------------------------------------------------------------


def test_every_driver_is_here() -> None:
    assert {s.driver for s in subjects()} >= of_this_repository()
    assert {"template", "samsung_mdc", "visca", "lift_ff5"} <= of_this_repository()


@pytest.mark.parametrize("reason", TABLE, ids=lambda r: r.text)
def test_an_exemption_holds_for_the_drivers_that_are_listed_and_for_no_other(reason: Any) -> None:
    found = {s.driver for s in subjects() if reason.holds(s, device_of(s))}
    assert found & of_this_repository() == TABLE[reason]


def test_everything_that_moves_can_be_stopped() -> None:
    stoppable = {s.driver for s in subjects() if not NO_STOP.holds(s, device_of(s))}
    assert stoppable & of_this_repository() == MOTORS
    for subject in subjects():
        device = device_of(subject)
        moving = [n for n, s in device.commands.items() if s.retry is RetryClass.MOTION]
        assert not moving or "stop" in device.commands, subject
        assert not device.motion or "stop" in device.commands, subject


# -- open and close ---------------------------------------------------------------------------------------------------


@EVERY
async def test_open_and_close_twice(subject: Subject) -> None:
    async with staged(subject) as stage:
        for _ in range(2):
            await stage.stop()
            assert stage.link.lane.waiting() == 0
            assert stage.device.link.expectations == []
            assert not any(stage.link.backlog.jobs.values())
            stage.start()
            await stage.online()
            for told in stage.tellable.all()[:1]:
                outcome = await stage.do(told)
                assert outcome.kind is stage.good(told), (told, outcome)
            await stage.let_stand()


# -- decoders ---------------------------------------------------------------------------------------------------------


async def conversation(subject: Subject) -> list[Chunk]:
    """Return what a device says while everything is told to it."""
    async with staged(subject) as stage:
        for told in stage.tellable.all():
            await stage.do(told)
            await stage.let_stand()
        if not stage.device.commands:
            stage.touch()
            await stage.clock.advance(1.0)
        return [chunk for _, chunk in stage.bench.heard]


def fresh(subject: Subject) -> tuple[VirtualClock, Decoder]:
    """Return a decoder of a device that is on no line, with its clock."""
    device = device_of(subject)
    clock = device.link.clock
    assert isinstance(clock, VirtualClock)
    return clock, device.decoder()


@over("any cut")
async def test_any_cut_gives_the_same_messages(subject: Subject) -> None:
    said = [chunk for chunk in await conversation(subject) if isinstance(chunk, bytes)]
    assert said
    dice = random.Random(1)
    noisy = b"".join(
        dice.randbytes(dice.randrange(12)) + piece if dice.random() < 0.2 else piece
        for piece in said
    )
    for stream in (b"".join(said), noisy):
        _, decoder = fresh(subject)
        whole = decoder.feed(stream)
        assert whole
        for most in (1, 2, 3, 7, 20, 64):
            _, decoder = fresh(subject)
            assert cut(decoder, stream, most, dice) == whole


def cut(decoder: Decoder, stream: bytes, most: int, dice: random.Random) -> list[Any]:
    found: list[Any] = []
    while stream:
        size = dice.randint(1, most)
        found += decoder.feed(stream[:size])
        stream = stream[size:]
    return found


def rubbish(subject: Subject, dice: random.Random) -> Chunk:
    """Return something of the right kind that means nothing, on the device's own topics too."""
    data = dice.randbytes(dice.randrange(13))
    if dice.random() < 0.1:
        data = bytes([dice.randrange(256)]) * 300
    if subject.kind == "mqtt":
        filters = device_of(subject).topics()
        topic = dice.choice([*filters, "other/topic"]).replace("+", "x").replace("#", "y")
        return Published(topic, data, retain=dice.random() < 0.5)
    if subject.kind == "http":
        request = HttpRequest("GET", dice.choice(["/", "/x"]))
        return HttpResponse(request, dice.choice([200, 404, 500]), data)
    return data


@EVERY
async def test_ten_thousand_random_chunks_never_raise(subject: Subject) -> None:
    _, decoder = fresh(subject)
    dice = random.Random(2)
    for _ in range(CHUNKS):
        decoder.feed(rubbish(subject, dice))


@over("next valid frame")
async def test_after_noise_the_next_valid_frame_is_found(subject: Subject) -> None:
    valid, message = valid_one(subject, await conversation(subject))
    clock, decoder = fresh(subject)
    dice = random.Random(3)
    for _ in range(20):
        for _ in range(CHUNKS // 20):
            decoder.feed(rubbish(subject, dice))
        await clock.advance(1.0)
        # The rest of a frame that the noise had begun may swallow what comes first, but no more than its limit.
        found = [m for _ in range(2 + 512 // size(valid)) for m in decoder.feed(valid)]
        assert message in found
        assert decoder.feed(valid)[-1:] == [message]


def valid_one(subject: Subject, said: list[Chunk]) -> tuple[Chunk, Any]:
    """Return a piece that is a message by itself, and the message."""
    for chunk in reversed(said):
        _, decoder = fresh(subject)
        messages = decoder.feed(chunk)
        if len(messages) == 1 and not isinstance(messages[0], Junk):
            return chunk, messages[0]
    raise AssertionError(f"{subject} says nothing that is a message by itself")


def size(chunk: Chunk) -> int:
    return len(chunk) if isinstance(chunk, bytes) else 512


# -- what is reported -------------------------------------------------------------------------------------------------


@EVERY
async def test_only_declared_points_are_reported_and_as_they_are_declared(subject: Subject) -> None:
    async with staged(subject) as stage:
        for told in stage.tellable.all():
            await stage.do(told)
            await stage.let_stand()
        if "intruder" in stage.simulator.protocol_faults:
            stage.fault("intruder")
        await stage.clock.advance(65.0)
        for report in stage.ears.reports:
            spec = stage.device.point(report.point)
            assert spec is not None, report
            assert fits(spec, report.value), (report, spec)
        assert stage.device.link.undeclared == {}


def fits(spec: PointSpec, value: PointValue) -> bool:
    """Return whether a value is what its point declares."""
    if value is None:
        return True
    match spec.type:
        case "bool":
            return isinstance(value, bool)
        case "int" | "number":
            numbers = int if spec.type == "int" else (int, float)
            if isinstance(value, bool) or not isinstance(value, numbers):
                return False
            least = -math.inf if spec.minimum is None else spec.minimum
            most = math.inf if spec.maximum is None else spec.maximum
            return math.isfinite(value) and least <= value <= most
        case "enum" | "string":
            return isinstance(value, str)


# -- answers that do not come, or come late ---------------------------------------------------------------------------


@over("timeout")
async def test_a_device_that_does_not_answer_is_a_timeout_in_time(subject: Subject) -> None:
    for number in range(MOST):
        async with staged(subject) as stage:
            told = stage.tellable.answered()[number:][:1]
            if not told:
                return
            stage.fault("deaf")
            outcome = await stage.do(told[0])
            ends = [(OutcomeKind.TIMEOUT, "no_reply", True)]
            if number and subject.spec.transport is not None:
                # A connection of its own that is closed between commands may not come up at all.
                ends.append((OutcomeKind.OFFLINE, "unreachable", False))
            assert (outcome.kind, outcome.code, outcome.tx > 0) in ends, (told, outcome)
            assert stage.in_time(told[0], outcome)


@over("late answer")
async def test_a_late_answer_never_ends_the_next_command(subject: Subject) -> None:
    for number in range(MOST):
        async with staged(subject) as stage:
            pair = stage.tellable.answered_rivals()[number:][:1]
            if not pair:
                return
            first, second = pair[0]
            stage.bench.held = []
            outcome = await stage.do(first, "first")
            assert outcome.kind in NOT_DONE, (first, outcome)
            stage.fault("deaf")
            task = stage.begin(second, "second")
            # A bare answer is waited for as long again, 1 s at most; nobody can tell a later one (control.md 2).
            await stage.clock.advance(min(1.0, stage.spec(first).timeout) / 2)
            stage.bench.release()
            outcome = await stage.end(task)
            # A report may be late as well and say something else: that has failed, and is not taken for done.
            assert outcome.kind in {*NOT_DONE, OutcomeKind.FAILED}, (second, outcome)


NOT_DONE = {OutcomeKind.TIMEOUT, OutcomeKind.OFFLINE}


@over("garbage before a reply")
async def test_garbage_before_a_reply_makes_no_difference(subject: Subject) -> None:
    async with staged(subject) as stage:
        noise = NOISE + line_end([chunk for _, chunk in stage.bench.heard])
        for told in stage.tellable.answered()[:MOST]:
            stage.bench.noise.append(noise)
            outcome = await stage.do(told)
            assert outcome.kind is stage.good(told), (told, outcome)
            assert stage.bench.noise == []
            await stage.let_stand()


def line_end(said: list[Chunk]) -> bytes:
    """Return how this device ends its lines, if it speaks in lines."""
    data = b"".join(chunk for chunk in said if isinstance(chunk, bytes))
    return b"\r" if data.endswith(b"\r") else b"\r\n"


# -- the plug ---------------------------------------------------------------------------------------------------------


async def moments(subject: Subject) -> list[float]:
    """Return when something happens during a command, in seconds after it was given: it waits in between."""
    async with staged(subject) as stage:
        told = first_told(stage)
        began = stage.clock.monotonic()
        await stage.do(told)
        ended = stage.clock.monotonic()
        happened = {at - began for at, _ in [*stage.bench.sent, *stage.bench.heard] if at >= began}
        happened |= {0.0, ended - began}
    around = sorted({max(0.0, at + by) for at in happened for by in (-0.0001, 0.0001)})
    return around if len(around) <= 12 else [around[n * (len(around) - 1) // 11] for n in range(12)]


def first_told(stage: Stage) -> tuple[str, dict[str, Any]]:
    """Return a command that makes something move, or the first one."""
    return [*stage.tellable.motion(), *stage.tellable.all()][0]


@over("unplugged")
async def test_pulled_at_every_moment_each_command_ends_and_the_device_is_back(
    subject: Subject,
) -> None:
    after = await moments(subject)
    async with staged(subject) as stage:
        told = first_told(stage)
        for number, moment in enumerate(after):
            name = f"pulled{number}"
            task = stage.begin(told, name)
            await stage.clock.advance(moment)
            stage.bench.unplug()
            pulled = stage.clock.wall()
            await stage.clock.advance(0.5)
            await stage.bench.plug()
            outcome = await stage.end(task)
            assert outcome.kind in NOT_DONE | {stage.good(told)}, (moment, outcome)
            assert stage.in_time(told, outcome)
            assert await stage.clock.until(lambda: stage.state is PortState.ONLINE, BACK)
            if stage.spec(told).retry is RetryClass.MOTION and stage.bench.kind in LOSES:
                assert [at for at, _ in stage.frames(name) if at > pulled] == []
            await stage.let_stand()
            await stage.clock.advance(1.0)
        if "power_on" in stage.device.commands:
            await stage.do(("power_on", {}))
        outcome = await stage.do(told, "at last")
        assert outcome.kind is stage.good(told), outcome


LOSES = {"serial", "tcp", "mqtt"}
"""Lines that notice a pulled plug."""


@EVERY
async def test_pulled_for_long_it_is_offline_and_comes_back_and_nothing_moves(
    subject: Subject,
) -> None:
    async with staged(subject) as stage:
        told = first_told(stage) if stage.device.commands else None
        if told is not None:
            stage.begin(told, "before")
        await stage.clock.advance(0.01)
        stage.bench.unplug()
        await stage.clock.advance(1.0)
        if stage.bench.kind in LOSES:
            assert stage.state is PortState.OFFLINE
        await stage.clock.advance(60.0)
        stage.bench.sent.clear()
        returned = stage.clock.wall()
        await stage.bench.plug()
        assert await stage.clock.until(lambda: stage.state is PortState.ONLINE, BACK)
        await stage.clock.advance(5.0)
        assert [at for at, _ in stage.frames("before") if at > returned] == []


# -- STOP -------------------------------------------------------------------------------------------------------------


def filler(subject: Subject) -> Frame:
    """Return a frame that means nothing to anybody."""
    match subject.kind:
        case "mqtt":
            return Publish("nobody/listens", b"filler")
        case "http":
            return HttpRequest("GET", "/nobody")
        case _:
            return b"\x00"


@over("stop")
async def test_stop_overtakes_a_full_queue_and_nothing_of_its_device_follows(
    subject: Subject,
) -> None:
    async with staged(subject) as stage:
        await stage.let_stand()
        await stage.clock.advance(1.0)
        waiting = [fill(stage, f"filler{number}") for number in range(60)]
        await stage.clock.advance(0.0)
        pressed = stage.clock.monotonic()
        stage.bench.sent.clear()
        stop = stage.begin(("stop", {}), "stop")
        outcome = await stage.end(stop)
        assert outcome.kind is stage.good(("stop", {})), outcome
        at, first = stage.bench.sent[0]
        assert first != filler(subject)
        sending = stage.bench.wire_time(1)
        assert at - pressed <= stage.link.lane.gap + sending + 0.05
        assert filler(subject) not in [frame for _, frame in stage.bench.sent]
        await stage.clock.advance(1.0)
        assert all(task.done() for task in waiting)
        assert filler(subject) not in [frame for _, frame in stage.bench.sent]


def fill(stage: Stage, name: str) -> asyncio.Task[None]:
    """Put a command into the queue that would send one more frame."""
    job = Job(
        device="it",
        name=name,
        priority=Priority.USER,
        retry=RetryClass.RELATIVE,
        accepted=stage.clock.monotonic(),
        ttl=10.0,
        timeout=1.0,
        id=name,
    )
    assert stage.link.backlog.admit(job, flush=False)

    async def run() -> None:
        current_job.set(job)
        try:
            await stage.device.link.send(filler(stage.subject), repeat=50, repeat_gap=1.0)
        finally:
            stage.link.backlog.dismiss(job)

    job.task = asyncio.create_task(run())
    return job.task


@over("stop")
async def test_stop_takes_its_own_command_out_of_flight(subject: Subject) -> None:
    async with staged(subject) as stage:
        told = stage.tellable.motion()[0]
        moving = stage.begin(told, "moving")
        await stage.clock.advance(0.01)
        stopped = stage.clock.wall()
        outcome = await stage.do(("stop", {}), "stop")
        assert outcome.kind is stage.good(("stop", {}))
        assert (await stage.end(moving)).kind in {OutcomeKind.CANCELLED, stage.good(told)}
        assert [at for at, _ in stage.frames("moving") if at > stopped] == []


# -- newest wins, and nothing too late --------------------------------------------------------------------------------


@over("newest wins")
async def test_the_newest_of_two_wishes_wins_and_the_older_one_leaves_no_byte(
    subject: Subject,
) -> None:
    for number in range(MOST):
        async with staged(subject) as stage:
            pair = [*stage.tellable.rivals()][number:][:1]
            if not pair:
                return
            older, newer = pair[0]
            stage.link.lane.quiet(1.0)
            tasks = [stage.begin(older, "older"), stage.begin(newer, "newer")]
            outcomes = [await stage.end(task) for task in tasks]
            merged = stage.spec(newer).merge is not None
            assert outcomes[0].kind is OutcomeKind.SUPERSEDED or merged, (older, outcomes[0])
            assert outcomes[1].kind is stage.good(newer), (newer, outcomes[1])
            assert stage.frames("older") == []
            assert stage.frames("newer")


@over("time to live")
async def test_nothing_leaves_after_its_time_to_live(subject: Subject) -> None:
    async with staged(subject) as stage:
        for number, told in enumerate(stage.tellable.all()[:MOST]):
            name, spec = f"late{number}", stage.spec(told)
            stage.link.lane.quiet(spec.live(Priority.USER) + 2.0)
            outcome = await stage.do(told, name)
            assert (outcome.kind, outcome.tx) == (OutcomeKind.EXPIRED, 0), (told, outcome)
            await stage.clock.advance(5.0)
            assert stage.frames(name) == []


# -- pure listening, and time that is an argument ---------------------------------------------------------------------


@EVERY
async def test_on_message_does_no_input_or_output(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    sins: list[str] = []
    listening = False

    def forbid(where: object, name: str) -> None:
        original: Callable[..., Any] = getattr(where, name)

        def watched(*args: Any, **named: Any) -> Any:
            if listening:
                sins.append(name)
            return original(*args, **named)

        monkeypatch.setattr(where, name, watched)

    def watch(stage: Stage) -> None:
        inner = stage.device.on_message
        assert not inspect.iscoroutinefunction(inner)

        def on_message(message: object) -> None:
            nonlocal listening
            before, listening = len(stage.bench.sent), True
            try:
                inner(message)
            finally:
                listening = False
            sins.extend(["send"] * (len(stage.bench.sent) - before))

        stage.device.__dict__["on_message"] = on_message

    forbid(builtins, "open")
    forbid(socket, "socket")
    forbid(asyncio, "create_task")
    forbid(asyncio, "ensure_future")
    async with staged(subject, before=watch) as stage:
        for told in stage.tellable.all():
            await stage.do(told)
            await stage.let_stand()
        await stage.clock.advance(65.0)
    assert sins == []


@over("standing clock")
async def test_while_the_clock_stands_nothing_ends_and_nothing_is_repeated(
    subject: Subject,
) -> None:
    async with staged(subject) as stage:
        told = stage.tellable.answered()[0]
        stage.fault("deaf")
        task = stage.begin(told, "standing")
        await stage.clock.advance(0.01)
        frames = len(stage.frames("standing"))
        for _ in range(20):
            await asyncio.sleep(0.002)
        assert not task.done()
        assert len(stage.frames("standing")) == frames
        await stage.end(task)


@pytest.mark.parametrize("name", driver_modules())
def test_no_driver_knows_real_time(name: str) -> None:
    found = real_time((ROOT / name).read_text(encoding="utf-8"))
    if name in ALLOWED:
        assert found, f"{name} needs no exemption"
    else:
        assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\nasync def f(): await asyncio.sleep(1)",
        "import time\nt = time.monotonic()",
        "from time import sleep",
        "import asyncio\nasyncio.get_running_loop().call_later(1, print)",
    ],
)
def test_a_driver_that_knew_it_would_be_found(source: str) -> None:
    assert real_time(source)


# -- one outcome ------------------------------------------------------------------------------------------------------


@over("storm")
async def test_every_command_of_a_storm_has_exactly_one_outcome_in_time(subject: Subject) -> None:
    dice = random.Random(4)
    async with staged(subject) as stage:
        told = [*stage.tellable.all(), *([("stop", {})] if "stop" in stage.device.commands else [])]
        tasks: dict[str, tuple[Any, asyncio.Task[Outcome]]] = {}
        for number in range(40):
            command = dice.choice(told)
            tasks[f"s{number}"] = command, stage.begin(command, f"s{number}")
            await stage.clock.advance(dice.choice([0.0, 0.01, 0.1, 0.5]))
            if number % 10 == 5:
                stage.bench.unplug()
                await stage.clock.advance(dice.choice([0.0, 0.3]))
                await stage.bench.plug()
        for name, (command, task) in tasks.items():
            outcome = await stage.end(task)
            assert stage.in_time(command, outcome), (command, outcome)
            assert stage.outcomes[name] == [outcome]
        assert not any(itertools.chain(*stage.link.backlog.jobs.values()))
        await stage.online(BACK + 60.0)
