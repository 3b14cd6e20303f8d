from __future__ import annotations

from pathlib import Path

from drivers import registry
from drivers.commands import OutcomeKind, RetryClass
from drivers.declarative import FOLDER, definitions, driver_spec, load_folder
from drivers.declarative.rehearsal import Stage
from drivers.declarative.transcript import play
from drivers.transport.frames import Published
from tests.drivers.declarative.stage import HEAD, made, shipped


async def test_a_lift_is_thin_and_knows_its_last_resort() -> None:
    async with Stage(shipped("lift_ff5"), {"address": "01 EF 02"}) as stage:
        device = stage.device
        assert device.stop_frames() == (bytes.fromhex("ff 01 ef 02 cc"),) * 3
        assert device.motion is not None
        assert device.capabilities == ("Motion",)
        spec = device.command_specs()["up"]
        assert (spec.retry, spec.key, spec.run, spec.ttl, spec.answers) == (
            RetryClass.MOTION,
            "move",
            "hold",
            3.0,
            "none",
        )
        assert not device.silence_is_offline


async def test_the_learn_code_cannot_leave_by_an_argument() -> None:
    async with Stage(shipped("lift_ff5"), {}) as stage:
        assert (await stage.run("up", {"op": 1})).kind is OutcomeKind.REFUSED
        assert stage.sent == []


async def test_own_echo_is_no_answer() -> None:
    text = (
        (FOLDER / "curtain_dooya.yaml")
        .read_text("utf-8")
        .replace("gap: 60ms}", "gap: 60ms, local_echo: true}")
    )
    async with Stage(made(text), {}) as stage:
        stage.on_sent = lambda _name, frame: (
            stage.wire.feed(frame) if isinstance(frame, bytes) else None
        )
        assert (await stage.run("open", {})).kind is OutcomeKind.TIMEOUT
    async with Stage(shipped("curtain_dooya"), {}) as stage:
        stage.on_sent = lambda _name, frame: (
            stage.wire.feed(frame) if isinstance(frame, bytes) else None
        )
        assert (await stage.run("open", {})).kind is OutcomeKind.CONFIRMED, (
            "why local_echo is required on such adapters"
        )


async def test_a_late_answer_ends_nothing_else() -> None:
    async with Stage(shipped("matrix_sis"), {}) as stage:
        assert (await stage.run("route", {"in": 1, "out": 3})).kind is OutcomeKind.TIMEOUT
        stage.on_sent = lambda _name, _frame: stage.wire.feed(b"Out03 In01 All\r\n")
        assert (await stage.run("route", {"in": 2, "out": 3})).kind is OutcomeKind.TIMEOUT


async def test_an_undeclared_point_and_a_wrong_type_are_not_reported() -> None:
    async with Stage(shipped("matrix_sis"), {"outputs": 2}) as stage:
        stage.wire.feed(b"Out09 In01 All\r\n")
        assert stage.device.link.undeclared == {"out.9.input": 1}
    async with Stage(shipped("ac_tasmota_irhvac"), {"topic": "x"}) as stage:
        stage.wire.feed(
            Published(
                "tele/x/RESULT",
                b'{"IrReceived":{"IRHVAC":{"Vendor":"GREE","Power":"maybe","Temp":"warm"}}}',
                retain=False,
            )
        )
        assert stage.device.value("power") is None
        assert stage.device.value("target") is None


async def test_an_http_answer_can_carry_the_value() -> None:
    plan = made(
        HEAD.replace("tcp, port: 23", "http")
        + """state: {level: {type: int, range: [0, 100]}}
commands:
  set: {args: {level: {type: int, min: 0, max: 100}}, http: {method: PUT, path: "/l/{level}", ok: [200], at: now},
        set: {level: "{value}"}}
tests:
  - {do: set, args: {level: 5}, tx: {method: PUT, path: /l/5}, rx: {status: 200, json: {now: 5}},
     outcome: confirmed, then: {level: 5, quality: confirmed}}
"""
    )
    assert await play(plan) == []


def test_site_definitions_and_the_registry(tmp_path: Path) -> None:
    text = (FOLDER / "lift_ff5.yaml").read_text("utf-8").replace("baud: 2400", "baud: 9600")
    (tmp_path / "lift_ff5.yaml").write_text(text, "utf-8")
    try:
        registry.add_site(load_folder(tmp_path))
        found = registry.find("lift_ff5")
        assert found is not None
        assert (found.defaults.baud, registry.origin("lift_ff5")) == (9600, "site")
    finally:
        registry.add_site({})
    assert registry.origin("lift_ff5") == "definition"


def test_every_definition_is_a_driver_with_a_simulator() -> None:
    for driver_id, path in definitions().items():
        spec = driver_spec(path)
        assert spec.id == driver_id
        assert spec.simulator is not None
        assert set(spec.name) == {"zh", "en"}
