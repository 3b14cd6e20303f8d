"""What is said on one connection after another, to a projector on a real TCP port."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

import pytest

from drivers.commands import OutcomeKind
from drivers.session import PortState
from drivers.simulation.faults import clear_fault, set_fault
from tests.drivers.pjlink.stage import staged


async def test_the_digest_goes_once_in_front_of_the_first_command() -> None:
    async with staged(password="secret", tcp=True) as stage:
        await stage.wait(40)
        assert stage.rig.state("p") is PortState.ONLINE
        first, *others = stage.lines()
        assert first.endswith("%1CLSS ?")
        assert len(first) == 40
        assert all(line.startswith("%") for line in others)
        assert stage.simulator.abuse == []


@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_wrong_or_missing_password_is_tried_at_most_once(password: str | None) -> None:
    async with staged(real_password="right", password=password, tcp=True) as stage:
        await stage.wait(60)
        outcome = await stage.do("power_on")
        await stage.wait(60)
        assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
        assert stage.rig.state("p") is PortState.OFFLINE
        assert len(stage.simulator.abuse) == (password is not None)
        assert len(stage.lines()) == (password is not None)


async def test_the_fault_erra_stops_the_attempts() -> None:
    async with staged(password="x", faults={"erra": True}) as stage:
        await stage.wait(60)
        assert len(stage.simulator.abuse) == 1
        assert stage.rig.link.error is not None
        assert stage.rig.link.error.permanent


async def test_what_it_does_not_know_is_asked_once() -> None:
    async with staged() as stage:
        stage.simulator.set_by_hand({"power": "on"})
        set_fault(stage.simulator, "refuse", value="ERR1", seconds=None)
        outcome = await stage.do("blank", blank=True)
        assert outcome.code == "unsupported"
        assert stage.device.dialogue.unknown == {"AVMT"}
        assert len(stage.orders("AVMT")) == 1
        await stage.do("blank", blank=True)
        assert len(stage.orders("AVMT")) == 1


async def test_an_idle_close_is_no_fault_and_the_next_command_opens_again() -> None:
    async with staged(keep_open=False) as stage:
        await stage.wait(10)
        assert stage.wire.peers == []
        assert stage.rig.state("p") is PortState.ONLINE
        stage.simulator.set_by_hand({"power": "on"})
        outcome = await stage.do("blank", blank=True)
        assert outcome.kind is OutcomeKind.CONFIRMED
        assert stage.rig.link.reconnects == 0
        await stage.wait(120)
        assert stage.rig.state("p") is PortState.ONLINE
        assert stage.rig.link.reconnects == 0


async def test_a_close_by_the_projector_between_commands_is_no_fault() -> None:
    async with staged(password="secret", tcp=True) as stage:
        for _ in range(3):
            stage.wire.peers[0].close()
            await stage.rig.advance(0.5)
            assert stage.rig.state("p") is PortState.ONLINE
            outcome = await stage.do("volume_up")
            assert outcome.params == {"device_code": "ERR3"}
        assert stage.rig.link.reconnects == 0
        assert stage.simulator.abuse == []


async def test_the_digest_is_in_no_trace() -> None:
    async with staged(password="secret") as stage:
        await stage.wait(40)
        traced = b"".join(event.data for event in stage.rig.ears.traces)
        assert b"PJLINK 1 " in traced
        challenge = traced.partition(b"PJLINK 1 ")[2][:8]
        assert hashlib.md5(challenge + b"secret").hexdigest().encode() not in traced  # noqa: S324  # PJLink
        assert stage.simulator.abuse == []


async def test_a_wrong_password_is_sent_once_even_where_commands_wait() -> None:
    async with staged(password="old") as stage:
        stage.simulator.password = "new"
        tasks = [stage.rig.begin("p.volume_up"), stage.rig.begin("p.blank", blank=True)]
        stage.wire.drop_connections()
        for task in tasks:
            assert (await stage.end(task)).kind in {OutcomeKind.OFFLINE, OutcomeKind.TIMEOUT}
        await stage.wait(30)
        assert stage.simulator.abuse == [stage.simulator.abuse[0]]
        assert stage.rig.link.error is not None
        assert stage.rig.link.error.permanent


async def test_a_password_that_was_changed_is_noticed_and_the_old_one_sent_once() -> None:
    async with staged(password="old", keep_open=False) as stage:
        stage.simulator.password = "new"
        await stage.wait(70)
        assert len(stage.simulator.abuse) == 1
        assert stage.rig.state("p") is PortState.OFFLINE


async def test_an_admin_can_have_it_tried_again() -> None:
    async with staged(real_password="right", password="wrong") as stage:
        stage.simulator.password = "wrong"
        stage.rig.link.reconnect()
        await stage.wait(5)
        assert stage.rig.state("p") is PortState.ONLINE


async def test_a_unit_that_answers_no_greeting_is_tried_by_the_schedule() -> None:
    async with staged(faults={"mute": True}) as stage:
        await stage.wait(20)
        assert stage.rig.state("p") is not PortState.ONLINE
        assert stage.lines() == []
        clear_fault(stage.simulator, "mute")
        await stage.wait(12)
        assert stage.rig.state("p") is PortState.ONLINE


async def test_a_unit_that_serves_somebody_else_is_tried_by_the_schedule() -> None:
    async with staged() as stage:
        stage.simulator._visitors[object()] = stage.simulator._visitors.pop(stage.wire.peers[0])
        stage.wire.drop_connections()
        await stage.wait(12)
        assert stage.rig.state("p") is PortState.OFFLINE
        stage.simulator._visitors.clear()
        await stage.wait(8)
        assert stage.rig.state("p") is PortState.ONLINE


@pytest.mark.parametrize("fault", [{"unplug": True}, {"mute": True}])
async def test_a_command_that_finds_nobody_is_offline_and_no_byte_has_left(
    fault: dict[str, Any],
) -> None:
    async with staged(keep_open=False) as stage:
        await stage.wait(10)
        for name, value in fault.items():
            set_fault(stage.simulator, name, value=value, seconds=None)
        outcome = await stage.do("volume_up")
        assert (outcome.kind, outcome.tx) == (OutcomeKind.OFFLINE, 0)
        assert stage.orders("SVOL") == []


async def test_connecting_for_each_burst_connects_once_a_minute() -> None:
    async with staged(keep_open=False) as stage:
        stage.simulator.set_by_hand({"power": "on"})
        await stage.wait(70)
        stage.simulator.frames.clear()
        began = stage.rig.clock.monotonic()
        await stage.wait(130)
        logins = [f.at for f in stage.simulator.frames if f.data == b"%1CLSS ?\r"]
        assert 1 <= len(logins) <= 3
        gaps = [b - a for a, b in itertools.pairwise([began - 60, *logins])]
        assert min(gaps) > 50


async def test_a_class_that_is_not_told_is_class_one() -> None:
    async with staged() as stage:
        assert stage.device.dialogue.version == 2
        stage.simulator.state.version = 1
        stage.wire.drop_connections()
        await stage.wait(3)
        assert stage.device.dialogue.version == 1


async def test_an_unasked_word_on_the_password_is_a_new_connection() -> None:
    async with staged(password="secret") as stage:
        stage.simulator.set_by_hand({"power": "on"})
        set_fault(stage.simulator, "mute", value=True, seconds=None)
        task = stage.rig.begin("p.volume_up")
        await stage.soon()
        clear_fault(stage.simulator, "mute")
        stage.wire.transmit(b"PJLINK ERRA\r", peer=None, topic="", retain=False)
        assert (await stage.end(task)).params == {"device_code": "auth"}
        await stage.wait(3)
        assert stage.rig.state("p") is PortState.ONLINE
        assert stage.rig.link.reconnects == 1
        assert stage.simulator.abuse == []


async def test_a_unit_that_can_tell_nothing_now_is_online_and_of_the_class_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with staged() as stage:
        monkeypatch.setattr(stage.simulator, "_value", lambda *_: "ERR3")
        stage.wire.drop_connections()
        await stage.wait(3)
        assert stage.rig.link.reconnects == 1
        assert stage.rig.state("p") is PortState.ONLINE
        assert stage.device.dialogue.version == 2
