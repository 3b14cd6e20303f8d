from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.declarative import FOLDER
from roomd.cli.driver import app

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
