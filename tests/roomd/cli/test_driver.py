from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.declarative import FOLDER
from roomd.cli import driver
from roomd.cli.driver import app
from tests.support.waiting import until

RUN = CliRunner()


def test_a_new_driver_passes_its_test_and_is_never_overwritten(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["new", "my_lift", "--folder", str(tmp_path)]).exit_code == 0
    made = tmp_path / "my_lift.yaml"
    tested = RUN.invoke(app, ["test", str(made), "--json"])
    assert tested.exit_code == 0, tested.output
    assert json.loads(tested.stdout.splitlines()[-1])["failures"] == []
    assert RUN.invoke(app, ["new", "my_lift", "--folder", str(tmp_path)]).exit_code == 1
    assert RUN.invoke(app, ["new", "My-Lift", "--folder", str(tmp_path)]).exit_code == 2


def test_a_failing_transcript_ends_with_1(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    text = (FOLDER / "curtain_dooya.yaml").read_text("utf-8")
    bad.write_text(text.replace("55 12 34 03 01 AD 8A", "55 12 34 03 01 AD 8B"), "utf-8")
    tested = RUN.invoke(app, ["test", str(bad)])
    assert tested.exit_code == 1
    assert "tests[0]" in tested.output


@pytest.mark.parametrize("as_json", [False, True])
def test_a_bad_file_ends_with_2_and_its_place(tmp_path: Path, as_json: bool) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: roomd.driver/1\nidd: x\n", "utf-8")
    tested = RUN.invoke(app, ["test", str(bad), *(["--json"] if as_json else [])])
    assert tested.exit_code == 2
    if as_json:
        assert {"line", "column", "code"} <= set(json.loads(tested.output)[0])
    else:
        assert f"{bad}:2:1" in tested.output.replace("\n", "")
        assert "是否想写“id”" in tested.output


def test_a_missing_file_ends_with_1(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["test", str(tmp_path / "no.yaml")]).exit_code == 1


def test_mqtt_is_not_simulated_alone() -> None:
    path = str(FOLDER / "ac_tasmota_irhvac.yaml")
    assert RUN.invoke(app, ["simulate", path, "-o", "topic=x"]).exit_code == 1
    assert RUN.invoke(app, ["simulate", path]).exit_code == 2


def test_all_drivers_are_listed() -> None:
    rows = {r["id"]: r for r in json.loads(RUN.invoke(app, ["list", "--json"]).stdout)}
    assert rows["pjlink"]["transports"] == ["tcp"]
    assert rows["lift_ff5"]["kind"] == "lift"
    assert set(rows["lift_ff5"]["name"]) == {"zh", "en"}
    assert "lift_ff5" in RUN.invoke(app, ["list"]).stdout


def test_a_sites_own_driver_wins_and_the_list_says_so(tmp_path: Path) -> None:
    (tmp_path / "drivers").mkdir()
    text = (FOLDER / "matrix_sis.yaml").read_text("utf-8").replace("SIS text matrix", "Our matrix")
    (tmp_path / "drivers" / "matrix_sis.yaml").write_text(text, "utf-8")
    args = ["list", "--json", "--config", str(tmp_path / "room.yaml")]
    rows = {r["id"]: r for r in json.loads(RUN.invoke(app, args).stdout)}
    assert rows["matrix_sis"]["origin"] == "site"
    assert rows["matrix_sis"]["name"]["en"].startswith("Our matrix")
    assert rows["lift_ff5"]["origin"] == "definition"


@pytest.mark.parametrize("link", [None, "serial", "udp"])
async def test_a_simulated_device_answers_on_its_real_line(
    link: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = driver._plan(FOLDER / "matrix_sis.yaml", as_json=False)
    said: list[str] = []
    monkeypatch.setattr("roomd.cli.driver.typer.echo", said.append)
    settings = plan.settings.model_validate({"inputs": 4})
    running = asyncio.create_task(driver._serve(plan, settings, link or "tcp"))
    try:
        await until(lambda: said)
        if link is None:
            host, _, port = said[0].partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"1*3!")
            assert await reader.readline() == b"Out03 In01 All\r\n"
            writer.close()
            await writer.wait_closed()
        else:
            assert said[0].startswith("/" if link == "serial" else "127.0.0.1:")
    finally:
        running.cancel()
        await asyncio.wait({running})


def test_options_that_do_not_fit_are_bad_usage() -> None:
    path = str(FOLDER / "matrix_sis.yaml")
    assert RUN.invoke(app, ["simulate", path, "-o", "inputs=many"]).exit_code == 2
