"""Who must prove a key, and what counts as a proof; the connection itself is in `routes/test_pairing.py`."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from drivers.clock import VirtualClock
from roomd.identity.principal import Principal
from roomd.identity.tokens import Tokens
from roomd.web.access import PRINCIPAL, TOKENS
from roomd.web.proof import Proof
from tests.roomd.identity.test_devices import Tablet


def connection(tokens: Tokens, principal: Principal) -> Proof:
    app = web.Application()
    app[TOKENS] = tokens
    request = make_mocked_request("GET", "/", app=app)
    request[PRINCIPAL] = principal
    return Proof(request)


def test_without_a_key_nothing_is_asked_for() -> None:
    tokens = Tokens(VirtualClock())
    token, _ = tokens.devices.pair("presenter", "t", None)
    tablet = tokens.session(token)
    assert tablet is not None
    proof = connection(tokens, tablet)
    assert (proof.message(), proof.take(None)) == (None, True)


def test_a_key_is_proved_for_as_long_as_a_connection_is_open() -> None:
    tokens, own = Tokens(VirtualClock()), Tablet()
    token, device = tokens.devices.pair("presenter", "t", own.jwk)
    tablet = tokens.session(token)
    assert tablet is not None
    first, second = connection(tokens, tablet), connection(tokens, tablet)
    assert first.wanted != second.wanted
    assert not first.take(None)
    assert not first.take(own.sign(second.wanted))
    assert first.take(own.sign(first.wanted))
    assert second.take(own.sign(second.wanted))
    place = next(iter(tokens.proven))
    assert place[0] == device.id
    first.end()
    first.end()
    assert tokens.proven[place] == 1
    second.end()
    assert tokens.proven[place] == 0
