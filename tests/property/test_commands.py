"""Whatever people, cables and reloads do: one outcome for each command, and no motor runs by itself."""

from __future__ import annotations

from hypothesis import example, given

from tests.property.panels import PAUSE, STORIES, Step, Story, motions, told


@given(STORIES)
def test_every_command_and_every_hold_ends_once_and_in_time(story: list[Step]) -> None:
    async def check(played: Story) -> None:
        assert [i for i in played.asked if played.ended[i] != 1] == []
        assert max(played.ended.values(), default=1) == 1
        assert played.late == []
        assert {i: played.over[i] for i in played.held} == dict.fromkeys(played.held, 1)
        assert [p for p, b in played.room.store.snapshot().items() if "desired" in b] == []

    told(story, check)


@given(STORIES)
@example([("hold", 0, "lift", "up"), ("cut", "l2"), ("wait", 0.6)])
def test_in_the_end_every_motor_stands_and_nobody_owns_it(story: list[Step]) -> None:
    async def check(played: Story) -> None:
        for name, line in (("lift", "l2"), ("screen", "l3")):
            found = played.room.dispatch.devices[name]
            assert found.motor is not None
            assert not found.motor.moving
            assert played.room.holds.owner(name) is None
            sent = motions(played, line)
            assert not sent or sent[-1][1] == "stop"
            assert played.room.shown(f"{name}.moving")[0] == "none"

    told(story, check)


@given(STORIES)
def test_no_motor_turns_round_without_a_stop_and_its_pause(story: list[Step]) -> None:
    async def check(played: Story) -> None:
        for line in ("l2", "l3"):
            way, stood = None, -1e9
            for at, word in motions(played, line):
                if word == "stop":
                    stood = at
                    way = None if way is None else (way[0], True)
                    continue
                if way is not None and way[0] != word:
                    assert way[1], f"{word} at {at} without a stop"
                    assert at - stood >= PAUSE - 1e-6, f"{word} {at - stood:.3f} s after a stop"
                way = (word, False)

    told(story, check)


@given(STORIES)
def test_no_motor_runs_longer_than_it_may(story: list[Step]) -> None:
    async def check(played: Story) -> None:
        for line, limit in (("l2", 20.0), ("l3", 9.0)):
            since: float | None = None
            for at, word in motions(played, line):
                if word == "stop":
                    assert since is None or at - since <= limit + 2.0
                    since = None
                elif since is None:
                    since = at

    told(story, check)
