"""What panels may send, and that nothing else is taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomd.web.messages import CommandMessage, Hello, Keep, Watch, parse_message
from roomd.web.problem import Problem

GOOD: list[dict[str, Any]] = [
    {"type": "hello"},
    {"type": "hello", "last_seq": 0},
    {"type": "command", "id": "c7", "device": "lift.main", "command": "up", "args": {}},
    {"type": "command", "id": "c7", "device": "lift.main", "command": "up"},
    {"type": "command", "id": "c", "device": "a", "command": "b", "satisfy": True},
    {
        "type": "command",
        "id": "c",
        "device": "a",
        "command": "b",
        "override": {"rule": "dark", "reason": "rehearsal"},
    },
    {"type": "hold", "id": "h1", "device": "lift.main", "command": "up"},
    {"type": "keep", "id": "h1"},
    {"type": "keep", "id": "h1", "args": {"pan": 0.5}},
    {"type": "release", "id": "h1"},
    {"type": "scene", "id": "s1", "scene": "start", "dry_run": False},
    {"type": "stop"},
    {"type": "ping"},
    {"type": "watch", "topics": ["meters", "trace:lift.main", "trace:*"]},
]


@pytest.mark.parametrize("body", GOOD, ids=lambda body: str(body["type"]))
def test_what_the_contract_names_is_taken(body: dict[str, Any]) -> None:
    assert parse_message(body).type == body["type"]


@pytest.mark.parametrize(
    "body,fields",
    [
        ({"type": "hello", "last_seq": -1}, ["last_seq"]),
        ({"type": "hello", "last_seq": 1.0}, ["last_seq"]),
        ({"type": "hello", "last_seq": True}, ["last_seq"]),
        ({"type": "stop", "now": True}, ["now"]),
        ({"type": "keep", "id": ""}, ["id"]),
        ({"type": "keep", "id": 1}, ["id"]),
        ({"type": "keep", "id": "x" * 65}, ["id"]),
        ({"type": "keep", "id": "h", "args": [1]}, ["args"]),
        ({"type": "command", "id": "c", "device": "x" * 97, "command": "b"}, ["device"]),
        ({"type": "command"}, ["id", "device", "command"]),
        (
            {
                "type": "hold",
                "id": "h",
                "device": "a",
                "command": "b",
                "args": {str(n): n for n in range(33)},
            },
            ["args"],
        ),
        ({"type": "watch", "topics": ["trace:" + "x" * 97]}, ["topics.0"]),
        ({"type": "watch", "topics": ["meters\n"]}, ["topics.0"]),
        ({"type": "watch", "topics": ["meters"] * 65}, ["topics"]),
    ],
)
def test_what_is_wrong_is_named_without_its_value(body: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(Problem) as refused:
        parse_message(body)
    assert refused.value.code == "bad_request"
    assert refused.value.params == {"fields": fields}


def test_what_is_left_out_has_its_default() -> None:
    command = parse_message({"type": "command", "id": "c", "device": "a", "command": "b"})
    assert isinstance(command, CommandMessage)
    assert (command.args, command.satisfy, command.override) == ({}, False, None)
    keep = parse_message({"type": "keep", "id": "h"})
    assert isinstance(keep, Keep)
    assert keep.args is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["id", "device", "command", "args", "last_seq", "topics", "override", "x"])
TYPES = st.sampled_from([str(body["type"]) for body in GOOD] + ["fly", ""])


@given(TYPES, st.dictionaries(NAMES, VALUES, max_size=5))
def test_any_object_is_a_message_or_a_problem(kind: str, fields: dict[str, Any]) -> None:
    try:
        message = parse_message({**fields, "type": kind})
    except Problem as problem:
        code = problem.code
    else:
        code = "bad_request" if message.type != kind else "taken"
        assert not isinstance(message, Hello | Watch) or fields.keys() <= {"last_seq", "topics"}
    assert code in ("taken", "bad_request")
