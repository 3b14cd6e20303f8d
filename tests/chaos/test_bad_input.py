"""Room files with mistakes: each is told with its place, and the rest of the room runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.small_room import BUS, COVE, HEAD, LIFT, MATRIX, SCREEN, cli, small_room

GOOD = f"{HEAD}{BUS}devices:\n{LIFT}{SCREEN}{MATRIX}"
SPOILT = {
    "duplicate key": (
        GOOD.replace("link: bus\n", "link: bus\n    link: bus\n", 1),
        "duplicate_key",
    ),
    "duplicate device": (GOOD + LIFT, "duplicate_key"),
    "wrong type": (GOOD.replace("inputs: 8", "inputs: [8]"), "expected_integer"),
    "unknown key": (GOOD.replace("    link: bus", "    lnik: bus", 1), "unknown_key"),
    "no unit": (GOOD.replace("gap: 20ms", "gap: 20"), "needs_unit"),
    "missing include": (GOOD + "contact: !include no.yaml\n", "file_missing"),
    "missing secret": (
        GOOD + "broker: {host: 192.168.1.2, password: !secret nothing}\n",
        "secret_missing",
    ),
    "unknown driver": (GOOD.replace("driver: matrix_sis", "driver: matrix_siss"), "unknown_driver"),
    "no broker": (
        GOOD
        + COVE.replace("driver: artnet", "driver: zigbee2mqtt").replace(
            '    link: {udp: "192.168.10.60"}\n', ""
        ),
        "no_broker",
    ),
    "syntax": (GOOD + "zones: {a: [}\n", "yaml_syntax"),
}


@pytest.mark.parametrize("name", SPOILT)
async def test_check_names_the_place(tmp_path: Path, name: str) -> None:
    text, code = SPOILT[name]
    file = tmp_path / "room.yaml"
    file.write_text(text, "utf-8")
    told = await cli("config", "check", str(file), "--json")
    assert told.code == 2
    errors = json.loads(told.stdout)["errors"]
    assert code in {e["code"] for e in errors}
    assert all(e["line"] > 0 and e["column"] > 0 for e in errors)
    people = await cli("config", "check", str(file))
    assert people.code == 2
    assert f"{file}:{errors[0]['line']}:{errors[0]['column']}: " in people.stdout
    assert "^" in people.stdout


@pytest.mark.parametrize("name", SPOILT)
async def test_the_room_runs_as_far_as_it_can(tmp_path: Path, name: str) -> None:
    text, code = SPOILT[name]
    async with small_room(tmp_path, text) as room:
        _, config = await room.ask("GET", "config")
        assert code in {e["code"] for e in config["errors"]}
        _, body = await room.ask("GET", "devices")
        if body["devices"]:
            states = {d["id"]: d["state"] for d in body["devices"]}
            assert "misconfigured" in states.values()
            whole = [d for d, state in states.items() if state != "misconfigured"]
            assert whole
            await room.online(*whole)
        else:
            assert (await room.ask("GET", "/", None))[0] == 503
        assert (await room.ask("POST", "stop", None))[0] == 200


async def test_ten_mistakes_are_told_at_once(tmp_path: Path) -> None:
    spoilt = GOOD
    for good, bad in (
        ("gap: 20ms", "gap: 20"),
        ("baud: 9600", "baud: fast"),
        ("inputs: 8", "inputs: many"),
        ("outputs: 4", "outputs: 0"),
        ('address: "01 EF 01"', "address: 01"),
        ("travel_up: 20s, travel_down: 20s}\n  screen", "travel_up: 20}\n  screen"),
        ("driver: screen_ff5", "driver: screen_ff6"),
        ("id: r1", "id: R 1"),
        ('tcp: "192.168.10.22:23"', 'tcp: "192.168.10.22:99999"'),
    ):
        spoilt = spoilt.replace(good, bad, 1)
    file = tmp_path / "room.yaml"
    file.write_text(spoilt + "idle_after: 5\nlanguage: fr\n", "utf-8")
    told = await cli("config", "check", str(file), "--json")
    places = {(e["line"], e["column"]) for e in json.loads(told.stdout)["errors"]}
    assert told.code == 2
    assert len(places) >= 10
