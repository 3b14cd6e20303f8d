from __future__ import annotations

from drivers.commands import OutcomeKind
from drivers.declarative.rehearsal import Stage
from tests.drivers.declarative.stage import shipped


async def test_what_leaves_is_kept_with_its_command() -> None:
    async with Stage(shipped("lift_ff5"), {}) as stage:
        outcome = await stage.run("up", {})
        assert outcome.kind is OutcomeKind.SENT
        assert stage.sent == [("up", bytes.fromhex("ff ee ee ee dd"))] * 2
