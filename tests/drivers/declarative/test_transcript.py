from __future__ import annotations

import pytest

from drivers.declarative import FOLDER
from drivers.declarative.transcript import covered, play
from tests.drivers.declarative.stage import HEAD, IDS, made, shipped


@pytest.mark.parametrize("driver_id", IDS)
async def test_a_shipped_definition_passes_its_transcripts(driver_id: str) -> None:
    plan = shipped(driver_id)
    assert await play(plan) == []
    assert covered(plan) == []
    if driver_id not in {"generic_hex", "generic_http"}:
        steps = plan.definition.tests
        assert any(s.do is None and s.rx is not None for s in steps), "one unasked notice"
    if plan.definition.feedback != "none" and driver_id != "generic_http":
        assert any(s.outcome == "timeout" for s in plan.definition.tests), "one timeout"


CRCS = [
    ("curtain_dooya", "55 12 34 03 01 AD 8A"),
    ("curtain_dooya", "55 12 34 03 02 ED 8B"),
    ("curtain_dooya", "55 12 34 03 03 2C 4B"),
    ("relay_triplet", "01 0F 00 00 00 03 01 01 4E 97"),
    ("relay_triplet", "01 0F 00 00 00 03 01 02 0E 96"),
    ("lift_kimex", "55 00 01 03 01 B8 FC"),
]


@pytest.mark.parametrize("driver_id, frame", CRCS)
@pytest.mark.parametrize("place", [-1, -2])
async def test_a_flipped_byte_of_a_crc_fails_them(driver_id: str, frame: str, place: int) -> None:
    raw = bytearray.fromhex(frame)
    raw[place] ^= 0x01
    text = (FOLDER / f"{driver_id}.yaml").read_text("utf-8")
    spoiled = text.replace(frame, raw.hex(" ").upper())
    assert spoiled != text
    assert await play(made(spoiled)) != []


@pytest.mark.parametrize("place", [-1, -2])
async def test_a_flipped_crc_in_the_answer_alone_fails_too(place: int) -> None:
    raw = bytearray.fromhex("55 12 34 03 01 AD 8A")
    raw[place] ^= 0x01
    text = (FOLDER / "curtain_dooya.yaml").read_text("utf-8")
    spoiled = text.replace('"00 FF", "55 12 34 03 01 AD 8A"', f'"00 FF", "{raw.hex(" ")}"')
    assert spoiled != text
    assert [f.index for f in await play(made(spoiled))] != []


COMMANDS = """
commands: {on: {text: "ON\\r"}}
state: {power: bool}
"""


@pytest.mark.parametrize(
    "step, said",
    [
        ("{do: on, tx: []}", "1 frames were sent, not 0"),
        ("{do: on, tx: ['\"OFF\"']}", "not 4f 46 46"),
        ("{do: on, outcome: confirmed}", "outcome is sent"),
        ("{do: on, then: {power: true}}", "power is None"),
        ("{do: on, then: {colour: red}}", "no point"),
        ("{do: off}", "cannot be played"),
        ("{do: on, options: {x: 1}}", "options"),
        ("{do: on, rx: {status: 200}}", "cannot be played"),
    ],
)
async def test_what_differs_is_said(step: str, said: str) -> None:
    failures = await play(made(f"{HEAD}{COMMANDS}tests: [{step}]\n"))
    assert len(failures) >= 1
    assert said in failures[0].what


async def test_polls_are_seen_by_a_step_without_a_command() -> None:
    plan = made(
        HEAD
        + """receive: {lines: {end: "\\r"}}
feedback: [poll]
state: {power: {type: bool}}
poll: {every: 10s, text: "P?\\r", expect: "P{v:int}", set: {power: "{v|on_off}"}}
tests:
  - {wait: 6s, tx: ['"P?\\r"', '"P?\\r"'], rx: ['"P1\\r"'], then: {power: true}}
"""
    )
    assert [f.what for f in await play(plan) if "frames" not in f.what] == []
