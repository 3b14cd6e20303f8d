import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from roomd.cli import config
from roomd.cli.config import app
from tests.support.rooms import HEAD, SPECS

run = CliRunner()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    path = tmp_path / "room.yaml"
    path.write_text(HEAD, "utf-8")
    return path


@pytest.fixture(autouse=True)
def few_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "driver_specs", lambda: list(SPECS.values()))


def test_a_good_file_ends_with_0(room: Path) -> None:
    result = run.invoke(app, ["check", str(room)])
    assert (result.exit_code, result.output) == (
        0,
        "配置正确：0 个设备 configuration is fine: 0 devices\n",
    )


def test_errors_end_with_2_and_are_all_shown(room: Path) -> None:
    room.write_text(HEAD + "idle_after: 5\nlanguage: fr\n", "utf-8")
    result = run.invoke(app, ["check", str(room)])
    assert result.exit_code == 2
    assert f"{room}:3:13: idle_after: 要写单位" in result.output
    assert "2 处错误，0 处提醒 2 errors, 0 warnings" in result.output


def test_warnings_alone_end_with_0(room: Path) -> None:
    room.write_text(HEAD + "contact: {zh: 甲}\n", "utf-8")
    result = run.invoke(app, ["check", str(room)])
    assert result.exit_code == 0
    assert "提醒 warning:" in result.output


def test_json_has_file_line_column_path_code_params(room: Path) -> None:
    room.write_text(HEAD + "lnaguage: en\n", "utf-8")
    result = run.invoke(app, ["check", "--json", str(room)])
    assert result.exit_code == 2
    answer = json.loads(result.output)
    assert answer["usable"] is False
    assert answer["errors"] == [
        {
            "file": str(room),
            "line": 3,
            "column": 1,
            "path": "",
            "code": "unknown_key",
            "params": {"key": "lnaguage", "suggestion": "language"},
        }
    ]


def test_a_missing_file_is_an_error_like_others(tmp_path: Path) -> None:
    result = run.invoke(app, ["check", str(tmp_path / "no.yaml")])
    assert result.exit_code == 2
    assert "没有文件 no.yaml" in result.output


def test_schema_goes_to_standard_output_or_a_file(tmp_path: Path) -> None:
    shown = run.invoke(app, ["schema"]).output
    assert run.invoke(app, ["schema", "-o", str(tmp_path / "s.json")]).exit_code == 0
    assert (tmp_path / "s.json").read_text("utf-8") == shown
    assert json.loads(shown)["title"] == "roomd room"


def test_explain_prints_type_unit_default_and_example() -> None:
    output = run.invoke(app, ["explain", "idle_after"]).output
    for part in ("time (s)", "5min", "300ms", "dims"):
        assert part in output
    assert json.loads(run.invoke(app, ["explain", "--json", "web.port"]).output)["default"] == 443


def test_explain_of_an_unknown_key_names_the_nearest() -> None:
    result = run.invoke(app, ["explain", "idel_after"])
    assert result.exit_code == 1
    assert "idle_after" in result.output


def test_diff_compares_meaning(room: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("# comment\n" + HEAD + "idle_after: 300s\n", "utf-8")
    assert "含义相同" in run.invoke(app, ["diff", str(room), str(other)]).output
    other.write_text(HEAD + "idle_after: 1min\ncontact: {zh: 甲, en: A}\n", "utf-8")
    output = run.invoke(app, ["diff", str(room), str(other)]).output
    assert "~ idle_after: 300.0 -> 60.0" in output
    assert "+ contact.zh: 甲" in output
    assert "- contact: null" in output
    found = json.loads(run.invoke(app, ["diff", "--json", str(room), str(other)]).output)
    assert {one["path"] for one in found} >= {"idle_after", "contact.en"}


def test_diff_with_a_broken_file_says_what_is_wrong(room: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("a: [", "utf-8")
    result = run.invoke(app, ["diff", str(room), str(other)])
    assert result.exit_code == 2
    assert "YAML" in result.output


def test_a_driver_that_cannot_be_loaded_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from drivers import registry  # noqa: PLC0415  # the function under test imports it late too

    def find(driver_id: str) -> object:
        if driver_id == "a":
            raise ImportError(name="pymodbus")
        return SPECS.get(driver_id)

    monkeypatch.undo()
    monkeypatch.setattr(registry, "ids", lambda: ["a", "lift_x", "none"])
    monkeypatch.setattr(registry, "find", find)
    assert [spec.id for spec in config.driver_specs()] == ["lift_x"]
