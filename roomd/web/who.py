"""From what identity refuses to what a page is told."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from aiohttp import web

from roomd.identity.accounts import AccountProblem
from roomd.identity.attempts import TooOften
from roomd.identity.devices import BadKey
from roomd.identity.identity import Identity
from roomd.identity.login import LoginRefused
from roomd.identity.passwords import Busy, WeakPassword
from roomd.web.problem import Problem
from roomd.web.services import SERVICES


def identity_of(request: web.Request) -> Identity:
    """Return the room's identity.

    Raises:
        Problem: `not_found` where there is none (tests).
    """
    found = request.app[SERVICES].identity
    if found is None:
        raise Problem("not_found", path=request.path[:200])
    return found


def changing(request: web.Request) -> Identity:
    """Return the room's identity, to be changed: only while the operation record can be written (trust.md 11).

    Raises:
        Problem: `record_unwritable`.
    """
    if not request.app[SERVICES].record_writable():
        raise Problem("record_unwritable")
    return identity_of(request)


@contextmanager
def translated() -> Generator[None]:
    """Turn what identity raises into a `Problem`."""
    try:
        yield
    except TooOften as error:
        raise Problem("try_later", retry_after=error.retry_after) from None
    except Busy:
        raise Problem("login_busy", retry_after=2) from None
    except WeakPassword as error:
        raise Problem(error.code) from None
    except BadKey:
        raise Problem("bad_request", fields=["key"]) from None
    except (AccountProblem, LoginRefused) as error:
        raise Problem(error.code, **error.params) from None
    except OSError:
        raise Problem("record_unwritable") from None


def text_of(body: dict[str, object], name: str, *, most: int, needed: bool = True) -> str:
    """Return a text of a body.

    Raises:
        Problem: `bad_request`: it is none, or is too long, or is missing.
    """
    value = body.get(name, None if needed else "")
    if not isinstance(value, str) or len(value) > most or (needed and not value.strip()):
        raise Problem("bad_request", fields=[name])
    return value


def only(body: dict[str, object], *names: str) -> None:
    """Refuse fields that nobody knows.

    Raises:
        Problem: `bad_request`, with their names.
    """
    unknown = sorted(set(body) - set(names))
    if unknown:
        raise Problem("bad_request", fields=[u[:40] for u in unknown[:8]])
