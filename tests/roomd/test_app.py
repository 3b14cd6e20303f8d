"""The composed daemon: what starts, in which order it ends, and what a reload touches."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from roomd.app import App, installation
from roomd.options import CannotServe, NoConfiguration, Options
from tests.support.small_room import (
    BUS,
    COVE,
    HEAD,
    LIFT,
    MATRIX,
    MQTT_ROOM,
    ROOM,
    SCREEN,
    TABLE,
    small_room,
)
from tests.support.waiting import until

BROKEN = HEAD + "contact: {zh: 信息科 8301, en: IT 8301}\nidle_after: 5\n"


def options(folder: Path, **changes: Any) -> Options:
    given: dict[str, Any] = {
        "config": folder / "room.yaml",
        "data": folder / "data",
        "socket": folder / "data" / "control.sock",
        "host": "127.0.0.1",
        "port": 0,
        "hosts": frozenset({"127.0.0.1"}),
        "announce": False,
    }
    return Options(**{**given, **changes})


# -- start -----------------------------------------------------------------------------------------


async def test_the_panel_answers_whether_devices_do_or_not(tmp_path: Path) -> None:
    everything = ("lift.main", "screen.main", "matrix.main", "lights.cove")
    async with small_room(tmp_path, dead=everything) as room:
        assert await room.ask("GET", "/readyz", None) == (200, "ready\n")
        _, body = await room.ask("GET", "devices")
        assert [d["id"] for d in body["devices"]] == list(everything)
        await until(lambda: room.state("matrix.main") == "offline")
        assert room.state("lift.main") == "offline"
        assert (await room.point("matrix.main.out.1.input"))["quality"] == "unknown"


async def test_a_port_in_use_names_the_program(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(HEAD, "utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe) as refused:
            await App(options(tmp_path, port=port)).start()
    comm = Path("/proc/self/comm").read_text("utf-8").strip()
    assert (refused.value.code, refused.value.params) == (
        "port_in_use",
        {"port": port, "program": comm},
    )


async def test_a_port_that_is_forbidden_is_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(HEAD, "utf-8")
    with pytest.raises(CannotServe) as refused:
        await App(options(tmp_path, host="127.0.0.300")).start()
    assert refused.value.code == "cannot_listen"


async def test_one_data_folder_has_one_daemon(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        with pytest.raises(CannotServe) as refused:
            await App(options(tmp_path)).start()
        assert refused.value.code == "data_in_use"
        # The one that was refused took nothing away from the one that runs.
        assert (await room.cli("devices", "--json")).code == 0


async def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", "utf-8")
    with pytest.raises(CannotServe) as refused:
        await App(options(tmp_path)).start()
    assert refused.value.code == "cannot_use"
    assert refused.value.params["path"] == str(tmp_path / "data")


async def test_a_socket_path_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(HEAD, "utf-8")
    far = tmp_path / ("x" * 100) / "control.sock"
    app = App(options(tmp_path, socket=far))
    with pytest.raises(CannotServe) as refused:
        await app.start()
    assert refused.value.params["path"] == str(far)


async def test_what_failed_at_the_start_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(HEAD, "utf-8")
    with pytest.raises(CannotServe):
        await App(options(tmp_path, host="127.0.0.300")).start()
    app = App(options(tmp_path))
    await app.start()  # the folder is free again
    await app.close()
    await app.close()
    assert not app.options.socket.exists()


# -- configuration ---------------------------------------------------------------------------------


async def test_strict_ends_with_every_error(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(BROKEN, "utf-8")
    with pytest.raises(NoConfiguration) as refused:
        await App(options(tmp_path, strict=True)).start()
    assert "room.yaml:4:13: idle_after" in refused.value.report


async def test_without_any_configuration_the_page_says_what_is_wrong(tmp_path: Path) -> None:
    async with small_room(tmp_path, BROKEN) as room:
        for path in ("/", "/archive", "/join", "/display", "/anything"):
            status, page = await room.ask("GET", path, None)
            assert status == 503
            assert "room.yaml:4:13 idle_after" in page
            assert "信息科 8301" in page
            assert "<script" not in page
        assert (await room.ask("GET", "/readyz", None))[0] == 503
        assert (await room.ask("GET", "/healthz", None))[0] == 200
        assert await room.ask("POST", "stop", None) == (200, {"devices": {}})
        assert (await room.ask("GET", "state", "presenter"))[0] == 503


async def test_without_any_configuration_an_admin_mends_it(tmp_path: Path) -> None:
    async with small_room(tmp_path, BROKEN) as room:
        assert (await room.ask("GET", "/admin", None))[1] != (await room.ask("GET", "/", None))[1]
        _, shown = await room.ask("GET", "config")
        assert [e["code"] for e in shown["errors"]] == ["needs_unit"]
        again = await room.cli("config", "reload")
        assert again.code == 1
        room.write(ROOM)
        assert (await room.cli("config", "reload")).code == 0
        await room.online("lift.main", "matrix.main")
        assert (await room.ask("GET", "/readyz", None))[0] == 200
        assert (await room.ask("GET", "state", "presenter"))[0] == 200


async def test_one_bad_device_is_misconfigured_and_the_room_runs(tmp_path: Path) -> None:
    bad = COVE.replace("universe: 0", "universe: none")
    async with small_room(tmp_path, f"{HEAD}{BUS}devices:\n{LIFT}{MATRIX}{bad}") as room:
        await room.online("lift.main", "matrix.main")
        _, body = await room.ask("GET", "devices")
        (told,) = (d for d in body["devices"] if d["id"] == "lights.cove")
        assert told["state"] == "misconfigured"
        assert told["place"].startswith(str(room.file))
        assert await room.do("lights.cove", "on") == "refused"
        assert await room.do("matrix.main", "route", **{"in": 1, "out": 2}) == "confirmed"


async def test_two_devices_on_one_port_must_agree(tmp_path: Path) -> None:
    loud = SCREEN.replace("link: bus", "link: {port: {by_id: usb-none-if00-port0}, baud: 2400}")
    async with small_room(tmp_path, f"{HEAD}{BUS}devices:\n{LIFT}{loud}") as room:
        await room.online("lift.main")
        _, body = await room.ask("GET", "devices")
        told = {d["id"]: (d["state"], d["code"]) for d in body["devices"]}
        assert told["screen.main"] == ("misconfigured", "link_conflict")


async def test_a_reload_touches_only_what_changed(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        await room.online("lift.main", "screen.main", "matrix.main", "lights.cove")
        # After link-up each motor on the bus gets its stop, three copies each.
        await until(lambda: len(room.heard("lift.main")) == 6)
        links = dict(room.demo.app.supervisor.links)
        frames = {d: len(room.simulator(d).frames) for d in ("lift.main", "screen.main")}
        room.write(ROOM.replace("channel: 1", "channel: 9").replace("en: Matrix", "en: Router"))
        _, answer = await room.ask("POST", "config/reload")
        assert answer["applied"] is True
        assert answer["changed"] == ["lights.cove"]
        assert answer["untouched"] == ["lift.main", "screen.main", "matrix.main"]
        now = room.demo.app.supervisor.links
        assert {k for k in links if links[k] is now.get(k)} == set(links)
        assert {d: len(room.simulator(d).frames) for d in frames} == frames
        _, shown = await room.ask("GET", "room", "presenter")
        assert {d["id"]: d["name"]["en"] for d in shown["devices"]}["matrix.main"] == "Router"


async def test_a_bad_reload_changes_nothing_and_says_so(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        await room.online("lift.main")
        before = dict(room.demo.app.supervisor.links)
        room.write(ROOM + "zones: {a: {name: {zh: 甲, en: A}, devices: [nobody]}}\n")
        _, answer = await room.ask("POST", "config/reload")
        assert (answer["applied"], answer["code"]) == (False, "config_kept")
        assert answer["errors"][0]["line"] == len(ROOM.splitlines()) + 1
        assert room.demo.app.supervisor.links == before
        _, shown = await room.ask("GET", "config")
        assert shown["errors"] == answer["errors"]


async def test_a_signal_reloads(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        room.write(ROOM.replace("channel: 1", "channel: 9"))
        room.demo.app._reload_by_signal()
        await until(
            lambda: (
                room.demo.app.keeper.room is not None
                and "channel=9" in repr(room.demo.app.keeper.room.devices["lights.cove"].options)
            )
        )


async def test_the_broker_comes_and_goes_with_the_room_file(
    tmp_path: Path, require_program: Any
) -> None:
    require_program("mosquitto")
    async with small_room(tmp_path) as room:
        room.write(f"{ROOM.replace('links:', 'broker: managed' + chr(10) + 'links:')}{TABLE}")
        _, answer = await room.ask("POST", "config/reload")
        assert answer["added"] == ["lights.table"]
        await room.online("lights.table")
        assert await room.do("lights.table", "on") == "confirmed"
        managed = room.demo.app.broker.managed
        assert managed is not None
        room.write(ROOM)
        await room.ask("POST", "config/reload")
        assert managed.pid is None
        await room.online("lift.main")


async def test_a_missing_broker_is_a_banner_and_the_rest_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomd.broker.shutil.which", lambda *_, **__: None)
    text = ROOM.replace("links:", "broker: managed\nlinks:") + TABLE
    async with small_room(tmp_path, text) as room:
        await room.online("lift.main", "matrix.main")
        _, body = await room.ask("GET", "devices")
        assert body["warnings"] == [{"code": "broker_missing", "params": {}}]
        await until(lambda: room.state("lights.table") == "offline")


async def test_the_demo_never_speaks_to_the_sites_own_broker(
    tmp_path: Path, require_program: Any
) -> None:
    require_program("mosquitto")
    own = MQTT_ROOM.replace("managed", "{host: 192.0.2.9}")
    async with small_room(tmp_path, own) as room:
        await room.online("lights.table")
        _, body = await room.ask("GET", "devices")
        assert body["devices"][0]["endpoint"].startswith("mqtt:127.0.0.1:")


# -- end -------------------------------------------------------------------------------------------


async def test_the_end_stops_what_moves_and_says_goodbye(tmp_path: Path) -> None:
    async with small_room(tmp_path) as room:
        await room.online("screen.main")
        url = room.demo.app.url.replace("http", "ws") + "/api/v1/ws"
        headers = {"Authorization": f"Bearer {room.token('presenter')}"}
        async with room.session.ws_connect(url, headers=headers) as panel:
            await panel.send_json({"type": "hello"})
            assert await room.do("screen.main", "up") == "sent"
            simulator = room.simulator("screen.main")
            await until(lambda: simulator.state.moving == "up")
            room.demo.app.stop()
            await room.demo.app.run()
            assert simulator.state.moving == "none"
            seen = [m.json()["type"] async for m in panel]
            assert seen[-1] == "bye"


async def test_signals_count_from_the_first_moment(tmp_path: Path) -> None:
    (tmp_path / "room.yaml").write_text(HEAD, "utf-8")
    app = App(options(tmp_path))
    app.stop()  # while it starts
    await app.start()
    async with asyncio.timeout(5):
        await app.run()


# -- small things ----------------------------------------------------------------------------------


def test_an_installation_keeps_its_name(tmp_path: Path) -> None:
    name = installation(tmp_path / "data")
    assert len(name) == 8
    assert installation(tmp_path / "data") == name
    assert installation(tmp_path / "other") != name
