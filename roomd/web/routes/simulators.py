"""The demo's simulators: look at them and break them (protocols.md 1.5). Not in `roomd run`."""

from __future__ import annotations

from typing import Any, Protocol

from aiohttp import web

from drivers.units import parse_duration
from roomd.web import sim_page
from roomd.web.body import read_object
from roomd.web.problem import Problem, json_response
from roomd.web.services import SERVICES


class Simulators(Protocol):
    """What the demo offers."""

    def ids(self) -> list[str]:
        """Return the ids of simulated devices."""
        ...

    def snapshot(self, device: str) -> dict[str, Any] | None:
        """Return a simulator's state, faults and last frames, or None where there is none."""
        ...

    def set_fault(self, device: str, fault: str, value: Any, seconds: float | None) -> None:
        """Set a fault, for `seconds` or until cleared; raises `ValueError` for an unknown one."""
        ...

    def clear(self, device: str) -> None:
        """Mend everything."""
        ...

    def set_by_hand(self, device: str, values: dict[str, Any]) -> None:
        """Change the device as a person at it would; raises `ValueError` for unknown names."""
        ...


async def show_all(request: web.Request) -> web.Response:
    """Answer `GET /sim`: a page for people, or every simulator as JSON without its frames."""
    services = request.app[SERVICES]
    simulators = services.simulators
    found = {d: simulators.snapshot(d) for d in simulators.ids()}
    if "text/html" in request.headers.get("Accept", ""):
        names = {d.id: d.name for d in services.dispatch.devices.values()}
        return web.Response(text=sim_page.page(found, names), content_type="text/html")
    return json_response(
        {d: {k: v for k, v in s.items() if k != "frames"} for d, s in found.items()}
    )


async def style(request: web.Request) -> web.Response:
    """Answer `GET /sim.css`."""
    return web.Response(text=sim_page.CSS, content_type="text/css")


async def show(request: web.Request) -> web.Response:
    """Answer `GET /sim/{device}`."""
    device = request.match_info["device"]
    found = request.app[SERVICES].simulators.snapshot(device)
    if found is None:
        raise Problem("unknown_device", device=device)
    return json_response(found)


async def change(request: web.Request) -> web.Response:
    """Answer `POST /sim/{device}`: `{"fault": ..., "for": "5s"}`, `{"fault": null}` or `{"set": {...}}`."""
    simulators = request.app[SERVICES].simulators
    device = request.match_info["device"]
    if simulators.snapshot(device) is None:
        raise Problem("unknown_device", device=device)
    if request.content_type == "application/x-www-form-urlencoded":
        return await _press(request, simulators, device)
    body = await read_object(request)
    # One thing at a time: what is refused has changed nothing.
    allowed = {"set"} if "set" in body else {"fault", "value", "for"}
    if not {"set", "fault"} & set(body) or set(body) - allowed:
        raise Problem("bad_request", fields=sorted(set(body) - allowed) or ["fault", "set"])
    try:
        if "set" in body:
            simulators.set_by_hand(device, dict(body["set"]))
        else:
            _fault(simulators, device, body)
    except (ValueError, TypeError) as error:
        raise Problem("unknown_fault", device=device, why=str(error)[:300]) from None
    return json_response(simulators.snapshot(device))


async def _press(request: web.Request, simulators: Simulators, device: str) -> web.Response:
    """Take a button of the page, and show the page again."""
    form = await request.post()
    fault = str(form.get("fault", ""))
    try:
        _fault(simulators, device, {"fault": fault or None})
    except ValueError as error:
        raise Problem("unknown_fault", device=device, why=str(error)[:300]) from None
    return web.Response(status=303, headers={"Location": "/sim"})


def _fault(simulators: Simulators, device: str, body: dict[str, Any]) -> None:
    fault = body["fault"]
    if fault is None:
        simulators.clear(device)
        return
    seconds = None if body.get("for") is None else parse_duration(str(body["for"]))
    simulators.set_fault(device, str(fault), body.get("value", True), seconds)
