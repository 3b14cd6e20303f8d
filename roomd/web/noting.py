"""What people do over HTTP goes into the operation record, with who and from where."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from roomd.audit.entry import Entry
from roomd.identity.principal import Principal
from roomd.web.access import PRINCIPAL
from roomd.web.services import SERVICES


def note(
    request: web.Request,
    act: str,
    *,
    who: Principal | None = None,
    obj: str = "",
    result: str = "",
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Record one act of whoever sent `request`; `who` where that is known only now, as at a log-in."""
    principal = who or request.get(PRINCIPAL)
    request.app[SERVICES].note(
        Entry(
            act,
            actor="" if principal is None else principal.user,
            role="" if principal is None else principal.role,
            addr=request.remote or "",
            obj=obj,
            result=result,
            reason=reason,
            detail=detail or {},
        )
    )
