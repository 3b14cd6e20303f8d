from __future__ import annotations

from pathlib import Path

import pytest

from drivers.declarative import FOLDER
from drivers.declarative.plan import make_plan, read_plan
from drivers.declarative.problems import DefinitionError
from drivers.declarative.schema import parse
from tests.drivers.declarative.stage import HEAD, made


def test_answers_that_do_not_name_their_question_are_known() -> None:
    assert read_plan(FOLDER / "lift_element_one.yaml").bare
    assert read_plan(FOLDER / "relay_triplet.yaml").bare
    assert not read_plan(FOLDER / "curtain_dooya.yaml").bare


def test_all_problems_of_frames_are_said_at_once() -> None:
    text = HEAD + 'commands: {a: {hex: "5"}, b: {hex: "55 {x:u8}"}}\n'
    with pytest.raises(DefinitionError) as caught:
        make_plan(parse(text.encode(), "x.yaml"), Path("x.yaml"))
    assert [p.code for p in caught.value.problems] == ["bad_frame", "unknown_name"]


def test_templates_are_read_once() -> None:
    plan = made(HEAD + 'commands: {a: {hex: "55 AA"}}\n')
    frame = plan.commands["a"].frame
    assert frame is not None
    assert frame.encode({}) == b"\x55\xaa"
