import json
from pathlib import Path

import pytest

from roomd.config.load import load
from roomd.config.meaning import differences, room_meaning
from roomd.config.report import report
from tests.support.rooms import HEAD, TABLE, codes, read

MARK = "s3cr3t-Hunter2"
ROOM = """broker: {host: 10.0.0.1, user: roomd, password: !secret mqtt}
devices:
  display.main: {driver: display_x, link: {tcp: tv}, name: {zh: 屏, en: D}, options: {pin: !secret pin}}
"""
GOOD = f"mqtt: {MARK}\npin: 'pin-0012'\n"


def test_a_secret_comes_from_the_file_beside_the_room(tmp_path: Path) -> None:
    room = read(tmp_path, ROOM, files={"secrets.yaml": GOOD}).room
    assert room is not None
    assert room.file.broker is not None
    assert room.file.broker.password.get_secret_value() == MARK  # type: ignore[union-attr]  # known here
    pin = room.devices["display.main"].options.pin  # type: ignore[attr-defined]  # known here
    assert pin.get_secret_value() == "pin-0012"


def test_a_secret_comes_from_the_data_folder_where_none_is_beside_the_room(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "secrets.yaml").write_text(GOOD)
    (data / "secrets.yaml").chmod(0o600)
    (tmp_path / "room.yaml").write_text(HEAD + ROOM)
    assert load(tmp_path / "room.yaml", data=data, table=TABLE, environment={}).room is not None


def test_a_secret_comes_from_the_environment_or_from_systemd(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("77\n")
    environment = {"MQTT": MARK, "CREDENTIALS_DIRECTORY": str(tmp_path)}
    room = read(tmp_path, ROOM.replace("!secret mqtt", "!env MQTT"), environment=environment).room
    assert room is not None
    assert room.devices["display.main"].options.pin.get_secret_value() == "77"  # type: ignore[attr-defined]  # known here


@pytest.mark.parametrize(
    "written, content, mode, code",
    [
        ("!secret none", GOOD, 0o600, "secret_missing"),
        ("!env NONE", GOOD, 0o600, "env_missing"),
        ("!secret '../x'", GOOD, 0o600, "secret_name"),
        ("!secret ''", GOOD, 0o600, "secret_name"),
        ("!secret mqtt", GOOD, 0o640, "secrets_mode"),
        ("!secret mqtt", f"mqtt: [{MARK}]\n", 0o600, "secrets_broken"),
        ("!secret mqtt", f"mqtt: &a {MARK}\n", 0o600, "secrets_broken"),
        ("!secret mqtt", f"mqtt: '{MARK}\n", 0o600, "secrets_broken"),
        ("!secret mqtt", f"- {MARK}\n", 0o600, "secrets_broken"),
        (MARK, GOOD, 0o600, "secret_in_plain"),
        (f"'{MARK}'", GOOD, 0o600, "secret_in_plain"),
        (f"[{MARK}]", GOOD, 0o600, "expected_text"),
        (f"!foo {MARK}", GOOD, 0o600, "yaml_tag"),
    ],
)
def test_what_is_wrong_with_a_secret_is_said_without_it(
    tmp_path: Path, written: str, content: str, mode: int, code: str
) -> None:
    (tmp_path / "secrets.yaml").write_text(content)
    (tmp_path / "secrets.yaml").chmod(mode)
    main = tmp_path / "room.yaml"
    main.write_text(HEAD + f"broker: {{host: h, password: {written}}}\n")
    result = load(main, table=TABLE, environment={})
    assert codes(result) == [code]
    shown = report(result.problems, result.files) + json.dumps(
        [p.as_json() for p in result.problems]
    )
    assert MARK not in shown
    assert MARK not in repr(result.problems)


def test_a_secret_is_refused_where_people_would_see_it(tmp_path: Path) -> None:
    files = {"secrets.yaml": GOOD}
    text = ROOM.replace("{pin: !secret pin}", "{label: !secret mqtt}")
    assert codes(read(tmp_path, text, files=files)) == ["secret_shown"]
    text = ROOM.replace("user: roomd", "user: !secret mqtt")
    result = read(tmp_path, text, files=files)
    assert codes(result) == ["secret_shown"]
    assert MARK not in report(result.problems, result.files)


def test_no_output_of_a_loaded_room_shows_a_secret(tmp_path: Path) -> None:
    result = read(tmp_path, ROOM, files={"secrets.yaml": GOOD})
    room = result.room
    assert room is not None
    changed = read(tmp_path, ROOM, files={"secrets.yaml": GOOD.replace(MARK, MARK + "x")}).room
    assert changed is not None
    found = differences(room, changed)
    assert [(one.path, one.change) for one in found] == [("broker.password", "changed")]
    everything = repr(result) + repr(found) + json.dumps(room_meaning(room)) + repr(result.files)
    assert MARK not in everything
    assert "pin-0012" not in everything
    assert not any("secrets" in name for name in result.files)


def test_a_driver_that_repeats_the_value_in_its_error_is_not_repeated(tmp_path: Path) -> None:
    entry = "{driver: lift_x, link: {port: {by_id: a}}, name: {zh: a, en: b}, options: OPTIONS}"
    text = "devices:\n  d: " + entry.replace("OPTIONS", "{travel: !secret mqtt}") + "\n"
    result = read(tmp_path, text, files={"secrets.yaml": GOOD})
    assert MARK not in report(result.problems, result.files) + repr(result.problems)
