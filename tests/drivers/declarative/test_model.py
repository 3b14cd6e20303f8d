from __future__ import annotations

import pytest
from pydantic import ValidationError

from drivers.declarative.model import Command, Definition, Poll, Receive, StrokePart
from drivers.declarative.reader import Unquoted


def test_forms() -> None:
    assert Command.model_validate({"hex": "55", "text": "x"}).forms() == ["hex", "text"]
    assert Receive.model_validate({"lines": {}}).forms() == ["lines"]


def test_times_need_units_and_take_options() -> None:
    assert StrokePart.model_validate({"command": "up", "travel": "{t}"}).travel == "{t}"
    assert StrokePart.model_validate({"command": "up", "travel": "2min"}).travel == 120
    with pytest.raises(ValidationError):
        StrokePart.model_validate({"command": "up", "travel": 5})


def test_one_poll_or_several() -> None:
    head = {
        "schema": "roomd.driver/1",
        "id": "x",
        "name": {"zh": "x", "en": "x"},
        "kind": "relay",
        "link": {"type": "tcp"},
    }
    poll = {"every": "5s", "text": "?"}
    assert len(Definition.model_validate({**head, "poll": poll}).polls) == 1
    assert len(Definition.model_validate({**head, "poll": [poll, poll]}).polls) == 2
    assert Definition.model_validate(head).polls == []
    with pytest.raises(ValidationError):
        Poll.model_validate({**poll, "hex": Unquoted("010")})
