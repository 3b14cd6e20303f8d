"""A tablet's proof that it holds its key: the first word of its connection, so that a copied cookie is not enough."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from aiohttp import web

from roomd.identity.devices import proves
from roomd.web.access import PRINCIPAL, TOKENS

log = structlog.stdlib.get_logger(__name__)


class Proof:
    """Of one connection; nothing is asked for where the credential has no key."""

    def __init__(self, request: web.Request) -> None:
        self._tokens, self._principal = request.app[TOKENS], request[PRINCIPAL]
        self._place = (self._principal.device, request.remote or "")
        keyed = self._tokens.key_of(self._principal) is not None
        self.wanted = secrets.token_urlsafe(24) if keyed else ""
        """The challenge, until it has been signed."""
        self._given = False

    def message(self) -> dict[str, Any] | None:
        """Return the message that asks for it, or None."""
        return {"type": "challenge", "nonce": self.wanted} if self.wanted else None

    def take(self, signature: str | None) -> bool:
        """Take the signature that came with `hello`; return whether the connection may go on."""
        key = self._tokens.key_of(self._principal)
        if not self.wanted or key is None:
            return True
        if signature is None or not proves(key, self.wanted, signature):
            log.warning("panel.unproved", device=self._principal.device)
            return False
        self.wanted, self._given = "", True
        self._tokens.proven[self._place] += 1
        return True

    def end(self) -> None:
        """Forget it: the connection ends."""
        if self._given:
            self._tokens.proven[self._place] -= 1
            self._given = False
