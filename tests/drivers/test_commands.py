"""What a command declares: keys, wishes, times, and the mark on a method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from drivers.commands import (
    Arg,
    CommandSpec,
    OutcomeKind,
    Priority,
    RetryClass,
    command,
    fill,
    fill_text,
    renamed,
)


def test_names_are_priorities_lower_goes_first() -> None:
    assert sorted(Priority) == [Priority.SAFETY, Priority.USER, Priority.SCENE, Priority.POLL]


def test_there_are_nine_outcomes() -> None:
    assert len(OutcomeKind) == 9


@pytest.mark.parametrize(
    "wish, args, filled",
    [
        ("{level}", {"level": 30}, 30),
        ("{level}", {}, None),
        ("on", {"on": 1}, "on"),
        (True, {}, True),
        (0, {}, 0),
    ],
)
def test_a_wish_is_itself_or_an_argument(
    wish: object, args: Mapping[str, Any], filled: object
) -> None:
    assert fill(wish, args) == filled


def test_a_text_takes_arguments() -> None:
    assert fill_text("out.{out}.input", {"out": 3, "in": 1}) == "out.3.input"


def test_a_key_may_name_an_argument() -> None:
    spec = CommandSpec("route", key="route.{out}")
    assert spec.key_for({"out": 3}) == "route.3"
    assert CommandSpec("step").key_for({"out": 3}) is None


def test_wishes_leave_out_what_was_not_given_and_reported_ones_count_more() -> None:
    spec = CommandSpec(
        "set",
        confirm={"level": "{level}", "cct": "{cct}", "ch.{ch}.state": True},
        effects={"level": 0, "power": True},
    )
    args = {"level": 30, "ch": 2}
    assert spec.reported_wishes(args) == {"level": 30, "ch.2.state": True}
    assert spec.assumed_wishes(args) == {"level": 0, "power": True}
    assert spec.wishes(args) == {"level": 30, "ch.2.state": True, "power": True}


@pytest.mark.parametrize(
    "spec, priority, seconds",
    [
        (CommandSpec("set"), Priority.USER, 10.0),
        (CommandSpec("set"), Priority.SCENE, 30.0),
        (CommandSpec("set", ttl=120.0), Priority.SCENE, 120.0),
        (CommandSpec("set", ttl=5.0), Priority.SCENE, 5.0),
        (CommandSpec("set", merge=0.4), Priority.USER, 10.4),
        (CommandSpec("up", retry=RetryClass.MOTION, ttl=3.0), Priority.USER, 3.0),
        (CommandSpec("up", retry=RetryClass.MOTION, ttl=10.0), Priority.SCENE, 10.0),
    ],
)
def test_from_acceptance_to_the_first_byte(
    spec: CommandSpec, priority: Priority, seconds: float
) -> None:
    assert spec.live(priority) == seconds


@pytest.mark.parametrize(
    "retry, seconds",
    [
        (RetryClass.ABSOLUTE, 10 + 3 * 2 + 7),
        (RetryClass.STOP, 10 + 3 * 2 + 7),
        (RetryClass.INQUIRY, 10 + 3 * 2 + 7),
        (RetryClass.RELATIVE, 10 + 2 + 7),
        (RetryClass.MOTION, 10 + 2 + 7),
    ],
)
def test_the_deadline_counts_the_repeats_that_its_class_allows(
    retry: RetryClass, seconds: float
) -> None:
    spec = CommandSpec("set", retry=retry, retries=2, timeout=2.0, settles=7.0)
    assert spec.deadline(Priority.USER) == seconds


def test_a_method_is_marked() -> None:
    @command(args={"level": Arg("int", 0, 100)}, ttl="3s", timeout="300ms", key="level")
    async def set(level: int) -> None:  # noqa: A001  # a device's method has this name
        """Set it."""

    spec: CommandSpec = getattr(set, "command_spec")  # noqa: B009  # functions take attributes; no type says so
    assert (spec.name, spec.ttl, spec.timeout, spec.settles, spec.key) == (
        "set",
        3.0,
        0.3,
        0.0,
        "level",
    )
    assert spec.args["level"].maximum == 100


def test_a_mark_with_a_wrong_duration_is_found_at_once() -> None:
    with pytest.raises(ValueError, match="not a number with a unit"):
        command(ttl="3")(test_there_are_nine_outcomes)


def test_a_copy_with_another_range() -> None:
    spec = CommandSpec("preset", args={"preset": Arg("int", 0, 254)})
    narrow = renamed(spec, args={"preset": Arg("int", 0, 5)})
    assert (narrow.args["preset"].maximum, spec.args["preset"].maximum) == (5, 254)
    assert narrow.name == "preset"
