"""What goes to a transport and comes back, where it is not plain bytes."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from drivers.transport.frames import (
    Chunk,
    Collided,
    Frame,
    HttpRequest,
    HttpResponse,
    Publish,
    Published,
)


def test_a_published_command_is_acknowledged_and_never_stored() -> None:
    assert Publish("cmnd/a/POWER1", b"ON").qos == 1
    assert "retain" not in {f.name for f in dataclasses.fields(Publish)}


def test_two_requests_that_look_alike_are_told_apart_by_who_they_are() -> None:
    first, second = HttpRequest("GET", "/state"), HttpRequest("GET", "/state")
    assert first == second
    assert HttpResponse(first, 200, b"").request is first
    assert HttpResponse(first, 200, b"").request is not second


@pytest.mark.parametrize(
    "piece",
    [
        Publish("t", b""),
        Published("t", b"", retain=False),
        HttpRequest("GET", "/"),
        HttpResponse(HttpRequest("GET", "/"), 200, b""),
        Collided(b""),
    ],
)
def test_nobody_changes_what_was_said(piece: object) -> None:
    field = dataclasses.fields(piece)[0].name  # type: ignore[arg-type]  # each is a dataclass
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(piece, field, None)


def test_what_may_go_and_what_may_come() -> None:
    assert set(get_args(Frame)) == {bytes, Publish, HttpRequest}
    assert set(get_args(Chunk)) == {bytes, Published, HttpResponse, Collided}
