"""Verbs that ask a running daemon: devices, send, why, stop, trace, config reload and rollback."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from roomd.cli import complete
from roomd.cli.output import REFUSED, USAGE, DataOption, JsonOption, fail, print_json, print_table

if TYPE_CHECKING:
    import aiohttp

DeviceArgument = Annotated[
    str,
    typer.Argument(help="Device id, for example lights.table.", autocompletion=complete.devices),
]
SHORT = 10.0
"""Seconds that a question may take that no device answers."""
STOP_WITHIN = 4.0
"""Seconds after which somebody who presses STOP is told to use the wall switch: each device has 1 s."""


def devices(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the devices: state, last answer, speed, failures."""
    body = _get("/devices", data)
    if as_json:
        print_json(body)
        return
    rows = [
        (
            d["id"],
            d["driver"],
            d.get("endpoint"),
            d["state"],
            d.get("code") or d.get("place"),
            d.get("last_answer_s"),
            _pair(d.get("p50_ms"), d.get("p95_ms")),
            d.get("failures"),
        )
        for d in body["devices"]
    ]
    print_table(("device", "driver", "endpoint", "state", "why", "last s", "ms", "failed"), rows)


def send(
    device: DeviceArgument,
    command: Annotated[
        str, typer.Argument(help="Command, for example on.", autocompletion=complete.commands)
    ],
    args: Annotated[
        list[str] | None, typer.Argument(help="ARG=VALUE, for example level=40.")
    ] = None,
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send one command and tell how it ended. Exit code 1 unless confirmed, sent or superseded."""
    from roomd.cli.client import ask

    body = dict(_argument(text) for text in args or [])
    status, answer = ask("POST", f"/devices/{device}/{command}", data, body)
    if as_json:
        print_json(answer)
    else:
        typer.echo(_told(answer))
    if status != 200:
        raise typer.Exit(REFUSED)


def why(
    device: DeviceArgument,
    command: Annotated[
        str, typer.Argument(help="Command, for example up.", autocompletion=complete.commands)
    ],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell whether a command would be refused now, and why. Exit code 1 where it would."""
    verdict = _get(f"/why/{device}/{command}", data)
    if as_json:
        print_json(verdict)
    elif verdict["verdict"] == "allowed":
        typer.echo("可以执行 allowed")
    else:
        typer.echo(_words(verdict["code"], verdict["params"]))
    if verdict["verdict"] != "allowed":
        raise typer.Exit(REFUSED)


def stop(
    *,
    direct: Annotated[
        bool, typer.Option("--direct", help="Write the stop frames to the lines without a daemon.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option("--config", help="With --direct: the room file.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop everything that moves. This is no emergency stop: keep the hard-wired one in reach."""
    answer = _stop_direct(config, data) if direct else _stop_daemon(data)
    outcomes = answer["devices"]
    if as_json:
        print_json(answer)
    elif outcomes:
        rows = [(d, o["outcome"], o.get("code")) for d, o in outcomes.items()]
        print_table(("device", "outcome", "why"), rows)
    else:
        typer.echo(_words("stop.nothing", {}))
    if any(o["outcome"] not in ("sent", "confirmed", "superseded") for o in outcomes.values()):
        raise typer.Exit(REFUSED)


def _stop_daemon(data: Path | None) -> Any:
    from roomd.cli.client import ask

    _, answer = ask("POST", "/stop", data, within=STOP_WITHIN)
    return answer


def _stop_direct(config: Path | None, data: Path | None) -> Any:
    from roomd.run import CONFIG, DATA
    from roomd.stop_direct import stop_direct

    answer = asyncio.run(stop_direct(config or CONFIG, data or DATA))
    if answer is None:
        fail("config_none", {})
    return answer


def trace(
    device: Annotated[
        str | None,
        typer.Argument(help="Device id; left out: all.", autocompletion=complete.devices),
    ] = None,
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show frames live with their meaning, until Ctrl-C. Exit code 1 where the daemon ends before."""
    from roomd.cli.client import with_daemon

    if device is not None and device not in {d["id"] for d in _get("/devices", data)["devices"]}:
        fail("unknown_device", {"device": device})
    topic = f"trace:{device or '*'}"

    async def watch(session: aiohttp.ClientSession) -> None:
        async with session.ws_connect("http://roomd/api/v1/ws") as socket:
            await socket.send_json({"type": "watch", "topics": [topic]})
            async for message in socket:
                event = json.loads(message.data)
                if event.get("type") == "trace":
                    typer.echo(message.data if as_json else _line(event))

    try:
        with_daemon(data, watch)
    except KeyboardInterrupt:
        return
    fail("daemon_ended", {})


def config_reload(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Make the daemon read its room file again. Exit code 1 where the old one goes on."""
    from roomd.cli.client import ask

    _changed(*ask("POST", "/config/reload", data), as_json=as_json)


def config_rollback(
    steps: Annotated[int, typer.Argument(help="Generations to go back, 1 to 9.")] = 1,
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go back to a kept configuration; the room file itself stays as it is."""
    from roomd.cli.client import ask

    _changed(*ask("POST", "/config/rollback", data, {"steps": steps}), as_json=as_json)


def _changed(status: int, answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    elif answer.get("applied"):
        counts = ", ".join(
            f"{k} {len(answer[k])}" for k in ("added", "changed", "removed", "untouched")
        )
        typer.echo(f"已应用 applied: {counts}")
    else:
        for problem in answer.get("errors", ()):
            place = f"{problem['file']}:{problem['line']}:{problem['column']}"
            typer.echo(f"{place}: {problem['path']}: {_words(problem['code'], problem['params'])}")
        typer.echo(_words(str(answer.get("code")), answer.get("params", {})), err=True)
    if status != 200 or not answer.get("applied"):
        raise typer.Exit(REFUSED)


def _get(path: str, data: Path | None) -> Any:
    from roomd.cli.client import ask

    status, body = ask("GET", path, data, within=SHORT)
    if status != 200:
        fail(body["code"], body["params"])
    return body


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        fail("bad_argument", {"text": text}, USAGE)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _told(answer: dict[str, Any]) -> str:
    outcome = answer.get("outcome") or "refused"
    code = answer.get("code")
    told = _words(f"outcome.{outcome}", {})
    return f"{told} — {_words(code, answer.get('params', {}))}" if code else told


def _words(code: str, params: dict[str, Any]) -> str:
    from roomd.messages import both

    return both(code, params)


def _pair(p50: float | None, p95: float | None) -> str:
    return "" if p50 is None else f"{p50:g}/{p95:g}"


def _line(event: dict[str, Any]) -> str:
    from datetime import datetime

    at = datetime.fromtimestamp(event["ts"]).strftime("%H:%M:%S.%f")[:-3]  # noqa: DTZ006  # the room's own time
    arrow = {"tx": "->", "rx": "<-"}.get(event["direction"], "--")
    shown = event["hex"] if not event["topic"] else f"{event['topic']} {event['ascii']}"
    return f"{at} {event['device'] or event['link']:<18} {arrow} {shown:<40} {event['text']}"
