"""A projector, told by lines typed from the sources and by hand."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.clock import VirtualClock, settle
from drivers.pjlink.settings import PjlinkSettings
from drivers.pjlink.simulator import IDLE, PjlinkSimulator
from tests.drivers.pjlink.desk import desk, digest

# -- log-in ----------------------------------------------------------------------------------------


async def test_without_a_password() -> None:
    async with desk() as table:
        client = await table.connect()
        assert client.received == b"PJLINK 0\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert await client.ask("%1POWR ?\r\n%1CLSS ?\r") == "%1POWR=0\r%1CLSS=2\r"


async def test_the_digest_is_wanted_once_on_each_connection() -> None:
    async with desk(password="right") as table:
        client = await table.connect()
        right = digest(client, "right")
        assert await client.ask(f"{right}%1POWR ?\r") == "%1POWR=0\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert table.simulator.abuse == []


async def test_a_digest_in_front_of_a_later_command_is_an_error() -> None:
    async with desk(password="right") as table:
        client = await table.connect()
        right = digest(client, "right")
        await client.ask(f"{right}%1POWR ?\r")
        assert await client.ask(f"{right}%1POWR 1\r") == "PJLINK ERRA\r"
        assert table.simulator.state.power == "off"
        assert table.simulator.abuse == ["a digest in front of a later command"]


@pytest.mark.parametrize("given", ["wrong", None])
async def test_a_wrong_or_missing_digest_is_turned_away(given: str | None) -> None:
    async with desk(password="right") as table:
        client = await table.connect()
        prefix = "" if given is None else digest(client, given)
        assert await client.ask(f"{prefix}%1POWR 1\r") == "PJLINK ERRA\r"
        assert table.simulator.state.orders == []
        assert not client.open
        assert len(table.simulator.abuse) == 1


async def test_each_connection_has_its_own_challenge() -> None:
    async with desk(password="right") as table:
        first = await table.connect()
        challenge = first.received
        assert first.transport is not None
        first.transport.close()
        await settle()
        assert (await table.connect()).received != challenge


# -- connections -----------------------------------------------------------------------------------


async def test_one_client_at_a_time() -> None:
    async with desk() as table:
        first = await table.connect()
        second = await table.connect()
        assert (second.received, second.open) == (b"", False)
        assert await first.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert first.transport is not None
        first.transport.close()
        await settle()
        assert (await table.connect()).received == b"PJLINK 0\r"


async def test_an_idle_connection_is_closed_after_thirty_seconds() -> None:
    async with desk() as table:
        client = await table.connect()
        await table.clock.advance(IDLE - 1)
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        await table.clock.advance(IDLE - 1)
        assert client.open
        await table.clock.advance(1.1)
        assert not client.open


async def test_a_line_without_end_is_hung_up_on() -> None:
    async with desk() as table:
        client = await table.connect()
        assert await client.ask("x" * 170) == ""
        assert not client.open


@pytest.mark.parametrize("line", ["POWR ?", "%1POWR?", "%1POW ?", "", "%1POWR="])
async def test_what_is_no_command_gets_no_answer(line: str) -> None:
    async with desk() as table:
        client = await table.connect()
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        if not line.startswith("%") and line:
            # 32 characters in front of the sign are taken for a digest.
            assert await client.ask(f"{line}\r") == "PJLINK ERRA\r"
        else:
            assert await client.ask(f"{line}\r") == ""


# -- what it answers -------------------------------------------------------------------------------

ON = [
    ("%1INPT ?", "%1INPT=31"),
    ("%2INPT ?", "%2INPT=31"),
    ("%1INPT 11", "%1INPT=OK"),
    ("%1INPT 61", "%1INPT=ERR2"),
    ("%1INST ?", "%1INST=11 21 31 32 51"),
    ("%1AVMT ?", "%1AVMT=30"),
    ("%1AVMT 11", "%1AVMT=OK"),
    ("%1AVMT 40", "%1AVMT=ERR2"),
    ("%1LAMP ?", "%1LAMP=1250 1"),
    ("%1ERST ?", "%1ERST=000000"),
    ("%1NAME ?", "%1NAME=Projector"),
    ("%1INF1 ?", "%1INF1=roomd"),
    ("%1INF2 ?", "%1INF2=simulated projector"),
    ("%1INFO ?", "%1INFO="),
    ("%1CLSS ?", "%1CLSS=2"),
    ("%1POWR 2", "%1POWR=ERR2"),
    ("%1NONE ?", "%1NONE=ERR1"),
    ("%1NONE 1", "%1NONE=ERR1"),
    ("%1LAMP 1", "%1LAMP=ERR1"),
    ("%2FREZ ?", "%2FREZ=0"),
    ("%2FREZ 1", "%2FREZ=OK"),
    ("%2FREZ 2", "%2FREZ=ERR2"),
    ("%1FREZ 1", "%1FREZ=ERR1"),
    ("%2SVOL 1", "%2SVOL=OK"),
    ("%2MVOL 0", "%2MVOL=OK"),
    ("%2SVOL 5", "%2SVOL=ERR2"),
    ("%2FILT ?", "%2FILT=120"),
    ("%2SNUM ?", "%2SNUM=R0001"),
    ("%2SVER ?", "%2SVER=1.0.2"),
    ("%2INNM ?31", "%2INNM=HDMI 1"),
    ("%2INNM ?99", "%2INNM=ERR2"),
    ("%2IRES ?", "%2IRES=1920x1080"),
    ("%2RRES ?", "%2RRES=1920x1200"),
    ("%2RLMP ?", "%2RLMP=LMP-1 LMP-2"),
    ("%2RFIL ?", "%2RFIL=FLT-1"),
    ("%3POWR ?", "%3POWR=ERR1"),
    ("%1powr ?", "%1powr=1"),
]


@pytest.mark.parametrize("ask, answer", ON, ids=[a for a, _ in ON])
async def test_while_it_is_on(ask: str, answer: str) -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": "on"})
        client = await table.connect()
        assert await client.ask(f"{ask}\r") == f"{answer}\r"


@pytest.mark.parametrize("power", ["off", "warming", "cooling"])
@pytest.mark.parametrize("ask", ["INPT ?", "AVMT ?", "INPT 31", "AVMT 11"])
async def test_what_belongs_to_the_picture_is_not_now_without_one(power: str, ask: str) -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": power})
        client = await table.connect()
        assert await client.ask(f"%1{ask}\r") == f"%1{ask[:4]}=ERR3\r"


async def test_what_is_ordered_is_done() -> None:
    async with desk() as table:
        state = table.simulator.state
        table.simulator.set_by_hand({"power": "on"})
        client = await table.connect()
        for line in ("%1INPT 11", "%1AVMT 11", "%1AVMT 21", "%2FREZ 1", "%2SVOL 1", "%2MVOL 0"):
            await client.ask(f"{line}\r")
        assert (state.input, state.blank, state.mute, state.freeze) == ("11", True, True, True)
        assert (state.volume, state.microphone) == (11, 9)
        assert await client.ask("%1AVMT ?\r") == "%1AVMT=31\r"
        await client.ask("%1AVMT 10\r")
        assert await client.ask("%1AVMT ?\r") == "%1AVMT=21\r"
        await client.ask("%1AVMT 30\r")
        assert (state.blank, state.mute) == (False, False)


async def test_class_one_knows_no_class_two() -> None:
    async with desk(inputs={"a": "31", "b": "61", "c": "3A"}) as table:
        client = await table.connect()
        assert await client.ask("%1INST ?\r") == "%1INST=31\r"
        assert await client.ask("%2INST ?\r") == "%2INST=31 61 3A\r"
        table.simulator.state.version = 1
        assert await client.ask("%1CLSS ?\r") == "%1CLSS=1\r"
        for line in ("%2FREZ ?", "%2INPT ?", "%2SNUM ?"):
            assert (await client.ask(f"{line}\r")).endswith("=ERR1\r")


# -- power -----------------------------------------------------------------------------------------


async def test_it_warms_up_and_cools_down_on_the_clock() -> None:
    async with desk() as table:
        client = await table.connect()
        assert await client.ask("%1POWR 1\r") == "%1POWR=OK\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=3\r"
        assert await client.ask("%1POWR 0\r") == "%1POWR=ERR3\r"
        assert await client.ask("%1POWR 1\r") == "%1POWR=OK\r"
        await table.clock.advance(15)
        assert await client.ask("%1POWR ?\r") == "%1POWR=1\r"
        assert await client.ask("%1POWR 0\r") == "%1POWR=OK\r"
        assert await client.ask("%1POWR ?\r") == "%1POWR=2\r"
        assert await client.ask("%1POWR 1\r") == "%1POWR=ERR3\r"
        await table.clock.advance(10)
        assert await client.ask("%1POWR ?\r") == "%1POWR=0\r"
        assert table.simulator.state.orders == [f"POWR {n}" for n in "10101"]


async def test_a_button_ends_the_transition_under_way() -> None:
    async with desk() as table:
        table.simulator.set_by_hand({"power": "warming"})
        table.simulator.set_by_hand({"power": "off"})
        await table.clock.advance(60)
        assert table.simulator.state.power == "off"


@pytest.mark.parametrize("values", [{"power": "standby"}, {"zoom": 3}])
def test_what_cannot_be_set_by_hand_changes_nothing(values: dict[str, Any]) -> None:
    simulator = PjlinkSimulator(PjlinkSettings(), "tcp", VirtualClock())
    with pytest.raises(ValueError, match=r"power is one of|no such value"):
        simulator.set_by_hand(values)
    assert simulator.state.power == "off"
