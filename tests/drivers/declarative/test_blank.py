from __future__ import annotations

from drivers.declarative.blank import blank
from drivers.declarative.transcript import covered, play
from tests.drivers.declarative.stage import made


async def test_a_new_definition_passes_its_own_transcripts() -> None:
    plan = made(blank("my_relay"))
    assert plan.definition.id == "my_relay"
    assert await play(plan) == []
    assert covered(plan) == []
