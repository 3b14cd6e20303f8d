"""Figures for a monitoring system, in a format that its own parser reads."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.support.lamp_room import LIFT, device, plan
from tests.support.web_room import WebRoom, web_room


async def figures(room: WebRoom) -> dict[str, float]:
    status, text = await room.ask("GET", "/metrics", None)
    assert status == 200
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


async def test_devices_links_commands_and_panels_are_counted(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        before = await figures(room)
        assert before["roomd_device_online{device=a}"] == 1
        assert before["roomd_link_reconnects{link=l1}"] == 0
        async with room.socket() as panel:
            await panel.say(type="command", id="c1", device="a", command="set", args={"level": 3})
            await panel.next("outcome")
            await panel.say(type="command", id="c2", device="a", command="fly")
            await panel.next("outcome", id="c2")
            now = await figures(room)
            assert now["roomd_panels{}"] == before["roomd_panels{}"] + 1
        for outcome in ("confirmed", "refused"):
            name = f"roomd_commands_total{{outcome={outcome}}}"
            assert now[name] == before.get(name, 0) + 1
        count = "roomd_command_seconds_count{}"
        assert now[count] == before[count] + 2


async def test_trouble_is_counted(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        line = room.room.lines["l1"]
        line.feed("ä")
        line.lose()
        await room.room.clock.advance(2)
        line.answer = lambda _text: None
        await room.ask("POST", "devices/a/set", json={"level": 3})
        now = await figures(room)
        assert now["roomd_device_junk{device=a,reason=unknown}"] == 1
        assert now["roomd_link_reconnects{link=l1}"] == 1
        assert now["roomd_device_failures{device=a}"] >= 1
        room.room.store.dropped["undeclared"] += 3
        assert (await figures(room))["roomd_reports_dropped{reason=undeclared}"] == 3


async def test_a_device_that_is_gone_is_in_no_figure(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        await room.room.supervisor.apply(plan(device("lift", "l2", LIFT)))
        assert not [name for name in await figures(room) if "device=a" in name]


async def test_who_floods_is_counted_by_why_it_was_sent_away(tmp_path: Path) -> None:
    async with web_room(tmp_path) as room:
        name = "roomd_panels_dropped_total{code=slow}"
        before = (await figures(room)).get(name, 0)
        async with room.socket() as panel:
            await panel.say(type="hello")
            await panel.next("snapshot")
            (client,) = room.services.feed.clients
            client.too_slow.set()
            await panel.next("bye", code="slow")
            assert await panel.closed() == 1006
        assert (await figures(room))[name] == before + 1
