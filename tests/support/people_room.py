"""A served room with accounts, pairing and a join code, whose record is a list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roomd.audit.entry import Entry
from roomd.identity.identity import Identity
from tests.support.web_room import WebRoom, web_room

GOOD = "correct horse"


@dataclass
class PeopleRoom(WebRoom):
    """See the module."""

    noted: list[Entry] = field(default_factory=list[Entry])
    device: str = ""

    @property
    def people(self) -> Identity:
        assert self.services.identity is not None
        return self.services.identity

    async def enter(self, **body: Any) -> tuple[int, Any]:
        """Post to `/session` as a browser does."""
        ours = {"Origin": self.url}
        return await self.ask("POST", "session", None, json=body, headers=ours)

    async def pair(self, name: str, key: dict[str, str] | None = None) -> str:
        """Pair the browser of this room as a presenter's tablet; return the name that it got."""
        window = (await self.ask("POST", "pairing", "admin", json={"kind": "presenter"}))[1]
        body = {"pair": window["code"], "name": name, **({"key": key} if key else {})}
        status, answer = await self.enter(**body)
        assert status == 200, answer
        self.device = answer["device"]
        return str(answer["user"])


@asynccontextmanager
async def people_room(folder: Path) -> AsyncIterator[PeopleRoom]:
    """Serve it; `folder` holds panel and accounts."""
    async with web_room(folder) as room:
        services = room.services
        identity = Identity.open(services.clock, folder / "identity", "r1", services.tokens)
        services.identity = identity
        served = PeopleRoom(room.room, services, room.session, room.url, room.app)
        setattr(services, "note", served.noted.append)  # noqa: B010  # a method, replaced by a list that a test reads
        try:
            yield served
        finally:
            identity.close()
