"""A rehearsal takes seconds for minutes, holds what a finger must hold, and says what would fail."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from roomd.demo.rehearsal import Rehearsed, UnknownScenes, rehearse
from roomd.demo.start import UnknownDevices
from tests.support.small_room import ROOM

SCENES = """
rules:
  - {id: busy, deny: {device: matrix.main, command: route}, unless: {matrix.main.out.2.input: 7},
     say: {zh: 占用, en: In use}}
scenes:
  lift:
    name: {zh: 升, en: Lift}
    steps:
      - seq:
          - {device: lift.main, command: up}
          - {wait: {lift.main.end: top}, quality: [assumed], timeout: 60s}
          - {device: lights.cove, command: on}
  light: {name: {zh: 灯, en: Light}, steps: [{device: lights.cove, command: on}]}
  two: {name: {zh: 二, en: Two}, steps: [{device: matrix.main, command: route, args: {in: 2, out: 1}}]}
"""


async def run(folder: Path, *scenes: str, dead: tuple[str, ...] = ()) -> dict[str, Rehearsed]:
    (folder / "room.yaml").write_text(ROOM + SCENES, "utf-8")
    data = folder / "data"
    data.mkdir(exist_ok=True)
    found = await rehearse(folder / "room.yaml", data, scenes, dead)
    return {one.scene: one for one in found}


async def test_a_lift_is_held_until_it_is_up_in_a_fraction_of_its_time(tmp_path: Path) -> None:
    began = time.monotonic()
    lift = (await run(tmp_path, "lift"))["lift"]
    assert (lift.result, lift.held) == ("ok", ("lift.main/up",))
    assert [(s["device"], s["outcome"]) for s in lift.steps] == [
        ("lift.main", "sent"),
        ("lift.main.end", "confirmed"),
        ("lights.cove", "sent"),
    ]
    assert 15 < lift.seconds < 60  # the room file says 20 s of travel
    assert time.monotonic() - began < 60  # only ends a test that hangs
    assert lift.as_json()["held"] == ["lift.main/up"]


async def test_all_scenes_run_in_the_order_of_the_file_and_refusals_are_told(
    tmp_path: Path,
) -> None:
    found = await run(tmp_path)
    assert list(found) == ["lift", "light", "two"]
    (step,) = found["two"].steps
    assert (found["two"].result, step["outcome"], step["code"]) == (
        "partial",
        "refused",
        "interlocked",
    )


async def test_a_dead_device_is_a_line_of_the_result(tmp_path: Path) -> None:
    lift = (await run(tmp_path, "lift", dead=("lift.main",)))["lift"]
    assert lift.result != "ok"
    assert lift.steps[0]["device"] == "lift.main"


async def test_names_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnknownScenes) as refused:
        await run(tmp_path, "light", "nothing")
    assert refused.value.names == ["nothing"]
    with pytest.raises(UnknownDevices):
        await run(tmp_path, "light", dead=("x.y",))
